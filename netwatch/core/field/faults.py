"""Verdicts on field devices -> causes: one for each port, or for each power supply that took several down at once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.field.verdict import FieldCause, FieldCondition, FieldVerdict
from netwatch.core.topology.graph import Topology

KINDS = MappingProxyType(
    {
        FieldCause.NO_POWER: FaultKind.POE,
        FieldCause.CABLE_OR_PORT: FaultKind.PORT,
        FieldCause.DEVICE_HUNG: FaultKind.FIELD_DEVICE,
        FieldCause.STREAM_SILENT: FaultKind.FIELD_DEVICE,
        FieldCause.WRONG_DEVICE: FaultKind.WRONG_DEVICE,
        FieldCause.MOVED: FaultKind.WRONG_DEVICE,
    }
)
_WITHOUT_LIGHT = (FieldCause.NO_POWER, FieldCause.CABLE_OR_PORT)
PORTS_OF_ONE_POWER = 3  # so many, and every one of a switch: not each by chance
LISTED = 20


def field_causes(
    topology: Topology, verdicts: Mapping[str, FieldVerdict], *, now_wall_s: float, window_s: float
) -> Iterator[Cause]:
    """`verdicts`: at least those in fault. Each field device is in one cause."""
    grouping = _Grouping(topology, now_wall_s)
    dark: dict[str, list[str]] = defaultdict(list)
    by_port: dict[tuple[str, FaultKind], list[str]] = defaultdict(list)
    for name in sorted(verdicts):
        one, verdict = topology.inventory.field_devices[name], verdicts[name]
        if verdict.condition is not FieldCondition.FAULT or verdict.cause is None:
            continue
        if one.port is not None and verdict.cause in _WITHOUT_LIGHT:
            dark[one.port.device].append(name)
        else:
            by_port[name, KINDS[verdict.cause]].append(name)
    for device, names in dark.items():
        if len(names) >= PORTS_OF_ONE_POWER and _is_one_moment(topology, device, names, verdicts, window_s):
            yield grouping.of_power(device, names, verdicts)
            continue
        for name in names:
            one, cause = topology.inventory.field_devices[name], verdicts[name].cause
            assert cause is not None, "only such were sorted here"
            by_port[f"port:{one.port}", KINDS[cause]].append(name)
    for (_, kind), names in by_port.items():
        yield grouping.of_port(kind, names, verdicts)


def _is_one_moment(
    topology: Topology, device: str, names: Sequence[str], verdicts: Mapping[str, FieldVerdict], window_s: float
) -> bool:
    """Whether every field device of the switch lost its light, all within the window."""
    if set(names) != set(topology.fields_on[device]):
        return False
    since = [verdicts[name].since_wall_s for name in names]
    times = [at_s for at_s in since if at_s is not None]
    return len(times) == len(names) and max(times) - min(times) <= window_s


class _Grouping:
    def __init__(self, topology: Topology, now_wall_s: float) -> None:
        self._topology = topology
        self._now_wall_s = now_wall_s

    def of_port(self, kind: FaultKind, names: Sequence[str], verdicts: Mapping[str, FieldVerdict]) -> Cause:
        """What is on one port: the thing itself, or the port where several hang on it."""
        port = self._topology.inventory.field_devices[names[0]].port
        things = [f"field_device:{name}" for name in names]
        at_port = [f"port:{port}"] if port is not None and kind in (FaultKind.PORT, FaultKind.POE) else []
        subject, *others = [*at_port, *things] if len(things) > 1 else [*things, *at_port]
        return self._cause(kind, subject, others, names=names, verdicts=verdicts)

    def of_power(self, device: str, names: Sequence[str], verdicts: Mapping[str, FieldVerdict]) -> Cause:
        """Everything on a switch at once: its PoE supply, or the power of the cabinet's field side."""
        site = self._topology.inventory.devices[device].site
        things = [f"field_device:{name}" for name in names]
        others = [f"site:{site}", *things[:LISTED]]
        return self._cause(FaultKind.POE, f"device:{device}", others, names=names, verdicts=verdicts)

    def _cause(
        self,
        kind: FaultKind,
        subject: str,
        others: Sequence[str],
        *,
        names: Sequence[str],
        verdicts: Mapping[str, FieldVerdict],
    ) -> Cause:
        since = [at_s for name in names if (at_s := verdicts[name].since_wall_s) is not None]
        evidence = dict.fromkeys(said for name in names[:LISTED] for said in verdicts[name].evidence)
        return Cause(
            kind=kind,
            subject=subject,
            since_wall_s=min(since, default=self._now_wall_s),
            ambiguous_with=tuple(others),
            evidence=tuple(evidence),
            field_devices=frozenset(names),
        )

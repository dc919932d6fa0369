"""Field devices, maintenance and the vantage -> bytes per metric family, in the manner of `fragments`."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from netwatch.core.field.verdict import FieldCondition, FieldVerdict
from netwatch.expose.labels import pairs
from netwatch.expose.samples import optional_sample, sample, state_set
from netwatch.expose.text import label_value

_CONDITIONS = tuple(condition.value for condition in FieldCondition)


class CheckResult(NamedTuple):
    """How one check of a field device last went."""

    up: bool
    duration_s: float | None = None  # of the last successful one
    clock_offset_s: float | None = None  # the device's clock minus ours, where this check told it


def render_field_device(labels: bytes, checks: Mapping[str, CheckResult]) -> Mapping[str, bytes]:
    """`labels` as `labels.field_device_labels` makes them; `checks` by name (`ping`, `tcp/554`), only those tried."""
    up, duration = [], []
    for check, result in checks.items():
        tagged = b'%b,check="%b"' % (labels, label_value(check).encode())
        up.append(sample(b"netwatch_field_device_check_up", tagged, result.up))
        duration.append(
            optional_sample(b"netwatch_field_device_check_duration_seconds", tagged, result.duration_s),
        )
    clock = next((one.clock_offset_s for one in checks.values() if one.clock_offset_s is not None), None)
    offset = b"netwatch_field_device_clock_offset_seconds"
    return {
        "netwatch_field_device_check_up": b"".join(up),
        "netwatch_field_device_check_duration_seconds": b"".join(duration),
        offset.decode(): optional_sample(offset, labels, clock),
    }


def render_field_verdict(labels: bytes, verdict: FieldVerdict) -> Mapping[str, bytes]:
    """`labels` as for `render_field_device`. Only what is in fault has a cause: what is unreachable is not to blame."""
    state, cause = "netwatch_field_device_state", "netwatch_field_device_cause"
    in_fault = verdict.condition is FieldCondition.FAULT and verdict.cause is not None
    tagged = b'%b,cause="%b"' % (labels, verdict.cause.encode() if verdict.cause is not None else b"")
    return {
        state: state_set(state.encode(), labels, states=_CONDITIONS, current=verdict.condition.value),
        cause: sample(cause.encode(), tagged, 1) if in_fault else b"",
    }


def render_services(counts: Mapping[tuple[str, str, FieldCondition], int]) -> Mapping[str, bytes]:
    """(service, district, condition) -> number of field devices; all four states of each pair are told."""
    name = "netwatch_service_field_devices"
    groups = sorted({(service, district) for service, district, _ in counts})
    lines = [
        sample(
            name.encode(),
            pairs({"service": service, "district": district, "state": condition.value}),
            counts.get((service, district, condition), 0),
        )
        for service, district in groups
        for condition in FieldCondition
    ]
    return {name: b"".join(lines)}


def render_strangers(counts: Iterable[tuple[str, str, Mapping[str, int]]]) -> Mapping[str, bytes]:
    """Device, its site, edge port -> number of unregistered MACs, as `EdgeWatch.unregistered` counts them."""
    name = "netwatch_port_unregistered_macs"
    lines = [
        sample(name.encode(), pairs({"device": device, "site": site, "interface": interface}), count)
        for device, site, ports in counts
        for interface, count in ports.items()
        if count
    ]
    return {name: b"".join(lines)}


def render_maintenance(windows: Iterable[tuple[str, bool]]) -> Mapping[str, bytes]:
    """(subject, running) of every declared window; several windows of one subject are one series."""
    running: dict[str, bool] = {}
    for subject, now in windows:
        running[subject] = running.get(subject, False) or now
    name = b"netwatch_maintenance_active"
    lines = [sample(name, b'subject="%b"' % label_value(s).encode(), now) for s, now in running.items()]
    return {"netwatch_maintenance_active": b"".join(lines)}


class MaintenanceView:
    """What is in maintenance as the page tells it: rendered again only when it is another mapping."""

    def __init__(self) -> None:
        self._shown: Mapping[str, bool] | None = None
        self._fragments: Mapping[str, bytes] = {}

    def render(self, active: Mapping[str, bool]) -> Mapping[str, bytes]:
        """`active`: subject -> running, as `core.maintenance.active_subjects` gives it."""
        if active is not self._shown:
            self._shown, self._fragments = active, render_maintenance(active.items())
        return self._fragments


def render_vantage(up: bool | None) -> Mapping[str, bytes]:  # noqa: FBT001 - the one thing it takes
    """None while there is no canary, or none was tried yet."""
    return {"netwatch_vantage_up": optional_sample(b"netwatch_vantage_up", b"", up)}

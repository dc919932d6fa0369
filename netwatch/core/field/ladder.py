"""What is wrong with one field device, judged from all that was seen of it.

In: the inventory's record, its checks, its port as the switch tells of it, whether the switch can be reached. Out: one
verdict with its evidence, in the order of the ladder: port up, PoE delivering, MAC as registered, ping, TCP, RTSP,
ONVIF, ingress. Each step is optional, and what is absent never convicts. A higher step that answers proves the lower
ones: FDBs age and PoE tables lie. Two reads and two failures stand behind a change: `doubt.steady`, `record`.
"""

from collections.abc import Callable, Iterable, Mapping

from netwatch.core.field import evidence
from netwatch.core.field.checks import Asked
from netwatch.core.field.record import CheckState
from netwatch.core.field.verdict import FieldCause, FieldCondition, FieldVerdict, PortFacts, Reach
from netwatch.core.model import FieldDevice, PortRef
from netwatch.core.neighbours.sightings import PoeStatus

__all__ = ["FieldCause", "FieldCondition", "FieldVerdict", "PortFacts", "Reach", "judge"]

_POE_FAULTS = frozenset({PoeStatus.FAULT, PoeStatus.OTHER_FAULT})
_NOTHING_KNOWN = PortFacts()


def judge(  # noqa: PLR0913 - each rung of the ladder has its own source
    device: FieldDevice,
    checks: Mapping[str, CheckState],
    port: PortFacts | None,
    reach: Reach,
    *,
    elsewhere: PortRef | None = None,
    vendor_of: Callable[[str], str],
) -> FieldVerdict:
    """One verdict, with its evidence.

    `port` None: the inventory gives it none, or nothing is known of it. `elsewhere`: the edge port that its MAC is on,
    if it is another. `vendor_of` names the vendor of a MAC, empty where it has none. A verdict dated None is to be
    dated by its discovery.
    """
    asked = Asked.of(device, checks)
    seen = reach is Reach.REACHABLE
    if not seen or device.port is None:
        port = None  # what an unseen switch last told is old
    told = port or _NOTHING_KNOWN
    if elsewhere == device.port or _has_its_mac(device, told):
        elsewhere = None
    condition, cause = _conclude(device, asked, told, reach=reach, moved=elsewhere is not None)
    said = [
        *evidence.of_reach(reach),
        *(evidence.of_port(device, port, elsewhere=elsewhere, vendor_of=vendor_of) if seen or elsewhere else ()),
        *evidence.of_checks(asked),
        *evidence.of_ingress(device, port),
        *_remarks(device, asked, told, cause=cause),
    ]
    since = _since(asked, told, condition=condition, cause=cause)
    return FieldVerdict(condition=condition, cause=cause, evidence=tuple(said), since_wall_s=since)


def _conclude(
    device: FieldDevice, asked: Asked, port: PortFacts, *, reach: Reach, moved: bool
) -> tuple[FieldCondition, FieldCause | None]:
    if reach is not Reach.REACHABLE and not ((moved or reach is Reach.UNSEEN) and asked.answers):
        if reach is Reach.CUT:
            return FieldCondition.UNREACHABLE, FieldCause.UPSTREAM
        return FieldCondition.UNKNOWN, None
    if moved:
        return FieldCondition.FAULT, FieldCause.MOVED
    cause = _of_shared_port(asked, port) if device.shared else _of_own_port(device, asked, port)
    if cause is None and asked.passes is False:
        cause = FieldCause.DEVICE_HUNG
    if cause is None and not device.shared and _is_stream_silent(asked, port):
        cause = FieldCause.STREAM_SILENT
    if cause is not None:
        return FieldCondition.FAULT, cause
    return (FieldCondition.FINE if _is_fine(device, asked, port) else FieldCondition.UNKNOWN), None


def _of_own_port(device: FieldDevice, asked: Asked, port: PortFacts) -> FieldCause | None:
    if _is_down(port) and not asked.answered_after(port.since_wall_s):
        return FieldCause.NO_POWER if _is_denied_power(port) else FieldCause.CABLE_OR_PORT
    if _has_another(device, port):
        return FieldCause.WRONG_DEVICE
    if _is_up(port) and asked.passes is False and asked.is_silent and _is_unpowered(port):
        return FieldCause.NO_POWER
    return None


def _of_shared_port(asked: Asked, port: PortFacts) -> FieldCause | None:
    """What its port says of all that is on it. While another on it answers it convicts nobody."""
    if port.others_alive or asked.passes is True or not asked.is_silent:
        return None
    if _is_down(port):
        return FieldCause.NO_POWER if _is_denied_power(port) else FieldCause.CABLE_OR_PORT
    return FieldCause.CABLE_OR_PORT if asked.passes is False and port.others_alive is False else None


def _is_down(port: PortFacts) -> bool:
    return port.oper_up is False or port.admin_up is False


def _is_up(port: PortFacts) -> bool:
    return port.oper_up is True and port.admin_up is not False


def _is_denied_power(port: PortFacts) -> bool:
    return port.admin_up is not False and port.poe in _POE_FAULTS


def _is_unpowered(port: PortFacts) -> bool:
    """Whether PoE feeds nothing, on a port that is up; a device with power of its own is left searching for ever.

    Its MAC says nothing here: it stays in the FDB for minutes after the device has gone.
    """
    if port.poe in _POE_FAULTS:
        return True
    return port.poe is PoeStatus.SEARCHING and port.poe_fed is not False


def _has_its_mac(device: FieldDevice, port: PortFacts) -> bool:
    return device.mac is not None and port.macs is not None and device.mac in port.macs


def _has_another(device: FieldDevice, port: PortFacts) -> bool:
    """Whether one MAC is on its own port, and not the registered one. What is not seen up tells what was."""
    if device.mac is None or port.macs is None or not _is_up(port):
        return False
    return len(port.macs) == 1 and device.mac not in port.macs


def _is_stream_silent(asked: Asked, port: PortFacts) -> bool:
    return port.ingress is False and _is_up(port) and (asked.passes is True or not asked.steps)


def _is_fine(device: FieldDevice, asked: Asked, port: PortFacts) -> bool:
    """Not convicted; whether anything shows that it lives: its answers, its traffic, or a port where nothing is asked.

    Answers while the port is down contradict it: the service works, so the contradiction is told and no one is sent.
    """
    if asked.passes is not None:
        return asked.passes
    if device.shared:
        return False
    return _is_up(port) and (port.ingress is True or (not asked.steps and port.poe not in _POE_FAULTS))


def _remarks(device: FieldDevice, asked: Asked, port: PortFacts, *, cause: FieldCause | None) -> Iterable[str]:
    if _is_down(port) and asked.answers and cause is None:
        yield evidence.CONTRADICTED
    if cause is FieldCause.DEVICE_HUNG and device.port is None and asked.is_silent:
        yield evidence.INDISTINCT


def _since(asked: Asked, port: PortFacts, *, condition: FieldCondition, cause: FieldCause | None) -> float | None:
    """The earliest date of the evidence that convicts; of what is fine, since when all of it is."""
    if condition is FieldCondition.FINE:
        return asked.fine_since() if asked.steps else port.since_wall_s
    if condition is not FieldCondition.FAULT:
        return None
    by_port = cause in (FieldCause.CABLE_OR_PORT, FieldCause.NO_POWER) and _is_down(port)
    dates = (asked.silent_since() if asked.passes is False or by_port else None, port.since_wall_s if by_port else None)
    return min((date for date in dates if date is not None), default=None)

"""What was seen of one field device, said in short sentences in the order of the ladder."""

from collections.abc import Callable, Iterator

from netwatch.core.field.checks import ONVIF, RTSP, Asked
from netwatch.core.field.record import CheckState
from netwatch.core.field.verdict import PortFacts, Reach
from netwatch.core.model import FieldDevice, PortRef
from netwatch.core.neighbours.sightings import PoeStatus

_REACH = {
    Reach.CUT: "no path to its switch is left: the cause is upstream",
    Reach.UNSEEN: "its switch is not seen",
}
_POE = {
    PoeStatus.DISABLED: "PoE is switched off on the port",
    PoeStatus.SEARCHING: "PoE searches and delivers nothing",
    PoeStatus.DELIVERING: "PoE delivers power",
    PoeStatus.FAULT: "PoE is in fault",
    PoeStatus.TEST: "PoE is in test",
    PoeStatus.OTHER_FAULT: "PoE is in fault or was denied",
}
_INGRESS = {True: "it sends about as much as usual", False: "it sends less than a tenth of the usual"}
_NAMES = {RTSP: "RTSP", ONVIF: "ONVIF"}
CONTRADICTED = "the answers contradict the port's state"
INDISTINCT = "no port is registered: cable, power and device cannot be told apart"


def of_reach(reach: Reach) -> Iterator[str]:
    """Nothing where all is well."""
    if reach in _REACH:
        yield _REACH[reach]


def of_port(
    device: FieldDevice, port: PortFacts | None, *, elsewhere: PortRef | None, vendor_of: Callable[[str], str]
) -> Iterator[str]:
    """The port, its power and the MACs on it."""
    if port is not None and device.port is not None:
        yield from _of_link(device.port, port, is_shared=device.shared)
        if port.poe is not None:
            yield _POE[port.poe]
        yield from _of_macs(device, port, vendor_of)
    elif device.port is not None:
        yield f"the state of its port {device.port} is not known"
    if elsewhere is not None:
        yield f"its MAC {device.mac} is on {elsewhere}"


def of_checks(asked: Asked) -> Iterator[str]:
    """One sentence for each configured check."""
    for kind, name, state in asked.steps:
        yield _of_check(_NAMES.get(kind, name), state)


def of_ingress(device: FieldDevice, port: PortFacts | None) -> Iterator[str]:
    """What others on a shared port send is not this device's."""
    if port is not None and port.ingress is not None and not device.shared:
        yield _INGRESS[port.ingress]


def _of_link(where: PortRef, port: PortFacts, *, is_shared: bool) -> Iterator[str]:
    if port.admin_up is False:
        yield f"its port {where} is administratively down"
    elif port.oper_up is not None:
        yield f"its port {where} is {'up' if port.oper_up else 'down'}"
    if port.others_alive is not None:
        yield f"others on the shared port {'answer' if port.others_alive else 'are silent too'}"
    elif is_shared:
        yield "the port is shared; of others on it nothing is known"


def _of_macs(device: FieldDevice, port: PortFacts, vendor_of: Callable[[str], str]) -> Iterator[str]:
    if device.mac is None or port.macs is None or not port.oper_up:
        return  # what a port learned that is not seen up is no sight of now
    if device.mac in port.macs:
        yield f"its MAC {device.mac} is on the port"
    elif len(port.macs) == 1:
        (other,) = port.macs
        yield f"not its MAC {_owned(device.mac, vendor_of)} is on the port, but {_owned(other, vendor_of)}"
    elif port.macs:
        yield f"its MAC {device.mac} is not among the {len(port.macs)} on the port"
    else:
        yield f"no MAC is on the port; {device.mac} is registered"


def _owned(mac: str, vendor_of: Callable[[str], str]) -> str:
    return f"{mac} ({vendor_of(mac) or 'vendor unknown'})"


def _of_check(name: str, state: CheckState) -> str:
    if state.up is None:
        return f"{name} is not decided yet"
    if state.up:
        return f"it answers {name}"
    return f"it does not answer {name} ({state.reason.value})" if state.reason else f"it does not answer {name}"

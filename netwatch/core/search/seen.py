"""What devices themselves say and see -> where a text, a MAC or an address stands among it, though no inventory has it.

In: the states of all devices, as they are at one moment. Out: ports and devices.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState
from netwatch.core.edge.device import MANY_MACS
from netwatch.core.model import PortRef
from netwatch.core.search.numbers import AskedMac, is_part_of_mac
from netwatch.core.search.text import folded, spaced

States = Mapping[str, DeviceState]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A text, or a MAC, and the port it stands at; without one it is the device's own."""

    device: str
    interface: str | None
    text: str
    company: int = 0  # how many MACs are on the port


class Sayings:
    """What devices call themselves and their ports, by its letters; looked at anew only where it has changed."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[InterfaceMap, str, str]] = {}  # device -> ports, sysName, letters by line

    def look(self, states: States) -> None:
        """Take in what has changed."""
        for gone in [device for device in self._known if device not in states]:
            del self._known[gone]
        for device, state in states.items():
            known = self._known.get(device)
            name, ports = state.identity.sys_name, state.interfaces
            if known is None or known[0] is not ports or known[1] != name:
                lines = [name, *ports.aliases] if any(ports.aliases) else [name]
                self._known[device] = ports, name, _letters(lines)

    def find(self, text: str) -> Iterator[Sighting]:
        """Where it stands."""
        letters = folded(text)
        for device, (ports, name, lines) in self._known.items() if len(letters) > 1 else ():
            at = lines.find(letters)
            while at >= 0:
                row = lines.count("\n", 0, at) - 1
                if row < 0:
                    yield Sighting(device=device, interface=None, text=name)
                else:
                    yield Sighting(device=device, interface=ports.names[row], text=ports.aliases[row])
                end = lines.find("\n", at)
                at = lines.find(letters, end) if end >= 0 else -1


def _letters(lines: list[str]) -> str:
    return spaced("\n".join(line.replace("\n", " ") for line in lines)).replace(" ", "")


def stations(states: States, asked: AskedMac) -> list[Sighting]:
    """The ports on which stations with such a MAC are learned, each station on the port with the least company.

    A part of a MAC is looked for on ports with a few stations only: all others lead on.
    """
    best: dict[str, Sighting] = {}
    for device, state in states.items():
        for interface, macs in (state.sightings.macs or {}).items():
            for mac in _among(macs, asked):
                before = best.get(mac)
                if before is None or len(macs) < before.company:
                    best[mac] = Sighting(device=device, interface=interface, text=mac, company=len(macs))
    return sorted(best.values(), key=lambda one: (one.company, one.text))


def _among(macs: frozenset[str], asked: AskedMac) -> Iterator[str]:
    if len(asked.digits) == 12:
        whole = ":".join(asked.digits[at : at + 2] for at in range(0, 12, 2))
        if whole in macs:
            yield whole
    elif len(macs) <= MANY_MACS:
        yield from (mac for mac in macs if is_part_of_mac(asked.digits, mac.replace(":", "")))


def stations_at(states: States, address: str) -> Iterator[AskedMac]:
    """The MACs that routers have seen behind an address."""
    macs = {mac for state in states.values() if (mac := state.sightings.addresses.get(address)) is not None}
    return (AskedMac(mac.replace(":", ""), is_sure=True) for mac in sorted(macs))


def ports_called(state: DeviceState) -> Iterator[tuple[str, str]]:
    """(what it is called, its name) for each name of each port."""
    ports = state.interfaces
    for names in (ports.names, ports.descriptions):
        yield from zip(names, ports.names, strict=False)


def port_of(sighting: Sighting) -> PortRef | None:
    if sighting.interface is None:
        return None
    return PortRef(device=sighting.device, interface=sighting.interface)

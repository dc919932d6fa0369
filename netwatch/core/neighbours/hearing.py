"""Who hears whom over LLDP, port by port: readings of single devices -> adjacencies of the city.

In: the state of a device after its neighbours were read. Out: what each port hears, who hears it, and which pairs of
ports are seen to be joined. A pair stays, with the time it was last seen, while its port is down: that is what was cut.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState
from netwatch.core.model import Inventory, PortRef
from netwatch.core.neighbours.far_end import Directory, FarEnd
from netwatch.core.neighbours.sightings import NEIGHBOURS, Neighbour
from netwatch.core.records import replace

Pair = tuple[PortRef, PortRef]  # in the order of their texts

_UP, _DORMANT = 1, 5
_AGGREGATE = 161  # ieee8023adLag (IANAifType-MIB): LLDP speaks on its members, not on itself
_DARK = (2, 6, 7)  # down, notPresent, lowerLayerDown: what is still heard there is not aged out yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """What one device heard when its neighbours were last read completely."""

    read_wall_s: float
    heard: Mapping[str, tuple[Neighbour, ...]]  # by port
    interfaces: InterfaceMap
    oper: Sequence[int | None]  # ifOperStatus, aligned with the map

    @classmethod
    def of(cls, state: DeviceState) -> "Ear | None":
        """None where the device has no LLDP, or its neighbours or ports are not known."""
        told, read_wall_s = state.sightings.neighbours, state.sightings.read_wall_s.get(NEIGHBOURS)
        names = state.interfaces.names
        if told is None or read_wall_s is None or not names or state.interfaces.in_doubt:
            return None
        oper = state.status.oper if len(state.status.oper) == len(names) else (None,) * len(names)
        heard: defaultdict[str, list[Neighbour]] = defaultdict(list)
        for neighbour in told:
            heard[neighbour.interface].append(neighbour)
        status = dict(zip(names, oper, strict=True))
        return cls(
            read_wall_s=read_wall_s,
            heard={port: tuple(those) for port, those in heard.items() if status.get(port) not in _DARK},
            interfaces=state.interfaces,
            oper=oper,
        )

    def is_up(self, port: str) -> bool:
        return port in self.interfaces.names and self._of(port, self.oper) in (_UP, _DORMANT)

    def is_aggregate(self, port: str) -> bool:
        return port in self.interfaces.names and self._of(port, self.interfaces.types) == _AGGREGATE

    def would_tell(self, port: str) -> bool:
        """Whether what is not heard at the port is not there: it is lit, hears another, or is no port any more."""
        return port not in self.interfaces.names or bool(self.heard.get(port)) or self.is_up(port)

    def _of(self, port: str, column: Sequence[int | None]) -> int | None:
        return column[self.interfaces.names.index(port)] if column else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjacency:
    """Two ports that LLDP saw joined."""

    heard: Mapping[str, float]  # by one of the two devices, or by both: when last


class Hearing:
    """All ears together. Adjacencies are by the names of both InterfaceMaps."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._ears: dict[str, Ear] = {}
        self._pairs: dict[Pair, Adjacency] = {}
        self._at: defaultdict[str, set[Pair]] = defaultdict(set)  # device -> pairs of its ports

    @property
    def pairs(self) -> Mapping[Pair, Adjacency]:
        return self._pairs

    def use(self, inventory: Inventory) -> None:
        """Forget devices that are no longer watched."""
        for device in [name for name in self._ears if name not in inventory.devices]:
            del self._ears[device]
        for pair in [pair for pair in self._pairs if any(end.device not in inventory.devices for end in pair)]:
            self._forget(pair)

    def listen(self, device: str, ear: Ear) -> None:
        """Take in a reading."""
        self._ears[device] = ear
        joined = {
            pair_of(PortRef(device=device, interface=port), PortRef(device=far.device, interface=far.port))
            for port in ear.heard
            for far in self.far_ends(device, port)
            if far.port is not None
        }
        for pair in self._at[device] - joined:
            self._unhear(device, ear, pair)
        for pair in joined:
            before = self._pairs.get(pair)
            heard = {} if before is None else before.heard
            self._pairs[pair] = Adjacency(heard={**heard, device: ear.read_wall_s})
            for end in pair:
                self._at[end.device].add(pair)

    def listen_again(self, device: str, read_wall_s: float) -> None:
        """The same was heard once more."""
        ear = self._ears[device]
        self._ears[device] = replace(ear, read_wall_s=read_wall_s)
        for pair in self._at.get(device, ()):
            heard = self._pairs[pair].heard
            if heard.get(device) == ear.read_wall_s:  # else only the other end hears it now
                self._pairs[pair] = Adjacency(heard={**heard, device: read_wall_s})

    def pairs_of(self, device: str) -> frozenset[Pair]:
        return frozenset(self._at.get(device, ()))

    def ear(self, device: str) -> Ear | None:
        return self._ears.get(device)

    def far_ends(self, device: str, port: str) -> tuple[FarEnd, ...]:
        """Those of ours that the port hears."""
        ear = self._ears.get(device)
        found = (self._directory.far_end(one) for one in ear.heard.get(port, ())) if ear is not None else ()
        return tuple(far for far in found if far is not None)

    def strangers(self, device: str, port: str) -> tuple[Neighbour, ...]:
        """Those that the port hears and that are none of ours for sure."""
        ear = self._ears.get(device)
        heard = ear.heard.get(port, ()) if ear is not None else ()
        return tuple(one for one in heard if self._directory.far_end(one) is None)

    def joined_to(self, port: PortRef) -> tuple[PortRef, ...]:
        """The ports that are seen joined to this one, from either side, in the order of their texts."""
        pairs = (pair for pair in self._at.get(port.device, ()) if port in pair)
        return tuple(sorted((pair[0] if pair[1] == port else pair[1] for pair in pairs), key=str))

    def are_joined(self, one: PortRef, other: PortRef) -> bool:
        return pair_of(one, other) in self._pairs

    def _unhear(self, device: str, ear: Ear, pair: Pair) -> None:
        """The device does not hear this pair. While its port is dark, that tells nothing; another neighbour, all."""
        own, other = pair if pair[0].device == device else (pair[1], pair[0])
        heard = self.far_ends(device, own.interface)
        if any(far.device == other.device and far.port is None for far in heard):
            return  # heard it may be, but told no port that is known
        if not ear.would_tell(own.interface):
            return
        left = {name: at_s for name, at_s in self._pairs[pair].heard.items() if name != device}
        if left and not heard:
            self._pairs[pair] = Adjacency(heard=left)
        else:
            self._forget(pair)

    def _forget(self, pair: Pair) -> None:
        del self._pairs[pair]
        for end in pair:
            self._at[end.device].discard(pair)


def pair_of(one: PortRef, other: PortRef) -> Pair:
    return (one, other) if str(one) <= str(other) else (other, one)

"""The ports that the standard tables speak of -> the interfaces they are, each by its own numbering.

LLDP numbers local ports, bridges number bridge ports, power sourcing equipment numbers groups and ports; ifIndex is
none of the three, though it often looks alike. In: the index map and the tables that explain the numbers. Out: names
of the index map, or None: a port that may be one of two is none.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.model import NOTHING
from netwatch.core.names import match
from netwatch.core.observation import TableReading, Value

MAC_ADDRESS = 3  # LldpPortIdSubtype
_ETHERNET = frozenset({6, 26, 62, 69, 117, None})  # IANAifType: ethernetCsmacd and what it was called before
_NUMBERS = re.compile(r"[0-9]{1,9}")
_MODULAR = 3  # numbers of a name: unit, module, port
_LAST_NUMBER = re.compile(r"[0-9]+[^0-9]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPorts:
    """What the numbers may mean on one device. Built for one poll."""

    interfaces: InterfaceMap
    ethernet: Mapping[int, str]  # ifIndex -> name, of the Ethernet ports
    every: Mapping[int, str]  # ifIndex -> name
    bridge: Mapping[int, str] = NOTHING  # dot1dBasePort -> name

    def lldp(self, number: int, texts: Sequence[str]) -> str | None:
        """The interface of an LLDP local port number, by what its lldpLocPortEntry says: id, description.

        By name where that is one; else by number, where nothing speaks against it.
        """
        for text in texts:
            position = match(text, self.interfaces) if text else None
            if isinstance(position, int):
                return self.interfaces.names[position]
        meant = {ports[number] for ports in (self.ethernet, self.bridge) if number in ports}
        if len(meant) != 1:
            return None
        (name,) = meant
        # a number beyond the count of ports counts none: it is an ifIndex
        sure = not any(texts) or number > len(self.every) or str(number) in texts
        return name if sure or _last_number(name) in {_last_number(text) for text in texts if text} - {None} else None

    def poe(self, group: int, port: int, *, groups: int) -> str | None:
        """The interface of a power port: in a single group by bridge port or ifIndex, in several by the name alone.

        None where its ifIndex means a port of one series, and a name one of another: a management port has the first.
        """
        if groups == 1 and port in self.bridge:
            return self.bridge[port]
        named = [
            name
            for name in self.ethernet.values()
            if _is_called(name, group, port) or (groups == 1 and _is_called(name, 0, port))
        ]
        counted = self._counted(port) if groups == 1 else None
        if counted is not None:
            return counted if all(_series(name) == _series(counted) for name in named) else None
        return named[0] if len(named) == 1 else None

    def by_module(self) -> Mapping[tuple[int, ...], str]:
        """(module, port) -> name, of Ethernet ports called by unit, module and port as 1/2/3, if of one unit."""
        called = [(numbers, name) for name in self.ethernet.values() if len(numbers := _numbers(name)) == _MODULAR]
        often = Counter(numbers for numbers, _ in called)
        is_one_unit = len({numbers[0] for numbers in often}) == 1
        return {numbers[1:]: name for numbers, name in called if is_one_unit and often[numbers] == 1}

    def _counted(self, port: int) -> str | None:
        """The Ethernet port with this ifIndex, if its name counts likewise: from 1 on, or from 0 where there is a 0.

        A number beyond the count of Ethernet ports counts none: it is an ifIndex, whatever the name.
        """
        name = self.ethernet.get(port)
        if name is None or _last_number(name) == port or port > len(self.ethernet):
            return name
        series = _series(name)
        begins = _last_number(name) == port - 1 and any(
            _last_number(other) == 0 and _series(other) == series for other in self.ethernet.values()
        )
        return name if begins else None


def local_ports(interfaces: InterfaceMap, bridge_ports: TableReading | None) -> LocalPorts:
    """What port numbers mean under this map, and by the device's dot1dBasePortTable where it was read."""
    rows = zip(interfaces.indexes, interfaces.names, strict=True)
    every = {int(index): name for index, name in rows if index.isdecimal()}
    types = dict(zip(interfaces.names, interfaces.types, strict=True)) if interfaces.types else {}
    bridge = {}
    if bridge_ports is not None:
        for index, (if_index,) in rows_of(bridge_ports, "interface"):
            if len(index) == 1 and isinstance(if_index, int) and if_index in every:
                bridge[index[0]] = every[if_index]
    return LocalPorts(
        interfaces=interfaces,
        ethernet={index: name for index, name in every.items() if types.get(name) in _ETHERNET},
        every=every,
        bridge=bridge,
    )


def rows_of(table: TableReading, *columns: str) -> Iterator[tuple[tuple[int, ...], tuple[Value, ...]]]:
    """The index and the cells of every row that was read; an absent column has None in every row."""
    nothing = (None,) * len(table.indexes)
    cells = zip(*(table.columns.get(column) or nothing for column in columns), strict=True)
    for index, row in zip(table.indexes, cells, strict=True):
        yield _parts(index), row


@lru_cache(maxsize=8192)
def _parts(index: str) -> tuple[int, ...]:
    return tuple(map(int, index.split(".")))


def _is_called(name: str, group: int, port: int) -> bool:
    """Whether a name counts as stacks do: Gi2/0/5, 2/5 or, of the only one, 0/0/5 and 5."""
    numbers = _numbers(name)
    return numbers in ((group, 0, port), (group, port)) or (not group and numbers == (port,))


@lru_cache(maxsize=8192)
def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _NUMBERS.findall(text))


def _last_number(text: str) -> int | None:
    numbers = _numbers(text)
    return numbers[-1] if numbers else None


def _series(name: str) -> str:
    """What ports that are counted together have in common: all before the last number."""
    return _LAST_NUMBER.sub("", name)

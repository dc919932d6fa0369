"""`acc-17 gi1/0/3` and `c-017 core 5` -> the port, and the core of the cable, that are meant."""

import re
from collections.abc import Iterable, Iterator, Sequence

from netwatch.core.device.record import DeviceState
from netwatch.core.model import Inventory, PortRef
from netwatch.core.search.index import SearchIndex
from netwatch.core.search.seen import ports_called
from netwatch.core.search.text import folded
from netwatch.core.topology.graph import Topology

_SHAPE = re.compile(r"([a-z]*)[ -]*(\d+(?:[/.:-]\d+)*)")
_PORT_WORDS = frozenset(map(folded, ("port", "포트", "번", "번포트")))
_CORE_WORDS = frozenset(map(folded, ("core", "cores", "코어", "심선", "심", "번")))
_NUMBER = re.compile(r"#?(\d+)(?:번|심|코어)?")


def ports_asked(
    words: Sequence[str], index: SearchIndex, topology: Topology, states: dict[str, DeviceState]
) -> list[PortRef]:
    """The ports of a device that the words after its id or name may mean; those of its own name first."""
    asked = " ".join(words[1:])
    bare = " ".join(one for one in words[1:] if folded(one) not in _PORT_WORDS)  # `port 4`, but `Ethernet Port 1-4`
    found = []
    for device in index.named(words[0], "device"):
        called = dict(ports_called(states[device])) if device in states else {}
        named = {**called, **{port.interface: port.interface for port in declared_ports(topology, device)}}
        exact = [name for text, name in named.items() if folded(text) in (folded(asked), folded(bare))]
        names = exact or [name for text, name in named.items() if is_same_port(bare, text)]
        found += [PortRef(device=device, interface=name) for name in dict.fromkeys(names)]
    return found


def declared_ports(topology: Topology, device: str) -> Iterator[PortRef]:
    """The ports of which the inventory says something."""
    for name in topology.links_of.get(device, ()):
        link = topology.links[name]
        ports = (link.a, link.b, *(port for pair in link.members for port in pair))
        yield from (port for port in ports if port.device == device)
    fields = topology.inventory.field_devices
    for name in topology.fields_on.get(device, ()):
        port = fields[name].port
        if port is not None:
            yield port


def is_same_port(asked: str, name: str) -> bool:
    """`gi1/0/3` and `GigabitEthernet1/0/3` are; a bare number is the last of a name's."""
    one, other = (_SHAPE.fullmatch(text.lower().strip()) for text in (asked.removesuffix("번"), name))
    if one is None or other is None:
        return False
    if not one[1] and one[2].isdigit():
        return re.split(r"[/.:-]", other[2])[-1] == one[2]
    return one[2] == other[2] and (other[1].startswith(one[1]) or one[1].startswith(other[1]))


def cores_asked(words: Sequence[str], index: SearchIndex, inventory: Inventory) -> list[tuple[str, int]]:
    """(cable, core) that the words name: a cable's id and a number that is not beyond its cores."""
    rest = [one for one in words[1:] if folded(one) not in _CORE_WORDS]
    number = _NUMBER.fullmatch(rest[0]) if len(rest) == 1 else None
    if number is None:
        return []
    core = int(number[1])
    cables = ((name, inventory.cables[name].cores) for name in index.named(words[0], "cable"))
    return [(name, core) for name, cores in cables if core > 0 and (cores is None or core <= cores)]


def links_in_core(inventory: Inventory, links: Iterable[str], cable: str, core: int) -> list[str]:
    """Which of the links runs through this core."""
    runs = ((name, run) for name in links for run in inventory.links[name].fibre)
    return [name for name, run in runs if run.cable == cable and core in run.cores]

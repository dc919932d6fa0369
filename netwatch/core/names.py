"""What ports are called, and which one the inventory means.

In: the text columns of IF-MIB (ifName, ifDescr, ifAlias: RFC 2863 §3.1.6) as `text.decode_text` gives them.
Out: one name per row, unique within the device; or the position of the row that an inventory's port text names.
"""

from collections import Counter
from collections.abc import Sequence
from enum import Enum

from netwatch.core.device.interface_map import InterfaceMap


class NoMatch(Enum):
    """Why a port text names no single row."""

    ABSENT = "absent"  # no ifName, ifDescr or ifAlias is this text
    AMBIGUOUS = "ambiguous"  # several are


def name_rows(
    indexes: Sequence[str], names: Sequence[str], descriptions: Sequence[str], aliases: Sequence[str]
) -> tuple[str, ...]:
    """One name per row: ifName, else ifDescr, else ifAlias, else `if` and the index; unique.

    ifAlias is the operator's text and may be edited, which ends the series; still better than an index, which may
    come to mean another port. A borrowed name gives way to the port whose ifName it is. `indexes` are distinct.
    """
    own = {name.strip() for name in names}
    wanted = []
    for index, name, description, alias in zip(indexes, names, descriptions, aliases, strict=True):
        borrowed = description.strip() or alias.strip() or f"if{index}"
        wanted.append(name.strip() or (with_index(borrowed, index) if borrowed in own else borrowed))
    return unique(wanted, indexes)


def unique(wanted: Sequence[str], indexes: Sequence[str]) -> tuple[str, ...]:
    """`wanted` with ` (index)` behind the names that more than one row has, and only behind those.

    A suffixed name may meet one that a device gave of itself (`Gi1 (7)`), so the rule is applied until none meet.
    It ends: two rows suffixed at once differ for good, so each round suffixes a row that never was.
    """
    names = list(wanted)
    while True:
        often = Counter(names)
        if len(often) == len(names):
            return tuple(names)
        names = [
            with_index(name, index) if often[name] > 1 else name for name, index in zip(names, indexes, strict=True)
        ]


def with_index(name: str, index: str) -> str:
    """The name of a row whose own name others have too."""
    return f"{name} ({index})"


def match(port: str, interfaces: InterfaceMap) -> int | NoMatch:
    """The position in `interfaces` of the row that `port` names, if it is one alone."""
    positions = meant(port, interfaces)
    if len(positions) == 1:
        return positions[0]
    return NoMatch.AMBIGUOUS if positions else NoMatch.ABSENT


def meant(port: str, interfaces: InterfaceMap) -> Sequence[int]:
    """The positions in `interfaces` of the rows that `port` names: by ifName, else by ifDescr, else by ifAlias.

    The first of the three that knows the text decides. Two rows that share an ifName (told apart by their index) are
    both meant by it, so it is ambiguous; the full name with its index is not.
    """
    if port in interfaces.names:
        return (interfaces.names.index(port),)
    rows = enumerate(zip(interfaces.names, interfaces.indexes, strict=True))
    return (
        [position for position, (name, index) in rows if name == with_index(port, index)]
        or [position for position, text in enumerate(interfaces.descriptions) if text.strip() == port]
        or [position for position, text in enumerate(interfaces.aliases) if text.strip() == port]
    )

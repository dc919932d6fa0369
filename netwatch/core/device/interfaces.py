"""(index map, discovered rows) -> (index map, events): ports keep their identity by name when indexes move.

In: what a discovery read of IF-MIB. Out: the map that status and traffic are asked under, and what changed in it.
Only a complete discovery retires a row; a partial one adds and moves what it saw. Where it contradicts itself, the
old map stands, in doubt, and its rows are held back until a later discovery settles it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import starmap

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.events import Event, EventKind
from netwatch.core.names import meant, name_rows, unique, with_index

_LISTED = 20  # ports named in one event's text
_TOLD_ONE_BY_ONE = 64  # more ports added or removed at once are one event of the device


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The rows of one discovery: text columns through `text.decode_text`, empty where the agent has none.

    `indexes` are dotted numbers, each once.
    """

    device: str
    at_wall_s: float
    complete: bool
    indexes: Sequence[str]
    names: Sequence[str]  # ifName
    descriptions: Sequence[str]
    aliases: Sequence[str]
    types: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class _Row:
    index: str
    name: str
    alias: str
    description: str
    type: int | None


def rediscover(
    previous: InterfaceMap, found: Discovery, *, limit: int, ports: Collection[str] = ()
) -> tuple[InterfaceMap, tuple[Event, ...]]:
    """The map after `found`, of at most `limit` rows, and the events; no events for the very first map.

    `ports` are the port texts of the inventory: what they name is the last to be dropped. The epoch grows when an
    index or a name changes; new aliases alone keep it, so no reading is lost to them.
    """
    if not found.indexes:
        # A booting agent answers an empty table correctly; nobody reaches a switch that has no interface. A walk that
        # failed before its first row says nothing at all.
        doubtful = found.complete and bool(previous.names)
        return (replace(previous, in_doubt=True) if doubtful else previous), ()
    labels = _labels(previous, found)
    rows = _rows(found, labels)
    if not found.complete:
        unseen = _unseen(previous, rows)
        if {row.index for row in unseen} & set(found.indexes):
            return replace(previous, in_doubt=True), ()
        rows += unseen
    rows.sort(key=lambda row: tuple(map(int, row.index.split("."))))
    settled = found.complete or set(previous.names) <= set(labels)
    kept = rows if len(rows) <= limit else _within(previous, rows, limit=limit, ports=ports)
    current = replace(_map(previous, kept), dropped=len(rows) - len(kept), in_doubt=previous.in_doubt and not settled)
    return current, tuple(_changes(previous, current, found, limit))


def _rows(found: Discovery, labels: Sequence[str]) -> list[_Row]:
    columns = zip(found.indexes, labels, found.aliases, found.descriptions, found.types, strict=True)
    return list(starmap(_Row, columns))


def _within(previous: InterfaceMap, rows: Sequence[_Row], *, limit: int, ports: Collection[str]) -> list[_Row]:
    """As many rows as there may be, in their order: those the inventory names, then the lowest indexes.

    Where a port text could mean several rows all of them stay, so that it is as ambiguous as it was.
    """
    everything = _map(previous, rows)
    named = dict.fromkeys(position for port in sorted(ports) for position in meant(port, everything))
    kept = list(dict.fromkeys([*named, *range(len(rows))]))[:limit]
    return [rows[position] for position in sorted(kept)]


def _unseen(previous: InterfaceMap, rows: Iterable[_Row]) -> list[_Row]:
    """The old rows that a partial discovery did not see."""
    seen = {row.name for row in rows}
    columns = zip(
        previous.indexes, previous.names, previous.aliases, previous.descriptions, previous.types, strict=True
    )
    return [row for row in starmap(_Row, columns) if row.name not in seen]


def _labels(previous: InterfaceMap, found: Discovery) -> tuple[str, ...]:
    named = name_rows(found.indexes, found.names, found.descriptions, found.aliases)
    if found.complete or not previous.names:
        return named
    # A walk of ifName that failed must not rename every port to its ifDescr, nor a missing twin take the index off.
    at = {index: position for position, index in enumerate(previous.indexes)}
    labels = []
    for row, index in enumerate(found.indexes):
        position = at.get(index)
        same = position is not None and _is_same(previous, position, found, row)
        labels.append(previous.names[position] if same and position is not None else named[row])
    return unique(labels, found.indexes)


def _is_same(previous: InterfaceMap, position: int, found: Discovery, row: int) -> bool:
    """Whether nothing in a found row speaks against it being the port that had this index before."""
    name = found.names[row].strip()
    if name:
        return previous.names[position] in (name, with_index(name, found.indexes[row]))
    description = found.descriptions[row].strip()
    return not description or description == previous.descriptions[position].strip()


def _map(previous: InterfaceMap, rows: Sequence[_Row]) -> InterfaceMap:
    indexes = tuple([row.index for row in rows])
    names = tuple([row.name for row in rows])
    moved = indexes != previous.indexes or names != previous.names
    return InterfaceMap(
        epoch=previous.epoch + moved,
        indexes=indexes,
        names=names,
        aliases=tuple([row.alias for row in rows]),
        descriptions=tuple([row.description for row in rows]),
        types=tuple([row.type for row in rows]),
    )


def _changes(previous: InterfaceMap, current: InterfaceMap, found: Discovery, limit: int) -> Iterable[Event]:
    if current.dropped and current.dropped != previous.dropped:
        yield _event(EventKind.INTERFACES_DROPPED, found, dropped=current.dropped, limit=limit)
    if not previous.names:
        return
    before = dict(zip(previous.names, previous.indexes, strict=True))
    after = dict(zip(current.names, current.indexes, strict=True))
    moved = [f"{name} {before[name]}→{index}" for name, index in after.items() if before.get(name, index) != index]
    if moved:
        yield _event(EventKind.IFINDEX_CHANGED, found, moved=len(moved), ports=_listing(moved))
    yield from _told(EventKind.INTERFACE_REMOVED, [name for name in before if name not in after], found)
    yield from _told(EventKind.INTERFACE_ADDED, [name for name in after if name not in before], found)


def _told(kind: EventKind, names: Sequence[str], found: Discovery) -> Iterable[Event]:
    if len(names) > _TOLD_ONE_BY_ONE:
        yield _event(kind, found, count=len(names), ports=_listing(names))
        return
    for name in names:
        yield Event(kind=kind, subject=f"port:{found.device} {name}", at_wall_s=found.at_wall_s)


def _event(kind: EventKind, found: Discovery, **detail: str | int) -> Event:
    return Event(kind=kind, subject=f"device:{found.device}", at_wall_s=found.at_wall_s, detail=detail)


def _listing(texts: Sequence[str]) -> str:
    more = len(texts) - _LISTED
    return ", ".join(texts[:_LISTED]) + (f" and {more} more" if more > 0 else "")

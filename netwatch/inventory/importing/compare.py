"""What is there and what an import brings -> what differs, cell by cell, and what would then stand in the files.

In: for each section, the records that earlier imports wrote and those of this one. Out: a `Change`. What this import
does not name stays as it is, for next week's cameras come in a sheet of their own; only `replace` takes a sheet for
the whole.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from netwatch.inventory.changes import difference

Texts = Mapping[str, str]
Changed = Mapping[str, tuple[str, str]]  # key -> before, after; empty where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Of one section. `after`: all records as they would then stand."""

    added: tuple[str, ...]
    changed: Mapping[str, Changed]
    removed: tuple[str, ...]
    same: int
    kept: int  # not named by this import
    after: Mapping[str, Texts]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def compare(before: Mapping[str, Texts], now: Mapping[str, Texts], *, replace: bool, held: Collection[str]) -> Change:
    """`held`: ids of rows that are in doubt; what stands of them stays."""
    told = difference(before, {identity: dict(texts) for identity, texts in now.items()})
    gone = tuple(identity for identity in told.removed if replace and identity not in held)
    after = {identity: texts for identity, texts in before.items() if identity not in gone} | dict(now)
    return Change(
        added=told.added,
        changed={identity: _cells(before[identity], now[identity]) for identity in told.changed},
        removed=gone,
        same=len(now) - len(told.added) - len(told.changed),
        kept=len(told.removed) - len(gone),
        after=after,
    )


def _cells(before: Texts, after: Texts) -> Changed:
    keys = dict.fromkeys((*before, *after))
    return {key: (before.get(key, ""), after.get(key, "")) for key in keys if before.get(key) != after.get(key)}

"""A scrape's query -> which page it means. A split is N shards, the city and the faults: disjoint, complete."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.metrics import Scope

MOST_SHARDS = 1000


class Page(StrEnum):
    """The pages of a split."""

    SHARD = "shard"  # devices, ports, field devices
    CITY = "city"  # all else, and the daemon's own
    FAULTS = "faults"  # small, scraped every second or two


def page_of(scope: Scope) -> Page:
    """On which page of a split a family of this scope stands."""
    if scope in (Scope.DEVICE, Scope.INTERFACE, Scope.FIELD_DEVICE):
        return Page.SHARD
    return Page.FAULTS if scope is Scope.FAULT else Page.CITY


class SelectionError(ValueError):
    """The query means no page; the message is one sentence for whoever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which series a page tells. `shard` counts from 0 to `of` - 1."""

    pages: frozenset[Page]
    shard: int = 0
    of: int = 1
    site: str | None = None

    def has(self, scope: Scope) -> bool:
        return page_of(scope) in self.pages


EVERYTHING = Selection(pages=frozenset(Page))
CITY = Selection(pages=frozenset({Page.CITY}))
FAULTS = Selection(pages=frozenset({Page.FAULTS}))


def shard(number: int, of: int) -> Selection:
    return Selection(pages=frozenset({Page.SHARD}), shard=number, of=of)


def at_site(site: str) -> Selection:
    return Selection(pages=frozenset({Page.SHARD}), site=site)


def whole_number(name: str, text: str, *, least: int, most: int) -> int:
    """A parameter's value, or a SelectionError that says what it should have been."""
    if text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most:
        return int(text)
    raise SelectionError(f"{name} must be a whole number from {least} to {most}.")


def parse(query: Iterable[tuple[str, str]]) -> Selection:
    """The Selection of `/metrics?…`, from the query's pairs in any order. Raises SelectionError."""
    given = parameters(query, allowed=("shard", "of", "site"))
    if not given:
        return EVERYTHING
    if "site" in given:
        if len(given) > 1:
            raise SelectionError("site stands alone: leave out shard and of.")
        return at_site(given["site"])
    if given.get("shard") == "city":
        if "of" in given:
            raise SelectionError("shard=city stands alone: leave out of.")
        return CITY
    if len(given) != 2:
        raise SelectionError("shard and of go together: /metrics?shard=0&of=4, or /metrics?shard=city.")
    of = whole_number("of", given["of"], least=1, most=MOST_SHARDS)
    return shard(whole_number("shard", given["shard"], least=0, most=of - 1), of)


def parameters(query: Iterable[tuple[str, str]], *, allowed: tuple[str, ...]) -> dict[str, str]:
    """The query as a dict. Raises SelectionError on a name that is not allowed or given twice."""
    given: dict[str, str] = {}
    for name, value in query:
        if name not in allowed:
            takes = f"there are {', '.join(allowed)}" if allowed else "this page takes none"
            raise SelectionError(f"Unknown parameter; {takes}.")
        if name in given:
            raise SelectionError(f"{name} is given twice.")
        given[name] = value
    return given

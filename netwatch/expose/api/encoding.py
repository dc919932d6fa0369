"""Documents -> JSON in pieces, so that a reply about ten thousand devices stops nobody.

Most of a document is plain data. `Many` stands for a list whose items are made one after the other while it is being
written, `Open` for an object that has such a list in it; between two pieces everything else has its turn.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ITEMS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Many:
    """A list, made while it is written."""

    items: Iterable[Any]


@dataclass(frozen=True, slots=True)
class Open:
    """An object, some of whose values are `Many` or `Open`."""

    fields: Mapping[str, Any]


def pieces(document: Any) -> Iterator[bytes]:  # noqa: ANN401 - any JSON
    """The document as UTF-8, in pieces of some items each."""
    for text in _texts(document):
        yield text.encode("utf-8", "replace")  # half a surrogate pair, as a device may send, is no UTF-8


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    match value:
        case Open(fields):
            before = "{"
            for name, inner in fields.items():
                yield f"{before}{_plain(name)}:"
                yield from _texts(inner)
                before = ","
            yield "{}" if before == "{" else "}"
        case Many(items):
            yield from _listed(items)
        case _:
            yield _plain(value)


def _listed(items: Iterable[Any]) -> Iterator[str]:
    before, held = "[", list[str]()
    for item in items:
        if isinstance(item, Open):
            yield before + ",".join([*held, ""])
            yield from _texts(item)
            before, held = ",", []
            continue
        held.append(_plain(item))
        if len(held) == ITEMS_AT_ONCE:
            yield before + ",".join(held)
            before, held = ",", []
    if held:
        yield before + ",".join(held)
        before = ","
    yield "[]" if before == "[" else "]"


def _plain(value: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

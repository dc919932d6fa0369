"""Notifications worth a look: YAML files in, `Notices` out. What cannot be used is refused here, as with profiles."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from netwatch.core.errors import Problem, ProfileError
from netwatch.core.notices import ANY_ARC, Meaning, Notice, Notices
from netwatch.profiles.marked import Block, Text, did_you_mean, parse

_ARC = re.compile(r"0|[1-9][0-9]{0,9}")
_ANY = "*"
_LEAST_ARCS = 6  # 1.3.6.1.4.1: a shorter root would mean half of all there is
_MOST_ARCS = 120
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def load_notices(folder: Path | None = None) -> Notices:
    """Every `*.yaml` of a folder (default: those netwatch comes with). ProfileError at the first mistake."""
    place: Traversable | Path = folder if folder is not None else files("netwatch.profiles") / "traps"
    found = sorted((entry for entry in place.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)
    by_root: dict[tuple[int, ...], Notice] = {}
    for entry in found:
        for notice, block in _notices(entry):
            if notice.root in by_root:
                raise block.place.problem(f"its oid is that of {by_root[notice.root].name!r}")
            by_root[notice.root] = notice
    return Notices(by_root=by_root)


def _notices(entry: Traversable) -> list[tuple[Notice, Block]]:
    try:
        text = entry.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ProfileError(Problem(file=entry.name, line=0, where="", what=f"cannot be read: {why}")) from None
    root = parse(text, file=entry.name)
    return [(_notice(name, root.block(name)), root.block(name)) for name in root.entries]


def _notice(name: str, block: Block) -> Notice:
    if _NAME.fullmatch(name) is None:
        raise block.place.problem("a name is small letters, digits and _, a letter first")
    block.known_keys("oid", "means", "port")
    means = block.text("means")
    if means.value not in list(Meaning):
        raise means.place.problem(f"unknown meaning {means.value!r}{did_you_mean(means.value, tuple(Meaning))}")
    meaning = Meaning(means.value)
    if "port" in block.entries and meaning is not Meaning.PORT:
        raise block.text("port").place.problem(f"what means {meaning.value!r} has no port")
    return Notice(
        name=name,
        root=_arcs(block.text("oid")),
        meaning=meaning,
        port=_arcs(block.text("port"), wild=True) if "port" in block.entries else (),
    )


def _arcs(text: Text, *, wild: bool = False) -> tuple[int, ...]:
    """A dotted OID; with `wild`, `*` for an arc that may be any."""
    words = text.value.split(".")
    if not all((wild and word == _ANY) or (_ARC.fullmatch(word) and int(word) < 2**32) for word in words):
        raise text.place.problem(f"{text.value!r} is not a dotted OID")
    if not _LEAST_ARCS <= len(words) <= _MOST_ARCS:
        raise text.place.problem(f"{text.value} is too short or too long to tell one notification from another")
    return tuple(ANY_ARC if word == _ANY else int(word) for word in words)

"""The profiles in force -> a row of the ledger that says how they differ from those before, in words.

In: what is known of makes of devices, as it is read. Out: one row where anything differs, also from what was in force
before a restart; its annex holds the whole, as JSON and zlib.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import apsw

from netwatch.audit.annex import read_annex, write_annexed
from netwatch.audit.ledger_inventory import plain
from netwatch.core.audit.ledger_row import canonical
from netwatch.core.plan import Plan

KIND = "profiles.fingerprint"
MOST_CHANGES = 500  # lines; how many more there were is said
_MOST_OCTETS = 64 << 20


def profile_document(profiles: Mapping[str, Plan]) -> str:
    """Canonical JSON: profile -> what it asks for and what that means. Takes a tenth of a second."""
    return canonical({name: _by_name(plain(replace(plan, others=()))) for name, plan in profiles.items()})


def write_profiles(told: str, connection: apsw.Connection, now_wall_s: float) -> None:
    """Put on record that the profiles of this document are in force, where they are others than the last."""
    sha256 = hashlib.sha256(told.encode()).hexdigest()
    last = connection.execute("SELECT max(seq) FROM annex WHERE kind = ?", (KIND,)).get
    annex = None if last is None else read_annex(connection, int(str(last)))
    if annex is not None and annex.detail["document_sha256"] == sha256:
        return
    now, changes = json.loads(told), list[str]()
    if annex is not None:
        before = json.loads(zlib.decompressobj().decompress(annex.content, _MOST_OCTETS))
        changes = list(differences(before, now))
    more = [f"and {len(changes) - MOST_CHANGES} more"] if len(changes) > MOST_CHANGES else []
    detail = {
        "document_sha256": sha256,
        "count": len(now),
        "changes": [*changes[:MOST_CHANGES], *more],
        "first": annex is None,
    }
    write_annexed(connection, KIND, detail, zlib.compress(told.encode()), now_wall_s)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """A line for each profile that came or went, and for each value of it that differs."""
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield f"profile:{name}: removed"
        elif name not in before:
            yield f"profile:{name}: added"
        else:
            yield from _within(f"profile:{name}", before[name], after[name])


def _within(where: str, before: object, after: object) -> Iterator[str]:
    if before == after:
        return
    if not isinstance(before, dict) or not isinstance(after, dict):
        yield f"{where}: {_text(before)} -> {_text(after)}"
        return
    for key in sorted(before.keys() | after.keys()):
        place = f"{where}.{key}" if ": " in where else f"{where}: {key}"
        if key not in after:
            yield f"{place}: removed"
        elif key not in before:
            yield f"{place}: added"
        else:
            yield from _within(place, before[key], after[key])


def _by_name(told: Any) -> Any:  # noqa: ANN401 - any JSON
    """Lists of things that have names become tables of them: a line then says of which table and column it is."""
    if isinstance(told, dict):
        return {key: _by_name(one) for key, one in told.items()}
    if not isinstance(told, list):
        return told
    names = [one.get("name") if isinstance(one, dict) else None for one in told]
    if told and all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
        return {name: _by_name(one) for name, one in zip(names, told, strict=True)}
    return [_by_name(one) for one in told]


def _text(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, sort_keys=True)

"""The inventory in force -> a row of the ledger that says how it differs from the one before, in words.

In: an inventory, as it is read. Out: one row where anything differs, also from what was in force before a restart; the
whole of it is the row's annex, as JSON and zlib. Secrets are not in it, nor who is behind a contractor.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import apsw

from netwatch.audit.annex import write_annexed
from netwatch.audit.ledger_read import LedgerReader
from netwatch.core.audit.ledger_row import canonical
from netwatch.core.errors import StoreError
from netwatch.core.model import Inventory, PortRef

_TABLES = {
    "sites": "site",
    "devices": "device",
    "cables": "cable",
    "links": "link",
    "rings": "ring",
    "field_devices": "field_device",
    "services": "service",
    "contractors": "contractor",
}  # windows of maintenance have rows of their own
_WHOLE = ("city", "timezone", "charset", "settings", "vantage")
_PERSONAL = ("name", "phone", "extra")  # of a contractor: that it changed is said, and not from what to what
KIND = "inventory.fingerprint"
_MOST_OCTETS = 256 << 20
TOLD_AGAIN_S = 365 * 86_400.0  # rows are kept for two years at least


def write_inventory(connection: apsw.Connection, inventory: Inventory, now_wall_s: float) -> None:
    """Put on record that this inventory is in force, where it is another one than the last."""
    now = document(inventory)
    told = canonical(now)
    stored = connection.execute("SELECT document FROM inventory_seen").get
    if stored == told and not _is_old(connection, now_wall_s):
        return
    before = json.loads(str(stored)) if stored is not None else None
    detail = {
        "fingerprint": inventory.fingerprint,
        "document_sha256": digest(told),
        "counts": {table: len(now[table]) for table in _TABLES},
        "changes": [] if before is None else list(differences(before, now)),
        "first": before is None,
    }
    write_annexed(connection, KIND, detail, zlib.compress(told.encode()), now_wall_s)
    connection.execute("INSERT OR REPLACE INTO inventory_seen VALUES (1, ?)", (told,))


def _is_old(connection: apsw.Connection, now_wall_s: float) -> bool:
    """Whether the row that tells of the one in force could be pruned before it is another one's turn."""
    told_wall_s = connection.execute("SELECT max(from_wall_s) FROM annex WHERE kind = ?", (KIND,)).get
    return told_wall_s is not None and now_wall_s - float(str(told_wall_s)) > TOLD_AGAIN_S


def read_document(reader: LedgerReader, seq: int, sha256: str) -> str | None:
    """The inventory that a row tells of by its hash; None where it is there no more. StoreError: it was changed."""
    found = list(reader.query("SELECT content FROM annex WHERE seq = ? AND kind = ?", seq, KIND))
    if not found:  # of a netwatch that kept the newest alone
        newest = [str(text) for (text,) in reader.query("SELECT document FROM inventory_seen")]
        return next((text for text in newest if digest(text) == sha256), None)
    try:
        told = zlib.decompressobj().decompress(bytes(found[0][0]), _MOST_OCTETS).decode()
    except (zlib.error, ValueError, TypeError) as error:
        raise StoreError(f"the inventory that row {seq} of the ledger tells of cannot be read: {error}") from error
    if digest(told) != sha256:
        raise StoreError(f"the inventory that row {seq} of the ledger tells of was changed")
    return told


def digest(told: str) -> str:
    """Of an inventory as canonical JSON: what rows know it by."""
    return hashlib.sha256(told.encode()).hexdigest()


def document(inventory: Inventory) -> dict[str, Any]:
    """JSON-able: every table by id, then what stands once. A secret is `***`."""
    tables = {name: plain(getattr(inventory, name)) for name in _TABLES}
    for contractor in tables["contractors"].values():
        for key in _PERSONAL:
            contractor[key] = hashlib.sha256(canonical({"is": contractor[key]}).encode()).hexdigest()[:16]
    return {**tables, **{name: plain(getattr(inventory, name)) for name in _WHOLE}}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """A line for each field of each thing that differs between two documents, in the order of their ids."""
    for table, noun in _TABLES.items():
        old, new = before.get(table, {}), after[table]
        for identity in sorted(old.keys() | new.keys()):
            name = f"{noun}:{identity}"
            if identity not in new:
                yield f"{name}: removed"
            elif identity not in old:
                yield f"{name}: added"
            else:
                yield from _fields(name, old[identity], new[identity], is_silent=table == "contractors")
    for name in _WHOLE:
        old, new = before.get(name), after[name]
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _fields(name, old, new, is_silent=False)
        elif old != new:
            yield f"{name}: {_text(old)} -> {_text(new)}"


def _fields(name: str, old: Mapping[str, Any], new: Mapping[str, Any], *, is_silent: bool) -> Iterator[str]:
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            what = "changed" if is_silent and key in _PERSONAL else f"{_text(old.get(key))} -> {_text(new.get(key))}"
            yield f"{name}: {key}: {what}"


def _text(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, sort_keys=True)


def plain(value: Any) -> Any:  # noqa: ANN401, PLR0911 - whatever an inventory is made of, each kind in its own way
    match value:
        case None | bool() | int() | float() | str() if not isinstance(value, Enum):
            return value
        case PortRef():
            return str(value)
        case Enum():
            return value.value
        case bytes():
            return value.hex()
        case Mapping():
            return {str(plain(key)): plain(one) for key, one in value.items()}
        case tuple() | list():
            return [plain(one) for one in value]
        case set() | frozenset():
            return sorted(str(plain(one)) for one in value)
    if is_dataclass(value) and type(value).__name__ != "Secret":
        return {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.init}  # as given
    return str(value)  # an address as text; a Secret as ***

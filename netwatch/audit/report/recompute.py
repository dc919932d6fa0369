"""A pack -> whether its rows are those that were signed, and whether its figures follow from them. Needs nothing else.

In: a file that may come from anybody. Out: findings, each a sentence; none: it is what it claims to be.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from netwatch.audit import checkpoint, ledger_inventory
from netwatch.audit.checkpoint import Checkpoint
from netwatch.audit.prune_rows import Base
from netwatch.audit.report import pack
from netwatch.audit.report.pack_usage import packed_states, packed_usage
from netwatch.audit.report.proof import digest, is_signed_by
from netwatch.audit.report.source import Source, read_history
from netwatch.core.audit.ledger_row import canonical, link
from netwatch.core.audit.report.history import Told
from netwatch.core.audit.report.question import question_of
from netwatch.core.audit.report.versions import Version
from netwatch.core.errors import NetwatchError, StoreError

MOST_DIFFERENCES = 20
LARGEST_PART = 256 << 20  # bytes, of all but the rows
LONGEST_ROW = 4 << 20
ROWS_AT_ONCE = 5_000
_UNUSABLE = (StoreError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


class PackError(NetwatchError):
    """It is no pack, or cannot be read."""


@dataclass(slots=True, kw_only=True)
class Recomputed:
    """What was found. `attested`: so many of the rows are those that the checkpoint signed."""

    rows: int = 0
    attested: int = 0
    key: str = ""  # that signed the checkpoint, hex
    is_signed: bool = False  # the report
    figures: int = 0  # compared
    findings: list[str] = field(default_factory=list)


def recompute(path: Path, *, key: str = "") -> Recomputed:
    """Reckon a pack anew. `key`: the public key (hex) that must have signed it. PackError."""
    try:
        with zipfile.ZipFile(path) as opened:
            return _recompute(opened, key)
    except OSError as error:
        raise PackError(f"{path}: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise PackError(f"{path} is no pack of netwatch, or damaged: {error}") from error


def _recompute(opened: zipfile.ZipFile, key: str) -> Recomputed:
    found = Recomputed()
    report, proof = _table(opened, pack.REPORT), _table(opened, pack.PROOF)
    signed, base = _checkpoint(opened, found, key), _base(opened)
    _check_rows(opened, found, signed, base)
    _check_signature(report, proof, found, key)
    try:
        question = question_of(report["question"])
        source = Source(
            history=read_history(
                _rows(opened), _table(opened, pack.NAMES), pruned=base.size, carried=packed_states(opened, base)
            ),
            base=base,
            names={},
            inventory_text=_part(opened, pack.INVENTORY).decode(),
            checkpoint="",
            document=partial(_document, opened),
        )
        versions = [Version(0, source.inventory)] if _is_of_one(report) else source.versions(question.period)
        usage = packed_usage(opened, base, versions[-1].inventory, question)
        again = json.loads(json.dumps(source.report(question, usage, versions=versions)))
    except _UNUSABLE as error:
        found.findings.append(f"nothing can be reckoned from what is in it: {error}")
        return found
    found.figures = _count(report)
    differences = list(_differences(report, again, ""))
    found.findings += differences[:MOST_DIFFERENCES]
    if len(differences) > MOST_DIFFERENCES:
        found.findings.append(f"and {len(differences) - MOST_DIFFERENCES} more figures differ")
    return found


def _is_of_one(report: Mapping[str, Any]) -> bool:
    """Whether all of the period was reckoned with one inventory: one that was named, or the only one that is there."""
    told = report["inventory"]["reckoned_with"]
    return len(told) == 1 and told[0]["from_ms"] == 0


def _checkpoint(opened: zipfile.ZipFile, found: Recomputed, key: str) -> Checkpoint | None:
    line = _part(opened, pack.CHECKPOINT).decode("utf-8", "backslashreplace")
    if not line.strip():
        found.findings.append("it has no checkpoint: nobody signed for these rows")
        return None
    try:
        signed = checkpoint.read(line)
    except ValueError as error:
        found.findings.append(f"{pack.CHECKPOINT}: {error}")
        return None
    found.key = signed.key.hex()
    if key and found.key != key:
        found.findings.append(f"{pack.CHECKPOINT}: it is signed by {found.key}, not by the key that was to sign")
    return signed


def _base(opened: zipfile.ZipFile) -> Base:
    """Where the rows begin; that it is so is proved by the root that the checkpoint signed."""
    if pack.BASE not in opened.namelist():
        return Base()
    try:
        return Base.read(_table(opened, pack.BASE))
    except (ValueError, KeyError, TypeError) as error:
        raise PackError(f"{pack.BASE} is not what netwatch packs") from error


def _check_rows(opened: zipfile.ZipFile, found: Recomputed, signed: Checkpoint | None, base: Base) -> None:
    """Hash them once: the tree up to the checkpoint, and the chain, by which a change is named to a hundred rows."""
    told = _table(opened, pack.CHAIN)
    marks, each = list(told.get("chain") or ()), pack.EACH
    tree, chain, waiting, is_named = base.tree, base.chain, [], False
    size = 0 if signed is None else signed.size
    for number, raw in enumerate(_rows(opened), base.size + 1):
        found.rows = number
        chain = link(chain, raw)
        if number <= size:
            waiting.append(raw)
            if len(waiting) == ROWS_AT_ONCE:
                tree, waiting = tree.grown(waiting), []
        place = number // each - base.size // each - 1
        if number % each == 0 and not is_named and (place >= len(marks) or marks[place] != chain.hex()):
            found.findings.append(f"{pack.ROWS}: rows {number - each + 1} to {number} are not as they were packed")
            is_named = True
    if not is_named and chain.hex() != told.get("last"):
        found.findings.append(f"{pack.ROWS}: of the last rows, up to {found.rows}, some are not as they were packed")
    if signed is None:
        return
    tree = tree.grown(waiting)
    if tree.size < size:
        found.findings.append(f"{pack.ROWS}: rows are missing: the checkpoint signs for {size}, here are {tree.size}")
    elif tree.root != signed.root:
        found.findings.append(f"{pack.ROWS}: the first {size} rows are not those that the checkpoint signed for")
    else:
        found.attested = size


def _check_signature(report: Mapping[str, Any], proof: Mapping[str, Any], found: Recomputed, key: str) -> None:
    if proof.get("report_sha256") != digest(canonical(report)):
        found.findings.append(f"{pack.REPORT} was changed: its SHA-256 is not the one in {pack.PROOF}")
    elif proof.get("signature"):
        found.is_signed = is_signed_by(proof)
        if not found.is_signed:
            found.findings.append(f"{pack.PROOF}: the signature does not fit")
        elif (key or found.key) not in ("", proof["key"]):
            found.findings.append(
                f"{pack.PROOF}: the report is signed by {proof['key']}, which did not sign the record"
            )


def _document(opened: zipfile.ZipFile, row: Told) -> str | None:
    """The inventory that a row tells of, if it is there. StoreError: it was changed."""
    sha256 = str(row.detail["document_sha256"])
    own = f"{pack.INVENTORIES}{sha256}.json"
    is_older = own in opened.namelist()
    text = _part(opened, own if is_older else pack.INVENTORY).decode()
    if ledger_inventory.digest(text) == sha256:
        return text
    if is_older:
        raise StoreError(f"{own} is not the inventory that row {row.seq} tells of")
    return None


def _part(opened: zipfile.ZipFile, name: str) -> bytes:
    try:
        with opened.open(name) as file:
            content = file.read(LARGEST_PART + 1)
    except KeyError as error:
        raise PackError(f"{name} is missing: it is no pack of netwatch, or somebody took it out") from error
    if len(content) > LARGEST_PART:
        raise PackError(f"{name} is larger than any pack needs")
    return content


def _table(opened: zipfile.ZipFile, name: str) -> Mapping[str, Any]:
    """A part that is one JSON object."""
    try:
        told = json.loads(_part(opened, name))
    except (ValueError, RecursionError) as error:
        raise PackError(f"{name} is not JSON: {error}") from error
    if not isinstance(told, dict):
        raise PackError(f"{name} is not what netwatch packs")
    return told


def _rows(opened: zipfile.ZipFile) -> Iterator[bytes]:
    try:
        with opened.open(pack.ROWS) as file:
            while raw := file.readline(LONGEST_ROW):
                yield raw.removesuffix(b"\n")
    except KeyError as error:
        raise PackError(f"{pack.ROWS} is missing: it is no pack of netwatch, or somebody took it out") from error


def _count(told: Any) -> int:  # noqa: ANN401 - plain data
    if isinstance(told, dict):
        return sum(map(_count, told.values()))
    return sum(map(_count, told)) if isinstance(told, list) else 1


def _differences(told: Any, again: Any, where: str) -> Iterator[str]:  # noqa: ANN401 - plain data
    """A sentence each, by where in the report it stands."""
    if isinstance(told, dict) and isinstance(again, dict):
        for key in sorted({*told, *again}):
            place = f"{where}.{key}" if where else key
            if key not in told or key not in again:
                yield f"{place}: {'the pack does not tell it' if key in again else 'it does not follow from the rows'}"
            else:
                yield from _differences(told[key], again[key], place)
    elif isinstance(told, list) and isinstance(again, list) and len(told) == len(again):
        for number, (one, other) in enumerate(zip(told, again, strict=True)):
            yield from _differences(one, other, f"{where}[{number}]")
    elif told != again:
        yield f"{where}: the pack says {_short(told)}, from the rows follows {_short(again)}"


def _short(told: Any) -> str:  # noqa: ANN401 - plain data
    text = json.dumps(told, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."

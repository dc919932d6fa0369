"""A report and all it was made of -> one file that proves itself elsewhere: rows, inventory, checkpoint, numbers.

In: a source and its report. Out: a zip, the same bytes for the same content. `recompute` reads it back.
"""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from netwatch.audit.ledger_inventory import digest
from netwatch.audit.report.source import Source
from netwatch.core.audit.ledger_row import link

REPORT, ROWS, CHAIN, NAMES = "report.json", "rows.jsonl", "chain.json", "people.json"
INVENTORY, CHECKPOINT, PROOF, README = "inventory.json", "checkpoint.json", "proof.json", "README.txt"
ANNEXES, INVENTORIES, BASE = "annex/", "inventory/", "base.json"
EACH = 100  # rows from one value of the chain to the next: as near as a changed row can be named
_ALWAYS = (1980, 1, 1, 0, 0, 0)

_TOLD = """netwatch audit recompute THIS-FILE [--key PUBLIC-KEY]

rows.jsonl       every row of the ledger, byte for byte, one a line
annex/N          what links and ports carried, and what held where the rows begin; its SHA-256 stands in row N
base.json        where rows were pruned: the last of them, and what the chain and the tree go on from
chain.json       the chain value behind every hundredth row
checkpoint.json  size, root (RFC 6962) and time, signed Ed25519 by the machine that kept the record
people.json      who is meant by the ids in the rows, as far as the report names them
inventory.json   the inventory at the period's end; its SHA-256 stands in a row
inventory/*      those before it, after which something had moved, each under its SHA-256
report.json      the figures, which follow from the above
proof.json       SHA-256 of report.json as canonical JSON, and a signature over it
"""


class Contents(NamedTuple):
    """What a source was made of, byte for byte: rows from the first on, and what some of them hash."""

    rows: Iterable[bytes]
    annexes: Iterable[tuple[int, bytes]] = ()  # with the number of the row
    inventories: Sequence[str] = ()  # those that the period is reckoned with


def write_pack(path: Path, contents: Contents, source: Source, *, report: str, proof: Mapping[str, Any]) -> None:
    """`report` is canonical JSON. OSError where it cannot be written."""
    staged = path.with_name(f".{path.name}.new")
    with zipfile.ZipFile(staged, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack:
        base = source.base
        chain, marks = base.chain, []
        if base.size:
            pack.writestr(_named(BASE), json.dumps(base.told()))
        with pack.open(_named(ROWS), "w", force_zip64=True) as file:
            for number, raw in enumerate(contents.rows, base.size + 1):
                file.write(raw + b"\n")
                chain = link(chain, raw)
                if number % EACH == 0:
                    marks.append(chain.hex())
        for seq, content in contents.annexes:
            pack.writestr(_named(f"{ANNEXES}{seq}", zipfile.ZIP_STORED), content)  # it is packed already
        people = {name: source.names[name] for name in sorted(_people(source)) if name in source.names}
        *older, newest = contents.inventories or (source.inventory_text,)
        for name, text in (
            *((f"{INVENTORIES}{digest(text)}.json", text) for text in older),
            (CHAIN, json.dumps({"each": EACH, "chain": marks, "last": chain.hex()})),
            (NAMES, json.dumps(people, ensure_ascii=False, indent=1)),
            (INVENTORY, newest),
            (CHECKPOINT, source.checkpoint),
            (REPORT, report),
            (PROOF, json.dumps(proof, indent=1)),
            (README, _TOLD),
        ):
            pack.writestr(_named(name), text)
    staged.replace(path)


def _named(name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ALWAYS)
    info.compress_type = compression
    return info


def _people(source: Source) -> set[str]:
    """Ids that windows and corrections name."""
    told = (*source.history.windows, *source.history.corrections)
    named = {value for row in told for value in row.detail.values() if isinstance(value, str)}
    return {identity for identity, name in source.names.items() if name in named}

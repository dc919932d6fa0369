"""The ledger of a small city in a real store: a day with an outage, a gap, maintenance and a fault."""

from array import array
from pathlib import Path

import apsw

from netwatch.audit.checkpoint_rows import write_checkpoint
from netwatch.audit.ledger import append
from netwatch.audit.ledger_key import signing_key
from netwatch.audit.store import Store
from netwatch.audit.usage_rows import TRAFFIC, Block, write_block
from netwatch.core.audit.ledger_row import Entry, EntryType, canonical, decode
from netwatch.core.audit.usage_code import codes, pack
from tests.unit.core.audit.report.city import T0, Ledger, document

DAY = 86_400
FAULT = "49e95f0dd77f"
HOSTILE = "<script>alert(1)</script>"


def rows() -> Ledger:
    """From T0 on, for a day."""
    ledger = Ledger()
    ledger.beat(0)
    ledger.inventory(1, document())
    for subject, state in (
        ("device:sw-1", "up"),
        ("device:sw-2", "up"),
        ("link:link-1", "up"),
        ("link:link-2", "up"),
        ("ring:ring-a", "intact 0.000 1.000"),
        ("field_device:cam-1", "fine"),
        ("field_device:cam-2", "fine"),
        ("field_device:cam-3", "fine"),
        ("field_device:sig-1", "fine"),
    ):
        ledger.state(subject, 2, state)
    ledger.window("m-1", "device:sw-1", 7200, 10_800, declared=-90_000)
    ledger.window("m-2", "site:park", 20_000, 21_000, declared=19_999, reason=f"{HOSTILE} 10.20.0.1 증설")
    ledger.state("device:sw-2", 30_000, "down", 30_005)
    for name in ("cam-2", "cam-3", "sig-1"):
        ledger.state(f"field_device:{name}", 30_002, "unreachable upstream", 30_006)
    ledger.state("ring:ring-a", 30_000, "switched 0.000 1.000", 30_005)
    ledger.fault(FAULT, 30_000, None, devices=["sw-2"])
    ledger.state("device:sw-2", 33_600, "up", 33_605)
    for name in ("cam-2", "cam-3", "sig-1"):
        ledger.state(f"field_device:{name}", 33_602, "fine", 33_610)
    ledger.state("ring:ring-a", 33_600, "intact 3600.000 1.000", 33_605)
    ledger.fault(FAULT, 30_000, 33_600, devices=["sw-2"])
    ledger.gap(50_000, 51_000)
    ledger.beat(DAY)
    return ledger


def usage(connection: apsw.Connection) -> None:
    """Five minutes three times, of a port at one end of a link: 8 Mbit/s sent, a tenth of it received."""
    for at in (T0, T0 + 300, T0 + 600):
        sums = {"seen_s": 300, "bytes": 300_000_000, "peak": 1_200_000, "packets": 1000, "errors": 0}
        columns = {
            f"{way}_{name}": coded(name, sums[name] // part) for way, part in (("out", 1), ("in", 10)) for name in sums
        }
        columns |= {"in_seen_s": array("H", [300])}
        block = Block(kind=TRAFFIC, from_s=at, until_s=at + 300, names=("sw-1 Te1",), content=pack(columns))
        write_block(connection, block, T0 + DAY)


def coded(name: str, value: int) -> "array[int]":
    return array("H", [value]) if name == "seen_s" else codes([value])


def write(directory: Path, ledger: Ledger | None = None, *, signed: bool = True) -> Path:
    """A store that holds these rows, its newest checkpoint over all of them."""
    told = document()
    Store.open(directory).close()
    connection = apsw.Connection(str(directory / "netwatch.db"))
    with connection:
        for raw in (ledger or rows()).rows:
            row = decode(raw)
            entry = Entry(EntryType(row.type), row.kind, row.subject, row.at_wall_s, canonical(row.detail))
            append(connection, [entry], row.recorded_wall_s)
        usage(connection)
        connection.execute("INSERT OR REPLACE INTO inventory_seen VALUES (1, ?)", (canonical(told),))
        if signed:
            write_checkpoint(connection, signing_key(directory), now_wall_s=T0 + DAY, least=1)
    connection.close()
    return directory

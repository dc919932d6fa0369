"""Things move while the record goes on: each time is reckoned with the inventory that was in force then."""

import zipfile

import apsw
import pytest

from netwatch.audit.checkpoint_rows import write_checkpoint, write_key
from netwatch.audit.ledger import append
from netwatch.audit.ledger_inventory import write_inventory
from netwatch.audit.ledger_key import signing_key
from netwatch.audit.ledger_read import reading
from netwatch.audit.prune_rows import prune_rows
from netwatch.audit.report.pack import INVENTORIES
from netwatch.audit.report.recompute import recompute
from netwatch.audit.report.source import read_source
from netwatch.audit.store import Store
from netwatch.core.audit.ledger_row import Entry, EntryType
from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.inventory_document import inventory_of
from netwatch.core.audit.report.question import Question
from tests.unit.audit.ledgers import found
from tests.unit.audit.test_report_pack import changed, packed
from tests.unit.core.audit.report.city import T0, document

MOVED, RENAMED, REMOVED, DAY = 40_000, 50_000, 60_000, 86_400
A, B, C, D = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)


def inventories():
    """A: as it was. B: cam-2 is taken from the park to the hall. C: it is given a name. D: cam-3 is taken down."""
    cameras = document()["field_devices"]
    moved = {**cameras, "cam-2": {**cameras["cam-2"], "site": "hall", "port": "sw-1 Gi2"}}
    named = {**moved, "cam-2": {**moved["cam-2"], "name": "정문"}}
    fewer = {name: one for name, one in named.items() if name != "cam-3"}
    for at, fingerprint, told in ((0, A, cameras), (MOVED, B, moved), (RENAMED, C, named), (REMOVED, D, fewer)):
        yield at, inventory_of(document(field_devices=told), fingerprint=fingerprint)


@pytest.fixture
def state(tmp_path):
    """cam-2 is down for an hour before it is moved, and for a quarter of one after."""
    directory = tmp_path / "state"
    Store.open(directory).close()
    connection = apsw.Connection(str(directory / "netwatch.db"))
    states = [(1, f"cam-{n}", "fine") for n in (1, 2, 3)] + [(1, "sig-1", "fine")]
    states += [(at, "cam-2", state) for at, state in ((30_000, "fault"), (33_600, "fine"), (70_000, "fault"))]
    states += [(70_900, "cam-2", "fine"), (DAY, "cam-1", "fine")]
    key = signing_key(directory)
    told = [(at, lambda at=at, one=one: write_inventory(connection, one, T0 + at)) for at, one in inventories()]
    told += [(at, lambda what=(at, *rest): write_state(connection, *what)) for at, *rest in states]
    with connection:
        write_key(connection, key, T0)
        for _, tell in sorted(told, key=lambda one: one[0]):
            tell()
        write_checkpoint(connection, key, now_wall_s=T0 + DAY, least=1)
    connection.close()
    return directory


def write_state(connection, at, name, state):
    detail = f'{{"state":"{state}"}}'
    entry = Entry(EntryType.STATE, "field_device.state", f"field_device:{name}", T0 + at, detail)
    append(connection, [entry], T0 + at)


def question(begin=0, end=DAY):
    period = Period(from_ms=(T0 + begin) * 1000, until_ms=(T0 + end) * 1000, zone="Asia/Seoul", label="2026-09-21")
    return Question(period=period, days=(period,), as_of_ms=period.until_ms)


def report(state, *span):
    with reading(state) as reader:
        return read_source(reader).report(question(*span))


def reckoned_with(told):
    return [one["fingerprint"] for one in told["inventory"]["reckoned_with"]]


def scopes(told, service="cctv"):
    """District -> (how many cameras, seconds down), of a service."""
    return {
        one["scope"]["district"]: (one["subjects"], one["raw"]["down"] // 1000)
        for one in told["accounts"]["service"]["scopes"]
        if one["scope"]["service"] == service
    }


def test_a_camera_that_moved_counts_where_it_stood_and_one_taken_down_where_it_was(state):
    told = report(state)
    assert reckoned_with(told) == [A, B, D]  # a name moves nothing
    assert scopes(told) == {None: (3, 4500), "옥정동": (2, 3600), "중앙동": (2, 900)}
    subjects = told["accounts"]["service"]["subjects"]
    assert subjects["field_device:cam-2 (1)"]["raw"]["not_in_service"] == (DAY - MOVED) * 1000
    assert subjects["field_device:cam-2"]["raw"]["not_in_service"] == MOVED * 1000
    assert (subjects["field_device:cam-3"]["district"], subjects["field_device:cam-3"]["service"]) == ("옥정동", "cctv")
    assert [(one["camera_ms"], one["cameras"]) for one in told["faults"]] == [(4_500_000, 1)]


def test_a_time_before_a_move_knows_nothing_of_it(state):
    told = report(state, 0, 35_000)
    assert reckoned_with(told) == [A]
    assert scopes(told) == {None: (3, 3600), "옥정동": (2, 3600), "중앙동": (1, 0)}


def test_the_inventory_in_force_where_the_rows_begin_outlives_its_row_and_verify_holds_it_to_its_hash(state):
    connection = apsw.Connection(str(state / "netwatch.db"))
    with connection:
        assert prune_rows(T0 + 45_000, connection, T0 + DAY)
    assert found(state).findings == []
    told = report(state, 47_000, DAY)
    assert reckoned_with(told) == [B, D]
    assert scopes(told) == {None: (3, 900), "옥정동": (1, 0), "중앙동": (2, 900)}
    connection.execute("UPDATE annex SET content = zeroblob(9) WHERE seq < (SELECT min(seq) FROM ledger)")
    connection.close()
    (finding,) = found(state).findings
    assert "the inventory that row" in finding.text


def test_a_pack_has_every_inventory_it_was_reckoned_with_and_none_can_be_another(state, tmp_path):
    pack = packed(state, tmp_path / "pack.zip", question=question())
    assert recompute(pack).findings == []
    with zipfile.ZipFile(pack) as opened:
        older = [name for name in opened.namelist() if name.startswith(INVENTORIES)]
    assert len(older) == 2
    (finding,) = recompute(changed(pack, older[0], lambda raw: raw.replace(b'"hall"', b'"park"'))).findings
    assert "is not the inventory that row 2 tells of" in finding


def test_a_store_that_kept_the_newest_alone_is_reckoned_with_that(state):
    connection = apsw.Connection(str(state / "netwatch.db"))
    connection.execute("DELETE FROM annex WHERE kind = 'inventory.fingerprint'")
    connection.close()
    told = report(state)
    assert reckoned_with(told) == [D]
    assert scopes(told)["중앙동"] == (2, 4500)

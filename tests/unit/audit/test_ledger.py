"""What the store is told stands in its ledger, in the same transaction, and in no other place."""

from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from netwatch.audit.city_rows import fault_row
from netwatch.audit.persons import forget_name, read_names, with_names
from netwatch.audit.records import Verdict
from netwatch.audit.schema import APPLICATION_ID, MIGRATIONS
from netwatch.audit.store import Store
from netwatch.core.audit.ledger_row import BEFORE_THE_FIRST, EntryType, decode, link
from netwatch.core.events import Event, EventKind
from netwatch.core.faults.dispatch import Crew, Dispatch
from netwatch.core.maintenance.windows import Origin, Phase, Window, told_of
from netwatch.core.model import Contractor, Maintenance, Secret, Settings
from netwatch.core.records import replace as with_changes
from tests.unit.audit.test_city_rows import a_fault
from tests.unit.engine.town import town

T0 = 1_700_000_000.25
NOW = T0 + 100
DOWN = Verdict(subject="device:acc-17", kind="device.state", state="down", since_wall_s=T0)
WENT_DOWN = Event(
    kind=EventKind.DEVICE_STATE, subject="device:acc-17", at_wall_s=T0, detail={"from": "up", "to": "down"}
)
PLAN = Maintenance(
    id="m-1", subject="ring:ring-a", from_s=T0, until_s=T0 + 3600, reason="증설", by="kim", approved_by="lee"
)
JAMO = "\u1100\u1175\u11b7"  # 김 as a Mac types it
WINDOW = Window(plan=PLAN, origin=Origin.COMMAND, declared_wall_s=T0 - 100, user="root")


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path, wall=lambda: NOW)
    yield opened
    opened.close()


def connect(directory: Path) -> apsw.Connection:
    return apsw.Connection(str(directory / "netwatch.db"))


def rows_of(directory: Path):
    """Every row, its place in the chain checked."""
    found, chain = [], BEFORE_THE_FIRST
    for number, (seq, raw, stored) in enumerate(connect(directory).execute("SELECT * FROM ledger ORDER BY seq"), 1):
        chain = link(chain, raw.encode())
        assert (seq, stored, decode(raw).seq) == (number, chain, number)
        found.append(decode(raw))
    return found


async def test_an_event_and_the_interval_that_begins_with_it_follow_each_other_in_one_chain(store, tmp_path):
    receipt = await store.commit([DOWN], [WENT_DOWN])
    event, state = rows_of(tmp_path)
    assert receipt.first == receipt.last == event.seq == 1
    assert (event.type, event.detail, event.at_wall_s) == (EntryType.EVENT, {"from": "up", "to": "down"}, T0)
    assert event.recorded_wall_s == state.recorded_wall_s == NOW
    assert (state.type, state.kind, state.subject) == (EntryType.STATE, "device.state", "device:acc-17")
    assert (state.detail, state.at_wall_s) == ({"state": "down"}, T0)


async def test_a_state_that_is_only_told_again_begins_no_interval(store, tmp_path):
    await store.commit([DOWN], [])
    await store.commit([DOWN, replace(DOWN, subject="device:acc-18")], [])
    await store.commit([replace(DOWN, state="up")], [])
    assert [(row.subject, row.detail["state"]) for row in rows_of(tmp_path)] == [
        ("device:acc-17", "down"),
        ("device:acc-18", "down"),
        ("device:acc-17", "up"),
    ]


async def test_what_is_watched_no_more_has_no_state_from_then_on(store, tmp_path):
    await store.commit([DOWN], [])
    await store.forget_verdicts(set())
    assert (rows_of(tmp_path)[-1].detail, rows_of(tmp_path)[-1].at_wall_s) == ({"state": None}, NOW)
    assert await store.forget_verdicts(set()) == 0
    assert len(rows_of(tmp_path)) == 2


async def test_a_fault_is_told_whole_but_for_whom_to_telephone(store, tmp_path):
    fault = a_fault()
    send = Dispatch(crew=Crew.FIBRE, contractor="hanbit", name="김한빛", phone="031-000-0000")
    await store.commit([fault_row(with_changes(fault, found=with_changes(fault.found, dispatch=send)))], [])
    [row] = rows_of(tmp_path)
    assert row.detail["state"]["contractor"] == "hanbit"
    assert row.detail["state"]["links"] == ["l1"]
    assert "김한빛" not in str(row)
    assert "031" not in str(row)


async def test_heartbeats_are_told_once_a_minute_and_a_break_between_them_is_a_gap(store, tmp_path):
    for after in (0.0, 10.0, 20.0, 30.0, 500.0):
        await store.heartbeat(1_700_000_020.0 + after)
    told = [(row.type, row.detail) for row in rows_of(tmp_path)]
    first = 1_700_000_020.0
    assert told == [
        (EntryType.HEARTBEAT, {"from": first, "until": first}),
        (EntryType.HEARTBEAT, {"from": first, "until": first + 20}),  # into another minute
        (EntryType.HEARTBEAT, {"from": first, "until": first + 30}),
        (EntryType.GAP, {"cause": "monitor_down", "from": first + 30, "until": first + 500}),
        (EntryType.HEARTBEAT, {"from": first + 500, "until": first + 500}),
    ]


async def test_a_window_is_told_as_declared_and_as_ended_with_ids_for_the_people(store, tmp_path):
    await store.save_windows([WINDOW])
    await store.save_windows([replace(WINDOW, told=Phase.RUNNING)])  # nothing that anybody declared
    await store.save_windows([replace(WINDOW, ended_wall_s=T0 + 60, ended_by="kim", told=Phase.RUNNING)])
    declared, ended = rows_of(tmp_path)
    assert (declared.type, declared.subject, declared.at_wall_s) == (EntryType.MAINTENANCE, "ring:ring-a", T0 - 100)
    assert declared.detail["declared_before"] is True
    assert (declared.detail["ended"], ended.detail["ended"]) == (None, T0 + 60)
    names = read_names(connect(tmp_path))
    assert sorted(names.values()) == ["kim", "lee", "root"]
    assert ended.detail["by"] == ended.detail["ended_by"] != ended.detail["approved_by"]
    assert with_names(names, ended.detail)["ended_by"] == "kim"


async def test_a_window_declared_after_its_beginning_says_so(store, tmp_path):
    await store.save_windows([replace(WINDOW, declared_wall_s=T0 + 1)])
    assert rows_of(tmp_path)[0].detail["declared_before"] is False


async def test_who_is_who_can_be_forgotten_and_the_chain_stays_whole(store, tmp_path):
    await store.commit([], [told_of(WINDOW, EventKind.MAINTENANCE_DECLARED, T0)])
    [row] = rows_of(tmp_path)
    assert with_names(read_names(connect(tmp_path)), row.detail)["approved_by"] == "lee"
    connect(tmp_path).execute("DELETE FROM person WHERE name = 'lee'")
    [after] = rows_of(tmp_path)
    assert after == row
    assert with_names(read_names(connect(tmp_path)), after.detail)["approved_by"].startswith("person-")
    assert with_names(read_names(connect(tmp_path)), after.detail)["by"] == "kim"


async def test_one_person_has_one_id_however_the_name_was_typed_and_a_letters_case_makes_another(store, tmp_path):
    for number, name in enumerate(("Kim Lee", "Kim  Lee ", "\uff2bim Lee", "kim lee", JAMO, "김")):
        window = replace(WINDOW, plan=replace(PLAN, id=f"m-{number}", by=name, approved_by=""), user="")
        await store.save_windows([window])
    one, also, wide, lower, jamo, whole = (row.detail["by"] for row in rows_of(tmp_path))
    assert one == also == wide != lower
    assert jamo == whole != one
    assert set(read_names(connect(tmp_path)).values()) == {"Kim Lee", "kim lee", "김"}
    assert await store.write(lambda connection, _: forget_name(connection, " Kim Lee")) == one
    query = "SELECT requested_by FROM maintenance ORDER BY id"
    assert [name for (name,) in connect(tmp_path).execute(query)] == [one, one, one, "kim lee", JAMO, "김"]


async def test_all_ids_that_spellings_of_a_name_got_of_a_netwatch_of_before_are_forgotten(store, tmp_path):
    for identity, name in (("person-1", "Kim "), ("person-2", "Kim"), ("person-3", "kim")):
        connect(tmp_path).execute("INSERT INTO person VALUES (?,?)", (identity, name))
    assert await store.write(lambda connection, _: forget_name(connection, "Kim")) == "person-1"
    assert read_names(connect(tmp_path)) == {"person-3": "kim"}


async def test_the_inventory_is_told_with_each_change_in_words_also_over_a_restart(tmp_path):
    first = replace(town("acc-1", "acc-2"), fingerprint="f1")
    phones = {"hanbit": Contractor(id="hanbit", name="한빛", phone="031-000-0000")}
    gone, moved = town("acc-2"), {}
    moved["acc-2"] = replace(gone.devices["acc-2"], address="10.9.9.9")
    second = replace(
        gone,
        fingerprint="f2",
        devices=moved,
        contractors=phones,
        settings=Settings(traps_per_second=5, broker_authorization=Secret(b"canary")),
    )
    third = replace(second, fingerprint="f3", contractors={"hanbit": replace(phones["hanbit"], phone="031-111-1111")})
    for inventory in (first, first, second, third):
        store = Store.open(tmp_path)
        await store.save_inventory(inventory)
        store.close()
    told = [row.detail for row in rows_of(tmp_path)]
    old = first.devices["acc-2"].address
    assert [detail["fingerprint"] for detail in told] == ["f1", "f2", "f3"]
    assert (told[0]["first"], told[0]["counts"]["devices"], told[0]["changes"]) == (True, 2, [])
    assert told[1]["changes"] == [
        "device:acc-1: removed",
        f"device:acc-2: address: {old} -> 10.9.9.9",
        "contractor:hanbit: added",
        "settings: broker_authorization: null -> ***",
        "settings: traps_per_second: 500 -> 5",
    ]
    assert told[2]["changes"] == ["contractor:hanbit: phone: changed"]
    assert b"canary" not in (tmp_path / "netwatch.db").read_bytes()
    assert "031-111-1111" not in str(connect(tmp_path).execute("SELECT * FROM inventory_seen").fetchall())


@pytest.mark.parametrize("statement", ["UPDATE ledger SET row = '{}'", "DELETE FROM ledger WHERE seq = 1"])
async def test_a_row_is_neither_edited_nor_cut_by_accident(store, tmp_path, statement):
    await store.commit([DOWN], [])
    with pytest.raises(apsw.ConstraintError, match="only ever added to"):
        connect(tmp_path).execute(statement)


async def test_a_batch_that_fails_leaves_no_row(store, tmp_path):
    connect(tmp_path).execute("CREATE TRIGGER no BEFORE INSERT ON verdict BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        await store.commit([DOWN], [WENT_DOWN])
    assert rows_of(tmp_path) == []


def test_a_store_of_before_the_ledger_becomes_one_and_loses_nothing(tmp_path):
    old = connect(tmp_path)
    old.execute(str(MIGRATIONS[0]))
    old.execute(str(MIGRATIONS[1]))
    old.execute("INSERT INTO verdict VALUES ('device:acc-1', 'device.state', 'down', 3.0)")
    old.execute("INSERT INTO verdict VALUES ('fault:1f', 'fault', 'not what it was', 3.0)")
    old.execute("""INSERT INTO event VALUES (1, 3.0, 'device.state', 'device:acc-1', '{"이름":"옥정"}', 4.0, 0)""")
    old.execute("""INSERT INTO event VALUES (2, 3.5, 'maintenance.ended', 'site:s', '{"by":"kim"}', 4.0, 1)""")
    old.execute("INSERT INTO event VALUES (3, 9.0, 'daemon.stopped', 'daemon:', '{}', 9.0, 0)")
    old.execute("INSERT INTO heartbeat VALUES (1, 1.0, 5.0, 1), (2, 7.0, 8.0, 1)")
    old.execute("INSERT INTO maintenance VALUES ('m-1','command',1,'site:s',2,3,'','kim','','root',NULL,'',0)")
    old.pragma("application_id", APPLICATION_ID)
    old.pragma("user_version", 2)
    events = old.execute("SELECT seq, at_wall_s, kind, recorded_wall_s, told_before_commit FROM event").fetchall()
    old.close()
    store = Store.open(tmp_path)
    stored = store.load()
    store.close()
    rows = rows_of(tmp_path)
    assert [row.type.value for row in rows] == [
        *["event"] * 3, "heartbeat", "gap", "heartbeat", "maintenance", "state", "state"
    ]  # fmt: skip
    query = "SELECT seq, at_wall_s, kind, recorded_wall_s, told_before_commit FROM event"
    assert connect(tmp_path).execute(query).fetchall() == events
    assert rows[0].detail == {"이름": "옥정"}
    assert rows[1].detail["by"] == rows[6].detail["by"] != "kim"
    assert rows[4].detail == {"cause": "monitor_down", "from": 5.0, "until": 7.0}
    assert rows[8].detail == {"state": "unreadable"}
    assert stored.stopped_cleanly
    assert stored.last_row == len(rows)
    assert stored.verdicts["device:acc-1"].state == "down"

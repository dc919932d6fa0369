"""What is on record of a shift, out of a real store: written as the daemon writes it, read beside it or after it."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from netwatch.audit.city_rows import fault_row
from netwatch.audit.records import Verdict
from netwatch.audit.shift import read_handover
from netwatch.audit.store import Store
from netwatch.core.errors import StoreError
from netwatch.core.events import Event, EventKind
from netwatch.core.faults.book import Fault, Found
from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.faults.dispatch import Crew, Dispatch
from netwatch.core.faults.severity import Severity
from netwatch.core.faults.work import Did, Work
from netwatch.core.handover import began
from netwatch.core.maintenance.windows import Origin, Window
from netwatch.core.model import Inventory, Maintenance

SEOUL = ZoneInfo("Asia/Seoul")
EVENING_S = datetime(2026, 11, 22, 18, 0, tzinfo=SEOUL).timestamp()
HOUR_S = 3600.0


def fault(name, *, since_s, cleared_s=None, severity=Severity.MAJOR):
    cause = Cause(
        kind=FaultKind.CABLE_CUT,
        subject=f"cable:{name}",
        since_wall_s=since_s,
        devices=frozenset(("acc-1", "acc-2")),
        evidence=("no light",),
    )
    send = Dispatch(crew=Crew.FIBRE, contractor="hanbit", name="한빛통신", phone="031-000-0000")
    found = Found(cause=cause, severity=severity, affected={("cctv", "옥정동"): 7}, dispatch=send, place="옥정동")
    return Fault(id=name, found=found, since_wall_s=since_s, cleared_wall_s=cleared_s)


class Night:
    """A store with its clock; what happens in it happens at `now_s`."""

    def __init__(self, folder):
        self.folder, self.now_s = folder, EVENING_S - 10 * HOUR_S
        self.store = Store.open(folder, wall=lambda: self.now_s)

    async def begin(self):
        await self.store.heartbeat(self.now_s)
        zone = Inventory(city="Yangju", timezone="Asia/Seoul", charset="cp949", fingerprint="f", files=())
        await self.store.save_inventory(zone)

    async def open(self, one):
        detail = {"fault": one.id, "fault_kind": "cable_cut"}
        event = Event(kind=EventKind.FAULT_OPENED, subject=one.subject, at_wall_s=one.since_wall_s, detail=detail)
        await self.store.commit([fault_row(one)], [event])

    async def clear(self, one):
        await self.store.commit([fault_row(replace(one, cleared_wall_s=self.now_s))], [])

    async def work(self, name, did, text=""):
        work = Work(fault=name, at_wall_s=self.now_s, user="kim", did=did, text=text, severity=Severity.MAJOR)
        await self.store.save_work(work)

    def read(self, since="18:00"):
        return read_handover(self.folder, since, wall=self.now_s)


@pytest.fixture
async def night(tmp_path):
    made = Night(tmp_path)
    await made.begin()
    yield made
    made.store.close()


async def test_a_shift_hands_over_what_is_open_and_whose_and_what_closed(night):
    old = fault("c-old", since_s=night.now_s, severity=Severity.CRITICAL)
    await night.open(old)
    gone = fault("c-gone", since_s=night.now_s)
    await night.open(gone)
    await night.clear(gone)  # before the shift
    night.now_s = EVENING_S + HOUR_S
    new, short = fault("c-new", since_s=night.now_s), fault("c-short", since_s=night.now_s)
    for one in (new, short):
        await night.open(one)
    await night.work("c-new", Did.ACKNOWLEDGED, "crew called")
    await night.work("c-new", Did.ASSIGNED, "hanbit")
    await night.work("c-new", Did.TICKETED, "SR-7")
    await night.work("c-new", Did.NOTED, "digger at the crossing")
    night.now_s += HOUR_S
    await night.clear(short)
    told = night.read()
    assert (told["city"], told["since"], told["opened"]) == ("Yangju", "2026-11-22T18:00:00+09:00", 2)
    assert [(one["id"], one["is_new"]) for one in told["open"]] == [("c-old", False), ("c-new", True)]
    assert [(one["id"], one["lasts_s"]) for one in told["closed"]] == [("c-short", HOUR_S)]
    taken = told["open"][1]
    assert [taken[key]["text"] for key in ("acknowledged", "assigned", "ticket")] == ["crew called", "hanbit", "SR-7"]
    assert (taken["acknowledged"]["user"], taken["notes"][0]["text"]) == ("kim", "digger at the crossing")
    assert (taken["devices"], taken["out_of_service"], taken["call"]) == (2, 7, "한빛통신 031-000-0000")
    assert told["open"][0]["acknowledged"] is None


async def test_what_cleared_is_told_long_after_the_daemon_forgot_it(night):
    night.now_s = EVENING_S + HOUR_S
    one = fault("c-1", since_s=night.now_s)
    await night.open(one)
    await night.clear(one)
    await night.store.forget_verdicts(frozenset())
    night.now_s += 5 * HOUR_S
    assert [(one["id"], one["call"]) for one in night.read()["closed"]] == [("c-1", "hanbit")]


async def test_maintenance_that_runs_or_comes_within_a_week_is_ahead(night):
    night.now_s = EVENING_S + HOUR_S
    windows = [
        Window(
            plan=Maintenance(id=name, subject="ring:a", from_s=night.now_s + begin_s, until_s=night.now_s + end_s),
            origin=Origin.COMMAND,
            declared_wall_s=night.now_s,
            user="lee",
        )
        for name, begin_s, end_s in (
            ("over", -9 * HOUR_S, -HOUR_S),
            ("running", -HOUR_S, HOUR_S),
            ("next", 5 * HOUR_S, 6 * HOUR_S),
            ("far", 8 * 24 * HOUR_S, 9 * 24 * HOUR_S),
        )
    ]
    await night.store.save_windows(windows)
    await night.store.heartbeat(night.now_s)
    assert [(one["id"], one["state"], one["by"]) for one in night.read()["maintenance"]] == [
        ("running", "running", "lee"),
        ("next", "planned", "lee"),
    ]


async def test_when_nobody_watched_and_what_is_not_seen_is_told(night):
    unseen = Verdict(subject="device:acc-9", kind="device.state", state="unknown", since_wall_s=EVENING_S)
    await night.store.commit([unseen], [])
    for at_s in (EVENING_S - HOUR_S, EVENING_S + HOUR_S, EVENING_S + 3 * HOUR_S):
        night.now_s = at_s
        await night.store.heartbeat(at_s)
    told = night.read()["not_observed"]
    assert [(gap["from_s"], gap["until_s"], gap["cause"]) for gap in told["gaps"]] == [
        (EVENING_S - HOUR_S, EVENING_S + HOUR_S, "monitor_down"),
        (EVENING_S + HOUR_S, EVENING_S + 3 * HOUR_S, "monitor_down"),
    ]
    assert [one["device"] for one in told["devices"]] == ["acc-9"]


async def test_without_a_daemon_the_record_ends_with_its_last_heartbeat_and_says_so(night):
    await night.store.heartbeat(EVENING_S + HOUR_S)
    night.now_s = EVENING_S + 6 * HOUR_S
    await night.open(fault("c-1", since_s=EVENING_S))
    told = night.read()
    assert (told["running"], told["until_s"], told["open"][0]["lasts_s"]) == (False, EVENING_S + HOUR_S, HOUR_S)
    assert told["not_observed"]["gaps"][-1]["until"] is None


async def test_of_a_long_record_only_the_shift_is_read(night):
    for _ in range(40):
        night.now_s += 600.0
        await night.open(fault(f"c-{night.now_s:.0f}", since_s=night.now_s))
    night.now_s = EVENING_S + HOUR_S
    assert night.read("30m")["opened"] == 0
    night.now_s = EVENING_S - 10 * HOUR_S + 40 * 600.0
    assert night.read("55m")["opened"] == 6


async def test_of_what_was_before_the_record_began_nothing_is_known(night):
    began_s = night.now_s
    night.now_s += 60.0
    await night.store.heartbeat(night.now_s)
    (gap,) = night.read("12h")["not_observed"]["gaps"]
    assert (gap["from_s"], gap["until_s"], gap["cause"]) == (night.now_s - 12 * HOUR_S, began_s, "no_record_yet")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("18:00", "2026-11-21T18:00:00+09:00"),
        ("05:30", "2026-11-22T05:30:00+09:00"),
        ("12h", "2026-11-21T18:00:00+09:00"),
        ("2d", "2026-11-20T06:00:00+09:00"),
        ("2026-11-21T22:00", "2026-11-21T22:00:00+09:00"),
        ("2026-11-21T22:00+00:00", "2026-11-22T07:00:00+09:00"),
    ],
)
def test_a_shift_began_when_people_say_it_did(text, told):
    now_s = datetime(2026, 11, 22, 6, 0, tzinfo=SEOUL).timestamp() + (7200.0 if "+00:00" in text else 0.0)
    assert datetime.fromtimestamp(began(text, SEOUL, now_s), SEOUL).isoformat() == told


@pytest.mark.parametrize("text", ["", "25:00", "soon", "2027-01-01T00:00"])
def test_what_is_no_time_of_the_past_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match=r"write it like|began before now"):
        began(text, SEOUL, EVENING_S)


def test_where_there_is_no_store_that_is_said(tmp_path):
    with pytest.raises(StoreError, match="there is no"):
        read_handover(tmp_path, "18:00")

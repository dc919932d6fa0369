from netwatch.core.device.record import DeviceState, Identity
from netwatch.core.faults.book import Fault, FaultBook, Found
from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.faults.homecoming import MOST, Homecoming
from netwatch.core.faults.severity import Severity
from netwatch.core.records import replace
from tests.unit.core.streets import town

WALL_S = 1_760_000_000.0  # wall clock minus monotonic clock
CUT_AT_S, BACK_AT_S = 1000.0, 1600.0
CITY = town("core-a", "a-b")


def fault(kind=FaultKind.LINK_CUT, subject="link:core-a", *, cleared=BACK_AT_S, ambiguous=("device:a",), name="f1"):
    cause = Cause(
        kind=kind,
        subject=subject,
        since_wall_s=WALL_S + CUT_AT_S,
        ambiguous_with=ambiguous,
        devices=frozenset({"a", "b"}),
    )
    cleared_s = None if cleared is None else WALL_S + cleared
    found = Found(cause=cause, severity=Severity.MAJOR)
    return Fault(id=name, found=found, since_wall_s=cause.since_wall_s, cleared_wall_s=cleared_s)


def back(up_s, *, read_s=BACK_AT_S + 20.0):
    ticks = None if up_s is None else int(up_s * 100)
    return replace(DeviceState(), identity=Identity(uptime_ticks=ticks, at_s=read_s))


def told(state, one=None):
    home, book = Homecoming(), FaultBook()
    one = one or fault()
    book.recall([one])
    home.expect(one, CITY)
    if home.waits_for("a"):
        home.see("a", state, wall_s=WALL_S)
    return [event.detail["told"] for event in home.settle(book)]


def test_a_switch_that_restarted_had_lost_its_power():
    assert told(back(30.0)) == ["a restarted 30 s before it was read: its power was gone"]


def test_a_switch_that_ran_through_had_lost_its_fibre():
    assert told(back(86_400.0)) == ["a ran through: its power was not gone, the way to it was"]


def test_a_switch_that_had_hung_had_lost_neither():
    hang = fault(kind=FaultKind.DEVICE_HANG, subject="device:a", ambiguous=())
    assert told(back(86_400.0), hang) == ["a ran through: it answers again by itself"]
    assert told(back(30.0), hang) == ["a restarted 30 s before it was read: that ended its hanging"]


def test_an_uptime_read_before_it_was_gone_says_nothing():
    assert told(back(86_400.0, read_s=CUT_AT_S - 10.0)) == []


def test_an_agent_without_uptime_says_nothing():
    assert told(back(None)) == []


def test_a_clock_a_few_seconds_off_is_no_restart():
    assert told(back(BACK_AT_S + 20.0 - CUT_AT_S + 8.0)) == ["a ran through: its power was not gone, the way to it was"]


def test_it_waits_for_the_suspected_device_that_was_dark_and_for_no_other():
    home = Homecoming()
    home.expect(fault(), CITY)
    assert home.waits_for("a")
    assert not home.waits_for("b")


def test_it_waits_for_nobody_where_no_device_is_suspected_or_the_fault_is_of_another_kind():
    home = Homecoming()
    home.expect(fault(ambiguous=()), CITY)
    home.expect(fault(ambiguous=("device:gone",)), CITY)
    home.expect(fault(kind=FaultKind.REDUNDANCY_LOST), CITY)
    home.expect(fault(cleared=None), CITY)
    assert not home.waits_for("a")


def test_what_was_told_is_told_once():
    home, book = Homecoming(), FaultBook()
    book.recall([fault()])
    home.expect(fault(), CITY)
    home.see("a", back(30.0), wall_s=WALL_S)
    assert not home.waits_for("a")
    assert len(list(home.settle(book))) == 1
    assert list(home.settle(book)) == []


def test_those_waited_for_in_vain_are_bounded():
    names = [f"d{number}" for number in range(MOST + 10)]
    city = town(also=tuple(names))
    home = Homecoming()
    for name in names:
        one = fault(subject=f"device:{name}", ambiguous=())
        home.expect(
            replace(one, found=replace(one.found, cause=replace(one.found.cause, devices=frozenset({name})))), city
        )
    assert sum(map(home.waits_for, names)) == MOST
    assert home.waits_for(names[-1])

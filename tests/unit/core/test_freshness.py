from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, DeviceVerdict, InterfaceTraffic, Remembered
from netwatch.core.device.state import fresh_until_s, grow_old
from netwatch.core.model import Lane
from tests.unit.core.polled import make_watched

NOW_S = 1000.0
AGES_S = st.none() | st.floats(0, 200)
WATCHED = make_watched()
EVERY_S = WATCHED.device.every_s


def aged(icmp_s, snmp_s, traffic_s, *, told=None) -> DeviceState:
    """A device whose last echo, poll and counters are so old; None: there were none."""

    def reached(age_s):
        if age_s is None:
            return Reachability()
        return Reachability(answer=Answer.ANSWERS, since_s=NOW_S - age_s, last_s=NOW_S - age_s)

    traffic = InterfaceTraffic()
    if traffic_s is not None:
        traffic = InterfaceTraffic(totals={"receive_bytes": [1]}, stamp_ms=[1], read_s=NOW_S - traffic_s)
    return DeviceState(icmp=reached(icmp_s), snmp=reached(snmp_s), traffic=traffic, before_restart=told)


def is_fresh(state):
    return fresh_until_s(WATCHED, state, NOW_S) >= NOW_S


@given(st.tuples(AGES_S, AGES_S, AGES_S), st.sampled_from([1, 2]), st.floats(0, 1), st.sampled_from([0, 1, 2, 3]))
def test_a_fresh_device_does_not_grow_old_at_any_pace_whatever_is_seen_of_it(ages_s, slower, far, new):
    until_s = fresh_until_s(WATCHED, aged(*ages_s), NOW_S)
    later_s = NOW_S + far * (until_s - NOW_S)
    seen = [0.0 if kind == new else age_s for kind, age_s in enumerate(ages_s)]
    state = aged(*seen)  # one of them was looked at again meanwhile, or for the first time
    pace_s = {lane: every_s * slower for lane, every_s in EVERY_S.items()}
    if until_s >= NOW_S:
        assert grow_old(WATCHED, state, now_s=later_s, wall_s=0.0, pace_s=pace_s).state is state


def test_a_device_seen_in_time_is_fresh():
    assert is_fresh(aged(EVERY_S[Lane.PING], EVERY_S[Lane.STATUS], EVERY_S[Lane.TRAFFIC]))
    assert is_fresh(DeviceState())


def test_whatever_has_not_been_seen_for_long_is_looked_at():
    assert not is_fresh(aged(4 * EVERY_S[Lane.PING], 0.0, 0.0))
    assert not is_fresh(aged(0.0, 4 * EVERY_S[Lane.STATUS], 0.0))
    assert not is_fresh(aged(0.0, 0.0, 3 * EVERY_S[Lane.TRAFFIC]))
    told = Remembered(verdict=DeviceVerdict.UP, since_wall_s=0.0)
    assert not is_fresh(aged(0.0, 0.0, 0.0, told=told))

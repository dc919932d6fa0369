"""Strips come to what a gauge by itself comes to, whatever the cells are."""

from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.health.equipment import Gauge, shared_gauges
from netwatch.core.health.gauges import value_of
from netwatch.core.health.measures import Measure, Rejection, Scale, Unit
from netwatch.core.health.strips import MOST_KEPT, Meter, strips_of

ROWS = ("1", "2", "7", "9")
LIGHT, HEAT = Scale(unit=Unit.DBM, factor=0.01, invalid=frozenset({"-4000"})), Scale(unit=Unit.CELSIUS)


def gauge(row="1", measure=Measure.RECEIVE_POWER, scale=LIGHT, **how):
    return Gauge(**{"row": row, "column": "rx", "measure": measure, "label": f"port {row}", "scale": scale, **how})


rows = st.lists(st.sampled_from([*ROWS, "gone"]), unique=True)
cells = st.one_of(st.none(), st.integers(-5000, 5000), st.just(-4000), st.binary(max_size=6))
column = st.lists(cells, min_size=len(ROWS), max_size=len(ROWS))


@given(rows, rows, column, st.lists(st.sampled_from([1, 2, 3, None, b"1"]), min_size=len(ROWS), max_size=len(ROWS)))
def test_a_strip_shows_what_each_of_its_gauges_shows(lit, warm, told, states):
    found = [gauge(row) for row in lit]
    found += [gauge(row, Measure.TEMPERATURE, HEAT, column="heat", status="status") for row in warm]
    columns = {"rx": told, "heat": told[::-1], "status": states}
    shown = [
        (strip.measure, label, value)
        for strip in strips_of(shared_gauges(found), ROWS)
        for label, value in zip(strip.labels, strip.values(columns), strict=True)
    ]
    alone = [(one.measure, one.label, value_of(one, columns, ROWS.index(one.row))) for one in found if one.row in ROWS]
    assert shown == alone


def test_a_status_that_is_not_read_says_nothing_against_a_value():
    (strip,) = strips_of(shared_gauges([gauge(status="status")]), ROWS)
    assert strip.values({"rx": [-500, 0, 0, 0]}) == [-5.0]
    assert strip.values({"rx": [-500, 0, 0, 0], "status": [2, 1, 1, 1]}) == [Rejection.NOT_IN_SERVICE]


def test_what_one_cell_alone_does_not_tell_is_in_no_strip():
    lanes = [gauge("1", label="port"), gauge("2", label="port")]
    columns = [gauge("1"), gauge("2", column="rx2")]
    divided = [gauge("1", divisor="by")]
    assert [strips_of(shared_gauges(found), ROWS) for found in (lanes, columns, divided)] == [None] * 3
    assert strips_of(shared_gauges([gauge("gone")]), ROWS) == ()


def test_gauges_that_are_the_same_are_one_object_and_known_by_it():
    once, again = (shared_gauges(gauge(row) for row in ROWS) for _ in range(2))
    assert once is again
    assert once == tuple(once)
    assert hash(once) == hash(tuple(once))
    assert shared_gauges([gauge("1", scale=HEAT)]) != shared_gauges([gauge("1")])


def test_a_meter_forgets_before_it_has_met_too_much():
    meter = Meter(Measure.TEMPERATURE, HEAT)
    assert [meter[cell] for cell in range(3 * MOST_KEPT)][:3] == [0.0, 1.0, 2.0]
    assert len(meter) <= MOST_KEPT

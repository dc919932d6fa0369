import pytest

from netwatch.collect.requests import Choices, RequestCache, compose
from netwatch.core.model import Lane
from netwatch.core.plan import Column, Plan, Scalar, Syntax, Table
from netwatch.snmp.message import Version
from netwatch.snmp.template import Kind

OCTETS_32 = Column(name="octets", oid="1.3.32", syntax=Syntax.COUNTER32, lane=Lane.TRAFFIC)
OCTETS = Column(name="octets", oid="1.3.64", syntax=Syntax.COUNTER64, lane=Lane.TRAFFIC, otherwise=OCTETS_32)
ERRORS = Column(name="errors", oid="1.3.14", syntax=Syntax.COUNTER32, lane=Lane.TRAFFIC)
OPER = Column(name="oper", oid="1.3.8", syntax=Syntax.INTEGER, lane=Lane.STATUS)
DESCRIPTION = Column(name="description", oid="1.3.2", syntax=Syntax.TEXT, lane=Lane.DISCOVERY)
UPTIME = Scalar(name="sys_uptime", oid="1.1.3.0", syntax=Syntax.TIMETICKS, lane=Lane.STATUS)
BOOTS = Scalar(name="engine_boots", oid="1.6.2.0", syntax=Syntax.INTEGER, lane=Lane.STATUS)
OBJECT_ID = Scalar(name="sys_object_id", oid="1.1.2.0", syntax=Syntax.OBJECT_ID, lane=Lane.DISCOVERY)
PLAN = Plan(
    profile="test",
    scalars=(UPTIME, BOOTS, OBJECT_ID),
    tables=(Table(name="interface", columns=(OCTETS, ERRORS, OPER, DESCRIPTION)),),
)
ROWS = {"interface": ("1", "7")}
HEAD = (("1.1.3.0", Kind.NUMBER),)


@pytest.fixture
def choices():
    return Choices(Version.V2C)


def test_every_request_asks_sysuptime_first_and_the_lanes_scalars_stand_with_its_rows(choices):
    (asked,) = compose(PLAN, Lane.STATUS, ROWS, choices)
    assert asked.request.head == HEAD
    assert asked.request.scalars == (("1.6.2.0", Kind.NUMBER),)
    assert asked.request.rows == ((("1.3.8.1", Kind.NUMBER),), (("1.3.8.7", Kind.NUMBER),))
    assert (asked.indexes, asked.columns, asked.widths) == (("1", "7"), (OPER,), {})


def test_without_known_rows_the_scalars_are_asked_alone_and_a_lane_of_rows_only_asks_nothing(choices):
    (alone,) = compose(PLAN, Lane.STATUS, {}, choices)
    assert (alone.table, alone.request.rows, alone.request.scalars) == (None, (), (("1.6.2.0", Kind.NUMBER),))
    assert compose(PLAN, Lane.TRAFFIC, {}, choices) == ()


def test_a_discovery_asks_no_rows_but_every_scalar_so_that_the_signs_of_change_are_taken_with_it(choices):
    (alone,) = compose(PLAN, Lane.DISCOVERY, ROWS, choices)
    assert alone.request.rows == ()
    assert alone.scalars == (BOOTS, OBJECT_ID)
    assert alone.request.scalars[1] == ("1.1.2.0", Kind.OBJECT_ID)


def test_hc_or_32_bit_is_chosen_per_row_and_its_width_told(choices):
    assert choices.learn((OCTETS, ERRORS), ("1", "7"), ([5, None], [0, None]))
    (asked,) = compose(PLAN, Lane.TRAFFIC, ROWS, choices)
    assert [row[0][0] for row in asked.request.rows] == ["1.3.64.1", "1.3.32.7"]
    assert asked.widths == {"octets": bytes([64, 32]), "errors": bytes([32, 32])}


def test_what_has_no_other_object_or_was_asked_by_it_already_teaches_nothing(choices):
    choices.learn((OCTETS,), ("7",), ([None],))
    revision = choices.revision
    assert not choices.learn((OCTETS, ERRORS), ("7", "8"), ([None, 3], [None, None]))
    assert choices.revision == revision


def test_snmpv1_never_asks_a_counter64():
    (asked,) = compose(PLAN, Lane.TRAFFIC, ROWS, Choices(Version.V1))
    assert [row[0][0] for row in asked.request.rows] == ["1.3.32.1", "1.3.32.7"]
    assert asked.widths["octets"] == bytes([32, 32])


def test_forgotten_choices_ask_every_cell_by_its_first_object_again(choices):
    choices.learn((OCTETS,), ("7",), ([None],))
    revision = choices.revision
    choices.forget()
    assert choices.revision > revision
    assert choices.column(OCTETS, "7") is OCTETS
    choices.forget()
    assert choices.revision == revision + 1  # nothing was there to forget


def test_devices_with_equal_rows_and_choices_share_their_requests_and_others_do_not(choices):
    cache, other = RequestCache(), Choices(Version.V2C)
    asked = cache.compose(PLAN, Lane.TRAFFIC, ROWS, choices)
    assert cache.compose(PLAN, Lane.TRAFFIC, dict(ROWS), other) is asked
    other.learn((OCTETS,), ("7",), ([None],))
    assert cache.compose(PLAN, Lane.TRAFFIC, ROWS, other) is not asked
    assert cache.compose(PLAN, Lane.TRAFFIC, ROWS, Choices(Version.V1)) is not asked


def test_the_cache_of_requests_is_bounded(choices):
    cache = RequestCache(most=3)
    for port in range(10):
        cache.compose(PLAN, Lane.TRAFFIC, {"interface": (str(port),)}, choices)
    assert len(cache._composed) == 3

"""Tables walked together bring what each brings alone, by fewer requests; an agent that cannot is asked as before."""

import asyncio
from dataclasses import replace
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.collect.discovery import Patience, read_tables
from netwatch.collect.together import AND, REFUSED, TOGETHER, groups, name_of
from netwatch.profiles.load import load_profiles, read_profile
from netwatch.snmp import ber
from netwatch.snmp.errors import Timeout
from netwatch.snmp.message import Version
from tests.contract.snmp_agents import Agent
from tests.unit.snmp.direct import DirectMux

WANTED = ("interface", "poe_port", "bridge_port", "entity", "entity_alias", "processor", "storage", "power_sourcing")
SMALL = WANTED[1:]
ROOM = 120


STANDARD = load_profiles()["standard"]
PLAN = replace(STANDARD, tables=tuple(table for table in STANDARD.tables if table.name in WANTED))
LOADED = {table.name: table for table in PLAN.tables}


def agent(rows):
    """`rows`: table -> how many rows it has, or which."""
    cells = {}
    for name, indexes in rows.items():
        width = 2 if name == "poe_port" else 1
        for index in range(1, indexes + 1) if isinstance(indexes, int) else indexes:
            dotted = f"1.{index}" if width == 2 else str(index)
            cells |= {f"{column.oid}.{dotted}": (ber.INTEGER, 1 + index % 7) for column in LOADED[name].walked}
    return Agent(cells)


class OneAtATime(DirectMux):
    """Silent when it is asked for the rows of several tables at once."""

    async def ask(self, target, question, **how):
        asked = {
            name
            for name, table in LOADED.items()
            for one in table.walked
            if ber.oid_content(one.oid) in under(question)
        }
        if len(asked) > 1 and question.max_repetitions > 1:
            self.asked.append(len(question.oids))
            raise Timeout("silence")
        return await super().ask(target, question, **how)


def under(question):
    """Everything that what is asked for lies below."""
    return {oid[:size] for oid in question.oids for size in range(len(oid) + 1)}


def discover(mux, courses, plan=PLAN, room=ROOM):
    patience = Patience(until_s=inf, others_s=60.0, room=room)
    walk = read_tables(mux, mux.target, plan, max_rows=1000, patience=patience, courses=courses)
    return asyncio.run(walk)


def rows_of(walked):
    return {name: (walked[name].indexes, walked[name].reason) for name in walked}


def requests(rows, courses, mux_of=DirectMux, **how):
    mux = mux_of(agent(rows), **how)
    walked = discover(mux, courses)
    return len(mux.asked), rows_of(walked)


SWITCH = {
    "interface": 28,
    "poe_port": 24,
    "bridge_port": 28,
    "entity": 4,
    "entity_alias": 3,
    "processor": 1,
    "storage": 2,
}


def test_from_the_second_discovery_on_small_tables_are_asked_for_together():
    courses = {}
    alone, rows = requests(SWITCH, courses)
    assert not any(AND in key for key in courses)
    together, same = requests(SWITCH, courses)
    again, as_well = requests(SWITCH, courses)
    assert rows == same == as_well
    assert again == together < alone
    mux = DirectMux(agent(SWITCH))
    once, twice = (discover(mux, courses) for _ in range(2))
    assert once.said == twice.said
    assert all(one.reply.is_as_before for one in twice.found.values() if one.reply is not None)


def test_a_table_that_has_lost_its_rows_is_empty_and_its_neighbours_are_not():
    courses = {}
    for _ in range(3):
        requests(SWITCH, courses)
    lost = agent(SWITCH | {"bridge_port": 0})
    for _ in range(3):
        walked = discover(DirectMux(lost), courses)
        assert rows_of(walked)["bridge_port"] == ((), None)
        assert rows_of(walked)["poe_port"][0] == tuple(f"1.{index}" for index in range(1, 25))
        assert [walked.found[name].is_empty for name in ("bridge_port", "poe_port")] == [True, False]
    assert requests(SWITCH, courses)[1]["bridge_port"][0] == tuple(map(str, range(1, 29)))


CURRENT = """
    index: scalars
    kinds: {of: unit, 1: {means: current, unit: 0.1 A}}
    columns:
      unit: {oid: 1.3.6.1.4.1.9.15, syntax: INTEGER, lane: discovery}
      value:"""
SETTING = f"""
profile: rectifier
tables:
  box:
    index: scalars
    columns: {{model: {{oid: 1.3.6.1.4.1.9.1, syntax: DisplayString, lane: discovery, means: model}}}}
  battery: {CURRENT} {{oid: 1.3.6.1.4.1.9.6, syntax: INTEGER, lane: health}}
  load: {CURRENT} {{oid: 1.3.6.1.4.1.9.9, syntax: INTEGER, lane: health}}
"""


def test_tables_that_go_by_one_setting_are_there_if_it_is():
    plan, mux = read_profile(SETTING, file="rectifier.yaml"), DirectMux(Agent({"1.3.6.1.4.1.9.15.0": (ber.INTEGER, 1)}))
    walked = discover(mux, {}, plan)
    assert [walked[name].indexes for name in ("battery", "load")] == [("0",), ("0",)]


tables = st.fixed_dictionaries({name: st.integers(0, 9) for name in SMALL})
how = st.sampled_from([{}, {"limit": 30}, {"limit": 12}, {"mux_of": OneAtATime}, {"version": Version.V1}])


@settings(max_examples=6, deadline=None)
@given(tables, tables, how)
def test_whatever_changes_the_rows_are_those_of_a_first_discovery(before, after, how):
    courses = {}
    for rows in (before, before, after, before):
        assert requests(rows, courses, **how)[1] == requests(rows, {}, **how)[1]


def test_an_agent_silent_when_asked_for_several_is_asked_for_each_from_then_on():
    courses = {}
    alone, rows = requests(SWITCH, courses, OneAtATime)
    amiss, same = requests(SWITCH, courses, OneAtATime)
    assert courses[TOGETHER] == REFUSED
    after, as_well = requests(SWITCH, courses, OneAtATime)
    assert rows == same == as_well
    assert after == alone < amiss
    assert not any(AND in key for key in courses)


def test_a_group_fits_one_reply_and_its_tables_are_nearly_equal_in_length():
    courses = {}
    requests(SWITCH, courses)
    found = groups(PLAN.tables[1:], courses, room=ROOM)
    assert sorted(sorted(table.name for table in group) for group in found) == [
        ["bridge_port", "poe_port"],
        ["entity", "entity_alias", "storage"],
    ]
    for group in found:
        steps = [courses[table.name].route.questions[0].max_repetitions for table in group]
        assert sum(len(table.walked) for table in group) * max(steps) <= ROOM
        assert 2 * min(steps) >= max(steps)


def test_a_group_takes_in_what_fits_a_reply_since_replies_may_hold_more():
    courses, found = {}, []
    for room in (58, 58, 58, ROOM, ROOM):
        walked = discover(DirectMux(agent(SWITCH)), courses, room=room)
        assert rows_of(walked) == requests(SWITCH, {})[1]
        found.append(sorted(sorted(key.split(AND)) for key in courses if AND in key))
    assert found[2] == [["bridge_port", "poe_port"], ["entity", "entity_alias"], ["processor", "storage"]]
    assert found[4] == [["bridge_port", "poe_port"], ["entity", "entity_alias", "processor", "storage"]]


def test_how_a_table_was_walked_is_forgotten_once_another_request_tells_that_it_is_empty():
    courses = {}
    for _ in range(2):
        rows = requests(SWITCH | {"entity_alias": 0}, courses)[1]
        assert rows["entity_alias"] == ((), None)
    assert "entity_alias" not in courses


def test_a_group_is_given_up_where_one_of_its_tables_is_not_there():
    courses = {}
    requests(SWITCH, courses)
    (first, *_) = groups(PLAN.tables[1:], courses, room=ROOM)
    courses[name_of(first)] = courses[first[0].name]
    assert first in groups(PLAN.tables[1:], dict(courses), room=ROOM)
    groups([table for table in PLAN.tables[1:] if table is not first[0]], courses, room=ROOM)
    assert name_of(first) not in courses

"""Whatever an agent puts into these tables, folding them never fails and never tells what is no MAC and no port."""

import re
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from netwatch.core.errors import Reason
from netwatch.core.model import Lane
from netwatch.core.neighbours.sightings import Sightings
from netwatch.core.observation import TableReading
from netwatch.profiles.load import load_profiles
from tests.unit.core.polled import Folding
from tests.unit.core.tables import said_of

TABLES = {table.name: table for table in load_profiles()["standard"].tables if table.name != "interface"}
MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}")
cells = some.one_of(
    some.none(),
    some.integers(-(2**31), 2**32),
    some.integers(0, 8),
    some.binary(max_size=20),
    some.sampled_from(
        [b"Gi1/0/1", b"Gi1/0/2", b"\x00\x40\x8c\x00\x00\x01", b"\xff\xfe\x00\n", b"1", b"\x01\x0a\x14\x00\x01"]
    ),
)
arcs = some.one_of(some.integers(0, 6), some.integers(0, 2**32 - 1), some.integers(0, 300))
indexes = some.lists(some.lists(arcs, min_size=1, max_size=24).map(lambda one: ".".join(map(str, one))), max_size=6)


@some.composite
def readings(draw, name):
    rows = tuple(dict.fromkeys(draw(indexes)))
    names = [column.name for column in TABLES[name].columns]
    return TableReading(
        indexes=rows,
        columns={column: [draw(cells) for _ in rows] for column in names},
        at_s=[1.0] * len(rows),
        uptime_ticks=[None] * len(rows),
        reason=draw(some.sampled_from([None, None, Reason.TIMEOUT, Reason.LOOP])),
    )


polls = some.lists(
    some.tuples(
        some.sampled_from([Lane.DISCOVERY, Lane.DISCOVERY, Lane.HEALTH]),
        some.fixed_dictionaries({}, optional={name: readings(name) for name in TABLES}),
        some.fixed_dictionaries({}, optional={"lldp_chassis": cells, "lldp_chassis_subtype": cells}),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(polls)
def test_nothing_an_agent_says_breaks_the_fold(said):
    one = Folding()
    one.discover(5.0)
    for at, (lane, tables, scalars) in enumerate(said, start=1):
        seen = one.switch.discovery(at * 900.0)
        told = {**seen.tables, **tables}
        one.see(replace(seen, lane=lane, tables=told, said=said_of(told), scalars={**seen.scalars, **scalars}))
        check(one.state.sightings, set(one.state.interfaces.names))


def check(seen: Sightings, ports: set[str]) -> None:
    for neighbour in seen.neighbours or ():
        assert neighbour.interface in ports
        assert neighbour.chassis_id
        assert neighbour.port_id
        assert (neighbour.chassis_id + neighbour.port_id + neighbour.system_name).isprintable()
    for interface, macs in (seen.macs or {}).items():
        assert interface in ports
        assert all(MAC.fullmatch(mac) for mac in macs)
    assert set(seen.poe) <= set(seen.poe_interfaces.values()) <= ports
    assert all(MAC.fullmatch(mac) for mac in seen.addresses.values())

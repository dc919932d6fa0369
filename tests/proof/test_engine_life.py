"""A ring under a real engine with a real store: ports that flap, and faults that outlive a reload and a restart."""

from dataclasses import replace

import pytest

from netwatch.audit.city_rows import city_memory
from netwatch.core.device.recall import Resumption, recall, remember
from netwatch.core.events import EventKind
from netwatch.core.flapping import CHANGES_TOLD, WINDOW_S
from netwatch.core.links.rings import RingCondition
from netwatch.core.model import Lane
from tests.unit.core.polled import DOWN, UP, WALL_S, Port, Switch, echo
from tests.unit.core.streets import town
from tests.unit.engine.town import Town

CITY = town("core-a", "a-b", "b-core", ring=("core-a", "a-b", "b-core"), cables={"c-017": "a-b"})
EVERY_S = 10.0


class Life:
    """The ring, asked every ten seconds; `cut` and `mend` act on both ends of a link."""

    def __init__(self, build):
        self.build, self.now_s = build, 10.0
        self.switches = {name: Switch(ports=ports_of(name), if_number=len(ports_of(name))) for name in CITY.devices}
        self.town = self.begin(CITY)

    def begin(self, city):
        one = self.build(city)
        one.switches = self.switches
        return one

    async def found(self):
        for turn, name in enumerate(CITY.devices):
            await self.town.at(self.now_s, self.town.polled(name, Lane.DISCOVERY, self.now_s + turn / 10))
        await self.lives(40.0)
        return self

    def set(self, link, oper):
        a, b = link.split("-")
        for device, towards in ((a, b), (b, a)):
            for port in self.switches[device].ports.values():
                port.oper = oper if port.name == towards.encode() else port.oper

    async def looks(self):
        for name in CITY.devices:
            polled = self.town.polled(name, Lane.STATUS, self.now_s)
            await self.town.at(self.now_s, polled, echo(self.now_s, subject=f"device:{name}"))

    async def lives(self, for_s, every_s=EVERY_S, then=lambda: None):
        until_s = self.now_s + for_s
        while self.now_s < until_s:
            self.now_s += every_s
            await self.looks()
            then()

    @property
    def faults(self):
        return [fault for fault in self.town.engine.city.book.faults.values() if fault.is_open]

    def told(self, *kinds):
        return [row for row in self.town.recorded() if row[0] in kinds]


def ports_of(name):
    ends = sorted(port.interface for link in CITY.links.values() for port in (link.a, link.b) if port.device == name)
    return {str(row): Port(interface.encode()) for row, interface in enumerate(ends, start=1)}


@pytest.fixture
def build(tmp_path):
    towns = []

    def one(city):
        for before in towns:
            before.store.close()
        towns[:] = [Town(tmp_path, city)]
        return towns[0]

    yield one
    towns[0].store.close()


@pytest.fixture
async def life(build):
    return await Life(build).found()


async def restart(life):
    """The daemon ends, and another one begins on the same store."""
    before = life.town
    records = [
        remember(name, state, learned={}, wall_s=WALL_S, ports=before.engine.ports(name))
        for name, state in before.engine.states.items()
    ]
    await before.store.save_devices(records)
    life.town = life.begin(CITY)
    stored = life.town.store.load()
    again = Resumption(now_s=life.now_s, wall_s=WALL_S)
    found, refused = recall(stored.devices, stored.device_verdicts(), again)
    assert refused == {}
    life.town.engine.restore(found, stored.check_verdicts(), city_memory(stored.verdicts.values()))


async def test_a_healthy_ring_has_no_fault_and_is_intact(life):
    assert life.faults == []
    assert life.town.engine.city.links.rings["ring"].condition is RingCondition.INTACT


async def test_a_port_that_flaps_at_ten_hertz_for_ten_minutes_tells_a_bounded_story(life):
    state = [UP, DOWN]

    def flap():  # ten times a second; netwatch looks twice a second, and finds it now so, now so
        state.reverse()
        life.set("a-b", state[0])

    await life.lives(600.0, every_s=0.5, then=flap)
    recorded = life.town.recorded()
    per_subject = {}
    for kind, subject, detail in recorded:
        key = subject, str(detail.get("of", kind))
        per_subject[key] = per_subject.get(key, 0) + 1
    windows = 1 + 600.0 / WINDOW_S
    assert max(per_subject.values()) <= (CHANGES_TOLD + 2) * windows
    assert len(recorded) < 100


@pytest.mark.parametrize("oper", [UP, DOWN])
async def test_after_the_flapping_its_end_is_told_rightly(life, oper):
    state = [UP, DOWN]

    def flap():
        state.reverse()
        life.set("a-b", state[0])

    await life.lives(120.0, every_s=0.5, then=flap)
    life.set("a-b", oper)
    await life.lives(WINDOW_S + 60.0)
    condition = life.town.engine.city.links.rings["ring"].condition
    assert condition is (RingCondition.INTACT if oper == UP else RingCondition.SWITCHED)
    assert [fault.subject for fault in life.faults] == ([] if oper == UP else ["cable:c-017"])
    settled = [detail for _, _, detail in life.told(EventKind.SETTLED) if detail["of"] == EventKind.LINK_STATE]
    assert settled[-1]["to"] == ("up" if oper == UP else "down")


async def test_a_reload_with_a_fault_open_changes_neither_its_id_nor_its_date(life):
    life.set("a-b", DOWN)
    await life.lives(30.0)
    (before,) = life.faults
    told = len(life.told(EventKind.FAULT_OPENED, EventKind.FAULT_CHANGED, EventKind.FAULT_CLEARED))
    renamed = replace(CITY, city="Yangju, renamed")
    life.town.engine.use(renamed)
    await life.lives(30.0)
    (after,) = life.faults
    assert (after.id, after.since_wall_s) == (before.id, before.since_wall_s)
    assert len(life.told(EventKind.FAULT_OPENED, EventKind.FAULT_CHANGED, EventKind.FAULT_CLEARED)) == told


async def test_a_fault_that_begins_during_a_reload_is_told_once(life):
    life.set("a-b", DOWN)
    life.town.engine.use(replace(CITY, city="Yangju, renamed"))
    await life.lives(40.0)
    assert [fault.subject for fault in life.faults] == ["cable:c-017"]
    assert len(life.told(EventKind.FAULT_OPENED)) == 1


async def test_a_fault_outlives_a_restart_with_its_id_and_date_and_is_not_told_again(life):
    life.set("a-b", DOWN)
    await life.lives(30.0)
    (before,) = life.faults
    await restart(life)
    (recalled,) = life.faults
    assert (recalled.id, recalled.since_wall_s) == (before.id, before.since_wall_s)
    await life.found()
    (after,) = life.faults
    assert (after.id, after.since_wall_s) == (before.id, before.since_wall_s)
    assert len(life.told(EventKind.FAULT_OPENED)) == 1
    assert life.told(EventKind.FAULT_CLEARED) == []


async def test_a_fault_repaired_while_netwatch_was_away_clears_once(life):
    life.set("a-b", DOWN)
    await life.lives(30.0)
    await restart(life)
    life.set("a-b", UP)
    await life.found()
    assert life.faults == []
    assert len(life.told(EventKind.FAULT_CLEARED)) == 1


async def test_a_fault_that_begins_while_netwatch_was_away_is_told_once(life):
    await restart(life)
    life.set("a-b", DOWN)
    await life.found()
    assert [fault.subject for fault in life.faults] == ["cable:c-017"]
    assert len(life.told(EventKind.FAULT_OPENED)) == 1

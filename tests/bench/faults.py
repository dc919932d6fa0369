"""How long the city takes to be folded again: one change, and a storm of thousands, in the largest city we mean.

    python -m tests.bench.faults [--devices 10000] [--field-devices 50000] [--storm 5000]

Everything after the wire: device states in, faults and verdicts out, as `netwatch.core.city` does it each tick. The
raw floor beside it is what rustworkx alone takes to find the parts of the same graph. Traffic polls come in slices of
`DEVICES_A_TICK`, as in a city that polls each device once in 30 s.
"""

import argparse
import gc
import random
import tempfile
import time
from array import array
from pathlib import Path

from netwatch.core.city import City
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, DeviceVerdict, InterfaceStatus, InterfaceTraffic
from netwatch.core.faults.vantage import View
from netwatch.core.field.record import CheckState, FieldState
from netwatch.core.model import Inventory
from netwatch.core.records import replace
from netwatch.inventory import load
from netwatch.simulate.city import City as Plan
from netwatch.simulate.city_text import inventory_text
from netwatch.simulate.growth import generate

WALL_S = 1_800_000_000.0
ALL_WELL = Reachability(answer=Answer.ANSWERS, since_s=0.0, last_s=100.0)
SILENT = Reachability(answer=Answer.SILENT, since_s=120.0, last_s=125.0)
UP, DOWN = 1, 2
DEVICES_A_TICK = 33  # 10,000 in 30 s, in ticks of 100 ms
OCTETS, FRAMES = ("bytes",), ("unicast_packets", "multicast_packets", "broadcast_packets", "errors", "discards")


def inventory_of(plan: Plan) -> Inventory:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inventory.yaml"
        path.write_text(inventory_text(plan), encoding="utf-8")
        secrets = Path(folder) / "secrets"
        secrets.mkdir()
        for name in ("field", "core"):
            (secrets / name).write_text("public", encoding="utf-8")
        return load(path, environ={}, credentials_dir=None)


class Watched:
    """A city and the states of its devices, changed as polls would change them."""

    def __init__(self, plan: Plan) -> None:
        inventory = inventory_of(plan)
        self.states = {name: self._well(plan, name) for name in inventory.devices}
        self.city = City(vendor_of=lambda _mac: "")
        self.city.use(inventory, self.states)
        for name in inventory.field_devices:
            checks = {"ping": CheckState(up=True, since_wall_s=WALL_S, answered_wall_s=WALL_S + 99.0)}
            self.city.see_checks(name, FieldState(checks=checks))
        self.changes = 0
        self.now_s = 100.0
        self.refold()
        self.now_s = 115.0
        self.refold()

    def _well(self, plan: Plan, name: str) -> DeviceState:
        ports = plan.devices[name].ports
        count = len(ports)
        return DeviceState(
            icmp=ALL_WELL,
            snmp=ALL_WELL,
            verdict=DeviceVerdict.UP,
            verdict_since_wall_s=WALL_S,
            interfaces=InterfaceMap(
                epoch=1,
                indexes=tuple(str(port.index) for port in ports),
                names=tuple(port.name for port in ports),
                aliases=("",) * count,
                descriptions=tuple(port.descr for port in ports),
                types=(6,) * count,
            ),
            status=InterfaceStatus(
                admin=[UP] * count,
                oper=[UP] * count,
                last_oper=[UP] * count,
                speed_bps=[10**9] * count,
                own_bps=[10**9] * count,
                changed_wall_s=[WALL_S] * count,
                read_s=100.0,
                read_wall_s=WALL_S + 100.0,
            ),
        )

    def become(self, name: str, state: DeviceState) -> None:
        self.changes += 1
        before, self.states[name] = self.states[name], state
        self.city.see_device(name, before, state, wall_s=WALL_S)

    def lose(self, name: str) -> None:
        """The device without power: silent, and no light at its neighbours."""
        gone = replace(
            self.states[name],
            icmp=SILENT,
            snmp=SILENT,
            verdict=DeviceVerdict.DOWN,
            verdict_since_wall_s=WALL_S + 120.0,
        )
        self.become(name, gone)
        topology = self.city.topology
        for link in topology.links_of[name]:
            other = topology.other_end(link, name)
            one = topology.links[link]
            port = one.a if one.a.device == other else one.b
            if self.states[other].verdict is DeviceVerdict.UP:
                self.darken(other, port.interface)

    def darken(self, name: str, port: str) -> None:
        state = self.states[name]
        row = state.interfaces.names.index(port)
        oper, changed = list(state.status.oper), list(state.status.changed_wall_s)
        oper[row], changed[row] = DOWN, WALL_S + 121.0
        status = replace(
            state.status,
            oper=oper,
            last_oper=oper,
            changed_wall_s=changed,
            read_s=130.0,
            read_wall_s=WALL_S + 130.0,
        )
        self.become(name, replace(state, status=status))

    def count(self, rng: random.Random) -> float:
        """A traffic poll of every device, each after other status polls; CPU seconds that the city took for them."""
        self.now_s += 30.0
        spent_s, names = 0.0, list(self.states)
        for begin in range(0, len(names), DEVICES_A_TICK):
            news = [(name, self._counted(self.states[name], rng)) for name in names[begin : begin + DEVICES_A_TICK]]
            spent_s += timed(lambda news=news: self._take(news), collect=False)
        return spent_s

    def _take(self, news: list[tuple[str, DeviceState]]) -> None:
        for name, state in news:
            self.become(name, state)
        self.refold()

    def _counted(self, state: DeviceState, rng: random.Random) -> DeviceState:
        at_wall_s, ports = WALL_S + self.now_s, len(state.interfaces.names)
        before, more = state.traffic.totals, rng.randrange(10**6, 10**8)
        totals = {
            f"{direction}_{what}": array("Q", [cell + added for cell in before.get(f"{direction}_{what}", [0] * ports)])
            for direction in ("receive", "transmit")
            for whats, added in ((OCTETS, more), (FRAMES[:3], more // 800), (FRAMES[3:], 0))
            for what in whats
        }
        stamps = [int(at_wall_s * 1000)] * ports
        return replace(
            state,
            traffic=InterfaceTraffic(totals=totals, stamp_ms=stamps, read_s=self.now_s),
            status=replace(state.status, read_s=self.now_s, read_wall_s=at_wall_s),
        )

    def refold(self):
        return self.city.refold(View(), now_wall_s=WALL_S + self.now_s)


def timed(work, *, collect: bool = True) -> float:
    if collect:
        gc.collect()
    gc.disable()
    begun_s = time.process_time()
    work()
    spent_s = time.process_time() - begun_s
    gc.enable()
    return spent_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--field-devices", type=int, default=50_000)
    parser.add_argument("--storm", type=int, default=5_000)
    options = parser.parse_args()
    plan = generate(switches=options.devices, cameras_per_switch=options.field_devices / options.devices - 0.35)
    watched = Watched(plan)
    topology = watched.city.topology
    fields = len(topology.inventory.field_devices)
    print(f"{len(topology.names)} devices, {len(topology.links)} links, {fields} field devices")
    floor_s = min(timed(lambda: topology.parts(broken=("link-0001",), stopped=())) for _ in range(5))
    access = [name for name in topology.names if name.startswith("acc-")]
    rng = random.Random(1)
    counted = [watched.count(rng) / len(topology.names) for _ in range(5)]
    per_device = f"{min(counted[1:]) * 1e6:.1f} µs a device"
    print(f"a traffic poll of all: {per_device}, with its links and field devices")
    watched.now_s = 140.0
    singles = []
    for name in access[100:120]:
        watched.lose(name)
        singles.append(timed(watched.refold))
    faults = [fault for fault in watched.city.book.faults.values() if fault.is_open]
    print(f"one change: median {sorted(singles)[10] * 1e3:.1f} ms, worst {max(singles) * 1e3:.1f} ms")
    print(f"  of which the parts of the graph, the raw floor: {floor_s * 1e3:.1f} ms; {len(faults)} faults open")
    lost = 0

    def strike(changes: int) -> None:
        """Lose switches all over the city until so many devices have told something new, then fold once."""
        nonlocal lost
        until = watched.changes + changes
        for name in access[::2] + access[1::2]:
            if watched.changes >= until:
                break
            if watched.states[name].verdict is DeviceVerdict.UP:
                watched.lose(name)
                lost += 1
        watched.refold()

    spent_s = timed(lambda: strike(options.storm))
    faults = [fault for fault in watched.city.book.faults.values() if fault.is_open]
    print(
        f"a storm of {options.storm} changes: {spent_s:.2f} s of CPU; {lost} switches lost, {len(faults)} faults open"
    )


if __name__ == "__main__":
    main()

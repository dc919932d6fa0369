"""A true counter with wraps, reboots, clears, losses and renumbering, beside the totals netwatch makes of it."""

import math
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.core.device.counter_state import CounterState, from_document, to_document
from netwatch.core.device.counters import CounterReading, Oddity, fold
from netwatch.core.device.interface_map import InterfaceMap

LINE_RATE = 1.25e6  # bytes/s: 10 Mb/s, so that 30 s carry far less than 2**32
ROWS = 3
COLUMNS = ("receive_bytes", "receive_packets")


@dataclass
class Port:
    """What a port really counted (`truth`), and what its agent shows of it."""

    bits: int
    start: int
    truth: int = 0
    shown_from: int = 0  # truth at the last reset; before the first, the counter began at `start`
    discontinuity: int = 0
    known: bool = True  # whether every reset since the last reading is announced

    def count(self, amount):
        self.truth += amount

    def reset(self):
        self.start, self.shown_from = 0, self.truth

    @property
    def raw(self):
        return (self.start + self.truth - self.shown_from) % 2**self.bits


@dataclass
class World:
    ports: list
    at_s: float = 0.0
    rebooted: bool = False
    indexes: list = field(default_factory=lambda: ["1", "2", "3"])


STEP = st.fixed_dictionaries(
    {
        "passed_s": st.floats(1, 60),
        "load": st.lists(st.floats(0, 1), min_size=ROWS * 2, max_size=ROWS * 2),
        "reboot": st.integers(0, 9).map(lambda n: n == 0),
        "discontinuity": st.sampled_from([None, None, None, None, 0, 1, 2]),
        "lost_rows": st.sets(st.integers(0, ROWS - 1), max_size=2),
        "lost_cells": st.sets(st.tuples(st.sampled_from(COLUMNS), st.integers(0, ROWS - 1)), max_size=2),
        "renumber": st.sampled_from([None, None, None, None, None, 0, 1, 2]),
        "restart": st.integers(0, 9).map(lambda n: n == 0),
    }
)
STARTS = st.sampled_from([0, 1, 2**31, 2**32 - 1000, 2**32 - 10**7, 2**63, 2**64 - 10**6])


def world_of(starts):
    ports = {}
    for column in COLUMNS:
        for row in range(ROWS):
            bits = 32 if (row + COLUMNS.index(column)) % 2 else 64
            ports[column, row] = Port(bits=bits, start=starts[row] % 2**bits)
    # a Counter64 never reaches its end in practice; the model does not either
    for port in ports.values():
        if port.bits == 64:
            port.start //= 4
    return World(ports=ports)


def advance(world, step):
    """Let time pass and things happen; True for the cells whose count is not continuous since the last step."""
    world.at_s += step["passed_s"]
    broken = set()
    for number, (cell, port) in enumerate(world.ports.items()):
        most = LINE_RATE * step["passed_s"] / (64 if cell[0].endswith("packets") else 1)
        port.count(int(step["load"][number] * most))
    if step["reboot"]:
        world.rebooted = True
        broken |= set(world.ports)
    if step["discontinuity"] is not None:
        broken |= {cell for cell in world.ports if cell[1] == step["discontinuity"]}
        for column in COLUMNS:
            world.ports[column, step["discontinuity"]].discontinuity += 1
    for cell in broken:
        world.ports[cell].reset()
    if step["renumber"] is not None:
        world.indexes[step["renumber"]] = str(int(world.indexes[step["renumber"]]) + 10)
        broken |= {cell for cell in world.ports if cell[1] == step["renumber"]}
    return broken


def polled(world, step):
    lost = {cell for cell in world.ports if cell[1] in step["lost_rows"]} | step["lost_cells"]
    reading = CounterReading(
        at_s=[math.nan if row in step["lost_rows"] else world.at_s for row in range(ROWS)],
        columns={
            c: tuple(None if (c, row) in lost else world.ports[c, row].raw for row in range(ROWS)) for c in COLUMNS
        },
        widths={c: bytes(world.ports[c, row].bits for row in range(ROWS)) for c in COLUMNS},
        line_rates=(LINE_RATE,) * ROWS,
        rebooted=world.rebooted,
        discontinuity=[
            None if row in step["lost_rows"] else world.ports[COLUMNS[0], row].discontinuity for row in range(ROWS)
        ],
    )
    world.rebooted = False
    return reading


@settings(max_examples=300, deadline=None)
@given(st.lists(STARTS, min_size=ROWS, max_size=ROWS), st.lists(STEP, min_size=1, max_size=25))
def test_totals_never_fall_never_exceed_the_truth_and_lose_nothing_where_the_counter_ran_on(starts, steps):
    world, state = world_of(starts), CounterState()
    begun, missing, last, broken_since = {}, {}, {}, dict.fromkeys(world.ports, False)
    for step in steps:
        for cell in advance(world, step):
            broken_since[cell] = True
        interfaces = InterfaceMap(indexes=tuple(world.indexes), names=("Gi1", "Gi2", "Gi3"))
        counted = fold(state, polled(world, step), interfaces)
        state = counted.state
        if step["restart"]:
            state = from_document(to_document(state, 1e9), wall_s=1e9, now_s=world.at_s)
        assert {finding.oddity for finding in counted.findings} <= {
            Oddity.WRAPPED,
            Oddity.REBOOTED,
            Oddity.DISCONTINUITY,
        }
        for cell, port in world.ports.items():
            total = counted.totals[cell[0]][cell[1]]
            was_read = cell[1] not in step["lost_rows"] and cell not in step["lost_cells"]
            if not was_read:
                assert total is None
                continue
            if cell not in begun:
                assert total == port.raw
                begun[cell], missing[cell] = port.truth - port.raw, 0
            elif broken_since[cell]:
                assert total is None  # a gap, and what passed during it is not told
                missing[cell] = port.truth - begun[cell] - last[cell]
            else:
                assert total == port.truth - begun[cell] - missing[cell]
            assert missing[cell] >= 0
            assert total is None or total >= last.get(cell, 0)
            last[cell] = last[cell] if total is None else total
            broken_since[cell] = False


RAWS = st.one_of(
    st.none(), st.integers(0, 2**64 - 1), st.integers(0, 2**33), st.sampled_from([0, 2**32 - 1, 2**64 - 1])
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-5, 60),
            RAWS,
            st.sampled_from([32, 64]),
            st.booleans(),
            st.sampled_from([None, 1e3, 1.25e8, 1e12]),
        ),
        max_size=30,
    )
)
def test_whatever_an_agent_says_no_step_of_a_total_is_above_line_rate_or_below_zero(polls):
    state, ports = CounterState(), InterfaceMap(indexes=("1",), names=("Gi1",))
    at_s, told, told_at_s, rates = 0.0, None, 0.0, [0.0]
    for passed_s, raw, bits, rebooted, rate in polls:
        at_s += passed_s
        rates.append(1.25e12 if rate is None else rate)
        one = CounterReading(
            at_s=(at_s,),
            columns={"receive_bytes": (raw if raw is None or bits == 64 else raw % 2**32,)},
            widths={"receive_bytes": bytes([bits])},
            line_rates=(rate,),
            rebooted=rebooted,
        )
        counted = fold(state, one, ports)
        state, total = counted.state, counted.totals["receive_bytes"][0]
        if total is None:
            continue
        if told is not None:
            assert at_s > told_at_s
            assert 0 <= total - told <= max(rates) * (at_s - told_at_s) * 1.05 * (1 + 1e-9)
        told, told_at_s = total, at_s

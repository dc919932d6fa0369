"""One simulated agent: its view of objects, the values in it, and the layouts of answers it has given before.

A value is either fixed (its octets) or living (computed from a flow or from the time since boot). Agents do not
speak; `answers` does, with these.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from netwatch.simulate.cells import ENGINE_TIME, UPTIME, Cell, Living
from netwatch.simulate.flow import Flow, Rate
from netwatch.simulate.layout import Layout
from netwatch.simulate.mib import Arcs, MibView
from netwatch.simulate.recording import Recording
from netwatch.snmp import ber

SYS_UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
LARGEST_MESSAGE = 65_507  # what IPv4 can carry
COUNTERS = frozenset({ber.COUNTER32, ber.COUNTER64})


class Passing:
    """Rows that come and go with what is around an agent; each agent has its own, and they are made when asked for."""

    __slots__ = ("values", "view")

    def __init__(self, objects: Mapping[Arcs, bytes]) -> None:
        self.view = MibView(objects)
        self.values: tuple[bytes, ...] = tuple(objects[arcs] for arcs in self.view.arcs)

    def value(self, name: bytes) -> bytes | None:
        """What an object is; None when there is none such."""
        position = self.view.position(name)
        return None if position is None else self.values[position]


NOTHING_PASSING = Passing({})


@dataclass(slots=True, kw_only=True, eq=False)
class Agent(ABC):
    """What answers at one address. `boot` is in simulation seconds and lies before 0 for an agent long up."""

    view: MibView
    flows: Sequence[Flow] = ()
    boot: float = 0.0
    silent: bool = False
    largest_message: int = LARGEST_MESSAGE
    layouts: dict[object, Layout] = field(default_factory=dict)

    @abstractmethod
    def cell(self, position: int) -> Cell:
        """The value of the object at a position of the view."""

    def passing(self) -> Passing:
        """The rows beside the view's, as they are now."""
        return NOTHING_PASSING

    def number(self, living: Living, t: float) -> int:
        """What a living value is at time t."""
        if living.source == UPTIME:
            return int((t - self.boot) * 100) & 0xFFFFFFFF
        if living.source == ENGINE_TIME:
            return int(t - self.boot)
        total = self.flows[living.source].total(t) // living.divisor
        return total & (0xFFFFFFFF if living.wraps else 0xFFFFFFFFFFFFFFFF)

    def value(self, position: int, t: float) -> bytes:
        """The octets of the value at a position, at time t."""
        cell = self.cell(position)
        return cell if isinstance(cell, bytes) else ber.unsigned(self.number(cell, t), cell.syntax)

    def forget(self) -> None:
        """Values that were fixed have changed: the remembered layouts hold them no more."""
        self.layouts.clear()


@dataclass(slots=True, kw_only=True, eq=False)
class RecordedAgent(Agent):
    """An agent that says what a recording says."""

    cells: tuple[Cell, ...]

    def cell(self, position: int) -> Cell:
        return self.cells[position]


def from_recording(recording: Recording, *, living: bool = False) -> RecordedAgent:
    """An agent for a recording, its sysUpTime running on from the recorded one.

    With `living` every counter grows from its recorded value, each at its own rate, the same in every run.
    """
    view = MibView(recording.values)
    flows: list[Flow] = []
    cells: list[Cell] = []
    boot = 0.0
    for arcs in view.arcs:
        value = recording.values[arcs]
        if arcs == SYS_UPTIME and value[0] == ber.TIME_TICKS:
            boot = -int.from_bytes(value[2:], "big") / 100
            cells.append(Living(ber.TIME_TICKS, UPTIME))
        elif living and value[0] in COUNTERS:
            cells.append(Living(value[0], len(flows), wraps=value[0] == ber.COUNTER32))
            flows.append(Flow(int.from_bytes(value[2:], "big"), Rate(1000.0 * (1 + sum(arcs) % 997))))
        else:
            cells.append(value)
    return RecordedAgent(view=view, flows=tuple(flows), boot=boot, cells=tuple(cells))

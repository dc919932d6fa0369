"""(a ring, its devices, what they say of rings by their own MIBs) -> what is said of this ring, and by whom.

A device's own word for a ring is mapped to `RingCondition` by its profile. Which ring of the inventory it means: the
only one that the device stands on, else the one whose id is its name there. A word read before the ring last changed
is an old one and does not count. Where devices contradict each other the worse word counts, and who said which is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState
from netwatch.core.health.measures import RING_WORDS, Measure
from netwatch.core.model import Inventory, Lane


class RingCondition(StrEnum):
    """`netwatch_ring_state{state}`."""

    INTACT = "intact"
    SWITCHED = "switched"  # one break, no reserve
    SPLIT = "split"  # two breaks or more
    MANUAL = "manual"  # the one break is somebody's doing
    RESTORING = "restoring"  # healed, and the protocol waits before it switches back
    NO_BLOCK = "no_block"  # no port is blocked: a loop threatens
    UNKNOWN = "unknown"


_WORST_FIRST = (
    RingCondition.NO_BLOCK,
    RingCondition.SPLIT,
    RingCondition.SWITCHED,
    RingCondition.MANUAL,
    RingCondition.RESTORING,
    RingCondition.INTACT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingReport:
    """What devices say of one ring. `said`: condition -> the devices that say so, the worst first."""

    said: Mapping[RingCondition, tuple[str, ...]]

    @property
    def condition(self) -> RingCondition:
        """The worst of what is said."""
        return next(iter(self.said), RingCondition.UNKNOWN)

    def sentence(self, condition: RingCondition) -> str:
        """Who says that."""
        devices = self.said[condition]
        says = "says" if len(devices) == 1 else "say"
        return f"{', '.join(devices)} {says} {condition.value} by {'its' if len(devices) == 1 else 'their'} own MIB"


def rings_of(inventory: Inventory) -> Mapping[str, frozenset[str]]:
    """Device -> the rings it stands on."""
    found: dict[str, set[str]] = {}
    for link in inventory.links.values():
        if link.ring is not None:
            for end in (link.a, link.b):
                found.setdefault(end.device, set()).add(link.ring)
    return {device: frozenset(rings) for device, rings in found.items()}


def words_of(state: DeviceState) -> Mapping[str, float] | None:
    """What a device says of rings now, by their names there."""
    return state.equipment.readings.get(Measure.RING) if state.snmp.answer is Answer.ANSWERS else None


def health_read_s(state: DeviceState) -> float | None:
    """When its rings, its light and the like were last read; UTC epoch seconds."""
    health = state.lanes.get(Lane.HEALTH)
    return health.last_success_wall_s if health is not None else None


def ring_report(
    ring: str,
    devices: Iterable[str],
    states: Mapping[str, DeviceState],
    stands_on: Mapping[str, frozenset[str]],
    *,
    since_wall_s: float | None,
) -> RingReport | None:
    """What the devices say of the ring, as read after it last changed; None: nothing."""
    said: dict[RingCondition, list[str]] = {}
    for device in sorted(set(devices)):
        state = states.get(device)
        words = words_of(state) if state is not None else None
        if state is None or not words or not _is_newer(state, since_wall_s):
            continue
        is_only = len(stands_on.get(device, ())) == 1
        meant = {_condition(word) for name, word in words.items() if is_only or _means(name, ring)}
        for condition in _WORST_FIRST:
            if condition in meant:
                said.setdefault(condition, []).append(device)
                break
    if not said:
        return None
    return RingReport(said={one: tuple(said[one]) for one in _WORST_FIRST if one in said})


def _condition(word: float) -> RingCondition:
    return RingCondition(RING_WORDS[int(word)])


def _means(name: str, ring: str) -> bool:
    return ring.casefold() in (name.casefold(), *name.casefold().split())


def _is_newer(state: DeviceState, since_wall_s: float | None) -> bool:
    read_s = health_read_s(state)
    return since_wall_s is None or (read_s is not None and read_s > since_wall_s)

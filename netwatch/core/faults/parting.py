"""Who is cut off by what ports tell, before silence is proven: broken links in, the devices that no way leads to out.

A device that answers no more is silent only after its agent has had all its retries, which takes seconds. But where its
last way home is seen to be without light, and it was asked since, by reason of a trap, and did not answer within a
blink as everybody else does, there is nothing to wait for. A device that answers all the same has a way that the
inventory does not know: then it is not cut off, nor is anybody beside it. Times are UTC epoch seconds.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from netwatch.core.faults.scene import LinkSight
from netwatch.core.model import NOTHING
from netwatch.core.topology.graph import Parts, Topology

BLINK_S = 0.5  # hundreds of round trips in a city
DATED_S = 1.0  # a break is dated by a switch's own clock, or by when it was read


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known at one moment."""

    sights: Mapping[str, LinkSight]
    broken: Collection[str]  # those of `sights` that are
    silent: Collection[str]  # devices known to be silent
    unseen: Collection[str]  # devices not observed
    asked_wall_s: Mapping[str, float]  # device -> when it was last asked, because a trap told of a port towards it
    heard_since: Callable[[str, float], bool]
    now_wall_s: float
    patience_s: float  # of links broken for longer, who is behind them is known to be silent


class Parting:
    """`parted`: devices that no way leads to, though they are not known to be silent -> since when."""

    def __init__(self) -> None:
        self.parted: Mapping[str, float] = NOTHING
        self.due_s = float("inf")  # when to look again, since somebody will have had time to answer

    def look(self, topology: Topology, told: Told) -> None:
        """Find who is parted now."""
        self.due_s = float("inf")
        recent_s = told.now_wall_s - told.patience_s
        is_recent = any((told.sights[name].since_wall_s or 0.0) >= recent_s for name in told.broken)
        if not topology.roots or not (is_recent or self.parted):
            self.parted = NOTHING
            return
        parts = topology.parts(broken=told.broken, stopped=())
        home = {parts.part(root) for root in topology.roots}
        found: dict[str, float] = {}
        for part, shores in _islands(topology, parts, home, told).items():
            since_s = max(shores.values())
            if since_s < recent_s and self.parted.keys().isdisjoint(shores):
                continue
            if not self._have_had_time(shores, since_s, told):
                continue
            members = list(parts.devices_in(part))
            if all(name in told.silent for name in members) or any(told.heard_since(one, since_s) for one in members):
                continue
            found |= {name: since_s for name in members if name not in told.unseen}
        self.parted = found

    def _have_had_time(self, shores: Mapping[str, float], since_s: float, told: Told) -> bool:
        """Whether those at the broken links were asked since, long enough ago."""
        ready_s = told.now_wall_s
        for name in shores:
            if name in told.silent or name in self.parted:
                continue
            asked_s = told.asked_wall_s.get(name)
            if asked_s is None or asked_s < since_s - DATED_S:
                return False
            ready_s = max(ready_s, asked_s + BLINK_S)
        if ready_s > told.now_wall_s:
            self.due_s = min(self.due_s, ready_s)
        return ready_s <= told.now_wall_s


def _islands(topology: Topology, parts: Parts, home: Collection[int], told: Told) -> Mapping[int, Mapping[str, float]]:
    """Part without a root -> its devices at broken links towards home, with since when each link is."""
    islands: dict[int, dict[str, float]] = {}
    for name in told.broken:
        link = topology.links[name]
        since_s = told.sights[name].since_wall_s
        for near, far in ((link.a.device, link.b.device), (link.b.device, link.a.device)):
            part = parts.part(far)
            if since_s is not None and part not in home and parts.part(near) in home:
                shores = islands.setdefault(part, {})
                shores[far] = max(shores.get(far, 0.0), since_s)
    return islands

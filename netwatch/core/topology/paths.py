"""The other graph: whether what hangs on a port can reach an anchor of its service (design §7).

No possible path: cut off. A path that is possible, through devices that are not seen: unseen, which is not down. What
the inventory does not know a path of even in the unbroken network is judged by whether its switch is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from netwatch.core.faults.diagnosis import Diagnosis
from netwatch.core.field.verdict import Reach
from netwatch.core.topology.graph import Parts, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """How a field device's way stands; `cause` is the place of the cause that cuts it off, where one does."""

    reach: Reach
    cause: int | None = None


REACHABLE = Path(reach=Reach.REACHABLE)
UNSEEN = Path(reach=Reach.UNSEEN)


class Paths:
    """The ways from devices to the anchors of services, under one diagnosis.

    `parts`: what the city has truly fallen into, where that is known; else it is as the diagnosis has it.
    """

    def __init__(self, topology: Topology, diagnosis: Diagnosis, *, parts: Parts | None = None) -> None:
        self._topology = topology
        self._diagnosis = diagnosis
        self._parts = parts or diagnosis.parts
        self._known: dict[str | None, tuple[frozenset[int], frozenset[int]]] = {}

    def of(self, device: str, service: str | None, *, is_seen: bool) -> Path:
        """The way from `device`, which answers or does not, to an anchor of `service`."""
        now, ever = self._anchored(service)
        merely = REACHABLE if is_seen else UNSEEN
        if self._topology.whole.part(device) not in ever:
            return merely
        if self._parts.part(device) in now:
            return merely
        return Path(reach=Reach.CUT, cause=self._diagnosis.cause_of(device))

    def _anchored(self, service: str | None) -> tuple[frozenset[int], frozenset[int]]:
        """The parts that have an anchor, in the city as it is and in the unbroken one."""
        known = self._known.get(service)
        if known is None:
            anchors = self._topology.anchors(service)
            known = self._parts.parts_of(anchors), self._topology.whole.parts_of(anchors)
            self._known[service] = known
        return known

    def cut_off(self, anchors: Sequence[str]) -> dict[str, str]:
        """The devices without a possible way to any of these anchors -> the subject of the cause that closed it."""
        diagnosis, whole = self._diagnosis, self._topology.whole
        if diagnosis.parts is whole:
            return {}
        now, ever = diagnosis.parts.parts_of(anchors), whole.parts_of(anchors)
        cut: dict[str, str] = {}
        for position in diagnosis.parts.apart_from(now):
            if whole.of[position] in ever:
                name = self._topology.names[position]
                place = diagnosis.cause_of(name)
                cut[name] = diagnosis.causes[place].subject if place is not None else ""
        return cut

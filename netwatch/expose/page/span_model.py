"""The spans on the board: which two sites are joined by links, and whether one of those is broken.

Only sites that have a place are joined, for spans are there to be drawn on the map.
"""

import asyncio
from collections.abc import Mapping, Sequence

from netwatch.core.links.state import LinkCondition
from netwatch.core.sight import CitySight, Knowing
from netwatch.core.topology.graph import Topology
from netwatch.expose.page.board import Board
from netwatch.expose.page.site_model import SLICE

BROKEN = "broken"
_GRAVITY = (LinkCondition.UP, LinkCondition.UNKNOWN, LinkCondition.DEGRADED, LinkCondition.ONE_END, LinkCondition.DOWN)


class SpanModel:
    """All spans of one inventory. A key is the two ids with a space between, which no id has."""

    def __init__(self, known: Knowing, topology: Topology, board: Board) -> None:
        self._known = known
        self._topology = topology
        self._board = board
        self._told: dict[str, str] = {}
        self.links: Mapping[str, Sequence[str]] = _spans(topology)

    async def sweep(self) -> None:
        """Look at every link once. Ends early where the inventory becomes another one."""
        for count, (key, links) in enumerate(self.links.items(), start=1):
            state = _worst(self._known.city, links)
            if self._told.get(key) != state:
                self._told[key] = state
                self._board.put(f"span/{key}", {"state": state, "links": list(links)})
            if count % SLICE == 0:
                await asyncio.sleep(0)
                if self._known.city.topology is not self._topology:
                    return


def _spans(topology: Topology) -> dict[str, list[str]]:
    devices, sites = topology.inventory.devices, topology.inventory.sites
    found: dict[str, list[str]] = {}
    for link in topology.links.values():
        here, there = sorted((devices[link.a.device].site, devices[link.b.device].site))
        if here != there and sites[here].location is not None and sites[there].location is not None:
            found.setdefault(f"{here} {there}", []).append(link.id)
    return found


def _worst(city: CitySight, links: Sequence[str]) -> str:
    if not city.links.broken.isdisjoint(links):
        return BROKEN
    states = (city.links.links.get(link) for link in links)
    conditions = [state.condition if state is not None else LinkCondition.UNKNOWN for state in states]
    return max(conditions, key=_GRAVITY.index).value

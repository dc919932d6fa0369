"""Everything that people ask of the running daemon: the routes of the control socket, and the page of `find`.

In: the engine, and what declarations need of the daemon. Out: routes, a page put on the listener, and one task to run.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from netwatch.core.faults.work import Work
from netwatch.expose.control_fault import FaultKeeping, fault_routes
from netwatch.expose.control_find import Finder
from netwatch.expose.control_maintenance import Surroundings, maintenance_routes
from netwatch.expose.control_status import Knowing, status_routes
from netwatch.expose.find_page import mount


class Desk:
    """`routes` as `ControlServer` takes them. `mounted`: what the listener is to mount; this puts the page there."""

    def __init__(
        self,
        known: Knowing,
        around: Surroundings,
        *,
        save_work: Callable[[Work], Awaitable[None]],
        mounted: list[Callable[[web.Application], None]],
    ) -> None:
        self._book = known.city.book
        self._finder = Finder(known)
        mounted.append(mount(self._finder.find))
        self.routes = {
            **maintenance_routes(known.maintenance, around),
            **status_routes(known),
            **fault_routes(known, FaultKeeping(save=save_work)),
            **self._finder.routes,
        }

    def fault_lines(self) -> list[str]:
        """The open faults, a sentence each, for a page that anyone may read: no names of people."""
        told = ((fault, self._book.work.acknowledged(fault.id, fault.severity)) for fault in self._book.open_faults)
        return [f"{fault} (acknowledged)" if taken is not None else str(fault) for fault, taken in told]

    async def run(self) -> None:
        """For ever: what has to be ready when somebody asks."""
        await self._finder.run()

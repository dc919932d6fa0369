"""Everything that people ask of the running daemon: the routes of the control socket, and the operator's page.

In: the engine, and what declarations need of the daemon. Out: routes, a page put on the listener, and one task to run.
"""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from netwatch.core.faults.work import Work
from netwatch.expose.control_audit import audit_routes
from netwatch.expose.control_fault import FaultDesk, FaultKeeping
from netwatch.expose.control_find import Finder
from netwatch.expose.control_handover import handover_routes
from netwatch.expose.control_maintenance import Surroundings, maintenance_routes
from netwatch.expose.control_status import Knowing, status_routes
from netwatch.expose.page.page import OperatorsPage
from netwatch.expose.public_page import PublicPage


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
        self._finder = Finder(known)
        work = FaultDesk(known, FaultKeeping(save=save_work))
        self.page = OperatorsPage(known, lambda of: self._finder.find if of is known else Finder(of).find, work.work)
        mounted += (self.page.mount, PublicPage(known).mount)
        self.routes = {
            **maintenance_routes(known.maintenance, around),
            **status_routes(known),
            **work.routes,
            **(handover_routes(around.handover) if around.handover is not None else {}),
            **(audit_routes(around.notary, around.inventory) if around.notary is not None else {}),
            **self._finder.routes,
        }

    async def run(self) -> None:
        """For ever: what has to be ready when somebody asks."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._finder.run(), name="finder")
            tasks.create_task(self.page.run(), name="operator's page")

"""Everything that people ask of the running daemon: the routes of the control socket, and the page of `find`.

In: the engine, and what declarations need of the daemon. Out: routes, a page put on the listener, and one task to run.
"""

from collections.abc import Callable

from aiohttp import web

from netwatch.expose.control_find import Finder
from netwatch.expose.control_maintenance import Surroundings, maintenance_routes
from netwatch.expose.control_status import Knowing, status_routes
from netwatch.expose.find_page import mount


class Desk:
    """`routes` as `ControlServer` takes them. `mounted`: what the listener is to mount; this puts the page there."""

    def __init__(
        self, known: Knowing, around: Surroundings, *, mounted: list[Callable[[web.Application], None]]
    ) -> None:
        self._finder = Finder(known)
        mounted.append(mount(self._finder.find))
        self.routes = {
            **maintenance_routes(known.maintenance, around),
            **status_routes(known),
            **self._finder.routes,
        }

    async def run(self) -> None:
        """For ever: what has to be ready when somebody asks."""
        await self._finder.run()

"""The TCP listener: the pages, service discovery, health, and what is mounted on it: the operator's page, the API.

Pages are not compressed. Prometheus asks for gzip, but level 1 over a page of 45 MB costs ten times what the page
itself does, and saves only the loopback, or a city's own LAN, a few megabytes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from aiohttp import HttpVersion10, web

from netwatch.expose import selection
from netwatch.expose.acceptor import Acceptor
from netwatch.expose.discovery import parse_host, parse_shards, targets
from netwatch.expose.guard import GOES_ON, Cut, Gate, Limits
from netwatch.expose.http_protocol import CarefulProtocol
from netwatch.expose.own import OwnMetrics
from netwatch.expose.page.shell import CONTENT_SECURITY_POLICY
from netwatch.expose.pages import CONTENT_TYPE, Pages
from netwatch.expose.selection import Selection, SelectionError
from netwatch.expose.summary import Summary
from netwatch.expose.web_access import WebAccess
from netwatch.expose.web_exposure import Exposure

DEFAULT_PORT = 9780
MOST_OCTETS = 16 * 1024  # of what anybody may send

_log = logging.getLogger(__name__)

_HEADERS = {
    "Server": "netwatch",
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_PROTOCOL = {"access_log": None, "lingering_time": 1.0, "max_line_size": 4096, "max_field_size": 4096}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What the listener is told by the daemon."""

    pages: Pages
    summary: Callable[[], Summary]
    complaint: Callable[[], str]  # what is wrong with the process itself; empty: healthy
    on_cut: Callable[[Cut], None]
    limits: Limits = field(default_factory=Limits)


class HttpServer:
    """`start`, then `stop`; building one does nothing yet. `access`: who may ask; without one, everybody."""

    def __init__(self, front: Front, access: WebAccess | None = None) -> None:
        self._front = front
        self._access = access or WebAccess(Exposure(), OwnMetrics({}))
        self.mounted: list[Callable[[web.Application], None]] = []  # what puts further routes on the application
        self._runner: web.AppRunner | None = None
        self._gate: Gate | None = None
        self._acceptor: Acceptor | None = None

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens; empty before `start`."""
        return self._acceptor.addresses if self._acceptor else []

    @property
    def urls(self) -> list[str]:
        """The same for a browser."""
        scheme = "https" if self._access.tls else "http"
        return [
            f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"
            for host, port in self.addresses
        ]

    @property
    def connections(self) -> int:
        return self._gate.connections if self._gate else 0

    async def start(self, host: str = "127.0.0.1", port: int = DEFAULT_PORT) -> None:
        """Listen. Raises OSError where that address cannot be had. Port 0 takes a free one."""
        runner = web.AppRunner(self._application(), shutdown_timeout=5.0)
        await runner.setup()
        self._runner = runner
        server = runner.server
        assert server is not None
        loop = asyncio.get_running_loop()
        settings = {"loop": loop, "keepalive_timeout": self._front.limits.idle_s + 5.0, **_PROTOCOL}

        def protocol() -> asyncio.Protocol:
            return CarefulProtocol(
                server, headers=_HEADERS, on_malformed=self._access.note_malformed, settings=settings
            )

        self._gate = Gate(protocol, self._front.limits, self._front.on_cut, tls=lambda: self._access.tls)
        self._access.on_change = self._gate.retire
        self._acceptor = Acceptor(self._gate)
        await self._acceptor.listen(host, port)

    async def stop(self) -> None:
        """Take no more, let replies under way end within 5 s, close everything."""
        if self._acceptor:
            self._acceptor.close()
        if self._runner:
            await self._runner.cleanup()
        self._access.close()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._watched], client_max_size=MOST_OCTETS)
        application.on_response_prepare.append(self._with_headers)
        application.router.add_get("/metrics", self._metrics)
        application.router.add_get("/metrics/faults", self._faults)
        application.router.add_get("/sd", self._discovery)
        application.router.add_get("/-/healthy", self._healthy)
        application.router.add_get("/-/ready", self._ready)
        for mount in self.mounted:
            mount(application)
        return application

    @web.middleware
    async def _watched(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Tell the Guard when a request begins and ends; a wrong query is the asker's mistake, told in a sentence."""
        assert self._gate is not None
        self._gate.request_begins(request.protocol)
        request[GOES_ON] = partial(self._gate.request_goes_on, request.protocol)
        try:
            if request.version < HttpVersion10:
                return web.Response(status=400, text="HTTP/1.0 or later, please.\n")
            return await self._access.refusal(request) or await self._done(request, handler)
        except SelectionError as mistake:
            return web.Response(status=400, text=f"{mistake}\n")
        finally:
            self._gate.request_ends(request.protocol)

    async def _done(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        self._access.note_done(request, response.status)
        return response

    async def _with_headers(self, _request: web.Request, response: web.StreamResponse) -> None:
        cached = response.headers.get("Cache-Control")
        response.headers.update(_HEADERS)
        if cached:
            response.headers["Cache-Control"] = cached
        for name, value in self._access.headers.items():
            response.headers[name] = value
            if not value:
                del response.headers[name]

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        chosen = selection.parse(request.query.items())
        if chosen.site is not None and not self._front.pages.stands_at(chosen.site):
            raise SelectionError("No device stands at a site of that name.")
        return await self._page(request, chosen)

    async def _faults(self, request: web.Request) -> web.StreamResponse:
        selection.parameters(request.query.items(), allowed=())
        return await self._page(request, selection.FAULTS)

    async def _page(self, request: web.Request, chosen: Selection) -> web.StreamResponse:
        """Stream one page. Between two pieces everything else has its turn, also when the client reads at once."""
        response = web.StreamResponse(headers={"Content-Type": CONTENT_TYPE})
        await response.prepare(request)
        pieces = iter(()) if request.method == "HEAD" else self._front.pages.stream(chosen)
        try:
            for piece in pieces:
                if piece:
                    await response.write(piece)
                await asyncio.sleep(0)
            await response.write_eof()
        except ConnectionError as gone:
            _log.debug("a page was not taken to its end: %s", gone)
        return response

    async def _discovery(self, request: web.Request) -> web.StreamResponse:
        shards = parse_shards(request.query.items())
        return web.json_response(targets(self._reached_by(request), shards))

    def _reached_by(self, request: web.Request) -> str:
        if host := request.headers.get("Host"):
            return parse_host(host)
        address, port = self.addresses[0]
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"

    async def _healthy(self, request: web.Request) -> web.StreamResponse:
        return _told(request, self._front.complaint())

    async def _ready(self, request: web.Request) -> web.StreamResponse:
        return _told(request, self._front.summary().waiting_for)


def _told(request: web.Request, complaint: str) -> web.Response:
    selection.parameters(request.query.items(), allowed=())
    return web.Response(status=503, text=f"{complaint}\n") if complaint else web.Response(text="ok\n")

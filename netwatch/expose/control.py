"""The control socket: HTTP on a unix socket, for callers whom the kernel vouches for (SO_PEERCRED, unix(7)).

Routes are given by the daemon: (method, path) -> what to await; the outcome goes back as JSON.
"""

import asyncio
import json
import os
import pwd
import socket
import stat
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from aiohttp import web

from netwatch.core.audit.access import CONTROL_SOCKET, AccessRecorder, Outcome
from netwatch.expose.guard import Cut, Gate, Limits

_UCRED = struct.Struct("3i")  # pid, uid, gid
_BODY_LIMIT = 64 * 1024
MOST_OF_A_SUBJECT = 200  # letters of what somebody wrote
_LIMITS = Limits(connections=16, connections_per_peer=16, idle_s=5.0, request_s=60.0)

Route = Callable[[Any], Awaitable[Any]]


class Refused(Exception):  # noqa: N818 - it is an answer, not an accident
    """Raised by a route: the request cannot be done, and `detail` (JSON-able) says why. Becomes a 409."""

    status: ClassVar[int] = 409

    def __init__(self, message: str, detail: Any = None) -> None:  # noqa: ANN401 - any JSON
        super().__init__(message)
        self.detail = detail


class NotNow(Refused):
    """Nothing is wrong with the request, but it cannot be done now. Becomes a 503."""

    status: ClassVar[int] = 503


@dataclass(frozen=True, slots=True)
class CallerRoute:
    """A route that is also told who asks: the name of the user that the kernel vouches for.

    What it is asked for is put on record as this action (empty: its path), with the `subject` or `id` of the request.
    """

    answer: Callable[[Any, str], Awaitable[Any]]
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSettings:
    """Where the socket lies and whom it serves; root and the daemon's own user always."""

    path: Path
    users: frozenset[int] = frozenset()  # uids
    limits: Limits = field(default=_LIMITS)


class ControlServer:
    """`start`, then `stop`. A route takes the request's JSON body (None without one) and gives something JSON-able."""

    def __init__(
        self,
        settings: ControlSettings,
        routes: Mapping[tuple[str, str], Route | CallerRoute],
        on_cut: Callable[[Cut], None],
        *,
        access: AccessRecorder | None = None,
    ) -> None:
        """Without `access`, nobody keeps who asked for what."""
        self._access = access
        self._settings = settings
        self._routes = routes
        self._on_cut = on_cut
        self._allowed = settings.users | {0, os.getuid()}
        self._runner: web.AppRunner | None = None
        self._gate: Gate | None = None
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. Raises OSError where the path cannot be had, or where another daemon answers on it."""
        application = web.Application(middlewares=[self._known], client_max_size=_BODY_LIMIT)
        for (method, path), route in self._routes.items():
            application.router.add_route(method, path, self._answering(route))
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=5.0, keepalive_timeout=60.0, lingering_time=1.0
        )
        await self._runner.setup()
        server = self._runner.server
        assert server is not None
        self._gate = Gate(server, self._settings.limits, self._on_cut)
        # others than root and ourselves are let as far as the question who they are
        mode = 0o666 if self._settings.users else 0o600
        bound = _bind(self._settings.path, mode)
        self._listener = await asyncio.get_running_loop().create_unix_server(self._gate, sock=bound)

    async def stop(self) -> None:
        """Let requests under way end within 5 s, and remove the socket."""
        if self._listener:
            self._listener.close()
            self._settings.path.unlink(missing_ok=True)
        if self._runner:
            await self._runner.cleanup()
        self._listener = None

    @web.middleware
    async def _known(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        assert self._gate is not None
        self._gate.request_begins(request.protocol)
        try:
            if _peer_user(request) not in self._allowed:
                self._note(_user_name(request), "connect", "daemon:", Outcome.REFUSED)
                return _reply(403, {"error": "This socket serves root and netwatch's own user only."})
            return await handler(request)
        finally:
            self._gate.request_ends(request.protocol)

    def _answering(self, route: Route | CallerRoute) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            text = await request.read()
            try:
                body = json.loads(text) if text else None
            except ValueError:
                return _reply(400, {"error": "The body is no JSON."})
            try:
                if isinstance(route, CallerRoute):
                    return _reply(200, await self._on_record(route, body, request))
                return _reply(200, await route(body))
            except Refused as refusal:
                return _reply(refusal.status, {"error": str(refusal), "detail": refusal.detail})

        return answer

    async def _on_record(self, route: CallerRoute, body: object, request: web.Request) -> object:
        """The route's answer, once it is noted who asked for what, and what became of it."""
        user, outcome = _user_name(request), Outcome.FAILED
        try:
            told = await route.answer(body, user)
            outcome = Outcome.DONE
        except Refused as refusal:
            outcome = Outcome.FAILED if isinstance(refusal, NotNow) else Outcome.REFUSED
            raise
        finally:
            self._note(user, route.action or request.path.strip("/"), _subject(body), outcome)
        return told

    def _note(self, user: str, action: str, subject: str, outcome: Outcome) -> None:
        if self._access is not None:
            self._access.record(account=user, origin=CONTROL_SOCKET, subject=subject, action=action, outcome=outcome)


def _subject(body: object) -> str:
    """What a request is about, as far as it says."""
    told = body.get("subject") or body.get("id") if isinstance(body, dict) else None
    return told[:MOST_OF_A_SUBJECT] if isinstance(told, str) else "daemon:"


def _reply(status: int, told: Any) -> web.Response:  # noqa: ANN401 - any JSON
    text = json.dumps(told, ensure_ascii=True, allow_nan=False)
    return web.Response(status=status, text=text, content_type="application/json", headers={"Server": "netwatch"})


def _peer_user(request: web.Request) -> int | None:
    peer = request.get_extra_info("socket")
    if peer is None:
        return None
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    return int(_UCRED.unpack(credentials)[1])


def _user_name(request: web.Request) -> str:
    """The caller's login name; `uid 1234` where the machine has no name for it."""
    user = _peer_user(request)
    try:
        return pwd.getpwuid(-1 if user is None else user).pw_name
    except (KeyError, OverflowError):
        return f"uid {user}"


def _bind(path: Path, mode: int) -> socket.socket:
    """A listening place at `path`. A socket left by a daemon that died is replaced; one that answers is not."""
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                raise OSError(f"another daemon answers on {path}")
        path.unlink()
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        before = os.umask(0o777)  # nobody gets in between bind and chmod
        try:
            bound.bind(str(path))
        finally:
            os.umask(before)
        path.chmod(mode)
    except OSError:
        bound.close()
        raise
    return bound

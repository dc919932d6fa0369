"""Listening sockets -> guarded connections, with TLS where it is wanted.

Connections are taken here and not by the event loop's own server: so one counts from its first packet, whether it ever
shakes hands or not; handshakes take turns, for they are the dearest thing that a stranger can ask for; and each takes
the certificate that is in force when it begins.
"""

import asyncio
import logging
import socket
from typing import Any

from netwatch.expose.guard import Cut, Gate, Guard, reset_on_close
from netwatch.expose.web_tls import Tls

BACKLOG = 128
PAUSE_S = 1.0  # where the system has no descriptor or memory left for one more connection
HANDSHAKE_GAP_S = 0.005  # between the beginnings of two: at most 200 a second, some 0.2 of a core where the key is RSA

log = logging.getLogger(__name__)


class Acceptor:
    """`listen`, then `close`."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._loop = asyncio.get_running_loop()
        self._listeners: list[socket.socket] = []
        self._opening: set[asyncio.Task[None]] = set()
        self._next_handshake_s = 0.0

    async def listen(self, host: str, port: int) -> None:
        """At every address of the host; all of them where it is empty. OSError where one cannot be had."""
        found = await self._loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        try:
            for family, _, _, _, address in dict.fromkeys(found):
                listener = socket.create_server(address, family=family, backlog=BACKLOG)
                listener.settimeout(0)
                self._listeners.append(listener)
        except OSError:
            self.close()
            raise
        for listener in self._listeners:
            self._loop.add_reader(listener, self._accept, listener)

    @property
    def addresses(self) -> list[tuple[str, int]]:
        names = [listener.getsockname() for listener in self._listeners]
        return [(str(name[0]), int(name[1])) for name in names]

    def close(self) -> None:
        """Take no more, and end what is not open yet; what is open belongs to the server."""
        for listener in self._listeners:
            self._loop.remove_reader(listener)
            listener.close()
        self._listeners.clear()
        for task in self._opening:
            task.cancel()

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(BACKLOG):
            try:
                connection, address = listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionAbortedError:
                continue  # gone before we came to it
            except OSError as error:
                log.warning("no connection can be taken for %g s: %s", PAUSE_S, error.strerror)
                self._loop.remove_reader(listener)
                self._loop.call_later(PAUSE_S, self._accept_again, listener)
                return
            self._welcome(connection, str(address[0]))

    def _accept_again(self, listener: socket.socket) -> None:
        if listener in self._listeners:
            self._loop.add_reader(listener, self._accept, listener)

    def _welcome(self, connection: socket.socket, peer: str) -> None:
        if why := self._gate.refusal(peer):
            reset_on_close(connection)
            connection.close()
            self._gate.on_cut(why)
            return
        connection.settimeout(0)
        guard = Guard(self._gate, self._gate.tls())
        guard.enter(peer)
        task = self._loop.create_task(self._open(guard, connection), name="a connection opens")
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, guard: Guard, connection: socket.socket) -> None:
        """A handshake that fails, or takes too long, is a connection cut."""
        try:
            await self._turn(guard.tls)
        except asyncio.CancelledError:
            connection.close()
            raise
        try:  # from here on the loop closes it
            await self._loop.connect_accepted_socket(lambda: guard, connection, **self._how(guard.tls))
        except OSError as error:  # ssl.SSLError and the timeout are some too
            log.debug("a connection could not be opened: %s", error)
            self._gate.on_cut(Cut.NO_TLS)
        finally:
            if not guard.is_open:
                guard.leave()

    def _how(self, tls: Tls | None) -> dict[str, Any]:
        return {"ssl": tls.context, "ssl_handshake_timeout": self._gate.limits.handshake_s} if tls else {}

    async def _turn(self, tls: Tls | None) -> None:
        """Wait until the next handshake may begin."""
        if tls is None:
            return
        now_s = self._loop.time()
        turn_s = max(now_s, self._next_handshake_s)
        self._next_handshake_s = turn_s + HANDSHAKE_GAP_S
        await asyncio.sleep(turn_s - now_s)

"""The two doors of a daemon, opened: the listener for everyone, the control socket for its operator.

A door that cannot be opened is one sentence (NetwatchError), and the daemon does not start.
"""

import errno
import logging
import os
from pathlib import Path

from netwatch.core.errors import ListenError, NetwatchError
from netwatch.expose.control import ControlServer
from netwatch.expose.http import HttpServer

log = logging.getLogger(__name__)


async def open_listener(server: HttpServer, listen: tuple[str, int]) -> None:
    """Serve the pages at this host and port, and log where that is."""
    host, port = listen
    try:
        await server.start(host, port)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
        hint = "; --listen HOST:PORT names another place" if error.errno == errno.EADDRINUSE else ""
        raise ListenError(f"cannot listen on {host}:{port}: {why}{hint}") from error
    for address in server.urls:
        log.info("listening on %s", address)


async def open_control(server: ControlServer, path: Path) -> None:
    """Serve the control socket, which lies at `path`; its folder is made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        await server.start()
    except OSError as error:
        raise NetwatchError(f"cannot open the control socket {path}: {error}") from error

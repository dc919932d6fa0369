"""Checkpoints -> out of the box: lines in, and each goes to a folder, a syslog and a web address, where they are named.

What was sent once cannot be taken back by who administers this machine. An outlet that fails is counted and said once;
the next checkpoint covers what the lost one did.
"""

import asyncio
import datetime as dt
import logging
import os
import socket
from collections import Counter
from collections.abc import Awaitable
from enum import StrEnum
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from netwatch.core.model import Settings

log = logging.getLogger(__name__)

NEWEST_NAME = "checkpoint.json"  # in the state directory
LINES_NAME = "netwatch-checkpoints.jsonl"  # in the folder that the settings name
PATIENCE_S = 10.0
_PRIORITY = 13 * 8 + 5  # RFC 5424 §6.2.1: facility log audit, severity notice


class Outlet(StrEnum):
    """Where checkpoints go; also the label values of `netwatch_ledger_checkpoint_failures_total{outlet}`."""

    FILE = "file"
    DIRECTORY = "directory"
    SYSLOG = "syslog"
    WEBHOOK = "webhook"


class Outlets:
    """`send` never fails; what did is in `failures`."""

    def __init__(self, directory: Path) -> None:
        self._newest = directory / NEWEST_NAME
        self.failures: Counter[Outlet] = Counter(dict.fromkeys(Outlet, 0))
        self._failing: set[Outlet] = set()

    async def send(self, line: str, settings: Settings) -> None:
        """To all outlets at once."""
        ways = {Outlet.FILE: asyncio.to_thread(_replace, self._newest, line)}
        if settings.checkpoint_directory:
            ways[Outlet.DIRECTORY] = asyncio.to_thread(_append, Path(settings.checkpoint_directory) / LINES_NAME, line)
        if settings.checkpoint_syslog:
            ways[Outlet.SYSLOG] = asyncio.to_thread(_datagram, settings.checkpoint_syslog, line)
        if settings.checkpoint_webhook:
            ways[Outlet.WEBHOOK] = _post(line, settings)
        await asyncio.gather(*(self._try(outlet, way) for outlet, way in ways.items()))

    async def _try(self, outlet: Outlet, way: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await way
        except (OSError, ClientError, ValueError, TimeoutError) as error:
            self.failures[outlet] += 1
            if outlet not in self._failing:
                log.error("checkpoints do not reach the %s: %s", outlet, str(error) or "it takes too long")
            self._failing.add(outlet)
        else:
            if outlet in self._failing:
                log.info("checkpoints reach the %s again", outlet)
            self._failing.discard(outlet)


def _replace(path: Path, line: str) -> None:
    staged = path.with_name(f".{path.name}.new")
    staged.write_text(f"{line}\n")
    staged.replace(path)


def _append(path: Path, line: str) -> None:
    """One write for the line, so that two daemons on one share do not tear each other's."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        os.write(descriptor, f"{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _datagram(target: str, line: str) -> None:
    """RFC 5424 over UDP (RFC 5426)."""
    host, _, port = target.rpartition(":")
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    message = f"<{_PRIORITY}>1 {now} {socket.gethostname()} netwatch {os.getpid()} checkpoint - {line}"
    family, kind, number, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, number) as sender:
        sender.sendto(message.encode(), address)


async def _post(line: str, settings: Settings) -> None:
    secret = settings.checkpoint_webhook_authorization
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers["Authorization"] = secret.reveal().decode()
    async with (
        ClientSession(timeout=ClientTimeout(total=PATIENCE_S), trust_env=False) as session,
        session.post(settings.checkpoint_webhook, data=line, headers=headers, allow_redirects=False) as answer,
    ):
        if answer.status >= 300:
            raise ValueError(f"it answered {answer.status}")

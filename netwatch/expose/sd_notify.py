"""What the daemon tells systemd: ready, reloading, stopping, alive, and one line of status (sd_notify(3))."""

import logging
import os
import socket
import time
from collections.abc import Mapping

from netwatch.expose.text import visible

_log = logging.getLogger(__name__)

_MICROSECONDS = 1_000_000


class Notifier:
    """Datagrams to NOTIFY_SOCKET; without that variable every call does nothing.

    A notification that cannot be sent is logged and counted in `failures`: systemd acts on what it does not hear.
    """

    def __init__(self, address: str = "", *, watchdog_s: float | None = None) -> None:
        """`address`: a path, or `@name` in the abstract namespace. `watchdog_s`: what WATCHDOG_USEC asks for."""
        self._address = b"\0" + os.fsencode(address[1:]) if address.startswith("@") else os.fsencode(address)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) if address else None
        self.watchdog_s = watchdog_s if address else None
        self.failures = 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Notifier":
        """As systemd set it. WATCHDOG_USEC counts if WATCHDOG_PID is this process, or not given."""
        micros, process = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
        ours = process in ("", str(os.getpid()))
        watchdog_s = int(micros) / _MICROSECONDS if ours and micros.isascii() and micros.isdigit() else None
        return cls(environment.get("NOTIFY_SOCKET", ""), watchdog_s=watchdog_s)

    def ready(self, status: str = "") -> None:
        """Started, or a reload has ended."""
        self._send("READY=1", *_status(status))

    def status(self, status: str) -> None:
        """The line that `systemctl status` shows."""
        self._send(*_status(status))

    def reloading(self) -> None:
        """A reload begins; `ready` ends it. systemd compares the time with that of its own request."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self, status: str = "") -> None:
        self._send("STOPPING=1", *_status(status))

    def alive(self) -> None:
        """Feed the watchdog. To be called on real progress only."""
        self._send("WATCHDOG=1")

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None

    def _send(self, *lines: str) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            self.failures += 1
            _log.warning("systemd could not be told %s: %s", lines[0], error)


def _status(text: str) -> tuple[str, ...]:
    return (f"STATUS={visible(text)}",) if text else ()

"""Log records -> the journal's native fields, or plain lines on stderr.

`log.info("%s is back", device, extra={"netwatch_device": device})` becomes MESSAGE, PRIORITY and NETWATCH_DEVICE.
A control character shows as an escape, so nothing a device says can look like another line or field.
"""

import logging
import os
import re
import socket
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TextIO

from netwatch.expose.log_limit import LogLimit
from netwatch.expose.text import visible

JOURNAL = Path("/run/systemd/journal/socket")
FIELD_LIMIT = 8192  # characters; a datagram holds some 200 kB

_EXTRA = "netwatch_"
_FIELD_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")  # journald drops what is not (systemd.journal-fields(7))
# RFC 5424 §6.2.1
_SEVERITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_DEBUG = 7


def _sort(record: logging.LogRecord) -> str:
    """What counts as the same: the kind of an event, else the template."""
    return str(getattr(record, "netwatch_event", record.msg))


class Writer(Protocol):
    """Where fields go. MESSAGE, PRIORITY and NETWATCH_LOGGER are always among them. Raises OSError."""

    def __call__(self, fields: Mapping[str, str]) -> None: ...

    def close(self) -> None: ...


def severity(level: int) -> int:
    """A logging level as a syslog severity."""
    return next((number for least, number in _SEVERITIES if level >= least), _DEBUG)


def fields_of(record: logging.LogRecord) -> dict[str, str]:
    """The journal fields of a record. Only a traceback of ours puts more than one line into MESSAGE."""
    lines = [visible(record.getMessage())]
    if record.exc_info and record.exc_info[0] is not None:
        told = "".join(traceback.format_exception(*record.exc_info))
        lines += [f"    {visible(line)}" for line in told.rstrip("\n").split("\n")]
    fields = {
        "MESSAGE": "\n".join(lines)[:FIELD_LIMIT],
        "PRIORITY": str(severity(record.levelno)),
        "SYSLOG_IDENTIFIER": "netwatch",
        "NETWATCH_LOGGER": record.name,
        "CODE_FILE": record.pathname,
        "CODE_LINE": str(record.lineno),
        "CODE_FUNC": record.funcName or "",
    }
    for name, value in vars(record).items():
        if name.startswith(_EXTRA) and _FIELD_NAME.fullmatch(name.upper()):
            fields[name.upper()] = visible(str(value))[:FIELD_LIMIT]
    return fields


def datagram(fields: Mapping[str, str]) -> bytes:
    """The journal's native protocol: NAME=value lines, and length-prefixed values where a line would not do."""
    parts: list[bytes] = []
    for name, value in fields.items():
        data = value.encode("utf-8", "backslashreplace")
        if b"\n" in data:
            parts += [name.encode(), b"\n", len(data).to_bytes(8, "little"), data, b"\n"]
        else:
            parts += [name.encode(), b"=", data, b"\n"]
    return b"".join(parts)


class JournalWriter:
    """To journald's socket, in its own protocol."""

    def __init__(self, path: Path = JOURNAL) -> None:
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def __call__(self, fields: Mapping[str, str]) -> None:
        self._socket.sendto(datagram(fields), self._path)

    def close(self) -> None:
        self._socket.close()


class LineWriter:
    """To a stream, for people: time, severity, message, and the extra fields behind it."""

    _WORDS = ("", "", "critical", "error", "warning", "", "info", "debug")

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.time) -> None:
        self._stream = stream
        self._clock = clock

    def __call__(self, fields: Mapping[str, str]) -> None:
        at = time.strftime("%H:%M:%S", time.localtime(self._clock()))
        first, *rest = fields["MESSAGE"].split("\n")
        extra = "".join(
            f" {name.removeprefix('NETWATCH_').lower()}={value}"
            for name, value in fields.items()
            if name.startswith("NETWATCH_") and name != "NETWATCH_LOGGER"
        )
        word = self._WORDS[int(fields["PRIORITY"])]
        text = "\n".join([f"{at} {word}: {first}{extra}", *rest]) + "\n"
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        self._stream.flush()

    def close(self) -> None:
        """The stream is not ours to close."""


class LogHandler(logging.Handler):
    """The daemon's one handler: limits, then writes. A writer that fails is counted in `failures` and replaced once."""

    def __init__(
        self,
        write: Writer,
        *,
        otherwise: Writer,
        limit: LogLimit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._write = write
        self._otherwise = otherwise
        self._limit = limit
        self._clock = clock
        self.failures = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging, under this handler's lock."""
        try:
            now_s = self._clock()
            self._tell_suppressed(now_s)
            if self._limit.admits(record.name, _sort(record), now_s):
                self._put(fields_of(record))
        except Exception:  # noqa: BLE001 - logging's own rule: it prints such an error, and never hurts the caller
            self.failures += 1
            self.handleError(record)

    def close(self) -> None:
        """Tell what is still held back."""
        self.acquire()
        try:
            self._tell_suppressed(self._clock(), everything=True)
            self._write.close()
        finally:
            self.release()
        super().close()

    def _tell_suppressed(self, now_s: float, *, everything: bool = False) -> None:
        for held in self._limit.ended(now_s, everything=everything):
            self._put(
                {
                    "MESSAGE": f"{held.count} more like this were not written: {visible(held.template)}"[:FIELD_LIMIT],
                    "PRIORITY": str(severity(logging.WARNING)),
                    "SYSLOG_IDENTIFIER": "netwatch",
                    "NETWATCH_LOGGER": held.logger,
                }
            )

    def _put(self, fields: Mapping[str, str]) -> None:
        try:
            self._write(fields)
        except OSError:
            self.failures += 1
            self._otherwise(fields)


def is_the_journal(environment: Mapping[str, str], descriptor: int) -> bool:
    """Whether this descriptor leads to journald: JOURNAL_STREAM has its device and inode (systemd.exec(5))."""
    stat = os.fstat(descriptor)
    return environment.get("JOURNAL_STREAM") == f"{stat.st_dev}:{stat.st_ino}"


def make_handler(environment: Mapping[str, str], stderr: TextIO, limit: LogLimit | None = None) -> LogHandler:
    """The handler that fits where the daemon runs: under systemd the journal, else lines on stderr."""
    lines = LineWriter(stderr)
    native = is_the_journal(environment, stderr.fileno()) and JOURNAL.is_socket()
    return LogHandler(JournalWriter() if native else lines, otherwise=lines, limit=limit or LogLimit())

"""Who may read the pages, and how: the web configuration in force, read again when one of its files changes.

In: a file, and where the listener stands. Out: for each connection a Tls or none, for each request a refusal or none.
A file that cannot be used leaves the one before in force, is told once, and shows as a metric.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import hdrs, web

from netwatch.core.accounts import NOBODY, Account
from netwatch.core.audit.access import AccessRecorder, Outcome
from netwatch.core.errors import WebConfigError
from netwatch.expose import permits
from netwatch.expose.control import Refused
from netwatch.expose.own import OwnMetrics
from netwatch.expose.web_bucket import Bucket
from netwatch.expose.web_config import WebConfig
from netwatch.expose.web_exposure import Exposure
from netwatch.expose.web_passwords import Answer, Passwords, known_user_of, user_of
from netwatch.expose.web_reading import Stamp, read_config, read_tls, stamp
from netwatch.expose.web_tls import Tls, names

CHECK_S = 2.0  # between two looks whether a file has changed
MOST_OF_A_PATH = 200  # letters on record

_SUCCESS = "netwatch_web_config_reload_success"
_NOT_AFTER = "netwatch_web_certificate_not_after_timestamp_seconds"
_REFUSED = "netwatch_http_requests_refused_total"
REFUSALS = ("unauthenticated", "forbidden", "busy", "rate_limited", "malformed")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _State:
    """What is in force."""

    config: WebConfig = field(default_factory=WebConfig)
    tls: Tls | None = None


class WebAccess:
    """`open`, then `watch`; `close` at the end. Without a file everybody is served, in clear."""

    def __init__(self, exposure: Exposure, own: OwnMetrics, record: AccessRecorder | None = None) -> None:
        """Without `record`, nobody keeps who was refused."""
        self._record = record
        self.on_change: Callable[[], None] = _nobody_cares
        self._exposure = exposure
        self._own = own
        self._state = _State()
        self._stamps: dict[Path, Stamp] = {}  # of the files read last, whether they were taken or not
        self._was_taken = False
        self._beyond_loopback = False
        self._bucket: Bucket | None = None
        self._passwords = Passwords()
        self._reading = asyncio.Lock()
        for reason in REFUSALS:
            own.set(_REFUSED, 0, reason)

    @property
    def tls(self) -> Tls | None:
        """For the next connection."""
        return self._state.tls

    @property
    def headers(self) -> Mapping[str, str]:
        """Of every reply, instead of our own of that name; empty: that header is left out."""
        return self._state.config.headers

    async def open(self) -> None:
        """Read the file for the first time. WebConfigError where it, or where we shall listen, cannot be."""
        self._beyond_loopback = await self._exposure.is_beyond_loopback()
        if self._exposure.file is None:
            self._exposure.check(WebConfig(), beyond_loopback=self._beyond_loopback)
        else:
            self._use(await asyncio.to_thread(self._load, self._exposure.file))

    async def watch(self) -> None:
        """For ever: read it again when one of its files has changed."""
        while True:
            await asyncio.sleep(CHECK_S)
            if await asyncio.to_thread(self._has_changed):
                await self.reload()

    async def reload(self) -> list[str]:
        """Read it again now. The mistakes, logged already; empty where it was taken or nothing had changed."""
        if self._exposure.file is None:
            return []
        async with self._reading:
            if self._was_taken and not await asyncio.to_thread(self._has_changed):
                return []
            try:
                self._use(await asyncio.to_thread(self._load, self._exposure.file))
            except WebConfigError as error:
                self._was_taken = False
                self._own.set(_SUCCESS, 0)
                for problem in error.problems:
                    log.error("%s", problem)
                log.error("the web configuration was not taken; the one before stays in force")
                return [str(problem) for problem in error.problems]
            self.on_change()
            log.info("the web configuration %s was read again", self._exposure.file)
            return []

    async def reload_or_refuse(self) -> None:
        """The same for an operator who asked for it: Refused, with the mistakes."""
        if mistakes := await self.reload():
            raise Refused("the web configuration, of which the one before stays in force; the inventory was", mistakes)

    def close(self) -> None:
        self._passwords.close()

    async def refusal(self, request: web.Request) -> web.Response | None:
        """None: answer this request, which is from now on its account's. Else the answer that it gets instead."""
        if self._bucket is not None and not self._bucket.takes(time.monotonic()):
            return self._refused("rate_limited", 429, "Too many requests; later, please.\n")
        if request.path in permits.PUBLIC:
            return None
        config = self._state.config
        if config.users and (refusal := await self._unproven(config, request)):
            return refusal
        account = _account(config, request)
        if account is None:
            log.info("a request from %s was refused: its certificate names no account", request.remote)
            self._note(request, "", action="login")
            return self._refused("forbidden", 403, "Your certificate names no account here.\n")
        if why := permits.complaint(account, request.path, now_wall_s=time.time()):
            log.info("%s, from %s, was refused %s: %s", account.name, request.remote, request.path, why)
            self._note(request, account.name, action="page")
            return self._refused("forbidden", 403, f"{why}\n")
        permits.admit(request, account)
        if seen := permits.personal(request.path, request.query):
            self._note(request, account.name, action=seen[1], subject=seen[0], outcome=Outcome.DONE)
        return None

    def note_done(self, request: web.Request, status: int) -> None:
        """Put on record what was to be changed, and what became of it."""
        if request.method == "POST":
            outcome = Outcome.DONE if status < 400 else Outcome.REFUSED if status < 500 else Outcome.FAILED
            self._note(request, permits.account_of(request).name, action="fault.work", outcome=outcome)

    async def _unproven(self, config: WebConfig, request: web.Request) -> web.Response | None:
        header = request.headers.get(hdrs.AUTHORIZATION, "")
        match await self._passwords.check(config.users, header, request.remote or ""):
            case Answer.RIGHT:
                return None
            case Answer.BUSY:
                return self._refused("busy", 503, "Too many passwords are being checked; later, please.\n")
            case _:
                # never the name: somebody may have typed a password there
                log.info("a request from %s was refused: it has no name and password that we know", request.remote)
                if header:  # a browser first asks without, and is no failure
                    self._note(request, known_user_of(header, config.users), action="login")
                refusal = self._refused("unauthenticated", 401, "Name and password, please.\n")
                refusal.headers[hdrs.WWW_AUTHENTICATE] = 'Basic realm="netwatch", charset="UTF-8"'
                return refusal

    def note_malformed(self) -> None:
        """Somebody sent what is no HTTP, or too long."""
        self._own.add(_REFUSED, "malformed")

    def _note(
        self, request: web.Request, account: str, *, action: str, subject: str = "", outcome: Outcome = Outcome.REFUSED
    ) -> None:
        """Put on record who asked for what; without a subject, for a page."""
        if self._record is not None:
            about = subject[:MOST_OF_A_PATH] or f"page:{request.path[:MOST_OF_A_PATH]}"
            self._record.record(
                account=account, origin=request.remote or "", subject=about, action=action, outcome=outcome
            )

    def _refused(self, reason: str, status: int, text: str) -> web.Response:
        self._own.add(_REFUSED, reason)
        return web.Response(status=status, text=text)

    def _use(self, state: _State) -> None:
        rate = state.config.rate
        if rate != self._state.config.rate:
            self._bucket = Bucket(rate) if rate else None
        self._state = state
        self._was_taken = True
        self._own.set(_SUCCESS, 1)
        if state.tls is not None:
            self._own.set(_NOT_AFTER, state.tls.not_after_s)
            if state.tls.not_after_s < time.time():
                log.warning("the certificate that %s names has ended: clients will refuse it", state.config.file)

    def _has_changed(self) -> bool:
        return any(stamp(file) != seen for file, seen in self._stamps.items())

    def _load(self, path: Path) -> _State:
        """Blocks. Raises WebConfigError; the files are then tried again when one of them has changed."""
        self._stamps = stamps = {path: stamp(path)}  # before it is read: a change meanwhile is one to come
        config = read_config(path)
        self._exposure.check(config, beyond_loopback=self._beyond_loopback)
        if config.tls is not None:
            stamps.update((file, stamp(file)) for file in config.tls.files)
        return _State(config, read_tls(config))


def _account(config: WebConfig, request: web.Request) -> Account | None:
    """Of a request whose password was right, or whose certificate was taken when it connected; None: of no account."""
    if config.users:
        return config.accounts[user_of(request.headers[hdrs.AUTHORIZATION])]
    connection = request.transport.get_extra_info("ssl_object") if request.transport else None
    named = (config.accounts[name] for name in names(connection) if name in config.accounts)
    return next(named, None if config.accounts else NOBODY)


def _nobody_cares() -> None:
    """Who listens is connected later."""

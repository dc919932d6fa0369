"""Names to addresses: host names in, numeric addresses out, without waiting. Looked up in the background.

A name that fails keeps its last good address and is asked again later. glibc's resolver cannot be interrupted, so
every lookup has a thread of its own, a bounded number at once. A lookup that outlasts its deadline gives its place to
the next name while its thread hangs on, and is later asked from a few places set apart: hanging names starve no other.
"""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from ipaddress import ip_address

STUCK_AT_MOST = 64  # threads left hanging; from here on a place is free only when its thread ends

LOG = logging.getLogger(__name__)

Lookup = Callable[[str, socket.AddressFamily], list[str]]


class Family(Enum):
    """Which address of a name with both is taken."""

    IPV4 = socket.AF_INET
    IPV6 = socket.AF_INET6


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How names are looked up. Seconds."""

    every_s: float = 300.0
    again_after_failure_s: float = 30.0
    deadline_s: float = 5.0
    at_once: int = 8
    slow_at_once: int = 2  # of names that outlasted a deadline before
    prefer: Family = Family.IPV4


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What is known of one name. `address` is the last good one, however old; `failure` is of the last lookup."""

    address: str | None = None
    resolved_s: float | None = None  # monotonic
    failure: str = ""
    is_slow: bool = False
    due_s: float = float("-inf")


def system_lookup(name: str, prefer: socket.AddressFamily) -> list[str]:
    """The addresses of a name, those of the preferred family first. Blocks; raises OSError."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    addresses = [(family, str(address[0])) for family, _type, _protocol, _canonical, address in found]
    return [address for family, address in sorted(addresses, key=lambda entry: entry[0] != prefer)]


class Resolver:
    """Keeps the addresses of a set of names fresh. `run` is the one task; `address_of` never waits."""

    def __init__(self, terms: Terms | None = None, *, lookup: Lookup = system_lookup) -> None:
        self._terms = terms or Terms()
        self._lookup = lookup
        self._names: dict[str, Resolution] = {}
        self._numeric: frozenset[str] = frozenset()  # those that were to be watched: reading one takes 5 µs
        self._turns = asyncio.Semaphore(self._terms.at_once)
        self._slow_turns = asyncio.Semaphore(self._terms.slow_at_once)
        self._stuck = 0
        self._news = asyncio.Event()

    def watch(self, names: Iterable[str]) -> None:
        """These names, and no others, from now on. Numeric addresses need no watching and are left out."""
        named = set(names)
        self._numeric = frozenset(filter(is_numeric, named))
        wanted = named - self._numeric
        self._names = {name: self._names.get(name, Resolution()) for name in wanted}
        self._news.set()

    def address_of(self, name: str) -> str | None:
        """The numeric address itself, or the last good address of a watched name; None: it never had one."""
        if name in self._numeric or is_numeric(name):
            return name
        known = self._names.get(name)
        return known.address if known is not None else None

    @property
    def resolutions(self) -> Mapping[str, Resolution]:
        """What is known of every watched name."""
        return self._names

    async def run(self) -> None:
        """Look up whatever is due, for ever. Cancel it to stop."""
        async with asyncio.TaskGroup() as lookups:
            while True:
                self._news.clear()
                now_s = time.monotonic()
                for name, known in self._names.items():
                    if known.due_s <= now_s:
                        self._names[name] = replace(known, due_s=float("inf"))  # while it is being looked up
                        lookups.create_task(self._refresh(name, known), name=f"resolve {name}")
                await self._until_due()

    async def _until_due(self) -> None:
        due_s = min((known.due_s for known in self._names.values()), default=float("inf"))
        wait_s = max(0.0, due_s - time.monotonic())
        try:
            async with asyncio.timeout(None if wait_s == float("inf") else wait_s):
                await self._news.wait()
        except TimeoutError:
            return  # which is what it waited for

    async def _refresh(self, name: str, known: Resolution) -> None:
        """One lookup, into `_names`, if the name is still watched by then."""
        try:
            addresses = await self._look_up(name, is_slow=known.is_slow)
            outcome = self._succeeded(known, addresses) if addresses else self._failed(known, "no address")
        except TimeoutError:
            outcome = self._failed(replace(known, is_slow=True), f"no answer in {self._terms.deadline_s:g} s")
        except (OSError, ValueError, RuntimeError) as error:
            outcome = self._failed(known, str(error))
        if name in self._names:
            if outcome.failure and outcome.failure != known.failure:
                LOG.warning("%s: %s; going on with %s", name, outcome.failure, outcome.address or "no address")
            self._names[name] = outcome
            self._news.set()

    def _succeeded(self, known: Resolution, addresses: list[str]) -> Resolution:
        """The address in use stays in use while the name has it: name servers like to turn the order round."""
        now_s = time.monotonic()
        address = known.address if known.address in addresses else addresses[0]
        return Resolution(address=address, resolved_s=now_s, due_s=now_s + self._terms.every_s)

    def _failed(self, known: Resolution, failure: str) -> Resolution:
        return replace(known, failure=failure, due_s=time.monotonic() + self._terms.again_after_failure_s)

    async def _look_up(self, name: str, *, is_slow: bool) -> list[str]:
        """A lookup in a thread, given up on at the deadline."""
        turns = self._slow_turns if is_slow else self._turns
        await turns.acquire()
        answer: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        holds_place = True

        def settle(addresses: list[str], error: BaseException | None) -> None:
            if holds_place:
                turns.release()
            else:
                self._stuck -= 1
            if not answer.done():  # else it was given up on
                _settle(answer, addresses, error)

        try:
            _in_thread(lambda: self._lookup(name, self._terms.prefer.value), settle, name=f"resolve {name}")
        except RuntimeError:  # no thread to be had
            turns.release()
            raise
        try:
            async with asyncio.timeout(self._terms.deadline_s):
                return await answer
        except TimeoutError:
            if not is_slow and self._stuck < STUCK_AT_MOST:
                holds_place = False
                self._stuck += 1
                turns.release()
            raise


def _settle(answer: asyncio.Future[list[str]], addresses: list[str], error: BaseException | None) -> None:
    if error is None:
        answer.set_result(addresses)
    else:
        answer.set_exception(error)


def _in_thread(
    work: Callable[[], list[str]], settle: Callable[[list[str], BaseException | None], None], *, name: str
) -> None:
    """Do blocking work in a thread that keeps no process from ending, and settle it in the event loop."""
    loop = asyncio.get_running_loop()

    def run() -> None:
        found: list[str] = []
        failure: BaseException | None = None
        try:
            found = work()
        except Exception as error:  # noqa: BLE001  it crosses to the loop's thread and is judged there
            failure = error
        try:
            loop.call_soon_threadsafe(settle, found, failure)
        except RuntimeError:
            LOG.debug("%s: the answer came after the event loop had ended", name)

    threading.Thread(target=run, name=name, daemon=True).start()


def is_numeric(address: str) -> bool:
    """Whether it is an IPv4 or IPv6 address and needs no lookup."""
    try:
        ip_address(address)
    except ValueError:
        return False
    return True

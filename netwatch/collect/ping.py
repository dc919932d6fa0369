"""The pinger: echoes asked for in, one PingObservation each out. One socket per wire, no task and no timer per echo.

What has arrived is read fifty times a second, all at once: the kernel stamps each answer, so that no round trip is
longer for it. A miss is told only after that, so a late event loop makes no device look silent; and where echoes to
ourselves are lost too, it is told with Reason.LOCAL: not observed.
"""

import asyncio
import errno
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from netwatch.collect.echo import NEVER, EchoOutcome, Instant, Wire, decode, encode, new_token, round_trip_s
from netwatch.collect.echo_path import EchoPath
from netwatch.collect.echo_socket import Datagram
from netwatch.collect.outstanding import Echo, Outstanding, Target, target_of
from netwatch.collect.pacing import Caps, Pacer
from netwatch.core.errors import Reason
from netwatch.core.model import Ping, PingMethod, Settings
from netwatch.core.observation import PingObservation

TICK_S = 0.02  # how late an answer, a miss or a paced echo may be
CANARY_S = 0.25  # between echoes to ourselves, and how long one may take: misses are judged with fresh evidence
DEAF_S = 1.0  # how long a miss waits for what has arrived to be read
TARGETS_REMEMBERED = 100_000

NOWHERE = Target(Wire.ICMP4, ("", 0), b"")

_TRY_LATER = (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM)
_BROKEN_SOCKET = (errno.EBADF, errno.ENOTSOCK, errno.EPIPE, errno.ENOTCONN)
_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL)


def read_clocks() -> Instant:
    return Instant(time.monotonic_ns(), time.time_ns())


class Pinger:
    """Sends echoes and tells what became of each. All methods belong to the event loop it was started in."""

    def __init__(self, settings: Settings, *, clocks: Callable[[], Instant] = read_clocks) -> None:
        self._clocks = clocks
        self._timeout_s = settings.ping_timeout_s
        self._pacer: Pacer[Echo] = Pacer(_caps(settings), now_s=self._now_s())
        self._paths = {wire: EchoPath(wire) for wire in Wire}
        self._targets: dict[tuple[str, PingMethod, int], Target] = {}
        self._outstanding = Outstanding()
        self._stalled: deque[Echo] = deque()  # the kernel had no room for them
        self._unsendable: deque[tuple[Echo, Reason]] = deque()  # told on the next tick, never from within send()
        self._replies: Counter[EchoOutcome] = Counter(dict.fromkeys(EchoOutcome, 0))
        self._sequence = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> tuple[str, ...]:
        """Open the sockets. Returns what does not work, one sentence each; the rest works."""
        self._loop = asyncio.get_running_loop()
        for path in self._paths.values():
            path.open(self._now_s())
        self._timer = self._loop.call_later(TICK_S, self._tick)
        return self.complaints

    async def stop(self) -> None:
        """Close the sockets. What was not yet answered is told as Reason.LOCAL."""
        if self._timer is not None:
            self._timer.cancel()
        for path in self._paths.values():
            self._read(path)
            path.close()
        unsent = [*self._pacer.drain(), *self._stalled, *(echo for echo, _ in self._unsendable)]
        self._stalled.clear()
        self._unsendable.clear()
        now = self._clocks()
        for echo in [*self._outstanding.abandon(), *unsent]:
            self._tell(echo, now, reason=Reason.LOCAL)

    def send(
        self, subject: str, *, address: str, ping: Ping, attempt: int, done: Callable[[PingObservation], None]
    ) -> None:
        """Echo a numeric address as soon as the caps allow. `done` is called once, from the event loop, later."""
        now_s = self._now_s()
        try:
            target = self._target(address, ping)
        except ValueError:
            target = None
        echo = Echo(
            subject=subject,
            target=target or NOWHERE,
            attempt=attempt,
            done=done,
            asked_s=now_s,
            timeout_s=self._timeout_s,
        )
        if target is None:
            self._unsendable.append((echo, Reason.UNRESOLVED))
        elif self._pacer.admit(target.subnet, now_s):
            self._transmit(echo)
        elif not self._pacer.queue(echo, target.subnet):
            self._unsendable.append((echo, Reason.LOCAL))

    def adopt(self, settings: Settings) -> None:
        """Go on with other caps and another timeout; nothing that waits is lost."""
        waiting = self._pacer.drain()
        self._timeout_s = settings.ping_timeout_s
        self._pacer = Pacer(_caps(settings), now_s=self._now_s())
        for echo in waiting:
            if not self._pacer.queue(echo, echo.target.subnet):
                self._unsendable.append((echo, Reason.LOCAL))

    @property
    def replies(self) -> Mapping[EchoOutcome, int]:
        """Datagrams received since the start, by outcome; every outcome is there."""
        return self._replies

    @property
    def waiting(self) -> int:
        """Echoes held back by the caps, or by the kernel."""
        return self._pacer.waiting + len(self._stalled)

    @property
    def own_loss_ratio(self) -> float:
        """The worst of the wires in use, 0 to 1."""
        now_s = self._now_s()
        return max((path.loss.ratio for path in self._paths.values() if path.in_use(now_s)), default=0.0)

    @property
    def believes_misses(self) -> bool:
        """Whether silence now says something about the devices. Where not, misses carry Reason.LOCAL."""
        now_s = self._now_s()
        sent_s = now_s - self._timeout_s
        return all(path.loss.believes_miss(sent_s) for path in self._paths.values() if path.in_use(now_s))

    @property
    def complaints(self) -> tuple[str, ...]:
        """What does not work now, or not well, one sentence each."""
        return self.complaints_of(frozenset(PingMethod))

    def complaints_of(self, methods: AbstractSet[PingMethod]) -> tuple[str, ...]:
        """The same, for those alone who ping by these methods."""
        used = [
            path
            for path in self._paths.values()
            if (PingMethod.ICMP if path.wire.is_icmp else PingMethod.UDP) in methods
        ]
        return tuple(dict.fromkeys(filter(None, (path.complaint() for path in used))))

    @property
    def receive_buffer_bytes(self) -> Mapping[Wire, int]:
        """What the kernel granted each open socket."""
        return {wire: path.socket.granted_bytes for wire, path in self._paths.items() if path.socket is not None}

    def _tick(self) -> None:
        if self._loop is None:
            return
        self._timer = self._loop.call_later(TICK_S, self._tick)  # first, so that nothing below can end the ticking
        for path in self._paths.values():
            path.mend(self._now_s())
        unread = [path for path in self._paths.values() if not self._read(path)]
        if unread:
            self._timer.cancel()
            self._timer = self._loop.call_later(0.0, self._tick)
        now = self._clocks()
        now_s = now.mono_ns * 1e-9
        for path in self._paths.values():
            self._watch(path, now_s)
        # while answers wait to be read a miss is not certain; where that lasts (a flood), we are the ones who are deaf
        for echo in self._outstanding.expire(now_s - DEAF_S if unread else now_s):
            self._tell(echo, now, reason=Reason.LOCAL if unread else self._miss(echo))
        for _ in range(len(self._stalled)):
            self._transmit(self._stalled.popleft())
        for echo in self._pacer.release(now_s):
            self._transmit(echo)
        for _ in range(len(self._unsendable)):
            echo, reason = self._unsendable.popleft()
            self._tell(echo, now, reason=reason)

    def _miss(self, echo: Echo) -> Reason:
        path = self._paths[echo.target.wire]
        is_believed = path.socket is not None and path.loss.believes_miss(echo.sent_s)
        return Reason.TIMEOUT if is_believed else Reason.LOCAL

    def _watch(self, path: EchoPath, now_s: float) -> None:
        """Count what the kernel dropped, and echo ourselves now and then."""
        if path.socket is None or not path.in_use(now_s):
            return
        dropped = path.socket.newly_dropped()
        if dropped:
            self._replies[EchoOutcome.OVERFLOW] += dropped
            path.loss.lost_some(now_s=now_s)
        if now_s < path.next_canary_s:
            return
        path.next_canary_s = now_s + CANARY_S
        address, port = path.socket.own_address
        method = PingMethod.ICMP if path.wire.is_icmp else PingMethod.UDP

        def record(observation: PingObservation) -> None:
            if observation.reason in (None, Reason.TIMEOUT, Reason.LOCAL):  # unreachable: no such loopback here
                path.loss.record(answered=observation.rtt_s is not None)

        canary = Echo(
            subject=f"own {path.wire}",
            target=self._target(address, Ping(method=method, port=port)),
            attempt=0,
            done=record,
            asked_s=now_s,
            timeout_s=CANARY_S,
            is_canary=True,
        )
        self._transmit(canary)

    def _transmit(self, echo: Echo) -> None:
        target = echo.target
        path = self._paths[target.wire]
        echo.token = new_token()
        self._sequence += 1
        packet = encode(target.wire, echo.token, self._sequence)
        sent = self._clocks()
        if not echo.is_canary:
            path.last_sent_s = sent.mono_ns * 1e-9
        if path.socket is None:
            self._unsendable.append((echo, Reason.UNREACHABLE if not path.is_missed else Reason.LOCAL))
            return
        echo.sent = sent
        try:
            path.socket.send(packet, target.address)
        except OSError as error:
            self._refused(echo, path, error)
        else:
            self._outstanding.sent(echo)

    def _refused(self, echo: Echo, path: EchoPath, error: OSError) -> None:
        if error.errno in _TRY_LATER and echo.sent_s < echo.asked_s + echo.timeout_s:
            self._stalled.append(echo)
            return
        if error.errno in _BROKEN_SOCKET:
            path.give_up(error)
        self._unsendable.append((echo, Reason.UNREACHABLE if error.errno in _NO_WAY else Reason.LOCAL))

    def _read(self, path: EchoPath) -> bool:
        """Take in what has arrived on one wire, as much as there is time for; whether that was all."""
        if path.socket is None:
            return True
        try:
            datagrams, all_read = path.socket.drain()
        except OSError as error:
            path.give_up(error)
            return True
        if datagrams:
            seen = self._clocks()
            for datagram in datagrams:
                self._replies[self._take(path, datagram, seen)] += 1
        return all_read

    def _take(self, path: EchoPath, datagram: Datagram, seen: Instant) -> EchoOutcome:
        token = decode(path.wire, datagram.payload)
        if token is None:
            return EchoOutcome.MALFORMED
        outcome, echo = self._outstanding.judge(token, path.wire, datagram.peer)
        if echo is None:
            return outcome
        rtt_s = round_trip_s(echo.sent, seen, datagram.stamp_ns)
        if rtt_s > echo.timeout_s:
            return EchoOutcome.LATE  # its miss is told by the next tick
        self._outstanding.answered(echo)
        if not echo.is_canary:
            path.loss.other_answered()
        self._tell(echo, seen, rtt_s=rtt_s)
        return outcome

    def _tell(self, echo: Echo, now: Instant, *, rtt_s: float | None = None, reason: Reason | None = None) -> None:
        at = now if echo.sent is NEVER else echo.sent
        observation = PingObservation(
            subject=echo.subject,
            at_s=at.mono_ns * 1e-9,
            wall_s=(now.wall_ns - now.mono_ns) * 1e-9,
            rtt_s=rtt_s,
            reason=reason,
            attempt=echo.attempt,
        )
        try:
            echo.done(observation)
        except Exception as error:  # noqa: BLE001  one listener's mistake must not cost the others their answers
            assert self._loop is not None
            self._loop.call_exception_handler(
                {"message": f"the listener to echoes of {echo.subject} failed", "exception": error}
            )

    def _target(self, address: str, ping: Ping) -> Target:
        key = (address, ping.method, ping.port)
        target = self._targets.get(key)
        if target is None:
            if len(self._targets) >= TARGETS_REMEMBERED:
                self._targets.clear()
            target = self._targets[key] = target_of(address, ping.method, ping.port)
        return target

    def _now_s(self) -> float:
        return self._clocks().mono_ns * 1e-9


def _caps(settings: Settings) -> Caps:
    return Caps(per_s=settings.ping_packets_per_second, per_subnet_per_s=settings.ping_packets_per_second_per_subnet)

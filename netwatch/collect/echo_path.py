"""One wire kept working: opened, watched, reopened. In: now; out: an open socket, or the sentence why there is none."""

import errno
import logging

from netwatch.collect.echo import Wire
from netwatch.collect.echo_socket import BUFFER_BYTES, EchoSocket
from netwatch.collect.own_loss import OwnLoss

REOPEN_S = 5.0  # between two attempts to open a socket
IN_USE_S = 10.0  # a wire nothing was sent on for so long needs no echoes to ourselves

NOT_PERMITTED = (
    "ICMP echoes cannot be sent: net.ipv4.ping_group_range does not include this process's groups; "
    "install deploy/sysctl.d/60-netwatch.conf"
)
_NO_SUCH_FAMILY = (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.EADDRNOTAVAIL)

LOG = logging.getLogger(__name__)


class EchoPath:
    """The socket of one wire and what is known of its health."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.loss = OwnLoss()
        self.socket: EchoSocket | None = None
        self.refusal = ""  # why there is no socket, as a sentence
        self.is_missed = False  # refused although this host should be able to
        self.last_sent_s = float("-inf")
        self.next_canary_s = float("-inf")
        self._tried_s = float("-inf")

    def open(self, now_s: float) -> None:
        """Open the socket; where the kernel refuses, `refusal` says so."""
        self._tried_s = now_s
        try:
            self.socket = EchoSocket(self.wire)
        except OSError as error:
            self.refusal = self._sentence(error)
            self.is_missed = error.errno not in _NO_SUCH_FAMILY
            return
        self.loss.reopened()
        self.loss.lost_some(now_s=now_s)
        self.refusal = ""
        self.is_missed = False

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def mend(self, now_s: float) -> None:
        """Open what is closed and reopen what is broken, at most every `REOPEN_S`."""
        if now_s < self._tried_s + REOPEN_S:
            return
        if self.socket is not None and not (self.loss.broken and self.in_use(now_s)):
            return
        if self.socket is not None:
            LOG.warning("the %s socket hears not even ourselves and is opened anew", self.wire)
            self.close()
        self.open(now_s)

    def give_up(self, error: OSError) -> None:
        """The socket failed in a way that only a new one cures."""
        LOG.warning("the %s socket is broken and is opened anew: %s", self.wire, error)
        self.close()
        self.refusal = f"the {self.wire} socket is broken: {error.strerror}"
        self.is_missed = True

    def in_use(self, now_s: float) -> bool:
        return now_s < self.last_sent_s + IN_USE_S

    def complaint(self) -> str:
        """What an operator should know of this wire, or nothing."""
        if self.socket is None:
            return self.refusal if self.is_missed else ""
        granted = self.socket.granted_bytes
        if granted < BUFFER_BYTES:
            return (
                f"echo sockets get {granted // 1024} KiB of receive buffer where {BUFFER_BYTES // 1024} are asked for; "
                "raise net.core.rmem_max: install deploy/sysctl.d/60-netwatch.conf"
            )
        return ""

    def _sentence(self, error: OSError) -> str:
        if self.wire.is_icmp and error.errno in (errno.EACCES, errno.EPERM):
            return NOT_PERMITTED
        return f"no {self.wire} echoes can be sent: {error.strerror}"

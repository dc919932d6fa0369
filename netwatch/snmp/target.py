"""Whom to ask and how: an agent's address, its credentials, and how long to wait for it."""

import socket
from dataclasses import dataclass, field
from typing import NamedTuple

from netwatch.snmp import ber
from netwatch.snmp.engine import RemoteEngine
from netwatch.snmp.keys import User
from netwatch.snmp.message import Version

_NOBODY: frozenset[str] = frozenset()  # of all targets: CPython makes a new one of 216 octets each time


class Way(NamedTuple):
    """What makes agents share a socket."""

    family: int  # socket.AF_INET or AF_INET6
    source: str | None
    interface: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One agent. Keep the object between polls: what the wire needs of it is computed once, here.

    `host` and `accept_from` are numeric (`fe80::1%eth0` for link-local), or ValueError is raised. A reply may come
    from `host` or from any of `accept_from` (multi-homed routers answer from another address), always from `port`.
    `source` is the local address to send from, `interface` the device to bind to (SO_BINDTODEVICE, for VRFs).
    SNMPv3 has a `user` in place of the community, perhaps a context, and `engine`: what is held true of the agent's,
    which changes as the agent proves it. contextEngineID is the agent's own unless one is given.
    """

    host: str
    port: int = 161
    version: Version = Version.V2C
    community: bytes = field(default=b"", repr=False)
    user: User | None = None
    context: bytes = b""
    context_engine_id: bytes = b""
    engine: RemoteEngine = field(default_factory=RemoteEngine, repr=False, compare=False)
    timeout_s: float = 2.0
    retries: int = 2
    accept_from: frozenset[str] = frozenset()
    source: str | None = None
    interface: str | None = None
    way: Way = field(init=False, repr=False, compare=False)
    peer: tuple[str, int] = field(init=False, repr=False, compare=False)  # as the kernel writes it
    also_from: frozenset[str] = field(init=False, repr=False, compare=False)
    credentials: bytes = field(init=False, repr=False, compare=False)  # msgVersion and community, encoded

    def __post_init__(self) -> None:
        family, host = canonical(self.host)
        if not 0 < self.port < 65536 or self.timeout_s <= 0 or self.retries < 0:
            raise ValueError(f"{host}: port, timeout or retries out of range")
        if (self.version is Version.V3) != (self.user is not None) or (self.user is not None and self.community):
            raise ValueError(f"{host}: SNMPv3 has a user, the versions before it have a community")
        computed = {
            "way": Way(int(family), self.source, self.interface),
            "peer": (host, self.port),
            "also_from": frozenset(canonical(other)[1] for other in self.accept_from) or _NOBODY,
            "credentials": ber.integer(self.version) + ber.octets(self.community),
        }
        for name, value in computed.items():
            object.__setattr__(self, name, value)

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """What it holds that nobody must be told."""
        user = self.user
        held = (self.community,) if user is None else (user.auth_password, user.priv_password)
        return tuple(secret for secret in held if secret)

    def accepts(self, host: str, port: int) -> bool:
        """Whether a datagram from there may be this agent's."""
        return port == self.port and (host == self.peer[0] or host in self.also_from)


def canonical(host: str) -> tuple[socket.AddressFamily, str]:
    """Address family and the kernel's own spelling of a numeric address; ValueError when it is none."""
    address, percent, zone = host.partition("%")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return family, socket.inet_ntop(family, socket.inet_pton(family, address)) + percent + zone
    except OSError:
        raise ValueError(f"{host!r} is not a numeric IPv4 or IPv6 address") from None

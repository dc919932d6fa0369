"""The nouns of the network: what the inventory says, parsed once and then trusted.

Everything is frozen and refers to other things by id. Units: seconds (`_s`), bit/s (`_bps`), metres (`_m`).
Built only by `netwatch.inventory`, which has checked every reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from netwatch.core.nothing import Nothing

NOTHING: Mapping[Any, Any] = Nothing()


class Lane(StrEnum):
    """What is asked together, at one interval. The order is the order of urgency."""

    PING = "ping"
    STATUS = "status"
    TRAFFIC = "traffic"
    HEALTH = "health"
    DISCOVERY = "discovery"


class Role(StrEnum):
    CORE = "core"
    AGGREGATION = "aggregation"
    ACCESS = "access"
    OTHER = "other"


class SnmpVersion(StrEnum):
    V1 = "1"
    V2C = "2c"
    V3 = "3"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or community. It prints as `***` everywhere; only `.reveal()` gives the bytes."""

    _value: bytes = field(repr=False)

    def reveal(self) -> bytes:
        """The secret itself, for the one place that puts it on the wire."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a Secret is not to be pickled or copied out of the process")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityCredential:
    """SNMPv1 and v2c: RFC 1157, RFC 3416."""

    id: str
    version: SnmpVersion
    community: Secret

    @property
    def security(self) -> str:
        """What protects it, as people say it."""
        return "clear text"

    @property
    def weaknesses(self) -> tuple[str, ...]:
        """What an attacker would be glad of."""
        return ("clear text",)


class AuthProtocol(StrEnum):
    """The authentication protocols of RFC 3414 and RFC 7860."""

    MD5 = "MD5"
    SHA1 = "SHA-1"
    SHA224 = "SHA-224"
    SHA256 = "SHA-256"
    SHA384 = "SHA-384"
    SHA512 = "SHA-512"


class PrivProtocol(StrEnum):
    """The privacy protocols of RFC 3414 and RFC 3826, and longer AES by Blumenthal's draft or (-C) as Cisco does it."""

    DES = "DES"
    AES128 = "AES-128"
    AES192 = "AES-192"
    AES256 = "AES-256"
    AES192C = "AES-192-C"
    AES256C = "AES-256-C"


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    protocol: AuthProtocol
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Priv:
    protocol: PrivProtocol
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCredential:
    """SNMPv3 with the User-based Security Model: RFC 3414. Privacy is never without authentication."""

    id: str
    user: str
    auth: Auth | None = None
    priv: Priv | None = None
    context: str = ""
    context_engine_id: bytes = b""  # empty: the agent's own

    @property
    def version(self) -> SnmpVersion:
        return SnmpVersion.V3

    @property
    def security(self) -> str:
        """`authPriv SHA-256 AES-128`"""
        level = "noAuthNoPriv" if self.auth is None else "authNoPriv" if self.priv is None else "authPriv"
        return " ".join((level, *(one.protocol for one in (self.auth, self.priv) if one is not None)))

    @property
    def weaknesses(self) -> tuple[str, ...]:
        """What an attacker would be glad of. That others may read what a switch counts is none of them."""
        if self.auth is None:
            return ("noAuthNoPriv",)
        weak = (
            self.auth.protocol is AuthProtocol.MD5,
            self.priv is not None and self.priv.protocol is PrivProtocol.DES,
        )
        return tuple(name for name, is_weak in zip(("MD5", "DES"), weak, strict=True) if is_weak)


Credential = CommunityCredential | UserCredential


class SnmpEngine(StrEnum):
    """Who speaks SNMP for a device."""

    NETWATCH = "netwatch"
    PYSNMP = "pysnmp"  # a hundredth of the speed: for agents that ours does not get on with


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpSettings:
    """How one device is asked over SNMP."""

    credential: Credential
    port: int = 161
    timeout_s: float = 2.0
    retries: int = 2
    address: str | None = None  # where SNMP differs from the device's own address (management VRF)
    accept_from: tuple[IPv4Address | IPv6Address, ...] = ()
    source: IPv4Address | IPv6Address | None = None
    interface: str | None = None
    engine: SnmpEngine = SnmpEngine.NETWATCH


class PingMethod(StrEnum):
    ICMP = "icmp"
    UDP = "udp"  # UDP echo carrying the same token: for simulated hosts, since the kernel answers ICMP for 127/8
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    method: PingMethod = PingMethod.ICMP
    port: int = 0  # UDP only


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    id: str
    name: str
    district: str = ""
    location: tuple[float, float] | None = None  # WGS 84 latitude, longitude in degrees
    extra: Mapping[str, str] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One switch, router or other SNMP agent. `address` is numeric or a DNS name."""

    id: str
    site: str
    address: str
    name: str = ""
    role: Role = Role.OTHER
    profile: str = "auto"
    snmp: SnmpSettings | None = None
    ping: Ping = field(default_factory=Ping)
    every_s: Mapping[Lane, float]
    contractor: str | None = None
    extra: Mapping[str, str] = NOTHING  # asset_no, registration, institution, note: kept and searchable


@dataclass(frozen=True, slots=True, kw_only=True)
class PortRef:
    """`sw-7 Ethernet Port 1-1`: a device id, one space, the port's name verbatim (NFC)."""

    device: str
    interface: str

    def __str__(self) -> str:
        return f"{self.device} {self.interface}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable:
    id: str
    cores: int | None = None
    length_m: float | None = None
    duct: str | None = None
    contractor: str | None = None
    extra: Mapping[str, str] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class FibreRun:
    cable: str
    cores: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    id: str
    a: PortRef
    b: PortRef
    medium: str = "fibre"
    capacity_bps: int | None = None
    ring: str | None = None
    fibre: tuple[FibreRun, ...] = ()
    members: tuple[tuple[PortRef, PortRef], ...] = ()
    backup: bool = False
    over: str | None = None  # lte | oob | leased
    extra: Mapping[str, str] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    id: str
    protocol: str = ""
    parent: str | None = None
    name: str = ""
    extra: Mapping[str, str] = NOTHING


SERVICE_PORTS: Mapping[str, int] = {"rtsp": 554, "onvif": 80}  # where a check goes that names no port


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One step of liveness: `ping`, `tcp/554`, `rtsp`, `onvif/8080`. `port` is 0 where the kind's own is meant."""

    kind: str
    port: int = 0

    def __str__(self) -> str:
        return f"{self.kind}/{self.port}" if self.port else self.kind

    @property
    def service_port(self) -> int:
        """The TCP port to connect to; 0 for a ping."""
        return self.port or SERVICE_PORTS.get(self.kind, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDevice:
    id: str
    kind: str
    site: str
    service: str | None = None
    port: PortRef | None = None
    address: str | None = None
    mac: str | None = None  # canonical aa:bb:cc:dd:ee:ff
    checks: tuple[Check, ...] = ()
    ping: Ping = field(default_factory=Ping)
    shared: bool = False  # a hub, encoder or media converter puts several things on its port
    contractor: str | None = None
    name: str = ""
    extra: Mapping[str, str] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    id: str
    name: str
    target: float | None = None  # availability, 0..1
    anchors: tuple[str, ...] = ()
    up_means: str = ""
    extra: Mapping[str, str] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Contractor:
    id: str
    name: str
    phone: str = ""
    skills: tuple[str, ...] = ()
    extra: Mapping[str, str] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """A declared window. Times are UTC epoch seconds; the inventory gives them in the city's time zone."""

    id: str
    subject: str
    from_s: float
    until_s: float
    reason: str = ""
    by: str = ""
    approved_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vantage:
    """Where netwatch itself stands."""

    attached_to: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()  # numeric addresses just past our own uplink


NGSI_LD_CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The closed `settings:` block. Each capability adds its keys, with a default."""

    max_interfaces_per_device: int = 2000  # more are dropped, counted and reported
    ping_packets_per_second: int = 5000  # all echoes together
    ping_packets_per_second_per_subnet: int = 500  # one IPv4 /24 or IPv6 /64
    ping_timeout_s: float = 1.0  # an echo answered later is lost
    field_ping_every_s: float = 30.0  # between two echoes to a field device
    field_tcp_every_s: float = 300.0  # between two connections to one of its ports
    field_rtsp_every_s: float = 300.0  # between two RTSP OPTIONS
    field_onvif_every_s: float = 300.0  # between two questions for the time by ONVIF
    broker_url: str = ""  # of a context broker's /ngsi-ld/v1; without one, nothing is sent
    broker_authorization: Secret | None = None  # the whole Authorization header for it, such as Bearer and a token
    broker_tenant: str = ""  # its NGSILD-Tenant header
    broker_types: tuple[str, ...] = ("Device", "NetworkLink")  # the entities sent; there is NetworkInterface, too
    broker_contexts: tuple[str, ...] = (NGSI_LD_CORE,)  # the @context of every entity sent
    checkpoint_directory: str = ""  # a folder, best on another machine, that gets a line for each checkpoint
    checkpoint_syslog: str = ""  # HOST:PORT of a syslog server that gets each checkpoint by UDP (RFC 5424)
    checkpoint_webhook: str = ""  # an address that each checkpoint is posted to as JSON
    checkpoint_webhook_authorization: Secret | None = None  # the whole Authorization header for it
    discover_networks: tuple[str, ...] = ()  # CIDR: where `netwatch discover` may go; nowhere else
    webhook_url: str = ""  # what is told each fault that opens, is acknowledged or clears; without one, nothing is sent
    webhook_secret: Secret | None = None  # what each message is signed with
    webhook_events: tuple[str, ...] = ("opened", "acknowledged", "cleared")  # there are changed and dispatched, too
    webhook_insecure: bool = False  # let messages go over http
    ledger_keep_events_s: float = 1_827 * 86_400.0  # five years of all rows, those of the access record too
    ledger_keep_usage_s: float = 731 * 86_400.0  # two years of five-minute figures
    public_summary: str = ""  # a file that `netwatch audit report --format citizens` writes, told on /public to all
    traps_per_second: int = 500  # all that are looked into; more are counted and dropped
    traps_per_second_per_source: int = 10  # of one device; five seconds' worth may come at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything the operator declared, every reference resolved."""

    city: str
    timezone: str
    charset: str  # tried after UTF-8 for what devices say
    fingerprint: str  # SHA-256 over all files read, hex; secrets are not in them
    files: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)
    vantage: Vantage = field(default_factory=Vantage)
    sites: Mapping[str, Site] = NOTHING
    devices: Mapping[str, Device] = NOTHING
    cables: Mapping[str, Cable] = NOTHING
    links: Mapping[str, Link] = NOTHING
    rings: Mapping[str, Ring] = NOTHING
    field_devices: Mapping[str, FieldDevice] = NOTHING
    services: Mapping[str, Service] = NOTHING
    contractors: Mapping[str, Contractor] = NOTHING
    maintenance: Mapping[str, Maintenance] = NOTHING

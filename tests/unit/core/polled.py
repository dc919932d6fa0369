"""A switch as its agent would answer, and the folding of what it answers: no wire, no clock, only arguments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import nan

from netwatch.core.device.ports import Ground
from netwatch.core.device.record import DeviceState
from netwatch.core.device.state import Folded, Watched, fold, grow_old
from netwatch.core.errors import Reason
from netwatch.core.events import Event, EventKind
from netwatch.core.model import (
    CommunityCredential,
    Device,
    Lane,
    Ping,
    PingMethod,
    Secret,
    Site,
    SnmpSettings,
    SnmpVersion,
)
from netwatch.core.observation import Completeness, PingObservation, SnmpObservation, TableReading
from tests.unit.core.tables import said_of

WALL_S = 1_760_000_000.0  # wall clock minus monotonic clock
EVERY_S = {Lane.PING: 5.0, Lane.STATUS: 10.0, Lane.TRAFFIC: 30.0, Lane.HEALTH: 60.0, Lane.DISCOVERY: 900.0}
SITE = Site(id="okjeong-3", name="옥정 3", district="옥정동")
UP, DOWN = 1, 2


def make_device(name: str = "acc-17", **changes: object) -> Device:
    credential = CommunityCredential(id="field", version=SnmpVersion.V2C, community=Secret(b"not-told"))
    told = {"id": name, "site": SITE.id, "address": "10.20.0.17", "every_s": EVERY_S}
    return Device(**{**told, "snmp": SnmpSettings(credential=credential), **changes})


def make_watched(
    device: Device | None = None, capacities: Mapping[str, int] | None = None, ports: frozenset[str] = frozenset()
) -> Watched:
    ground = Ground(
        device=device or make_device(),
        charset="cp949",
        max_interfaces=2000,
        capacities_bps=capacities or {},
        ports=ports,
    )
    return Watched(ground=ground, site=SITE)


PING_ONLY = make_device(snmp=None)
SNMP_ONLY = make_device(ping=Ping(method=PingMethod.OFF))


@dataclass
class Port:
    name: bytes
    oper: int | None = UP
    admin: int | None = UP
    high_speed: int | None = 1000
    speed: int | None = 1_000_000_000
    description: bytes = b""
    alias: bytes = b""
    bytes_per_s: int = 1_000_000
    began_at: int = 0  # what the counter stood at when the agent booted
    width: int = 64
    last_change: int | None = None  # ifLastChange, in ticks of the agent's uptime


@dataclass
class Switch:
    """`ports` by ifIndex. What an attribute has as None, this agent does not have."""

    ports: dict[str, Port] = field(default_factory=lambda: {"1": Port(b"Gi1/0/1"), "2": Port(b"Gi1/0/2")})
    booted_s: float = -1_000_000.0
    has_uptime: bool = True
    boots: int | None = 7
    engine_id: bytes | None = b"\x80\x00\x1f\x88\x04acc"
    if_number: int | None = 2
    last_change: int | None = 5000
    wall_s: float = WALL_S

    def reboot(self, at_s: float) -> None:
        self.booted_s = at_s
        self.boots = self.boots + 1 if self.boots is not None else None

    def uptime(self, at_s: float) -> int | None:
        return int((at_s - self.booted_s) * 100) if self.has_uptime else None

    def scalars(self, at_s: float) -> dict[str, object]:
        return {
            "sys_uptime": self.uptime(at_s),
            "engine_id": self.engine_id,
            "engine_boots": self.boots,
            "engine_time": None if self.boots is None else int(at_s - self.booted_s),
            "if_number": self.if_number,
            "if_table_last_change": self.last_change,
        }

    def status(self, at_s: float, epoch: int, **changes: object) -> SnmpObservation:
        ports = self.ports.values()
        columns = {
            "admin": [port.admin for port in ports],
            "oper": [port.oper for port in ports],
            "high_speed": [port.high_speed for port in ports],
            "speed": [port.speed for port in ports],
            "last_change": [port.last_change for port in ports],
        }
        return self.poll(Lane.STATUS, at_s, epoch, columns, scalars=self.scalars(at_s), **changes)

    def traffic(self, at_s: float, epoch: int, **changes: object) -> SnmpObservation:
        raw = [self.counter(port, at_s) for port in self.ports.values()]
        scalars = {"sys_uptime": self.uptime(at_s)}
        return self.poll(Lane.TRAFFIC, at_s, epoch, {"receive_bytes": raw}, scalars=scalars, **changes)

    def counter(self, port: Port, at_s: float) -> int:
        return int(port.began_at + port.bytes_per_s * (at_s - max(self.booted_s, 0.0))) % 2**port.width

    def discovery(self, at_s: float, **changes: object) -> SnmpObservation:
        ports = self.ports.values()
        columns = {
            "name": [port.name for port in ports],
            "description": [port.description for port in ports],
            "alias": [port.alias for port in ports],
            "type": [6 for _ in ports],
        }
        said = {**self.scalars(at_s), "sys_descr": b"A switch", "sys_name": b"acc-17"}
        return self.poll(Lane.DISCOVERY, at_s, 0, columns, scalars=said, **changes)

    def poll(self, lane, at_s, epoch, columns, *, scalars, reason=None, ticks=None, unread=()) -> SnmpObservation:
        """`unread`: indexes whose PDU was lost. `ticks`: the sysUpTime in each row's PDU."""
        rows = tuple(self.ports)
        table = TableReading(
            indexes=rows,
            columns={
                name: [None if index in unread else cell for index, cell in zip(rows, cells, strict=True)]
                for name, cells in columns.items()
            },
            at_s=[nan if index in unread else at_s for index in rows],
            uptime_ticks=ticks or [self.uptime(at_s)] * len(rows),
            widths={"receive_bytes": bytes(port.width for port in self.ports.values())},
            reason=reason or (Reason.TIMEOUT if unread else None),
        )
        return SnmpObservation(
            device="acc-17",
            lane=lane,
            epoch=epoch,
            started_s=at_s - 0.02,
            finished_s=at_s + 0.02,
            read_s=at_s,
            wall_s=self.wall_s,
            completeness=Completeness.COMPLETE if table.reason is None else Completeness.PARTIAL,
            reason=table.reason,
            scalars={name: value for name, value in scalars.items() if value is not None},
            tables={"interface": table},
            said=said_of({"interface": table}),
        )


def failed(lane: Lane, at_s: float, reason: Reason = Reason.TIMEOUT) -> SnmpObservation:
    return SnmpObservation(
        device="acc-17",
        lane=lane,
        epoch=0,
        started_s=at_s - 6.0,
        finished_s=at_s,
        read_s=at_s,
        wall_s=WALL_S,
        completeness=Completeness.FAILED,
        reason=reason,
    )


def echo(at_s: float, *, lost: bool = False, attempt: int = 0, subject: str = "device:acc-17") -> PingObservation:
    return PingObservation(
        subject=subject,
        at_s=at_s,
        wall_s=WALL_S,
        rtt_s=None if lost else 0.001,
        reason=Reason.TIMEOUT if lost else None,
        attempt=attempt,
    )


@dataclass
class Folding:
    """One device's state, observation after observation."""

    switch: Switch = field(default_factory=Switch)
    watched: Watched = field(default_factory=make_watched)
    state: DeviceState = field(default_factory=DeviceState)
    events: list[Event] = field(default_factory=list)

    def see(self, *observations) -> Folded:
        for observation in observations:
            folded = fold(self.watched, self.state, observation)
            self.state = folded.state
            self.events += folded.events
        return folded

    def age(self, now_s: float, **changes: object) -> Folded:
        folded = grow_old(self.watched, self.state, now_s=now_s, **{"wall_s": WALL_S, "pace_s": {}, **changes})
        self.state = folded.state
        self.events += folded.events
        return folded

    @property
    def epoch(self) -> int:
        return self.state.interfaces.epoch

    def discover(self, at_s: float, **changes: object) -> Folded:
        return self.see(self.switch.discovery(at_s, **changes))

    def status(self, at_s: float, **changes: object) -> Folded:
        return self.see(self.switch.status(at_s, self.epoch, **changes))

    def traffic(self, at_s: float, **changes: object) -> Folded:
        return self.see(self.switch.traffic(at_s, self.epoch, **changes))

    def settle(self, at_s: float = 10.0) -> "Folding":
        """Discovered, and looked at twice; nothing of it is an event."""
        self.discover(at_s)
        self.status(at_s + 1)
        self.traffic(at_s + 2)
        self.see(echo(at_s + 2.5))
        self.traffic(at_s + 3)
        self.events.clear()
        return self

    def totals(self) -> list[int | None]:
        return list(self.state.traffic.totals.get("receive_bytes", ()))

    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]

    def oper(self) -> dict[str, int | None]:
        return dict(zip(self.state.interfaces.names, self.state.status.oper, strict=True))


def renumbered(ports: Mapping[str, Port], moves: Mapping[str, str]) -> dict[str, Port]:
    """The ports under other indexes, in the order of the indexes, as an agent gives them."""
    moved = {moves.get(index, index): port for index, port in ports.items()}
    return dict(sorted(moved.items(), key=lambda item: int(item[0])))


def changed(ports: Iterable[Port], **changes: object) -> list[Port]:
    return [replace(port, **changes) for port in ports]

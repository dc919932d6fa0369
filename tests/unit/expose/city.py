"""A small city for the tests of expose: devices with ports, and states that a fold could have made."""

from collections.abc import Mapping

from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import (
    DeviceState,
    DeviceVerdict,
    Identity,
    InterfaceMap,
    InterfaceStatus,
    InterfaceTraffic,
    LaneHealth,
)
from netwatch.core.errors import Reason
from netwatch.core.health.equipment import Equipment, Gauge
from netwatch.core.health.measures import MEANINGS, Measure, Scale, Unit
from netwatch.core.model import (
    CommunityCredential,
    Device,
    Lane,
    Role,
    Secret,
    Site,
    SnmpSettings,
    SnmpVersion,
)
from netwatch.expose.fragments import PARTS, DeviceFragments
from netwatch.expose.totals import Fragment

WALL_S = 1_764_000_000.0
STAMP_MS = 1_764_000_000_123
SITE = Site(id="okjeong-3", name="옥정 3", district="옥정동")
COLUMNS = tuple(
    f"{direction}_{what}"
    for direction in ("receive", "transmit")
    for what in (
        "bytes",
        "unicast_packets",
        "multicast_packets",
        "broadcast_packets",
        "errors",
        "discards",
    )
)


def make_device(name: str = "acc-17", **changes: object) -> Device:
    credential = CommunityCredential(id="field", version=SnmpVersion.V2C, community=Secret(b"canary-secret"))
    told: dict[str, object] = {
        "id": name,
        "site": SITE.id,
        "address": "10.20.0.17",
        "name": "옥정 함체",
        "role": Role.ACCESS,
        "snmp": SnmpSettings(credential=credential),
        "every_s": {Lane.STATUS: 30.0},
        **changes,
    }
    return Device(**told)


def make_interfaces(names: tuple[str, ...], **changes: object) -> InterfaceMap:
    told: dict[str, object] = {
        "epoch": 1,
        "indexes": tuple(str(10101 + row) for row in range(len(names))),
        "names": names,
        "aliases": tuple(f"camera {row}" for row in range(len(names))),
        "descriptions": names,
        "types": (6,) * len(names),
        **changes,
    }
    return InterfaceMap(**told)


def make_equipment(names: tuple[str, ...]) -> Equipment:
    """Of every measure one value: of the first port, or of a sensor."""
    readings = {
        measure: {names[0] if meaning.of_port else "sensor 1": meaning.least + 0.5} if names else {}
        for measure, meaning in MEANINGS.items()
    }
    gauge = Gauge(row="1", column="load", measure=Measure.CPU, label="sensor 1", scale=Scale(unit=Unit.RATIO))
    return Equipment(
        profile="cabinet",
        vendor="Hanbit",
        model="HB-1",
        serial="S1",
        gauges={"box": (gauge,)},
        readings=readings,
        aggregates={names[0]: "Po1"} if names else {},
        stp_root="32768/00:11:22:33:44:55",
    )


def make_state(names: tuple[str, ...] = ("Gi1/0/1", "Gi1/0/2"), **changes: object) -> DeviceState:
    ports = len(names)
    told: dict[str, object] = {
        "icmp": Reachability(answer=Answer.ANSWERS),
        "snmp": Reachability(answer=Answer.ANSWERS),
        "verdict": DeviceVerdict.UP,
        "rtt_s": 0.0012,
        "loss_ratio": 0.05,
        "identity": Identity(
            sys_descr="Switch, version 1", sys_object_id="1.3.6.1.4.1.9.1.1", sys_name="acc-17", uptime_ticks=123456
        ),
        "interfaces": make_interfaces(names),
        "status": InterfaceStatus(admin=(1,) * ports, oper=(1,) * ports, speed_bps=(1_000_000_000,) * ports),
        "traffic": InterfaceTraffic(
            totals={
                column: tuple(10_000_000_000 * place + row for row in range(ports))
                for place, column in enumerate(COLUMNS, 1)
            },
            stamp_ms=(STAMP_MS,) * ports,
        ),
        "equipment": make_equipment(names),
        "lanes": {
            Lane.STATUS: LaneHealth(
                last_success_wall_s=WALL_S, duration_s=0.25, overruns=1, failures={Reason.TIMEOUT: 2}
            )
        },
        **changes,
    }
    return DeviceState(**told)


def telling(told: Mapping[str, Fragment]) -> DeviceFragments:
    """A device that tells these families and no others."""
    return DeviceFragments(tuple(tuple(told.get(family, b"") for family in part.families) for part in PARTS))

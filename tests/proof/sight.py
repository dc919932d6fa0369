"""A world -> the inventory that tells of it, and its answers -> the scene that netwatch would see."""

from netwatch.core.faults.scene import End, LinkSight, Scene, broken_links
from netwatch.core.model import (
    Cable,
    Check,
    CommunityCredential,
    Device,
    FibreRun,
    FieldDevice,
    Inventory,
    Lane,
    Link,
    Ping,
    PortRef,
    Ring,
    Role,
    Secret,
    Service,
    Site,
    SnmpSettings,
    SnmpVersion,
    Vantage,
)
from tests.proof.wrong_books import NO_SUCH_PORT

EVERY_S = {Lane.PING: 5.0, Lane.STATUS: 10.0, Lane.TRAFFIC: 30.0, Lane.HEALTH: 60.0, Lane.DISCOVERY: 900.0}
_SNMP = SnmpSettings(credential=CommunityCredential(id="field", version=SnmpVersion.V2C, community=Secret(b"-")))
T0 = 1_760_000_000.0
_LONG_AGO = T0 - 86_400.0


def ref(port):
    return PortRef(device=port[0], interface=port[1])


def inventory_of(world, lines=None):
    """What the city's books say. `lines`: where they tell the links otherwise than they are."""
    lines = world.lines if lines is None else lines
    cables = dict.fromkeys(cable for line in (*world.lines.values(), *lines.values()) for cable in line.cables)
    return Inventory(
        city="Nowhere",
        timezone="UTC",
        charset="utf-8",
        fingerprint="",
        files=(),
        vantage=Vantage(attached_to=world.roots, canaries=("192.0.2.1",)),
        sites={site: Site(id=site, name=site, district="east") for site in set(world.site_of.values())},
        devices={name: _device(world, name) for name in world.site_of},
        cables={name: Cable(id=name, duct=world.duct_of.get(name)) for name in cables},
        links={name: _link(world, name, line) for name, line in lines.items()},
        rings={name: Ring(id=name) for name in sorted(set(world.ring_of.values()))},
        field_devices={name: _field(world, name) for name in world.fields},
        services={name: Service(id=name, name=name, anchors=anchors) for name, anchors in world.anchors.items()},
    )


def _device(world, name):
    return Device(
        id=name,
        site=world.site_of[name],
        address="192.0.2.9",
        role=Role(world.role_of[name]),
        snmp=None if name in world.agentless else _SNMP,
        ping=Ping(),
        every_s=EVERY_S,
    )


def _link(world, name, line):
    return Link(
        id=name,
        a=ref(line.a),
        b=ref(line.b),
        medium="converter" if line.keeps_light else "fibre",
        ring=world.ring_of.get(name),
        fibre=tuple(FibreRun(cable=cable) for cable in line.cables),
    )


def _field(world, name):
    (device, interface), service = world.fields[name]
    return FieldDevice(
        id=name,
        kind="cctv",
        site=world.site_of[device],
        service=service,
        port=PortRef(device=device, interface=interface),
        address="192.0.2.10",
        checks=(Check(kind="ping"),),
    )


def scene_of(inventory, seen, healthy, *, at_s=T0):
    """The scene a while after everything broke at once. `healthy`: the answers before that."""
    ends = {}

    def end(port):
        light = seen.ports.get((port.device, port.interface))
        if light is None:
            known = port.device not in seen.dark and port.device not in seen.mute
            has_port = not port.interface.startswith(NO_SUCH_PORT)
            is_told = known and has_port and inventory.devices[port.device].snmp is not None
            light = "down" if is_told else "unknown"
        was_down = healthy.ports.get((port.device, port.interface), "down") != "up"
        return End(light), was_down

    for name, link in inventory.links.items():
        (a, a_was), (b, b_was) = end(link.a), end(link.b)
        downs = [was for one, was in ((a, a_was), (b, b_was)) if one in (End.DOWN, End.ADMIN_DOWN)]
        since_s = None if not downs else _LONG_AGO if any(downs) else at_s
        ends[name] = LinkSight(
            a=a,
            b=b,
            since_wall_s=since_s,
        )
    return Scene(
        dark=dict.fromkeys(sorted(seen.dark), at_s),
        mute=dict.fromkeys(sorted(seen.mute), at_s),
        forwarding=seen.forwarding,
        links=ends,
        broken=broken_links(ends),
        read_wall_s=dict.fromkeys((name for name in inventory.devices if name not in seen.dark), at_s + 15.0),
        observed=len(inventory.devices),
        is_lit=True,
        now_wall_s=at_s + 30.0,
    )

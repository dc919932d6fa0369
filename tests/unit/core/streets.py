"""A town told in a few words, and what is seen of it: `town("core-a", "a-b", "b-core")` is a ring of three switches.

A link is called after its ends, which are ports called after the far end. A second link between two is `a-b/2`.
"""

from netwatch.core.faults.diagnosis import diagnose
from netwatch.core.faults.scene import End, LinkSight, Scene, broken_links
from netwatch.core.model import (
    Cable,
    Check,
    CommunityCredential,
    Contractor,
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
from netwatch.core.topology.graph import Topology

NOW, LONG_AGO = 1_760_000_000.0, 1_759_900_000.0
EVERY_S = {Lane.PING: 5.0, Lane.STATUS: 10.0, Lane.TRAFFIC: 30.0, Lane.HEALTH: 60.0, Lane.DISCOVERY: 900.0}
SNMP = SnmpSettings(credential=CommunityCredential(id="field", version=SnmpVersion.V2C, community=Secret(b"-")))
ROLES = {"core": Role.CORE, "agg": Role.AGGREGATION}


def ends(link):
    return tuple(link.partition("/")[0].split("-"))


def port(device, towards, number=""):
    return PortRef(device=device, interface=towards + number)


def town(
    *links,
    cables=None,
    ducts=None,
    sites=None,
    also=(),
    cameras=None,
    anchors=None,
    roots=("core",),
    agentless=(),
    ring=(),
    mediums=None,
    over=None,
    **changes,
):
    """`cables`: cable -> links. `ducts`: cable -> duct. `sites`: device -> site. `cameras`: camera -> device.

    `also`: devices without links. `anchors`: service -> devices; a camera's service is the first.
    """
    names = dict.fromkeys([*roots, *(end for link in links for end in ends(link)), *also])
    site_of = {name: (sites or {}).get(name, f"at-{name}") for name in names}
    runs = {link: [c for c, inside in (cables or {}).items() if link in inside.split()] for link in links}
    told = {
        "city": "Yangju",
        "timezone": "Asia/Seoul",
        "charset": "cp949",
        "fingerprint": "",
        "files": (),
        "vantage": Vantage(attached_to=tuple(roots), canaries=("10.20.0.254",)),
        "sites": {site: Site(id=site, name=site, district=f"district of {site}") for site in site_of.values()},
        "devices": {name: _device(name, site_of[name], agentless) for name in names},
        "cables": {c: Cable(id=c, duct=(ducts or {}).get(c), contractor="hanbit") for c in cables or {}},
        "links": {
            link: _link(link, runs[link], "ring" if link in ring else None, (mediums or {}).get(link), over)
            for link in links
        },
        "rings": {"ring": Ring(id="ring")} if ring else {},
        "field_devices": {c: camera(c, at, site_of[at], anchors) for c, at in (cameras or {}).items()},
        "services": {s: Service(id=s, name=s, anchors=tuple(who)) for s, who in (anchors or {}).items()},
        "contractors": {"hanbit": Contractor(id="hanbit", name="한빛통신", phone="031-000-0000")},
    }
    return Inventory(**{**told, **changes})


def _device(name, site, agentless):
    return Device(
        id=name,
        site=site,
        address="10.20.0.1",
        role=ROLES.get(name.rstrip("0123456789"), Role.ACCESS),
        snmp=None if name in agentless else SNMP,
        ping=Ping(),
        every_s=EVERY_S,
    )


def _link(link, cables, ring, medium, over):
    a, b = ends(link)
    number = link[len(a) + len(b) + 1 :]
    return Link(
        id=link,
        a=port(a, b, number),
        b=port(b, a, number),
        fibre=tuple(FibreRun(cable=cable) for cable in cables),
        ring=ring,
        medium=medium or "fibre",
        over=(over or {}).get(link),
    )


def camera(name, device, site, anchors=None, **changes):
    told = {
        "id": name,
        "kind": "cctv",
        "site": site,
        "service": next(iter(anchors or {}), None),
        "port": port(device, name),
        "address": "10.30.0.1",
        "checks": (Check(kind="ping"),),
    }
    return FieldDevice(**{**told, **changes})


def scene(
    inventory,
    *,
    dark="",
    no_light="",
    one_way="",
    shut="",
    unread="",
    since=None,
    at=NOW,
    read=NOW + 15.0,
    links_at=None,
    sights=None,
    **changes,
):
    """What is seen: `dark` devices; links with `no_light`; ports (`a b`: at a towards b) that are `shut`.

    `one_way`: links without light at the second end alone. `unread`: links whose ends nobody tells of. `since`: of a
    device or link, where it is not `at`. All that answers was read at `read`. `links_at`: link -> both its ends;
    `sights`: link -> all that is seen of it.
    """
    since, silent = since or {}, dark.split()

    def tells(device):
        return device not in silent and inventory.devices[device].snmp is not None

    links = {}
    for name, link in inventory.links.items():
        said = End.DOWN if name in no_light.split() else End.UNKNOWN if name in unread.split() else End.UP
        a, b = (said if tells(one.device) else End.UNKNOWN for one in (link.a, link.b))
        if name in one_way.split():
            b = End.DOWN
        a, b = (End.ADMIN_DOWN if str(one) in shut else end for one, end in ((link.a, a), (link.b, b)))
        a, b = (links_at or {}).get(name, (a, b))
        is_broken = not {a, b}.isdisjoint((End.DOWN, End.ADMIN_DOWN))
        links[name] = LinkSight(a=a, b=b, since_wall_s=since.get(name, at) if is_broken else LONG_AGO)
    links |= sights or {}
    told = {
        "dark": {name: since.get(name, at) for name in silent},
        "links": links,
        "broken": broken_links(links),
        "read_wall_s": {name: read for name in inventory.devices if name not in silent},
        "observed": len(inventory.devices),
        "is_lit": True,
        "now_wall_s": NOW + 60.0,
        "window_s": 20.0,
        "patience_s": 20.0,
    }
    return Scene(**{**told, **changes})


def causes(inventory, **seen):
    """What is said of it, by subject."""
    return {cause.subject: cause for cause in diagnose(Topology(inventory), scene(inventory, **seen)).causes}


def only(inventory, **seen):
    """The one cause there is."""
    (cause,) = diagnose(Topology(inventory), scene(inventory, **seen)).causes
    return cause

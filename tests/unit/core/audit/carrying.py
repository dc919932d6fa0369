"""Two switches with links, a camera and a ring of light between them: what their agents tell at a time."""

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState, InterfaceTraffic
from netwatch.core.health.equipment import Equipment
from netwatch.core.health.measures import Measure
from netwatch.core.links.ends import _COLUMNS
from netwatch.core.model import FieldDevice, Inventory, Link, PortRef, Site
from tests.unit.core.polled import make_device

T0_MS = 1_790_000_100_000  # the beginning of a five minutes
NAMES = ("Gi1/0/1", "Gi1/0/2", "Gi1/0/3")


def inventory(*links: Link, **devices: object) -> Inventory:
    """`acc-17` and `agg-1` with a link from port 1 to port 1, and a camera on port 3 of `acc-17`."""
    camera = FieldDevice(id="cam-1", kind="cctv", site="s", port=PortRef(device="acc-17", interface="Gi1/0/3"))
    link = Link(id="l-1", a=port("acc-17", 1), b=port("agg-1", 1))
    return Inventory(
        city="Y",
        timezone="UTC",
        charset="cp949",
        fingerprint="f",
        files=(),
        sites={"s": Site(id="s", name="s")},
        devices={"acc-17": make_device("acc-17"), "agg-1": make_device("agg-1"), **devices},
        links={one.id: one for one in (link, *links)},
        field_devices={"cam-1": camera},
    )


def port(device: str, number: int) -> PortRef:
    return PortRef(device=device, interface=NAMES[number - 1])


def told(at_s: float, *, light: float | None = None, alarm: float | None = None, **counts: int | None) -> DeviceState:
    """All three ports have these totals, `at_s` seconds after T0; what is not named is 0."""
    columns = {name: [counts.get(name, 0)] * len(NAMES) for name in _COLUMNS}
    stamps = [T0_MS + round(at_s * 1000)] * len(NAMES)
    readings = {Measure.RECEIVE_POWER: dict.fromkeys(NAMES[:1], light)} if light is not None else {}
    fixed = {Measure.RECEIVE_LOW_ALARM: dict.fromkeys(NAMES[:1], alarm)} if alarm is not None else {}
    return DeviceState(
        interfaces=InterfaceMap(
            epoch=1, indexes=("1", "2", "3"), names=NAMES, aliases=("",) * 3, descriptions=("",) * 3, types=(6,) * 3
        ),
        traffic=InterfaceTraffic(totals=columns, stamp_ms=stamps, read_s=at_s),
        equipment=Equipment(readings=readings, fixed=fixed),
    )


def silent() -> DeviceState:
    """Its counters are told no more."""
    return DeviceState(interfaces=told(0).interfaces)

"""A city while it is being built: the one mutable record behind `growth` and `field_growth`."""

import random
from dataclasses import dataclass, field, replace

from netwatch.core.model import Cable, FibreRun, FieldDevice, Link, PortRef, Ring, Role, Site
from netwatch.simulate.city import (
    DISTRICTS,
    FIELD_BLOCK,
    SWITCH_BLOCK,
    CityDevice,
    CityPort,
    District,
    address,
)
from netwatch.simulate.vendors import VENDORS, Vendor

GIGABIT = 1_000_000_000
CP949_SHARE = 0.15  # of switches: they speak CP949 where others speak UTF-8
FIBRE_CREW = "hanbit"
SPREAD_DEGREES = 0.015  # of a district's sites around its middle


@dataclass(slots=True, kw_only=True)
class PortDraft:
    number: int
    speed_bps: int = GIGABIT
    alias: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class SwitchDraft:
    id: str
    name: str
    site: str
    role: Role
    vendor: Vendor
    charset: str
    size: int  # ports; grows for cores and aggregations
    ports: dict[int, PortDraft] = field(default_factory=dict)

    def plug(self, number: int, *, speed_bps: int, alias: str) -> PortRef:
        """Use a port; its name depends on its speed."""
        assert number not in self.ports, f"{self.id} port {number} is used twice"
        self.ports[number] = PortDraft(number=number, speed_bps=speed_bps, alias=alias)
        return PortRef(device=self.id, interface=self.vendor.port_name(number, fast=speed_bps > GIGABIT))

    def finished(self, number: int) -> CityDevice:
        ports = []
        for n in range(1, self.size + 1):
            port = self.ports.get(n) or PortDraft(number=n)
            fast = port.speed_bps > GIGABIT
            ports.append(
                CityPort(
                    name=self.vendor.port_name(n, fast=fast),
                    descr=self.vendor.port_descr(n, fast=fast),
                    index=self.vendor.first_index + n - 1,
                    speed_bps=port.speed_bps,
                    alias=port.alias.encode(self.charset),
                )
            )
        return CityDevice(
            id=self.id,
            name=self.name,
            site=self.site,
            role=self.role,
            address=address(SWITCH_BLOCK, number),
            vendor=self.vendor,
            number=number,
            ports=tuple(ports),
        )


@dataclass(slots=True, kw_only=True)
class CityDraft:
    rng: random.Random
    access_ports: int
    uplinks: int
    sites: dict[str, Site] = field(default_factory=dict)
    switches: dict[str, SwitchDraft] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    rings: dict[str, Ring] = field(default_factory=dict)
    field_devices: dict[str, FieldDevice] = field(default_factory=dict)
    ducts: dict[str, str] = field(default_factory=dict)  # cable -> duct
    lengths_m: dict[str, int] = field(default_factory=dict)  # cable -> length

    def add_site(self, site: str, name: str, district: District) -> None:
        location = (
            round(district.latitude + self.rng.gauss(0, SPREAD_DEGREES / 2), 5),
            round(district.longitude + self.rng.gauss(0, SPREAD_DEGREES / 2), 5),
        )
        self.sites[site] = Site(id=site, name=name, district=district.name, location=location)

    def add_switch(self, switch: str, name: str, *, site: str, role: Role, vendor: str) -> SwitchDraft:
        charset = "cp949" if self.rng.random() < CP949_SHARE else "utf-8"
        self.switches[switch] = SwitchDraft(
            id=switch,
            name=name,
            site=site,
            role=role,
            vendor=VENDORS[vendor],
            charset=charset,
            size=self.access_ports,
        )
        return self.switches[switch]

    def add_ring(self, ring: str, name: str, *, protocol: str, parent: str | None = None) -> None:
        self.rings[ring] = Ring(id=ring, name=name, protocol=protocol, parent=parent)

    def district(self, switch: SwitchDraft) -> District:
        name = self.sites[switch.site].district
        return next(district for district in DISTRICTS if district.name == name)

    def free_uplinks(self, switch: SwitchDraft) -> int:
        """How many of an access switch's uplink ports are still free."""
        return self.uplinks - sum(1 for n in switch.ports if n > switch.size - self.uplinks)

    def connect(self, a: SwitchDraft, b: SwitchDraft, *, capacity_bps: int, ring: str | None = None) -> str:
        """A link in a cable of its own, between the next free link ports. Returns the link's id."""
        number = len(self.links) + 1
        link, cable = f"link-{number:04d}", f"c-{number:04d}"
        self.links[link] = Link(
            id=link,
            a=a.plug(self._link_port(a), speed_bps=capacity_bps, alias=f"→ {b.name}"),
            b=b.plug(self._link_port(b), speed_bps=capacity_bps, alias=f"→ {a.name}"),
            capacity_bps=capacity_bps,
            ring=ring,
            fibre=(FibreRun(cable=cable, cores=(1, 2)),),
        )
        self.ducts[cable] = f"d-{number:04d}"
        self.lengths_m[cable] = self.rng.randrange(200, 6000, 10)
        return link

    def _link_port(self, switch: SwitchDraft) -> int:
        """Access switches link from their highest port down, the others from port 1 up, growing by modules of 12."""
        if switch.role is Role.ACCESS:
            return next(n for n in range(switch.size, switch.size - self.uplinks, -1) if n not in switch.ports)
        number = len(switch.ports) + 1
        while number > switch.size:
            switch.size += 12
        return number

    def share_duct(self, first: str, second: str) -> None:
        """Both links' cables run in the first one's duct."""
        self.ducts[self.links[second].fibre[0].cable] = self.ducts[self.links[first].fibre[0].cable]

    def share_cable(self, first: str, second: str) -> None:
        """The second link moves into the first one's cable, on cores 3 and 4."""
        abandoned = self.links[second].fibre[0].cable
        cable = self.links[first].fibre[0].cable
        self.links[second] = replace(self.links[second], fibre=(FibreRun(cable=cable, cores=(3, 4)),))
        del self.ducts[abandoned], self.lengths_m[abandoned]

    def field_address(self) -> str:
        return address(FIELD_BLOCK, len(self.field_devices))

    def devices(self) -> dict[str, CityDevice]:
        return {switch.id: switch.finished(number) for number, switch in enumerate(self.switches.values())}

    def cables(self) -> dict[str, Cable]:
        return {
            cable: Cable(id=cable, cores=72, length_m=float(self.lengths_m[cable]), duct=duct, contractor=FIBRE_CREW)
            for cable, duct in self.ducts.items()
        }

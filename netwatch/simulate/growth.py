"""`generate`: a number of switches and a seed in, always the same city out.

Three tiers as cities build them: two cores, aggregation switches on backbone rings through both, and below each
aggregation rings, sub-rings between two aggregations, daisy chains and dual-homed switches; on every access switch
cameras, signal controllers, message signs and sensors. Some rings have both sides in one duct, a few in one cable.
"""

import math
import random
from itertools import pairwise
from types import MappingProxyType

from netwatch.core.model import Role
from netwatch.simulate.city import DISTRICTS, UPLINKS, City, District
from netwatch.simulate.draft import GIGABIT, CityDraft, SwitchDraft
from netwatch.simulate.field_growth import equip
from netwatch.simulate.vendors import ACCESS_VENDORS, AGGREGATION_VENDORS, CORE_VENDORS, VENDORS

SMALLEST = 4
ACCESS_AN_AGGREGATION = 60
AGGREGATIONS_A_RING = 6
LONGEST_RING = 9
LONGEST_CHAIN = 5
ONE_DUCT = 0.2  # of rings: first and last side in one duct
ONE_CABLE = 0.08  # of rings: first and last side in one cable


def generate(
    *,
    switches: int,
    seed: int = 1,
    ports: int = 28,
    cameras_per_switch: float = 3.6,
    vendors: tuple[str, ...] | None = None,
) -> City:
    """A city of exactly `switches` switches. `vendors` restricts the makers; ValueError for what cannot be built."""
    if switches < SMALLEST:
        raise ValueError(f"a city has at least {SMALLEST} switches, not {switches}")
    if ports < UPLINKS * 2:
        raise ValueError(f"an access switch has at least {UPLINKS * 2} ports, not {ports}")
    unknown = [name for name in vendors or () if name not in VENDORS]
    if unknown:
        raise ValueError(f"unknown vendor {unknown[0]!r}; known are {', '.join(VENDORS)}")
    rng = random.Random(f"{seed}/{switches}")  # noqa: S311 - a repeatable city, not a secret
    draft = CityDraft(rng=rng, access_ports=ports, uplinks=UPLINKS)
    growth = _Growth(draft, vendors)
    cores = growth.cores()
    aggregations = growth.aggregations(switches - len(cores))
    growth.backbone(cores, aggregations)
    growth.access(switches - len(cores) - len(aggregations), aggregations)
    equip(draft, cameras_per_switch=cameras_per_switch)
    return City(
        name="Yangju",
        seed=seed,
        sites=MappingProxyType(draft.sites),
        devices=MappingProxyType(draft.devices()),
        cables=MappingProxyType(draft.cables()),
        links=MappingProxyType(draft.links),
        rings=MappingProxyType(draft.rings),
        field_devices=MappingProxyType(draft.field_devices),
    )


class _Growth:
    """The order in which a city is built. All randomness comes from the draft's generator."""

    def __init__(self, draft: CityDraft, vendors: tuple[str, ...] | None) -> None:
        self._draft = draft
        self._rng = draft.rng
        self._vendors = vendors
        self._serial = 0
        self._site_numbers: dict[str, int] = {}
        self._parent: dict[str, str] = {}  # aggregation -> its backbone ring

    def _vendor(self, choices: tuple[str, ...]) -> str:
        return self._rng.choice(self._vendors or choices)

    def cores(self) -> list[SwitchDraft]:
        centre, second = DISTRICTS[0], DISTRICTS[1]
        self._draft.add_site("city-hall", "시청 관제센터", centre)
        self._draft.add_site("second-centre", "재난안전 제2센터", second)
        vendor = self._vendor(CORE_VENDORS)
        return [
            self._draft.add_switch(f"core-{n}", f"코어 {n}호기", site=site, role=Role.CORE, vendor=vendor)
            for n, site in ((1, "city-hall"), (2, "second-centre"))
        ]

    def aggregations(self, below: int) -> list[SwitchDraft]:
        """One for about sixty access switches, at least two where the city is large enough for a ring."""
        wanted = max(2 if below >= 6 else 1, math.ceil(below / (ACCESS_AN_AGGREGATION + 1)))
        made = []
        for n in range(wanted):
            district = DISTRICTS[(n + 1) % len(DISTRICTS)]
            number = n // len(DISTRICTS) + 1
            site = f"{district.id}-office-{number}"
            self._draft.add_site(site, f"{district.name} 행정복지센터 {number}", district)
            made.append(
                self._draft.add_switch(
                    f"agg-{district.id}-{number}",
                    f"{district.name} 집선 {number}",
                    site=site,
                    role=Role.AGGREGATION,
                    vendor=self._vendor(AGGREGATION_VENDORS),
                )
            )
        return made

    def backbone(self, cores: list[SwitchDraft], aggregations: list[SwitchDraft]) -> None:
        """Rings core-1 - aggregations - core-2 - core-1, each with a closing link of its own."""
        for start in range(0, len(aggregations), AGGREGATIONS_A_RING):
            members = aggregations[start : start + AGGREGATIONS_A_RING]
            ring = f"backbone-{start // AGGREGATIONS_A_RING + 1}"
            self._draft.add_ring(ring, f"백본링 {start // AGGREGATIONS_A_RING + 1}", protocol="erps")
            self._ring([cores[0], *members, cores[1], cores[0]], ring=ring, capacity_bps=10 * GIGABIT)
            self._parent.update((member.id, ring) for member in members)

    def access(self, wanted: int, aggregations: list[SwitchDraft]) -> None:
        """Spread the access switches evenly, and build below each aggregation until its share is used up."""
        for n, aggregation in enumerate(aggregations):
            share = wanted * (n + 1) // len(aggregations) - wanted * n // len(aggregations)
            neighbour = self._neighbour(n, aggregations)
            shapes = iter(("ring", "chain", "sub-ring", "dual"))  # every city shows each; then by chance
            members: list[SwitchDraft] = []
            while share:
                shape = (
                    next(shapes, None) or self._rng.choices(("ring", "sub-ring", "dual", "chain"), (55, 15, 12, 18))[0]
                )
                made = self._build(shape, share, (aggregation, neighbour), members)
                members += made
                share -= len(made)

    def _neighbour(self, n: int, aggregations: list[SwitchDraft]) -> SwitchDraft | None:
        """The next aggregation on the same backbone ring, to which sub-rings and second uplinks go."""
        ring = [a for a in aggregations if self._parent[a.id] == self._parent[aggregations[n].id]]
        return ring[(ring.index(aggregations[n]) + 1) % len(ring)] if len(ring) > 1 else None

    def _build(
        self, shape: str, share: int, ends: tuple[SwitchDraft, SwitchDraft | None], members: list[SwitchDraft]
    ) -> list[SwitchDraft]:
        head, tail = ends
        if shape == "ring" and share >= 3:
            made = self._switches(self._rng.randint(3, min(LONGEST_RING, share)), head)
            self._ring([head, *made, head], ring=self._new_ring(head, None), capacity_bps=GIGABIT)
        elif shape == "sub-ring" and share >= 2 and tail is not None:
            made = self._switches(self._rng.randint(2, min(LONGEST_RING, share)), head)
            self._ring([head, *made, tail], ring=self._new_ring(head, self._parent[head.id]), capacity_bps=GIGABIT)
        elif shape == "dual" and tail is not None:
            made = self._switches(1, head)
            for end in (head, tail):
                self._draft.connect(end, made[0], capacity_bps=GIGABIT)
        else:
            made = self._switches(self._rng.randint(1, min(LONGEST_CHAIN, share)), head)
            roots = [head, *(m for m in members if self._draft.free_uplinks(m) > 1)]
            previous = self._rng.choice(roots)
            for switch in made:
                self._draft.connect(previous, switch, capacity_bps=GIGABIT)
                previous = switch
        return made

    def _new_ring(self, head: SwitchDraft, parent: str | None) -> str:
        kind = "sub" if parent else "ring"
        stem = f"{kind}-{head.id.removeprefix('agg-')}"
        number = sum(1 for ring in self._draft.rings if ring.startswith(f"{stem}-")) + 1
        name = f"{self._draft.district(head).name} {'서브링' if parent else '액세스링'} {number}"
        self._draft.add_ring(f"{stem}-{number}", name, protocol="erps", parent=parent)
        return f"{stem}-{number}"

    def _ring(self, path: list[SwitchDraft], *, ring: str, capacity_bps: int) -> None:
        """Connect a path hop by hop; chance decides whether its two sides leave through one duct or cable."""
        hops = list(pairwise(path))
        links = [self._draft.connect(a, b, capacity_bps=capacity_bps, ring=ring) for a, b in hops]
        chance = self._rng.random()
        if chance < ONE_CABLE:
            self._draft.share_cable(links[0], links[-1])
        elif chance < ONE_CABLE + ONE_DUCT:
            self._draft.share_duct(links[0], links[-1])

    def _switches(self, number: int, head: SwitchDraft) -> list[SwitchDraft]:
        district: District = self._draft.district(head)
        made = []
        for _ in range(number):
            self._serial += 1
            place = self._site_numbers[district.id] = self._site_numbers.get(district.id, 0) + 1
            site = f"{district.id}-{place:03d}"
            self._draft.add_site(site, f"{district.name} {place}번 함체", district)
            made.append(
                self._draft.add_switch(
                    f"acc-{self._serial:04d}",
                    f"{district.name} {place}번 현장스위치",
                    site=site,
                    role=Role.ACCESS,
                    vendor=self._vendor(ACCESS_VENDORS),
                )
            )
        return made

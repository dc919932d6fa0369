"""The inventory -> what can be found in it: each thing with the texts that people know it by.

The same texts in the same order each time they are asked for, so that an index need not keep them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from netwatch.core.model import Cable, Contractor, Device, FieldDevice, Inventory, Link, Ring, Service, Site


class Facet(IntEnum):
    """What a text is to its thing. The order is the order of weight."""

    ID = 0
    ASSET = 1
    SERIAL = 2
    NAME = 3
    ADDRESS = 4
    MAC = 5
    PORT = 6
    PHONE = 7
    ALIAS = 8  # what a device itself says
    NOTE = 9
    CONTEXT = 10  # what is true of its surroundings: site, district, service, contractor

    @property
    def words(self) -> str:
        """As it is told: `found by its asset number`."""
        return _WORDS[self]


_WORDS = (
    "id",
    "asset number",
    "serial number",
    "name",
    "address",
    "MAC",
    "port",
    "phone",
    "own text",
    "note",
    "surroundings",
)
_FACETS: Mapping[str, Facet] = MappingProxyType(  # of `extra`: a CSV's columns may keep the names they have
    {
        **dict.fromkeys(("asset_no", "registration", "관리번호", "자산번호", "등록번호"), Facet.ASSET),
        **dict.fromkeys(("serial", "serial_no", "일련번호", "제조번호", "시리얼"), Facet.SERIAL),
    }
)
PARTED = "\x1f"  # stands between the parts of a context

# A thing's kind, as people ask for it beside a name. The first is how it is told.
KIND_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "field_device": ("field_device", "field device", "camera", "cam", "카메라", "현장장비", "단말"),
        "device": ("device", "switch", "router", "스위치", "장비", "라우터"),
        "site": ("site", "place", "현장", "개소", "지점", "사이트"),
        "cable": ("cable", "fibre", "fiber", "케이블", "광케이블"),
        "duct": ("duct", "관로"),
        "link": ("link", "링크", "회선", "구간"),
        "ring": ("ring", "링"),
        "service": ("service", "서비스"),
        "contractor": ("contractor", "업체", "협력사", "시공사", "유지보수"),
        "port": ("port", "포트"),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found."""

    kind: str  # as in a subject: `cable`; also `duct`, `service`, `contractor`, of which there are no subjects
    id: str

    @property
    def subject(self) -> str:
        return f"{self.kind}:{self.id}"


Texts = Iterator[tuple[Facet, str]]


class Entries:
    """Everything by number, the rarer kinds first: of two that fit as well, the one that more depends on."""

    def __init__(self, inventory: Inventory) -> None:
        sections: tuple[tuple[str, Iterable[str]], ...] = (
            ("site", inventory.sites),
            ("ring", inventory.rings),
            ("cable", inventory.cables),
            ("duct", dict.fromkeys(cable.duct for cable in inventory.cables.values() if cable.duct)),
            ("device", inventory.devices),
            ("service", inventory.services),
            ("contractor", inventory.contractors),
            ("link", inventory.links),
            ("field_device", inventory.field_devices),
        )
        self._names: list[str] = []
        self._kinds = tuple(kind for kind, _ in sections)
        self._kind_of = bytearray()
        for place, (_, names) in enumerate(sections):
            before = len(self._names)
            self._names += names
            self._kind_of += bytes([place]) * (len(self._names) - before)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, number: int) -> Entry:
        return Entry(self._kinds[self._kind_of[number]], self._names[number])


class Reader:
    """The texts of each thing of one inventory."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._contexts: dict[tuple[str | None, ...], str] = {}

    def texts(self, entry: Entry) -> Texts:
        """What it is known by; an empty text is told, too."""
        inventory, name = self._inventory, entry.id
        yield Facet.ID, name
        match entry.kind:
            case "field_device":
                yield from self._field_device(inventory.field_devices[name])
            case "device":
                yield from self._device(inventory.devices[name])
            case "site":
                yield from self._site(inventory.sites[name])
            case "cable":
                yield from self._cable(inventory.cables[name])
            case "link":
                yield from self._link(inventory.links[name])
            case "contractor":
                yield from self._contractor(inventory.contractors[name])
            case "ring" | "service":
                yield from self._named(inventory.rings[name] if entry.kind == "ring" else inventory.services[name])

    def _field_device(self, one: FieldDevice) -> Texts:
        yield from self._named(one)
        yield from _name_of_host(one.address or "")
        if one.port is not None:
            yield Facet.PORT, str(one.port)
        service = self._inventory.services.get(one.service or "")
        yield Facet.CONTEXT, self._context(one.site, one.contractor, one.kind, service.name if service else one.service)

    def _device(self, one: Device) -> Texts:
        yield from self._named(one)
        yield from _name_of_host(one.address)
        yield Facet.CONTEXT, self._context(one.site, one.contractor, one.role.value)

    def _site(self, one: Site) -> Texts:
        yield from self._named(one)
        yield Facet.CONTEXT, one.district

    def _cable(self, one: Cable) -> Texts:
        yield from _extra(one.extra)
        yield Facet.CONTEXT, self._context(None, one.contractor, one.duct)

    def _link(self, one: Link) -> Texts:
        yield from _extra(one.extra)
        for port in (one.a, one.b, *(port for pair in one.members for port in pair)):
            yield Facet.PORT, str(port)
        ring = self._inventory.rings.get(one.ring or "")
        names = (*(run.cable for run in one.fibre), *((ring.id, ring.name) if ring else ()))
        yield Facet.CONTEXT, PARTED.join(filter(None, names))

    def _contractor(self, one: Contractor) -> Texts:
        yield from self._named(one)
        yield Facet.PHONE, one.phone
        yield Facet.CONTEXT, PARTED.join(one.skills)

    def _named(self, one: Device | FieldDevice | Site | Ring | Service | Contractor) -> Texts:
        yield Facet.NAME, one.name
        yield from _extra(one.extra)

    def _context(self, site: str | None, contractor: str | None, *more: str | None) -> str:
        """The surroundings on one line, made once for all that share them."""
        key = (site, contractor, *more)
        known = self._contexts.get(key)
        if known is None:
            where, who = self._inventory.sites.get(site or ""), self._inventory.contractors.get(contractor or "")
            said = [where.id, where.name, where.district] if where is not None else []
            said += [who.id, who.name] if who is not None else []
            known = self._contexts[key] = PARTED.join(filter(None, [*said, *more]))
        return known


def _extra(extra: Mapping[str, str]) -> Texts:
    for name, text in extra.items():
        yield _FACETS.get(name, Facet.NOTE), text


def _name_of_host(address: str) -> Texts:
    """Numbers are compared as numbers: `numbers`."""
    if address and not address[0].isdigit() and ":" not in address:
        yield Facet.ADDRESS, address

"""One line of text -> the things of the city that may be meant, the likeliest first.

In: a catalogue of the inventory, made once for each, and what devices say at this moment. Out: hits, each with the text
that fitted and how. Addresses in any notation, `acc-17 gi1/0/3`, `c-017 core 5`, `cable:c-017`, words in any order,
the beginning of a syllable, initial consonants; words typed wrong only where nothing else fits.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from netwatch.core.device.record import DeviceState
from netwatch.core.model import Inventory, PortRef
from netwatch.core.search.entries import KIND_WORDS, Facet
from netwatch.core.search.index import How, Rank, SearchIndex
from netwatch.core.search.numbers import AskedMac, Network, Numbers, asked_mac, asked_network
from netwatch.core.search.ports import cores_asked, ports_asked
from netwatch.core.search.seen import Sayings, Sighting, port_of, stations, stations_at
from netwatch.core.topology.graph import Topology

LONGEST = 200  # letters of a question
MOST_WORDS = 8
MOST_TOLD = 200  # of one way to ask, from which the likeliest are taken
MOST_NUMBERS = 1000  # addresses in a network, or of one maker
# what people say around the name of what they look for
_ASIDES = frozenset(
    (
        *("where", "is", "are", "the", "of", "at", "in", "on", "who", "what", "phone", "number"),
        *("어디", "어디야", "어디에", "있어", "있나", "전화", "번호", "전화번호", "연락처", "의"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that may be meant. `core`: of a cable, the one asked for."""

    kind: str
    id: str
    by: Facet
    how: How
    text: str  # what fitted
    core: int | None = None

    @property
    def subject(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The likeliest hits, and how many there are in all; of very many, some hundreds."""

    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What one inventory is searched by."""

    topology: Topology
    index: SearchIndex
    numbers: Numbers

    @classmethod
    def of(cls, topology: Topology) -> "Catalogue":
        inventory = topology.inventory
        return cls(topology=topology, index=SearchIndex(inventory), numbers=Numbers(inventory))

    @property
    def inventory(self) -> Inventory:
        return self.topology.inventory


Ranked = tuple[Rank, int, Hit]


class Search:
    """One question. `states` and `sayings` are empty where no daemon tells."""

    def __init__(self, catalogue: Catalogue, states: Mapping[str, DeviceState], sayings: Sayings) -> None:
        self._catalogue = catalogue
        self._states = dict(states)
        self._sayings = sayings

    def find(self, text: str, limit: int) -> Found:
        """At most so many hits. A text that says nothing finds nothing."""
        kind, asked = _kind_asked(unicodedata.normalize("NFC", text).strip()[:LONGEST])
        ranked: dict[str, Ranked] = {}
        for order, (rank, hit) in enumerate(self._hits(asked, kind)):
            before = ranked.get(hit.subject)
            if before is None or rank < before[0]:
                ranked[hit.subject] = rank, order, hit
        best = nsmallest(limit, ranked.values(), key=lambda one: one[:2])
        return Found(hits=tuple(hit for _, _, hit in best), total=len(ranked))

    def _hits(self, asked: str, kind: str) -> Iterator[tuple[Rank, Hit]]:
        network, mac = asked_network(asked), asked_mac(asked)
        kinds = frozenset({kind}) if kind else frozenset[str]()
        if network is not None:
            yield from self._with_address(network)
            return
        if mac is not None:
            with_it = list(self._with_mac(mac))
            yield from with_it
            if with_it and mac.is_sure:
                return
        words = asked.split()[:MOST_WORDS]
        if len(words) > 1:
            yield from self._parts_of_things(words)
        if kind != "port":
            found = False
            for one in self._named(words, kinds):
                found = True
                yield one
            bare = [one for one in words if one.lower().rstrip("?") not in _ASIDES]
            if not found and bare != words:
                yield from self._named(bare, kinds)
        yield from _of_sightings(self._sayings.find(asked), Facet.ALIAS, How.HAS)

    def _with_address(self, network: Network) -> Iterator[tuple[Rank, Hit]]:
        is_one = network.num_addresses == 1
        how = How.IS if is_one else How.BEGINS
        for address, entry in islice(self._catalogue.numbers.within(network), MOST_NUMBERS):
            hit = Hit(kind=entry.kind, id=entry.id, by=Facet.ADDRESS, how=how, text=address)
            yield Rank(is_context=False, how=how, facet=Facet.ADDRESS, spare=0), hit
        if is_one:
            address = str(network.network_address)
            for mac in stations_at(self._states, address):
                yield from self._with_mac(mac)

    def _with_mac(self, asked: AskedMac) -> Iterator[tuple[Rank, Hit]]:
        how = How.IS if len(asked.digits) == 12 else How.BEGINS if asked.is_sure else How.HAS
        registered = set()
        for mac, entry in islice(self._catalogue.numbers.with_mac(asked), MOST_NUMBERS):
            registered.add(mac)
            hit = Hit(kind=entry.kind, id=entry.id, by=Facet.MAC, how=how, text=mac)
            yield Rank(is_context=False, how=how, facet=Facet.MAC, spare=0), hit
        strangers = (one for one in stations(self._states, asked) if one.text not in registered)
        yield from _of_sightings(strangers, Facet.MAC, how)

    def _parts_of_things(self, words: list[str]) -> Iterator[tuple[Rank, Hit]]:
        """Ports of a device and cores of a cable: they are in no list, but are asked for by two names."""
        catalogue = self._catalogue
        for place, port in enumerate(ports_asked(words, catalogue.index, catalogue.topology, self._states)):
            hit = Hit(kind="port", id=str(port), by=Facet.PORT, how=How.IS, text=str(port))
            yield Rank(is_context=False, how=How.IS, facet=Facet.ID, spare=place), hit
        for cable, core in cores_asked(words, catalogue.index, catalogue.inventory):
            hit = Hit(kind="cable", id=cable, by=Facet.ID, how=How.IS, text=f"core {core}", core=core)
            yield Rank(is_context=False, how=How.IS, facet=Facet.ID, spare=0), hit

    def _named(self, words: list[str], kinds: frozenset[str]) -> Iterator[tuple[Rank, Hit]]:
        index = self._catalogue.index
        matches = index.find(words, kinds)
        told = nsmallest(MOST_TOLD, matches, key=lambda match: (match.rank, match.entry))
        for match in told:
            entry = index.entries[match.entry]
            hit = Hit(kind=entry.kind, id=entry.id, by=match.rank.facet, how=match.rank.how, text=index.text(match))
            yield match.rank, hit


def _of_sightings(seen: Iterable[Sighting], facet: Facet, how: How) -> Iterator[tuple[Rank, Hit]]:
    for place, one in enumerate(seen):
        port = port_of(one)
        kind, name = ("device", one.device) if port is None else ("port", str(port))
        yield (
            Rank(is_context=False, how=how, facet=facet, spare=place),
            Hit(kind=kind, id=name, by=facet, how=how, text=one.text),
        )


def _kind_asked(text: str) -> tuple[str, str]:
    """`cable:c-017` is asked for by its kind, and nothing else of that name is meant."""
    kind, colon, rest = text.partition(":")
    if colon and kind in KIND_WORDS and rest.strip():
        return kind, rest.strip()
    return "", text


def port_named(identity: str) -> PortRef:
    """The port of a hit."""
    device, _, interface = identity.partition(" ")
    return PortRef(device=device, interface=interface)

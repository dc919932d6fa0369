"""Published records -> pages, streamed family by family in the text format 0.0.4.

What is told is immutable and swapped by one assignment. A page first takes hold of all it will tell, so a reload in the
middle of it changes nothing, and never joins it: 500 MB go out in pieces of a quarter megabyte.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar
from zlib import crc32

from prometheus_client import CollectorRegistry, generate_latest

from netwatch.core.metrics import CATALOGUE, Metric, Scope
from netwatch.expose.fragments import PLACES, DeviceFragments
from netwatch.expose.selection import Selection
from netwatch.expose.totals import Fragment

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
CHUNK_BYTES = 256 * 1024
RECORDS_AT_ONCE = 1024  # are looked through for one family
LOOKS_PER_CHUNK = 64  # a family that few devices have must not hold the event loop either

Told = TypeVar("Told", bound=Mapping[str, Fragment])
Source = Callable[[str], Iterable[Sequence[Fragment]]]
"""Family -> what the records tell of it, so many of them at once; those that tell nothing are left out."""


def stable_hash(device: str) -> int:
    """The same for the same id in every process and release: it decides the shard."""
    return crc32(device.encode("utf-8", "surrogatepass"))


@dataclass(slots=True, kw_only=True)
class Published(Generic[Told]):
    """What one device or field device contributes to the pages. A field device has the shard hash of its device."""

    site: str
    shard_hash: int
    fragments: Told  # nobody changes them, but others take their place


@dataclass(slots=True)
class Pages:
    """Everything published. Writers set or delete single entries; a page looks at all records it tells of at once."""

    own: CollectorRegistry
    devices: dict[str, Published[DeviceFragments]] = field(default_factory=dict)
    field_devices: dict[str, Published[Mapping[str, Fragment]]] = field(default_factory=dict)
    families: dict[str, Fragment] = field(default_factory=dict)  # those of the city as a whole, by name

    def publish_device(self, device: str, *, site: str, fragments: DeviceFragments) -> None:
        record = self.devices.get(device)
        if record is None:
            record = self.devices[device] = Published(site=site, shard_hash=stable_hash(device), fragments=fragments)
        record.site, record.fragments = site, fragments

    def publish_field_device(self, name: str, *, site: str, beside: str, fragments: Mapping[str, Fragment]) -> None:
        """`beside` is the id of the device it hangs on, or its own where it hangs on none of ours."""
        self.field_devices[name] = Published(site=site, shard_hash=stable_hash(beside), fragments=fragments)

    def stands_at(self, site: str) -> bool:
        """Whether anything published stands at the site."""
        here = (one.site for one in self.devices.values())
        return site in here or any(one.site == site for one in self.field_devices.values())

    def stream(self, selection: Selection) -> Iterator[bytes]:
        """The page in pieces of about `CHUNK_BYTES`; a piece may be empty, to let others have their turn.

        The records are taken now, not when the first piece is.
        """
        of_devices = _Columns(_chosen(self.devices.values(), selection))
        of_field_devices = partial(_of_others, _chosen(self.field_devices.values(), selection))
        own = self.own if selection.has(Scope.DAEMON) else None
        sources: dict[Scope, Source] = dict.fromkeys(Scope, partial(_of_others, [dict(self.families)]))
        sources |= {Scope.DEVICE: of_devices, Scope.INTERFACE: of_devices, Scope.FIELD_DEVICE: of_field_devices}
        del sources[Scope.DAEMON]
        return _pieces({scope: source for scope, source in sources.items() if selection.has(scope)}, own)


class _Columns:
    """The source of what devices tell. Most families few of them have, so a part's are sorted out all at once.

    That takes 0.6 ms for the 43 of health, and half of what it took to look into each device for each family.
    """

    __slots__ = ("_slices", "_turned")

    def __init__(self, devices: Sequence[DeviceFragments]) -> None:
        self._slices = tuple(_slices(devices))
        self._turned: dict[tuple[int, int], Sequence[Sequence[Fragment]]] = {}  # by slice and part

    def __call__(self, family: str) -> Iterator[Sequence[Fragment]]:
        part, place = PLACES[family]
        for at, some in enumerate(self._slices):
            columns = self._turned.get((at, part))
            if columns is None:
                rows = [one.parts[part] for one in some]
                columns = self._turned[at, part] = [list(filter(None, told)) for told in zip(*rows, strict=True)]
            yield columns[place]


def _of_others(records: Sequence[Mapping[str, Fragment]], family: str) -> Iterator[Sequence[Fragment]]:
    for some in _slices(records):
        yield [told for one in some if (told := one.get(family))]


def _slices(records: Sequence[Told]) -> Iterator[Sequence[Told]]:
    return (records[at : at + RECORDS_AT_ONCE] for at in range(0, len(records), RECORDS_AT_ONCE))


def _chosen(records: Iterable[Published[Told]], selection: Selection) -> Sequence[Told]:
    # the one step that is not divided: 40 ns a record, so a city of 100,000 holds the event loop for 4 ms
    shard, of, site = selection.shard, selection.of, selection.site
    return [
        record.fragments
        for record in records
        if record.shard_hash % of == shard and (site is None or record.site == site)
    ]


def header(metric: Metric) -> bytes:
    """The HELP and TYPE lines of one family."""
    told = metric.help.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {metric.name} {told}\n# TYPE {metric.name} {metric.type.value}\n".encode()


def _pieces(sources: Mapping[Scope, Source], own: CollectorRegistry | None) -> Iterator[bytes]:
    piece: list[bytes] = []
    size = looks = 0
    for metric in CATALOGUE:
        name, head = metric.name, header(metric)
        source = sources.get(metric.scope)
        for fragments in source(name) if source is not None else ():
            for fragment in fragments:
                text = fragment if isinstance(fragment, bytes) else fragment.fragment(name)
                if text:
                    if head:
                        piece.append(head)
                        head = b""
                    piece.append(text)
                    size += len(text)
                if size >= CHUNK_BYTES:
                    yield b"".join(piece)
                    piece.clear()
                    size = looks = 0
            looks += 1
            if looks >= LOOKS_PER_CHUNK:
                yield b"".join(piece)
                piece.clear()
                size = looks = 0
    if own is not None:
        piece.append(generate_latest(own))
    yield b"".join(piece)

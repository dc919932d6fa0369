"""The city's part of the store: what changed in it goes out as rows, what the last daemon had told comes back in."""

from collections.abc import Iterable, Iterator

from netwatch.audit.city_rows import CityMemory, rows_of
from netwatch.audit.drift_rows import drift_rows
from netwatch.audit.records import Verdict
from netwatch.audit.span_rows import span_row
from netwatch.core.city import City


class CityRecord:
    """Beside one City; `rows` is to be called after each of its `refold`s."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._findings = city.drift.findings  # as stored

    def restore(self, memory: CityMemory) -> None:
        """What the daemon before this one had told, after the states of devices were restored."""
        city = self._city
        city.links.recall(memory.links, memory.rings)
        city.fields.recall(memory.field_devices)
        city.book.recall(memory.faults)
        city.drift.restore(memory.discrepancies)
        self._findings = city.drift.findings

    def rows(self, field_devices: Iterable[str], *, now_wall_s: float) -> Iterator[Verdict]:
        """What is to be stored with this tick's events; `field_devices` are those with another verdict."""
        links, fields, drift = self._city.links, self._city.fields, self._city.drift
        conditions, links.changed_conditions = links.changed_conditions, {}
        rings, links.changed_rings = links.changed_rings, {}
        spans, links.changed_spans = links.changed_spans, {}
        yield from rows_of(
            {name: links.links[name] for name in conditions},
            {name: links.rings[name] for name in rings},
            {name: fields.verdicts[name] for name in field_devices},
            self._city.book.take_changed(),
        )
        yield from (span_row(name, links.links[name].spans, now_wall_s) for name in spans if name in links.links)
        if drift.findings is not self._findings:
            before, self._findings = self._findings, drift.findings
            yield from drift_rows(before, self._findings, now_wall_s)

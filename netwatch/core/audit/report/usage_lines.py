"""What ports carried -> a line for each link: both ways, their growth, and the light at both ends.

In: columns as the ledger keeps them, by port. Out: plain data. Rates are bit/s; figures have four significant digits,
more than the ledger's own grain (0.034 %), so that any machine writes them alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from netwatch.core.audit.report.question import Question
from netwatch.core.audit.usage import DAY_S, Way, carried, growth
from netwatch.core.audit.usage_light import Light, fading
from netwatch.core.model import Inventory, Link, PortRef

DIGITS = 4


class Recorded(Protocol):
    """What is on record of one port."""

    @property
    def received(self) -> Way: ...
    @property
    def sent(self) -> Way: ...
    @property
    def light(self) -> Light: ...


def is_seen(one: Recorded | None) -> bool:
    """Whether its traffic is on record."""
    return one is not None and one.received.is_seen


def usage_lines(
    recorded: Mapping[str, Recorded], inventory: Inventory, question: Question
) -> Sequence[Mapping[str, Any]]:
    """In the order of the links' ids; of links that nothing is on record of, none."""
    lines = []
    for link in asked_links(inventory, question):
        a, b = recorded.get(str(link.a)), recorded.get(str(link.b))
        seen = b if a is None or (b is not None and not is_seen(a)) else a
        if seen is None:
            continue
        ways = (seen.sent, seen.received) if seen is a else (seen.received, seen.sent)
        lines.append(
            {
                "link": link.id,
                "capacity_bps": link.capacity_bps,
                "ways": [
                    {"from": str(begin), **_way(way, link, question)}
                    for begin, way in zip((link.a, link.b), ways, strict=True)
                ],
                "light": [
                    _light(port, one) for port, one in ((link.a, a), (link.b, b)) if one and len(one.light.from_s)
                ],
            }
        )
    return lines


def asked_links(inventory: Inventory, question: Question) -> list[Link]:
    """Those within the district that is asked for, or all; in the order of their ids."""
    sites = inventory.sites
    found = []
    for _, link in sorted(inventory.links.items()):
        there = {sites[inventory.devices[port.device].site].district for port in (link.a, link.b)}
        if not question.district or there == {question.district}:
            found.append(link)
    return found


def _way(way: Way, link: Link, question: Question) -> Mapping[str, Any]:
    period = question.period
    told = carried(way, expected_s=period.length_ms / 1000)
    rise = growth(way, zone_s=_zone_s(question))
    return {
        "mean_bps": _bits(told.mean),
        "peak_bps": _bits(told.peak),
        "p95_bps": _bits(told.p95),
        "of_capacity": _short(told.utilisation(link.capacity_bps)),
        "missing": _short(told.missing),
        "error_ppm": _short(told.error_ppm),
        "growth_bps_per_day": _bits(rise.per_day),
        "days_to_80_percent": _short(rise.days_to(link.capacity_bps)),
    }


def _light(port: PortRef, one: Recorded) -> Mapping[str, Any]:
    told = fading(one.light)
    return {
        "port": str(port),
        "last_dbm": told.last_dbm,
        "least_dbm": told.least_dbm,
        "low_alarm_dbm": told.low_alarm_dbm,
        "margin_db": told.margin_db,
        "drift_db": told.drift_db,
        "days_to_alarm": _short(told.days_to_alarm),
    }


def _zone_s(question: Question) -> int:
    """How far the clocks of the zone were ahead of UTC: by where its last day began."""
    begin_s = question.days[-1].from_ms // 1000 if len(question.days) > 1 else 0
    ahead_s = -begin_s % DAY_S
    return ahead_s if ahead_s <= DAY_S * 14 // 24 else ahead_s - DAY_S


def _bits(octets: float | None) -> float | None:
    return _short(None if octets is None else 8 * octets)


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")

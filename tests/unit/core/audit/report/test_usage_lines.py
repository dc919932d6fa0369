"""What ports carried, as lines of links: whose port is read, which way is which, and what is not known."""

from array import array
from dataclasses import dataclass, field

import pytest

from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.inventory_document import inventory_of
from netwatch.core.audit.report.question import Question
from netwatch.core.audit.report.usage_lines import asked_links, usage_lines
from netwatch.core.audit.usage import Way
from netwatch.core.audit.usage_code import codes, light_code
from netwatch.core.audit.usage_light import Light
from tests.unit.core.audit.report.city import FINGERPRINT, T0, document

INVENTORY = inventory_of(document(), fingerprint=FINGERPRINT)
HOUR = Period(from_ms=T0 * 1000, until_ms=(T0 + 3600) * 1000)


@dataclass(frozen=True)
class Port:
    received: Way = field(default_factory=Way)
    sent: Way = field(default_factory=Way)
    light: Light = field(default_factory=Light)


def way(octets, *, slots=12, errors=0):
    """So many octets in each five minutes."""
    return Way(
        from_s=[T0 + 300 * number for number in range(slots)],
        seen_s=array("H", [300] * slots),
        bytes=codes([octets] * slots),
        peak=codes([octets / 100])[0],
        packets=1000.0 * slots,
        errors=float(errors) * slots,
    )


def asked(**more):
    return Question(period=HOUR, days=(HOUR,), as_of_ms=HOUR.until_ms, **more)


def line(recorded, **more):
    return usage_lines(recorded, INVENTORY, asked(**more))


def test_a_link_is_read_at_its_a_end_where_sent_goes_to_b():
    (link,) = line({"sw-1 Te1": Port(sent=way(300_000_000), received=way(3_000_000, errors=1))})
    assert (link["link"], link["capacity_bps"], link["light"]) == ("link-1", 10**9, [])
    to_b, to_a = link["ways"]
    assert (to_b["from"], to_a["from"]) == ("sw-1 Te1", "sw-2 Te1")
    assert to_b["p95_bps"] == pytest.approx(8e6, rel=0.001)
    assert to_b["of_capacity"] == pytest.approx(0.008, rel=0.001)
    assert (to_b["missing"], to_b["error_ppm"]) == (0.0, 0.0)
    assert to_a["mean_bps"] == pytest.approx(8e4, rel=0.001)
    assert to_a["error_ppm"] == pytest.approx(1000, rel=0.001)


def test_where_a_tells_nothing_b_is_read_and_its_ways_are_turned_round():
    (link,) = line({"sw-1 Te1": Port(), "sw-2 Te1": Port(sent=way(3_000_000), received=way(300_000_000))})
    to_b, to_a = link["ways"]
    assert to_b["mean_bps"] > 50 * to_a["mean_bps"]


def test_too_few_days_make_no_growth_and_half_an_hour_seen_is_half_missing():
    (link,) = line({"sw-1 Te2": Port(sent=way(3000, slots=6), received=way(3000, slots=6))})
    for one in link["ways"]:
        assert (one["growth_bps_per_day"], one["days_to_80_percent"], one["missing"]) == (None, None, 0.5)


def test_light_is_told_with_its_margin_of_each_end():
    light = Light(
        from_s=[T0],
        samples=[60],
        mean_dbm=[light_code(-12.0)],
        least_dbm=[light_code(-12.5)],
        low_alarm_dbm=[light_code(-20.0)],
    )
    (link,) = line({"sw-1 Te1": Port(light=light), "sw-2 Te1": Port()})
    (told,) = link["light"]
    assert (told["port"], told["least_dbm"], told["low_alarm_dbm"], told["margin_db"]) == (
        "sw-1 Te1",
        -12.5,
        -20.0,
        7.5,
    )
    assert (told["drift_db"], told["days_to_alarm"]) == (None, None)


def test_only_links_within_the_district_are_asked_for():
    assert [link.id for link in asked_links(INVENTORY, asked())] == ["link-1", "link-2"]
    assert asked_links(INVENTORY, asked(district="중앙동")) == []
    assert line({"sw-1 Te1": Port(sent=way(1), received=way(1))}, district="중앙동") == []


def test_a_network_that_nothing_is_on_record_of_has_no_lines():
    assert line({}) == []

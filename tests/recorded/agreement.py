"""What recorded devices say of themselves by our profiles, held against the facts another monitor read of them.

`python -m tests.recorded.agreement` prints the table: per recording and field how many of the facts we tell as well;
with `--write` it writes the sums of each family into `agreement.json`, from which README's table is made.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from netwatch.collect.once import Polled
from netwatch.core.health.equipment import Equipment
from netwatch.core.health.measures import Measure
from netwatch.core.health.sensors import LIMITS as LIMIT_MEASURES
from tests.recorded.serving import ask_all
from tests.tools import RECORDINGS

AGREEMENT = Path(__file__).with_name("agreement.json")
NAMES = sorted(path.name.removesuffix(".facts.json") for path in RECORDINGS.glob("*.facts.json"))
OPTICS = (Measure.RECEIVE_POWER, Measure.TRANSMIT_POWER)
POWERS = (Measure.POE_POWER, Measure.POE_USED, Measure.POE_LIMIT, Measure.POWER)
VOLTAGES = (Measure.VOLTAGE, Measure.MODULE_VOLTAGE)
CURRENTS = (Measure.LASER_BIAS, Measure.CURRENT)
TEMPERATURES = (Measure.TEMPERATURE, Measure.MODULE_TEMPERATURE)
# field -> (class in the facts, our measures, how far apart two readings of one value may be)
SENSORS: Mapping[str, tuple[str, tuple[Measure, ...], float]] = {
    "optics": ("dbm", OPTICS, 0.06),
    "temperature": ("temperature", TEMPERATURES, 0.6),
    "fan speed": ("fanspeed", (Measure.FAN_SPEED,), 1.0),
    "current": ("current", CURRENTS, 0.0006),
    "voltage": ("voltage", VOLTAGES, 0.02),
    "power": ("power", POWERS, 0.06),
    "humidity": ("humidity", (Measure.HUMIDITY,), 0.006),
    "charge": ("charge", (Measure.BATTERY_CHARGE,), 0.006),
    "load": ("load", (Measure.OUTPUT_LOAD,), 0.006),
}
SHARES = ("charge", "load", "humidity")
IDENTITY = {"model": "hardware", "serial": "serial", "firmware": "version"}
FIELDS = (*IDENTITY, *SENSORS, "limits", "cpu", "memory")
LIMITS = tuple(LIMIT_MEASURES.values())
LIMIT_KEYS = ("sensor_limit", "sensor_limit_warn", "sensor_limit_low", "sensor_limit_low_warn")

Score = tuple[int, int]  # facts that we tell as well, facts


async def poll_all(names: Iterable[str] = NAMES) -> Mapping[str, Polled]:
    """Every recording, served on loopback and asked once in every lane."""
    return await ask_all({name: RECORDINGS / f"{name}.snmprec" for name in names})


def facts_of(name: str) -> Mapping[str, object]:
    return json.loads((RECORDINGS / f"{name}.facts.json").read_text())


def scores(name: str, polled: Polled) -> Mapping[str, Score]:
    """Field -> score, of the fields that the facts have."""
    facts, equipment = facts_of(name), polled.state.equipment
    found: dict[str, Score] = {}
    for field, key in IDENTITY.items():
        theirs, ours = str(facts["device"].get(key) or ""), getattr(equipment, field)
        if theirs:
            found[field] = int(bool(ours) and (ours in theirs or theirs in ours)), 1
    for field, (kind, measures, apart) in SENSORS.items():
        theirs = [one["value"] for one in facts.get("sensors", []) if one["sensor_class"] == kind]
        scale = 100 if field in SHARES else 1
        ours = _values(equipment, measures)
        if theirs:
            found[field] = _common([value / scale for value in theirs], ours, apart), len(theirs)
    limits = [
        one[key] for one in facts.get("sensors", []) if one["sensor_class"] == "dbm" for key in LIMIT_KEYS if key in one
    ]
    if limits:
        found["limits"] = _common(limits, _values(equipment, LIMITS), 0.06), len(limits)
    for field, key, measure in (("cpu", "processors", Measure.CPU), ("memory", "mempools", Measure.MEMORY_USED)):
        theirs = [one["percent"] / 100 for one in facts.get(key, [])]
        if theirs:
            found[field] = _common(theirs, equipment.readings.get(measure, {}).values(), 0.011), len(theirs)
    return found


def _values(equipment: Equipment, measures: Iterable[Measure]) -> list[float]:
    return [
        value
        for one in measures
        for told in ({**equipment.fixed.get(one, {}), **equipment.readings.get(one, {})},)
        for value in told.values()
    ]


def _common(theirs: Iterable[float], ours: Iterable[float], apart: float) -> int:
    """How many of theirs have one of ours each, no further apart."""
    left, found = sorted(ours), 0
    for value in sorted(theirs):
        near = next((one for one in left if abs(one - value) <= apart), None)
        if near is not None:
            left.remove(near)
            found += 1
    return found


def table(polls: Mapping[str, Polled]) -> str:
    """One line a recording: profile, and each field as told/facts."""
    rows = [("recording", "profile", *FIELDS)]
    for name, polled in polls.items():
        scored = scores(name, polled)
        cells = ("/".join(map(str, scored[field])) if field in scored else "" for field in FIELDS)
        rows.append((name, polled.state.equipment.profile, *cells))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def families(polls: Mapping[str, Polled]) -> Mapping[str, Mapping[str, int]]:
    """Profile -> how many recorded devices took it, and how many of their facts are told, of how many."""
    found: dict[str, Counter[str]] = {}
    for name, polled in polls.items():
        sums = found.setdefault(polled.state.equipment.profile, Counter(devices=0, told=0, facts=0))
        sums["devices"] += 1
        for told, facts in scores(name, polled).values():
            sums.update(told=told, facts=facts)
    return {profile: dict(found[profile]) for profile in sorted(found)}


if __name__ == "__main__":
    polled = asyncio.run(poll_all())
    print(table(polled))
    if "--write" in sys.argv[1:]:
        AGREEMENT.write_text(json.dumps(families(polled), indent=1) + "\n", encoding="utf-8")

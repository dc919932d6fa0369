"""What a polled device sees around it -> a line each for people, or JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from netwatch.core.neighbours.sightings import ADDRESSES, MACS, NEIGHBOURS, POE, Sightings

TITLES = {NEIGHBOURS: "neighbours", MACS: "stations", POE: "power", ADDRESSES: "addresses"}


def in_words(seen: Sightings) -> Iterator[tuple[str, str]]:
    """(title, counts): also of what could not be placed, and why something was not read to its end."""
    told = _counts(seen)
    for what, title in TITLES.items():
        parts = [told.get(what, "")]
        if what in seen.unmapped:
            parts.append(f"{seen.unmapped[what]} on ports that are no interface for sure")
        if what in seen.reasons:
            parts.append(f"not read to the end: {seen.reasons[what]}")
        if any(parts):
            yield title, "; ".join(filter(None, parts))


def _counts(seen: Sightings) -> Mapping[str, str]:
    told = {}
    if seen.neighbours is not None:
        told[NEIGHBOURS] = f"{len(seen.neighbours)} on {len({one.interface for one in seen.neighbours})} ports"
    if seen.macs is not None:
        used = [macs for macs in seen.macs.values() if macs]
        told[MACS] = f"{sum(map(len, used))} on {len(used)} of {len(seen.macs)} bridge ports"
    if seen.poe_interfaces:
        statuses = Counter(str(seen.poe.get(name, "not read")) for name in seen.poe_interfaces.values())
        told[POE] = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in statuses.most_common())
    if seen.addresses:
        told[ADDRESSES] = f"{len(seen.addresses)} IP neighbours"
    return told


def as_json(seen: Sightings) -> dict[str, Any]:
    """Everything, by the names of the ports; None for what the device does not tell."""
    return {
        "chassis_id": seen.chassis_id,
        NEIGHBOURS: None if seen.neighbours is None else [asdict(one) for one in seen.neighbours],
        MACS: None if seen.macs is None else {name: sorted(macs) for name, macs in seen.macs.items()},
        POE: dict(seen.poe),
        ADDRESSES: dict(seen.addresses),
        "reasons": dict(seen.reasons),
        "unmapped": dict(seen.unmapped),
    }

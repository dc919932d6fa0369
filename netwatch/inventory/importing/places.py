"""Where rows say that things stand -> sites: those the inventory has, or new ones, each place once.

In: drafts with `place`, `latitude`, `longitude`, `district`. Out: the drafts with a `site` in their stead, and new
sites. A place that is told in two spots, or far from everything else, is a doubt: a digit was mistyped.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from netwatch.inventory.importing.doubt import Why
from netwatch.inventory.importing.mapping import PLACE, PLACED
from netwatch.inventory.importing.rows import Draft
from netwatch.inventory.importing.world import Names, Texts, World

ONE_SPOT_M = 150.0  # apart, and still one place: a crossing has four corners
FAR_M = 100_000.0  # from the middle of all: no city is so large
_LETTERS = re.compile(r"[^\w.\-]+")
Spot = tuple[float, float]


def settle_places(drafts: Sequence[Draft], world: World) -> dict[str, Draft]:
    """Give each draft its site; the new sites by id."""
    _doubt_far(drafts)
    placed = [draft for draft in drafts if draft.section in PLACED]
    known: dict[str, Texts] = {identity: one.texts for identity, one in world.of("sites").items()}
    known |= {draft.id: draft.texts for draft in drafts if draft.section == "sites"}
    names = Names(known.items())
    found: dict[str, Draft] = {}
    for (name, district), rows in _by_place(placed).items():
        spot = _doubt_apart(rows, name)
        identity = next((one for one in names.meant(name) if _is_in(district, known[one])), None)
        if identity is None:
            identity = _fresh_id(name, district, {**dict.fromkeys(known), **dict.fromkeys(found)})
            texts = {"name": name, **({"district": district} if district else {}), **spot}
            found[identity] = Draft(place=rows[0].place, section="sites", id=identity, texts=texts)
        else:
            _doubt_known(rows, identity, known[identity])
        for row in rows:
            row.texts["site"] = identity
    for draft in placed:
        for key in PLACE:
            draft.texts.pop(key, None)
    return found


def _by_place(drafts: Iterable[Draft]) -> dict[tuple[str, str], list[Draft]]:
    """(name, district) -> the rows there. What hangs on a port and tells no place stands where its switch does."""
    places: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        texts = draft.texts
        has_spot = "latitude" in texts and "longitude" in texts
        if "site" in texts:
            continue
        name = texts.get("place") or (texts.get("name") or draft.id if has_spot else "")
        if not name and "device" not in texts:
            name = texts.get("district", "")
        if name:
            places.setdefault((name, texts.get("district", "")), []).append(draft)
    return places


def _spot(texts: Texts) -> Spot | None:
    if "latitude" in texts and "longitude" in texts:
        return float(texts["latitude"]), float(texts["longitude"])
    return None


def _apart_m(one: Spot, other: Spot) -> float:
    """Good to a percent over a city."""
    north = (one[0] - other[0]) * 111_320
    east = (one[1] - other[1]) * 111_320 * math.cos(math.radians((one[0] + other[0]) / 2))
    return math.hypot(north, east)


def _doubt_far(drafts: Iterable[Draft]) -> None:
    """What lies beyond this planet, or far from the middle of all."""
    spots = [(draft, spot) for draft in drafts if (spot := _spot(draft.texts)) is not None]
    middle = (median(spot[0] for _, spot in spots), median(spot[1] for _, spot in spots)) if spots else (0.0, 0.0)
    for draft, spot in spots:
        if abs(spot[0]) > 90 or abs(spot[1]) > 180:
            what = "is not a latitude and a longitude in degrees; the latitude comes first"
        elif _apart_m(spot, middle) > FAR_M:
            what = f"lies {_apart_m(spot, middle) / 1000:.0f} km from the middle of all"
        else:
            continue
        draft.doubt("latitude", Why.PLACE, f"{spot[0]:g}, {spot[1]:g} {what}")
        for key in ("latitude", "longitude"):
            draft.texts.pop(key)


def _doubt_apart(rows: Sequence[Draft], name: str) -> Mapping[str, str]:
    """The place's spot, as most rows tell it; the rows that tell another are in doubt, all if none is most."""
    told = [(row, spot) for row in rows if (spot := _spot(row.texts)) is not None]
    if not told:
        return {}
    close = [sum(_apart_m(spot, other) <= ONE_SPOT_M for _, other in told) for _, spot in told]
    chosen, spot = told[close.index(max(close))]
    for row, other in told:
        if max(close) * 2 <= len(told) or _apart_m(spot, other) > ONE_SPOT_M:
            away_m = max(_apart_m(other, another) for _, another in told)
            row.doubt("latitude", Why.PLACE, f"{name} is told in two spots, {away_m:.0f} m apart")
    return {key: chosen.texts[key] for key in ("latitude", "longitude")}


def _doubt_known(rows: Sequence[Draft], identity: str, texts: Texts) -> None:
    known = _spot(texts)
    for row in rows:
        spot = _spot(row.texts)
        if known is not None and spot is not None and _apart_m(known, spot) > ONE_SPOT_M:
            away_m = _apart_m(known, spot)
            row.doubt("latitude", Why.PLACE, f"lies {away_m:.0f} m from where the inventory has the site {identity}")


def _is_in(district: str, site: Texts) -> bool:
    """Whether the site can be in this district, as far as both are told."""
    known = site.get("district", "")
    return not district or not known or known == district


def _fresh_id(name: str, district: str, taken: Mapping[str, None]) -> str:
    base = _LETTERS.sub("-", name).strip("-") or "site"
    for candidate in (base, f"{base}-{_LETTERS.sub('-', district)}" if district else base):
        if candidate not in taken:
            return candidate
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"

"""Where rows say that things stand -> sites: those the inventory has, or new ones, each place once.

In: drafts with `place`, `latitude`, `longitude`, `district`. Out: the drafts with a `site` in their stead, and new
sites. A place that is told in two spots, or far from everything else, is a doubt: a digit was mistyped.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from netwatch.inventory.findings import quoted
from netwatch.inventory.importing.doubt import Why
from netwatch.inventory.importing.mapping import PLACE, PLACED
from netwatch.inventory.importing.rows import Draft
from netwatch.inventory.importing.world import Names, Texts, World

ONE_SPOT_M = 150.0  # apart, and still one place: a crossing has four corners
FAR_M = 100_000.0  # from the middle of all: no city is so large
_LETTERS = re.compile(r"[^\w.\-]+")
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Rows of one place. `site`: the id that they give it themselves, if they do."""

    site: str
    name: str
    district: str
    rows: list[Draft] = field(default_factory=list)


def settle_places(drafts: Sequence[Draft], world: World) -> dict[str, Draft]:
    """Give each draft its site; the new sites by id."""
    _doubt_far(drafts)
    known: dict[str, Texts] = {identity: one.texts for identity, one in world.of("sites").items()}
    known |= {draft.id: draft.texts for draft in drafts if draft.section == "sites"}
    names = Names(known.items())
    found: dict[str, Draft] = {}
    for group in _by_place(draft for draft in drafts if draft.section in PLACED):
        identity = _known_site(group, names, known)
        if identity is not None:
            _doubt_known(group.rows, identity, known[identity])
            _stand_at(group, identity, known[identity])
        elif not group.site or any(key in row.texts for row in group.rows for key in PLACE):
            spot = _doubt_apart(group.rows, group.name)
            identity = group.site or _fresh_id(group, {**dict.fromkeys(known), **dict.fromkeys(found)})
            told = {key: text for key, text in (("name", group.name), ("district", group.district)) if text}
            found[identity] = Draft(place=group.rows[0].place, section="sites", id=identity, texts={**told, **spot})
            _stand_at(group, identity, found[identity].texts)
        else:
            _doubt_unknown(group, names)
    return found


def _by_place(drafts: Iterable[Draft]) -> Iterable[_Group]:
    """The rows of each place. What hangs on a port and tells no place stands where its switch does."""
    places: dict[tuple[str, ...], _Group] = {}
    for draft in drafts:
        texts = draft.texts
        site, district = texts.get("site", ""), texts.get("district", "")
        has_spot = "latitude" in texts and "longitude" in texts
        name = texts.get("place") or site or (texts.get("name") or draft.id if has_spot else "")
        if not name and "device" not in texts:
            name = district
        if name:
            key = (site,) if site else (name, district)
            places.setdefault(key, _Group(site=site, name=name, district=district)).rows.append(draft)
    return places.values()


def _known_site(group: _Group, names: Names, known: Mapping[str, Texts]) -> str | None:
    """The site that they mean, where there is one. Another district makes it another place, if it is only named."""
    meant = names.meant(group.site or group.name)
    fits = [one for one in meant if group.site or _is_in(group.district, known[one])]
    return fits[0] if fits else None


def _stand_at(group: _Group, identity: str, site: Texts) -> None:
    """Told of the site now. What a row calls the place otherwise is kept; another district is a doubt."""
    for row in group.rows:
        place, district = row.texts.get("place", ""), row.texts.get("district", "")
        if not _is_in(district, site):
            row.doubt("district", Why.PLACE, f"the site {identity} is in {site['district']}, not in {district}")
        for key in PLACE:
            row.texts.pop(key, None)
        row.texts["site"] = identity
        if place not in ("", identity, site.get("name")):
            row.texts["place"] = place


def _doubt_unknown(group: _Group, names: Names) -> None:
    for row in group.rows:
        what = f"there is no {quoted(group.site)} among the sites"
        row.doubt("site", Why.UNKNOWN, what, proposal=names.near(group.site))


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


def _fresh_id(group: _Group, taken: Mapping[str, None]) -> str:
    name, district = group.name, group.district
    base = _LETTERS.sub("-", name).strip("-") or "site"
    for candidate in (base, f"{base}-{_LETTERS.sub('-', district)}" if district else base):
        if candidate not in taken:
            return candidate
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"

"""A history and inventories -> the subjects of each kind that a question is about, ready for the arithmetic.

In: what rows tell, and what the inventories of their time say of services, districts, targets and what hangs on what.
Out: Subjects. What moved within the period is several, each for as long as it stayed. What is in no inventory of the
period, and in the record, is accounted for too: of no service, district and site.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netwatch.core.audit.corrections import Correction, corrections_of
from netwatch.core.audit.declarations import Declaration
from netwatch.core.audit.intervals import Class, Span, ms_of
from netwatch.core.audit.readings import DEVICE, FIELD_DEVICE, FIELD_SERVICE, LINK, RING
from netwatch.core.audit.report.history import UNWATCHED, FaultTold, History
from netwatch.core.audit.report.question import Kind, Question
from netwatch.core.audit.report.spans import spans
from netwatch.core.audit.report.versions import Version, place_at
from netwatch.core.audit.subjects import Subject
from netwatch.core.audit.target import target_of
from netwatch.core.maintenance.coverage import Coverage
from netwatch.core.model import Inventory
from netwatch.core.records import replace

READINGS: Mapping[Kind, Mapping[str, Class]] = {
    Kind.SERVICE: dict(FIELD_SERVICE.items()),
    Kind.FIELD_DEVICE: dict(FIELD_DEVICE.items()),
    Kind.DEVICE: dict(DEVICE.items()),
    Kind.LINK: dict(LINK.items()),
    Kind.RING: dict(RING.items()),
}  # by the words of the record, which are what the enumerations consist of
PREFIXES = {kind: f"{kind.value}:" for kind in Kind} | {Kind.SERVICE: "field_device:"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a subject belongs."""

    service: str = ""
    district: str = ""
    site: str = ""


class _Stay(NamedTuple):
    """From when until when a subject stood somewhere; None: it still does."""

    from_ms: int
    until_ms: int | None
    place: Place


_NOWHERE = _Stay(0, None, Place())


def members(
    kind: Kind,
    history: History,
    versions: Sequence[Version],
    *,
    question: Question,
    declared: Mapping[str, Sequence[Declaration]],
) -> list[Subject]:
    """In the order of their ids. `declared` is what `declarations` found."""
    prefix, stays, services = PREFIXES[kind], _stays(kind, versions), versions[-1].inventory.services
    corrections = corrections_of(history.corrections)
    gone = _gone(history, prefix, stays, question) if not (question.service or question.district) else ()
    blamed = _blame(kind, history.faults.values(), versions)
    found = []
    for identity in sorted({*gone, *stays}):
        subject, own = prefix + identity, stays.get(identity, [_NOWHERE])
        for number, stay in enumerate(own, 1):
            if not _is_asked_for(kind, stay.place, question):
                continue
            service = services.get(stay.place.service) if kind is Kind.SERVICE else None
            seen = spans(
                history.points.get(subject, ()),
                history.lives.get(subject, ()),
                READINGS[kind],
                blamed.get(identity, ()),
            )
            found.append(
                Subject(
                    id=subject if number == len(own) else f"{subject} ({number})",
                    spans=[*seen, *_elsewhere(stay)],
                    declarations=declared.get(subject, ()),
                    corrections=_cut(corrections.get(subject, ()), stay),
                    service=stay.place.service,
                    district=stay.place.district,
                    site=stay.place.site,
                    counts_as=subject if len(own) > 1 else "",
                    up_means=service.up_means if service is not None else "",
                    target=target_of(service.target) if service is not None and service.target is not None else None,
                )
            )
    return found


def _stays(kind: Kind, versions: Sequence[Version]) -> Mapping[str, list[_Stay]]:
    """Id -> where it stood, one place after the other."""
    found: dict[str, list[_Stay]] = {}
    for from_ms, inventory in versions:
        for identity, place in _places(kind, inventory).items():
            own = found.setdefault(identity, [])
            if not own:
                own.append(_Stay(0, None, place))
            elif own[-1].place != place:
                own[-1:] = [own[-1]._replace(until_ms=from_ms), _Stay(from_ms, None, place)]
    return found


def _elsewhere(stay: _Stay) -> list[Span]:
    """Before it came and after it left it was not in service here."""
    came = [Span(0, stay.from_ms, Class.NOT_IN_SERVICE)] if stay.from_ms else []
    return came if stay.until_ms is None else [*came, Span(stay.until_ms, None, Class.NOT_IN_SERVICE)]


def _cut(corrections: Sequence[Correction], stay: _Stay) -> Sequence[Correction]:
    if stay.until_ms is None and not stay.from_ms:
        return corrections
    until_ms = float("inf") if stay.until_ms is None else stay.until_ms
    within = [one for one in corrections if one.from_ms < until_ms and one.until_ms > stay.from_ms]
    return [
        replace(one, from_ms=max(one.from_ms, stay.from_ms), until_ms=int(min(one.until_ms, until_ms)))
        for one in within
    ]


def declarations(history: History, versions: Sequence[Version]) -> Mapping[str, Sequence[Declaration]]:
    """Subject -> the windows that hold for it: those on itself, and on what it is part of or hangs on, then."""
    found: defaultdict[str, list[Declaration]] = defaultdict(list)
    coverages: dict[int, Coverage] = {}
    for subject, window in windows(history):
        place = place_at(versions, window.from_ms)
        if place not in coverages:
            coverages[place] = Coverage(versions[place].inventory)
        for one in coverages[place].of((subject,)):
            found[one].append(window)
    return found


def windows(history: History) -> list[tuple[str, Declaration]]:
    """(subject, declaration) of every window, as its last row has it; recorded is when its first row was written."""
    newest: dict[tuple[object, ...], tuple[str, Declaration]] = {}
    first_ms: dict[tuple[object, ...], int] = {}
    for row in history.windows:
        one = row.detail
        key = (one["id"], one["origin"], one["declared"])
        recorded_ms = first_ms.setdefault(key, row.recorded_ms)
        until_s = one["until"] if one["ended"] is None else min(one["until"], one["ended"])
        newest[key] = (
            row.subject,
            Declaration(
                id=str(one["id"]),
                recorded_ms=recorded_ms,
                from_ms=ms_of(one["from"]),
                until_ms=ms_of(until_s),
                requested_by=tuple(str(name) for name in (one["by"], one["user"]) if name),
                approved_by=str(one["approved_by"]),
                reason=str(one["reason"]),
            ),
        )
    return list(newest.values())


def _places(kind: Kind, inventory: Inventory) -> Mapping[str, Place]:
    sites = inventory.sites
    match kind:
        case Kind.SERVICE | Kind.FIELD_DEVICE:
            return {
                one.id: Place(service=one.service or "", district=sites[one.site].district, site=one.site)
                for one in inventory.field_devices.values()
            }
        case Kind.DEVICE:
            return {
                one.id: Place(district=sites[one.site].district, site=one.site) for one in inventory.devices.values()
            }
        case Kind.LINK:
            return {one.id: _of_all(inventory, (one.a.device, one.b.device)) for one in inventory.links.values()}
        case Kind.RING:
            ends: defaultdict[str, list[str]] = defaultdict(list)
            for link in inventory.links.values():
                ends[link.ring or ""] += (link.a.device, link.b.device)
            return {ring: _of_all(inventory, ends[ring]) for ring in inventory.rings}


def _of_all(inventory: Inventory, devices: Iterable[str]) -> Place:
    """The district and the site of them all, where they have one."""
    there = {inventory.devices[name].site for name in devices}
    districts = {inventory.sites[site].district for site in there}
    return Place(
        district=districts.pop() if len(districts) == 1 else "",
        site=there.pop() if len(there) == 1 else "",
    )


def _is_asked_for(kind: Kind, place: Place, question: Question) -> bool:
    if question.district and place.district != question.district:
        return False
    is_of_service = kind in (Kind.SERVICE, Kind.FIELD_DEVICE)
    return not (question.service and is_of_service) or place.service == question.service


def _gone(history: History, prefix: str, there: Collection[str], question: Question) -> set[str]:
    """What is in no inventory of the period, and was in service for some of it."""
    found = set()
    for subject, points in history.points.items():
        if not subject.startswith(prefix) or subject.removeprefix(prefix) in there:
            continue
        lives = history.lives.get(subject, ())
        left = [points[-1].at_ms] if points[-1].state == UNWATCHED else []
        left += [lives[-1].at_ms] if lives and not lives[-1].is_in_service else []
        if min(left, default=question.period.until_ms) > question.period.from_ms:
            found.add(subject.removeprefix(prefix))
    return found


def _blame(kind: Kind, faults: Iterable[FaultTold], versions: Sequence[Version]) -> Mapping[str, Sequence[FaultTold]]:
    """Id -> the faults that a loss of it may be charged to, the earliest first."""
    behind = [_hanging(kind, one.inventory) for one in versions]
    found: defaultdict[str, list[FaultTold]] = defaultdict(list)
    for fault in sorted(faults, key=lambda fault: (fault.since_ms, fault.id)):
        for name in _darkened(kind, fault, behind[place_at(versions, fault.since_ms)]):
            found[name].append(fault)
    return found


def _hanging(kind: Kind, inventory: Inventory) -> Mapping[str, Sequence[str]]:
    """What is lost with a device, or with a link: ids of subjects of the kind."""
    behind: defaultdict[str, list[str]] = defaultdict(list)
    if kind in (Kind.SERVICE, Kind.FIELD_DEVICE):
        for one in inventory.field_devices.values():
            if one.port is not None:
                behind[one.port.device].append(one.id)
    elif kind is Kind.LINK:
        for link in inventory.links.values():
            for device in {link.a.device, link.b.device}:
                behind[device].append(link.id)
    elif kind is Kind.RING:
        for link in inventory.links.values():
            if link.ring:
                behind[link.id].append(link.ring)
    return behind


def _darkened(kind: Kind, fault: FaultTold, behind: Mapping[str, Sequence[str]]) -> frozenset[str]:
    match kind:
        case Kind.SERVICE | Kind.FIELD_DEVICE:
            return fault.field_devices | _behind(fault.devices, behind) | _itself("field_device:", fault)
        case Kind.DEVICE:
            return fault.devices | _itself("device:", fault)
        case Kind.LINK:
            return fault.links | _behind(fault.devices, behind) | _itself("link:", fault)
        case Kind.RING:
            return _behind(fault.links, behind) | _itself("ring:", fault)


def _behind(names: Iterable[str], behind: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(one for name in names for one in behind.get(name, ()))


def _itself(prefix: str, fault: FaultTold) -> frozenset[str]:
    return frozenset({fault.subject.removeprefix(prefix)} if fault.subject.startswith(prefix) else ())

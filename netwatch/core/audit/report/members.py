"""A history and an inventory -> the subjects of each kind that a question is about, ready for the arithmetic.

In: what rows tell, and what the inventory says of services, districts, targets and what hangs on what. Out: Subjects.
A thing that is in the record and no longer in the inventory is accounted for too: of no service, district and site.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from netwatch.core.audit.corrections import corrections_of
from netwatch.core.audit.declarations import Declaration
from netwatch.core.audit.intervals import Class, ms_of
from netwatch.core.audit.readings import DEVICE, FIELD_DEVICE, FIELD_SERVICE, LINK, RING
from netwatch.core.audit.report.history import UNWATCHED, FaultTold, History
from netwatch.core.audit.report.question import Kind, Question
from netwatch.core.audit.report.spans import spans
from netwatch.core.audit.subjects import Subject
from netwatch.core.audit.target import target_of
from netwatch.core.maintenance.coverage import Coverage
from netwatch.core.model import Inventory

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


def members(
    kind: Kind,
    history: History,
    inventory: Inventory,
    *,
    question: Question,
    declared: Mapping[str, Sequence[Declaration]],
) -> list[Subject]:
    """In the order of their ids. `declared` is what `declarations` found."""
    prefix, places = PREFIXES[kind], _places(kind, inventory)
    corrections = corrections_of(history.corrections)
    gone = _gone(history, prefix, places, question) if not (question.service or question.district) else {}
    blamed = _blame(kind, history.faults.values(), inventory)
    found = []
    for identity, place in sorted({**gone, **places}.items()):
        if not _is_asked_for(kind, place, question):
            continue
        subject = prefix + identity
        service = inventory.services.get(place.service) if kind is Kind.SERVICE else None
        found.append(
            Subject(
                id=subject,
                spans=spans(
                    history.points.get(subject, ()),
                    history.lives.get(subject, ()),
                    READINGS[kind],
                    blamed.get(identity, ()),
                ),
                declarations=declared.get(subject, ()),
                corrections=corrections.get(subject, ()),
                service=place.service,
                district=place.district,
                site=place.site,
                up_means=service.up_means if service is not None else "",
                target=target_of(service.target) if service is not None and service.target is not None else None,
            )
        )
    return found


def declarations(history: History, inventory: Inventory) -> Mapping[str, Sequence[Declaration]]:
    """Subject -> the windows that hold for it: those on itself, and on what it is part of or hangs on."""
    found: defaultdict[str, list[Declaration]] = defaultdict(list)
    coverage = Coverage(inventory)
    for subject, window in windows(history):
        for one in coverage.of((subject,)):
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


def _gone(history: History, prefix: str, there: Mapping[str, Place], question: Question) -> dict[str, Place]:
    """What is no longer in the inventory, and was in it for some of the period."""
    found = {}
    for subject, points in history.points.items():
        if not subject.startswith(prefix) or subject.removeprefix(prefix) in there:
            continue
        lives = history.lives.get(subject, ())
        left = [points[-1].at_ms] if points[-1].state == UNWATCHED else []
        left += [lives[-1].at_ms] if lives and not lives[-1].is_in_service else []
        if min(left, default=question.period.until_ms) > question.period.from_ms:
            found[subject.removeprefix(prefix)] = Place()
    return found


def _blame(kind: Kind, faults: Iterable[FaultTold], inventory: Inventory) -> Mapping[str, Sequence[FaultTold]]:
    """Id -> the faults that a loss of it may be charged to, the earliest first."""
    behind = _hanging(kind, inventory)
    found: defaultdict[str, list[FaultTold]] = defaultdict(list)
    for fault in sorted(faults, key=lambda fault: (fault.since_ms, fault.id)):
        for name in _darkened(kind, fault, behind):
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

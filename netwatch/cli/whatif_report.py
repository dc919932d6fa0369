"""What imagined failures would do, as JSON and as tables: `whatif` prints either."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from netwatch.cli.table import aligned
from netwatch.core.faults.book import Found
from netwatch.core.faults.dispatch import Dispatch
from netwatch.core.faults.forecast import Forecast
from netwatch.core.faults.imagine import NO_SERVICE
from netwatch.core.faults.record import as_record, by_service, places
from netwatch.core.topology.single_points import Loss

MOST_RIVALS = 3  # subjects that a fault could be mistaken for, in a table
MOST_NEW = 20  # new single points, likewise
COSTS = ("costs most", "devices dark", "field devices out of service", "by service")
FAULTS = ("severity", "fault", "subject", "could also be", "devices dark", "out of service", "send")
SERVICES = ("service", "district", "out of service", "of", "")
RINGS = ("ring", "state", "broken")


def costs_as_json(losses: Iterable[Loss]) -> Mapping[str, Any]:
    return {
        "costliest": [
            {"subject": loss.subject, "devices": loss.devices, "field_devices": _by_service(loss)} for loss in losses
        ]
    }


def _by_service(loss: Loss) -> Mapping[str, int]:
    return {service or NO_SERVICE: number for service, number in sorted(loss.field_devices.items())}


def costs_as_table(losses: Sequence[Loss]) -> str:
    if not losses:
        return "the inventory has nothing whose failure would cost anything"
    rows = [
        (loss.subject, str(loss.devices), str(sum(loss.field_devices.values())), _listed(_by_service(loss)))
        for loss in losses
    ]
    return "\n".join(aligned([COSTS, *rows], right=(1, 2)))


def forecast_as_json(subjects: Sequence[str], foreseen: Forecast) -> Mapping[str, Any]:
    return {
        "failed": list(subjects),
        "faults": [as_record(found) for found in foreseen.faults],
        "dark": {"devices": list(foreseen.dark_devices), "field_devices": list(foreseen.dark_field_devices)},
        "out_of_service": [
            {**place, "of": foreseen.field_devices[place["service"], place["district"]]}
            for place in places(foreseen.out_of_service)
        ],
        "rings": [
            {"subject": f"ring:{name}", "state": ring.condition.value, "broken": [f"link:{one}" for one in ring.broken]}
            for name, ring in foreseen.rings.items()
        ],
        "remaining_single_points": list(foreseen.remaining_single_points),
        "new_single_points": list(foreseen.new_single_points),
    }


def forecast_as_table(subjects: Sequence[str], foreseen: Forecast) -> str:
    blocks = (
        [f"what fails: {', '.join(subjects)}"],
        _faults(foreseen.faults),
        list(_dark(foreseen)),
        list(_rings(foreseen)),
        list(_single_points(foreseen)),
    )
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _faults(faults: Sequence[Found]) -> list[str]:
    if not faults:
        return ["netwatch would name no fault: nothing that it sees would be another"]
    rows = [
        (
            found.severity.value,
            found.cause.kind.value,
            found.cause.subject,
            _few(found.cause.ambiguous_with, MOST_RIVALS) or "-",
            str(len(found.cause.devices)),
            _listed(by_service(found.affected)) or "-",
            _whom(found.dispatch),
        )
        for found in faults
    ]
    return aligned([FAULTS, *rows], right=(4,))


def _whom(send: Dispatch) -> str:
    called = " ".join(word for word in (send.name or send.contractor, send.phone) if word)
    return f"{send.crew.value}: {called}" if called else send.crew.value


def _dark(foreseen: Forecast) -> Iterator[str]:
    devices, fields = len(foreseen.dark_devices), len(foreseen.dark_field_devices)
    yield f"{_count(devices, 'device')} and {_count(fields, 'field device')} would not be seen"
    if not foreseen.out_of_service:
        yield "no field device would be out of service"
        return
    rows = []
    for place, number in sorted(foreseen.out_of_service.items()):
        service, district = place
        there = foreseen.field_devices[place]
        rows.append((service, district or "-", str(number), str(there), f"{number / there:.0%}"))
    total, at_all = sum(foreseen.out_of_service.values()), sum(foreseen.field_devices.values())
    rows.append(("in all", "", str(total), str(at_all), f"{total / at_all:.0%}"))
    yield from aligned([SERVICES, *rows], right=(2, 3, 4))


def _rings(foreseen: Forecast) -> Iterator[str]:
    if not foreseen.rings:
        yield "every ring would keep its reserve"
        return
    rows = [(name, ring.condition.value, ", ".join(ring.broken)) for name, ring in foreseen.rings.items()]
    yield from aligned([RINGS, *rows])


def _single_points(foreseen: Forecast) -> Iterator[str]:
    kinds = Counter(subject.partition(":")[0] for subject in foreseen.remaining_single_points)
    number, new = len(foreseen.remaining_single_points), foreseen.new_single_points
    told = f" ({_listed(kinds)})" if kinds else ""
    yield f"{_count(number, 'single point')} of failure would remain{told}, {len(new)} of them new"
    yield from (f"  {subject}" for subject in new[:MOST_NEW])
    if len(new) > MOST_NEW:
        yield f"  and {len(new) - MOST_NEW} more; --json has them all"


def _listed(counts: Mapping[str, int]) -> str:
    """`cctv 30, its 2`, the most first."""
    return ", ".join(f"{name} {number}" for name, number in Counter(counts).most_common())


def _few(names: Sequence[str], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

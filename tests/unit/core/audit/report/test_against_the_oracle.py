"""Random ledgers, and the report of them: a model of one cell a second, painted from the rows, agrees on every figure.

The model takes the rows in the order in which they were written, and paints each from its time to the end of the
world. All else is counted off the cells.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.build import build
from netwatch.core.audit.report.history import history_of
from netwatch.core.audit.report.inventory_document import inventory_of
from netwatch.core.audit.report.question import Question
from netwatch.core.audit.report.versions import Version
from tests.unit.core.audit.oracle import Declared, Painted, Seen
from tests.unit.core.audit.report.city import CAMERAS, FINGERPRINT, SITES, T0, Ledger, document

LENGTH = 1600  # seconds of record
BEGIN, END = 300, 1350  # of the period
DAYS = (BEGIN, 600, 888, END)

AT = st.integers(1, LENGTH - 1)
LATE = st.sampled_from((0, 0, 0, 1, 30, 200))  # written so long after it was so
STATES = {
    "field_device": ("fine", "fault device_hung", "unreachable upstream", "?unknown", None, "of a later release"),
    "device": ("up", "degraded", "down", "unreachable", "unknown", None),
}
LETTERS = {  # as a service; as a thing
    "fine": "UU",
    "fault device_hung": "DD",
    "unreachable upstream": "DK",
    "?unknown": "KK",
    "of a later release": "KK",
    None: "NN",
    "up": "UU",
    "degraded": "UU",
    "down": "DD",
    "unreachable": "KK",
    "unknown": "KK",
}
SUBJECTS = [*(f"field_device:{name}" for name in CAMERAS), "device:sw-1", "device:sw-2"]


@dataclass(frozen=True)
class Drawn:
    """(subject, at, late, state), in the order written; gaps; faults (since, cleared, devices, cameras); windows."""

    states: list
    gaps: list
    faults: list
    windows: list
    added: dict


def _changes(subject):
    return st.tuples(st.just(subject), AT, LATE, st.sampled_from(STATES[subject.partition(":")[0]]))


SPANS = st.tuples(AT, st.one_of(st.none(), st.integers(1, 500)))
DRAWN = st.builds(
    Drawn,
    states=st.lists(st.sampled_from(SUBJECTS).flatmap(_changes), max_size=30),
    gaps=st.lists(SPANS, max_size=2),
    faults=st.lists(
        st.tuples(
            SPANS,
            st.sets(st.sampled_from(("sw-1", "sw-2"))),
            st.sets(st.sampled_from(sorted(CAMERAS))),
        ),
        max_size=4,
    ),
    windows=st.lists(
        st.tuples(
            st.sampled_from(("device:sw-2", "field_device:cam-1", "site:park")),
            st.integers(1, LENGTH),
            st.integers(1, 500),
            st.sampled_from((90_000, 90_000, 10)),
        ),
        max_size=2,
    ),
    added=st.dictionaries(st.sampled_from(sorted(CAMERAS)), AT, max_size=1),
)


def written(drawn):
    """The ledger. Rows are written in the order of the time at which they are recorded."""
    ledger = Ledger()
    ledger.beat(0)
    work = [(at + late, "state", subject, at, state) for subject, at, late, state in drawn.states]
    work += [(at, "added", f"field_device:{name}", at, None) for name, at in drawn.added.items()]
    for recorded, what, subject, at, state in sorted(work, key=lambda one: one[0]):
        if what == "added":
            ledger.inventory(at, document(), [f"{subject}: added"])
        elif state == "?unknown":
            ledger.unknown(subject, at)
        else:
            ledger.state(subject, at, state, recorded)
    for begin, length in drawn.gaps:
        ledger.gap(begin, None if length is None else begin + length)
    for number, ((since, length), devices, cameras) in enumerate(drawn.faults):
        cleared = None if length is None else since + length
        ledger.fault(f"f{number}", since, cleared, devices=sorted(devices), field_devices=sorted(cameras))
    for number, (subject, begin, length, ahead) in enumerate(drawn.windows):
        ledger.window(f"m-{number}", subject, begin, begin + length, declared=begin - ahead)
    ledger.inventory(LENGTH, document(), ["cable:c-9: length: 1 -> 2"])
    return ledger


def letters(drawn, subject, reading):
    """The runs (begin, end, letter) of what is told of it, painted row after row."""
    cells, runs, newest = ["K"] * LENGTH, [0] * LENGTH, 0
    mine = [one for one in drawn.states if one[0] == subject]
    for number, (_, at, late, state) in enumerate(sorted(mine, key=lambda one: one[1] + one[2]), 1):
        letter = LETTERS[state][reading]
        recorded = at if state == "?unknown" else at + late
        begin = max(recorded, newest) if letter == "U" and at < newest else at
        newest = begin
        cells[begin:] = [letter] * (LENGTH - begin)
        runs[begin:] = [number] * (LENGTH - begin)
    found, begin = [], 0
    for at in range(1, LENGTH + 1):
        if at == LENGTH or runs[at] != runs[begin]:
            if at > begin and cells[begin] != "K":
                found.append((begin, at, cells[begin]))
            begin = at
    return found


def blamed(drawn, begin, end, name, switch):
    """The fault of each second of a time down: who was first keeps it until it is over."""
    there = [
        (since, float("inf") if length is None else since + length, f"f{number}")
        for number, ((since, length), devices, cameras) in enumerate(drawn.faults)
        if name in cameras or switch in devices
    ]
    there = [one for one in there if one[0] < end and one[1] > begin]
    owner = min(there, default=None)
    for at in range(begin, end):
        if owner is not None and owner[1] <= at:
            owner = min((one for one in there if one[0] <= at < one[1]), default=owner)
        yield owner[2] if owner is not None else ""


def painted(drawn, subject, reading, covered):
    name = subject.partition(":")[2]
    switch = CAMERAS[name][0] if name in CAMERAS else name
    seen = []
    for begin, end, letter in letters(drawn, subject, reading):
        if letter != "D":
            seen.append(Seen(begin, end, letter))
            continue
        owners = list(blamed(drawn, begin, end, name, switch))
        seen += [Seen(begin + at, begin + at + 1, "D", owner) for at, owner in enumerate(owners)]
    seen += [Seen(begin, None if length is None else begin + length, "K") for begin, length in drawn.gaps]
    seen += [Seen(0, drawn.added[name], "N")] if name in drawn.added else []
    windows = [
        Declared(f"m-{number}", begin - ahead, begin, begin + length, ("kim", "operator"), "lee")
        for number, (on, begin, length, ahead) in enumerate(drawn.windows)
        if on in covered
    ]
    return Painted(seen, windows, 0, END, 86_400)


def report(drawn):
    period = Period(from_ms=(T0 + BEGIN) * 1000, until_ms=(T0 + END) * 1000)
    days = tuple(Period(from_ms=(T0 + begin) * 1000, until_ms=(T0 + end) * 1000) for begin, end in pairwise(DAYS))
    question = Question(period=period, days=days, as_of_ms=period.until_ms)
    inventory = inventory_of(document(), fingerprint=FINGERPRINT)
    return build(history_of(written(drawn).rows), [Version(0, inventory)], question)


def told(figures):
    names = {"N": "not_in_service", "M": "maintenance", "K": "unknown", "D": "down", "U": "up"}
    return {letter: figures[name] // 1000 for letter, name in names.items()}


@settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, max_examples=120)
@given(DRAWN)
def test_the_report_of_any_ledger_agrees_with_its_rows_painted_second_by_second(drawn):
    found = report(drawn)
    by_service = Counter()
    by_district = Counter()
    by_day = [Counter() for _ in DAYS[1:]]
    costs = Counter()
    for name, (switch, site, service) in CAMERAS.items():
        subject = f"field_device:{name}"
        covered = {subject, f"device:{switch}", f"site:{site}"}
        for kind, reading in (("service", 0), ("field_device", 1)):
            cells = painted(drawn, subject, reading, covered)
            one = found["accounts"][kind]["subjects"][subject]
            assert told(one["raw"]) == cells.tally(BEGIN, END)
            assert {fault: ms // 1000 for fault, ms in one["lost_ms"].items()} == cells.lost(BEGIN, END)
            if kind == "service":
                by_service.update({(service, letter): cells for letter, cells in cells.tally(BEGIN, END).items()})
                by_district.update({(SITES[site], letter): cells for letter, cells in cells.tally(BEGIN, END).items()})
                costs.update(cells.lost(BEGIN, END))
                for day, (begin, end) in enumerate(pairwise(DAYS)):
                    by_day[day].update(cells.tally(begin, end))
    for switch, site in (("sw-1", "hall"), ("sw-2", "park")):
        cells = painted(drawn, f"device:{switch}", 1, {f"device:{switch}", f"site:{site}"})
        assert told(found["accounts"]["device"]["subjects"][f"device:{switch}"]["raw"]) == cells.tally(BEGIN, END)
    for scope in found["accounts"]["service"]["scopes"]:
        service, district, site = scope["scope"].values()
        if service is not None and district is None:
            assert told(scope["raw"]) == {letter: by_service[service, letter] for letter in "NMKDU"}
        elif district is not None and service is None:
            assert told(scope["raw"]) == {letter: by_district[district, letter] for letter in "NMKDU"}
    whole = next(one for one in found["calendar"] if one["service"] is None)
    assert [told(day) for day in whole["days"]] == [{letter: day[letter] for letter in "NMKDU"} for day in by_day]
    assert {line["id"]: line["camera_ms"] // 1000 for line in found["faults"] if line["camera_ms"]} == +costs

"""Symptoms and their suspects -> the few culprits that explain them all, and whom each could be mistaken for.

A weighted set cover. A suspect's cost is how unlikely it is alone, so one cut cable is believed before three cut links,
and one switch without power before two fibres that break in the same minute. What happened at different times has
different causes: a suspect answers for symptoms of one moment only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

MISTAKABLE = 0.35  # a rival that costs so much more than the culprit cannot be ruled out
EXACT_UP_TO = 12  # symptoms that hang together; beyond, greedy: a cover of so many is a storm, not a riddle
LOOKS = 20_000  # ways looked at in one riddle, about 30 ms; then the best of those is taken
BELIEVED_BEFORE = 0.2  # what a suspect costs less that was the culprit a moment ago: a tie must not sway to and fro

_EQUAL = 1e-9  # costs that differ by less do not


class Means(StrEnum):
    """In which way a suspect would have caused it."""

    CUT = "cut"  # a link, by its fibre or its ends
    CABLE = "cable"
    DUCT = "duct"
    POWER = "power"
    SITE = "site"  # the power of a whole site
    HANG = "hang"
    SHUT = "shut"  # a port, by an administrator
    UPSTREAM = "upstream"  # something towards the vantage that the inventory does not know


class Suspect(NamedTuple):
    """Who, and how. `least` links, lost in one moment, are needed to suspect it at all. A tuple: storms have many."""

    cost: float
    means: Means
    name: str
    least: int = 1

    @property
    def key(self) -> tuple[Means, str]:
        return self.means, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One thing that needs an explanation, and everyone who could be it."""

    name: str  # the link, or the region's name
    since_wall_s: float | None
    suspects: tuple[Suspect, ...]
    is_link: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Culprit:
    """One suspect found to be it."""

    suspect: Suspect
    symptoms: tuple[Symptom, ...]  # in order of time
    rivals: tuple[Suspect, ...] = ()  # who could be it as well, the likeliest first


class _Charge(NamedTuple):
    """A suspect with the symptoms of one moment."""

    suspect: Suspect
    counts: frozenset[int]


def cover(
    symptoms: Sequence[Symptom], *, window_s: float, believed: frozenset[tuple[Means, str]] = frozenset()
) -> tuple[Culprit, ...]:
    """The cheapest culprits that explain every symptom. The same input always gives the same answer."""
    charges = _charges(symptoms, window_s, believed)
    by_symptom: dict[int, list[_Charge]] = defaultdict(list)
    for charge in charges:
        for count in charge.counts:
            by_symptom[count].append(charge)
    culprits: list[Culprit] = []
    for group in _that_hang_together(len(symptoms), by_symptom):
        chosen = _exact(group, by_symptom) if len(group) <= EXACT_UP_TO else _greedy(group, by_symptom)
        times = Counter(count for charge in chosen for count in charge.counts)
        culprits += (_convict(charge, times, by_symptom, symptoms) for charge in chosen)
    return tuple(culprits)


def _charges(
    symptoms: Sequence[Symptom], window_s: float, believed: frozenset[tuple[Means, str]]
) -> tuple[_Charge, ...]:
    accused: dict[tuple[Means, str], list[int]] = defaultdict(list)
    cheapest: dict[tuple[Means, str], Suspect] = {}  # one cable costs the same wherever it is suspected
    for count, symptom in enumerate(symptoms):
        for suspect in symptom.suspects:
            key = suspect.key
            accused[key].append(count)
            known = cheapest.get(key)
            if known is None or suspect < known:
                cheapest[key] = suspect
    charges: list[_Charge] = []
    for key, counts in accused.items():
        suspect = cheapest[key]
        favoured = suspect._replace(cost=suspect.cost - BELIEVED_BEFORE) if key in believed else suspect
        charges += (
            _Charge(favoured, frozenset(moment))
            for moment in _moments(counts, symptoms, window_s)
            if suspect.least == 1 or sum(symptoms[count].is_link for count in moment) >= suspect.least
        )
    charges.sort(key=lambda charge: (charge.suspect, -len(charge.counts), min(charge.counts)))
    return tuple(charges)


def _moments(counts: Sequence[int], symptoms: Sequence[Symptom], window_s: float) -> Iterable[Sequence[int]]:
    """The symptoms parted where more than `window_s` lies between; those without a time go with the first."""
    timed = [(symptoms[count].since_wall_s, count) for count in counts]
    times = [since_s for since_s, _ in timed if since_s is not None]
    if len(times) < 2 or max(times) - min(times) <= window_s:
        yield counts
        return
    dated = sorted((since_s, count) for since_s, count in timed if since_s is not None)
    moment = [count for since_s, count in timed if since_s is None]
    begun_s: float | None = None
    for since_s, count in dated:
        if begun_s is not None and since_s - begun_s > window_s:
            yield moment
            moment = []
            begun_s = since_s
        begun_s = since_s if begun_s is None else begun_s
        moment.append(count)
    yield moment


def _that_hang_together(number: int, by_symptom: Mapping[int, Sequence[_Charge]]) -> Iterable[tuple[int, ...]]:
    """Groups of symptoms that share a suspect, directly or through others."""
    seen: set[int] = set()
    for start in range(number):
        if start in seen:
            continue
        seen.add(start)
        group, line = [], [start]
        while line:
            count = line.pop()
            group.append(count)
            for charge in by_symptom[count]:
                line += charge.counts - seen
                seen |= charge.counts
        yield tuple(sorted(group))


def _exact(group: Sequence[int], by_symptom: Mapping[int, Sequence[_Charge]]) -> tuple[_Charge, ...]:
    """Branch on the symptom with the fewest suspects; charges are sorted, so the first of equals wins.

    A symptom costs at least the smallest share of a charge that explains it, so a way that cannot end below the best
    is left early. The number of looks is bounded all the same: this runs between two polls.
    """
    greedy = _greedy(group, by_symptom)
    best = sum(charge.suspect.cost for charge in greedy) + 2 * _EQUAL, greedy
    least = {
        count: min(charge.suspect.cost / len(charge.counts) for charge in by_symptom[count])
        for count in group
        if by_symptom[count]
    }
    looks = LOOKS

    def search(open_: frozenset[int], cost: float, chosen: tuple[_Charge, ...]) -> None:
        nonlocal best, looks
        looks -= 1
        if looks < 0 or cost + sum(map(least.__getitem__, open_)) >= best[0] - _EQUAL:
            return
        if not open_:
            best = (cost, chosen)
            return
        hardest = min(open_, key=lambda count: (len(by_symptom[count]), count))
        for charge in by_symptom[hardest]:
            search(open_ - charge.counts, cost + charge.suspect.cost, (*chosen, charge))

    search(frozenset(least), 0.0, ())
    return best[1]


def _greedy(group: Sequence[int], by_symptom: Mapping[int, Sequence[_Charge]]) -> tuple[_Charge, ...]:
    open_ = {count for count in group if by_symptom[count]}
    charges = list(dict.fromkeys(charge for count in group for charge in by_symptom[count]))
    chosen: list[_Charge] = []
    while open_:
        charge = min(charges, key=lambda one: (one.suspect.cost / (len(one.counts & open_) or 1e-9), one.suspect))
        chosen.append(charge)
        open_ -= charge.counts
        charges = [one for one in charges if not open_.isdisjoint(one.counts)]
    return tuple(chosen)


def _convict(
    charge: _Charge,
    times: Mapping[int, int],
    by_symptom: Mapping[int, Sequence[_Charge]],
    symptoms: Sequence[Symptom],
) -> Culprit:
    """`times`: how many of the chosen explain each symptom."""
    own = {count for count in charge.counts if times[count] == 1} or charge.counts
    likely = charge.suspect.cost + MISTAKABLE + BELIEVED_BEFORE
    rivals = {
        one.suspect
        for one in by_symptom[min(own)]
        if own <= one.counts and one.suspect.key != charge.suspect.key and one.suspect.cost <= likely
    }
    explained = sorted(charge.counts, key=lambda count: (symptoms[count].since_wall_s or 0.0, symptoms[count].name))
    return Culprit(
        suspect=charge.suspect,
        symptoms=tuple(symptoms[count] for count in explained),
        rivals=tuple(sorted(rivals)),
    )

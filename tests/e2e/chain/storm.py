"""Faults at random, for as long as one likes, each held until it was told; and the account of all that was told.

The city has quarters that do not touch each other. In each, one thing is broken at a time: so it is known of every deed
what it must bring. Our own uplink is lost only while nothing else begins or ends.
"""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass

from tests.e2e.chain import deeds
from tests.e2e.chain.deeds import Deed
from tests.e2e.real_city import paper

QUARTERS = {
    "ring": (*map(deeds.cut, paper.RING), deeds.cabinet_of_the_ring("s3"), deeds.hung_agent("s4")),
    "s2": (deeds.hung_host("cam-s2"), deeds.no_stream("cam-s2"), deeds.dead_host("cam-s2")),
    "c": (
        *map(deeds.cut, ("c-near", "c-far")),
        deeds.without_power("c1", "c-near"),
        deeds.without_power("c2", "c-far"),
        deeds.hung_agent("c1"),
        deeds.hung_host("cam-c2"),
        deeds.dead_host("cam-c1"),
    ),
    "d": (
        *map(deeds.cut, ("d-near", "d-far")),
        deeds.without_power("d1", "d-near"),
        deeds.without_power("d2", "d-far"),
        deeds.hung_agent("d2"),
        deeds.no_stream("cam-d2"),
        deeds.hung_host("sign-d1"),
    ),
}
TOLD_S = 90.0
ENDED_S = 270.0  # an end while Prometheus restarts is told when what it sent last runs out: after four minutes
HELD_S, WELL_S, BLIND_S = (5, 45), (10, 40), (240, 480)  # uniform between
APART_S = (75, 180)  # likewise: an end that Alertmanager lost comes again a minute later, unless Prometheus lost it too
A_FLOOD, FLOOD_S = 9, 300.0  # from the eleventh in five minutes on they would be told by a digest


@dataclass(slots=True)
class Case:
    """One deed that was done. `ended_s` None: not undone yet. By the monotonic clock."""

    deed: Deed
    began_s: float
    ended_s: float | None = None

    def is_answered(self, notes):
        """Whether everybody was told of its last turn."""
        status, since_s = ("firing", self.began_s) if self.ended_s is None else ("resolved", self.ended_s)
        told = {note.cause for note in notes if note.status == status and note.at_s >= since_s}
        return told.issuperset(self.deed.causes)


@dataclass(slots=True)
class Quarter:
    """What is broken in one part of the city, and until when it is left as it is."""

    deeds: tuple[Deed, ...]
    until_s: float = 0.0
    case: Case | None = None
    is_awaited: bool = False  # that somebody is told


class Storm:
    """`step` does what is due, and waits for nothing. `cases` are all that were done."""

    def __init__(self, chain, chance, *, parts):
        """`parts`: those of the chain that are restarted now and then; may change."""
        self.parts, self.cases, self.restarts, self.unanswered = parts, [], Counter(), []
        self._chain, self._chance = chain, chance
        self._quarters = [Quarter(deeds=each) for each in QUARTERS.values()]
        self._uplink = Quarter(deeds=(deeds.our_uplink(),), until_s=time.monotonic() + 60)
        self._restart_s = time.monotonic() + chance.uniform(*APART_S)
        self._is_over = False

    def step(self):
        now_s = time.monotonic()
        is_still = not any(quarter.is_awaited for quarter in self._quarters)
        wants_uplink = not self._is_over and self._uplink.case is None and now_s >= self._uplink.until_s
        if self._uplink.case is not None or (wants_uplink and is_still):
            self._turn(self._uplink, now_s, well_s=BLIND_S)
            return
        for quarter in self._quarters:
            if quarter.is_awaited or not wants_uplink:
                self._turn(quarter, now_s, well_s=WELL_S)
        if now_s >= self._restart_s:
            part = self._chance.choice(self.parts)
            getattr(self._chain, part).restart()
            self.restarts[part] += 1
            self._restart_s = now_s + self._chance.uniform(*APART_S)

    def calm(self):
        """Begin nothing any more; true when everything that was done is undone, and told to be."""
        self._is_over = True
        return all(each.case is None for each in (*self._quarters, self._uplink))

    def _turn(self, quarter, now_s, *, well_s):
        case = quarter.case
        if quarter.is_awaited:
            self._wait(quarter, now_s)
            if not quarter.is_awaited:
                quarter.until_s = now_s + self._chance.uniform(*(HELD_S if case.ended_s is None else well_s))
                quarter.case = case if case.ended_s is None else None
        elif case is not None and now_s >= quarter.until_s:
            case.deed.end(self._chain.city)
            case.ended_s, quarter.is_awaited = time.monotonic(), True
        elif case is None and now_s >= quarter.until_s and not self._is_over and not self._is_flood(now_s):
            quarter.case = Case(self._chance.choice(quarter.deeds), now_s)
            self.cases.append(quarter.case)
            quarter.case.deed.begin(self._chain.city)
            quarter.is_awaited = True

    def _wait(self, quarter, now_s):
        case = quarter.case
        since_s, patience_s = (case.began_s, TOLD_S) if case.ended_s is None else (case.ended_s, ENDED_S)
        if case.is_answered(self._chain.notified.notes):
            quarter.is_awaited = False
        elif now_s > since_s + patience_s:
            self.unanswered.append(f"{case.deed} {'was not told' if case.ended_s is None else 'has not ended'}")
            print(time.strftime("%H:%M:%S"), self.unanswered[-1], flush=True)  # the rest of the two hours can be used
            quarter.is_awaited = False

    def _is_flood(self, now_s):
        return sum(case.began_s > now_s - FLOOD_S for case in self.cases) >= A_FLOOD


def account(cases, notes):
    """What differs between what was done and what was told; nothing, if each was told once, and its end once."""
    done, told = defaultdict(list), defaultdict(list)
    for case in cases:
        for cause in case.deed.causes:
            done[cause].append(case)
    for note in notes:
        told[note.cause].append(note)
    for cause in sorted(done.keys() | told.keys()):
        right = ["firing", "resolved"] * len(done[cause])
        if [note.status for note in told[cause]] != right:
            yield f"{' '.join(cause)}: done {len(done[cause])} times, told {[note.status for note in told[cause]]}"
            continue
        firing, resolved = told[cause][::2], told[cause][1::2]
        for case, first, last in zip(done[cause], firing, resolved, strict=True):
            if not case.began_s <= first.at_s <= case.ended_s <= last.at_s:
                yield f"{case.deed}: told out of turn"
            try:
                case.deed.check_words(first)
            except AssertionError as wrong:
                yield f"{case.deed}: {wrong}"


def story(cases, notes, since_s):
    """What was done and what was told, line by line, by seconds since."""
    lines = [(case.began_s, f"begun {case.deed}") for case in cases]
    lines += [(case.ended_s, f"ended {case.deed}") for case in cases if case.ended_s is not None]
    lines += [(note.at_s, f"    {note}") for note in notes]
    return "\n".join(f"{at_s - since_s:8.1f} {what}" for at_s, what in sorted(lines))


def delays(cases, notes):
    """Seconds from each deed to the last message of it, and from its undoing to the last of its end, if they came."""
    told, ended = [], []
    for case in cases:
        mine = sorted(note.at_s for note in notes if note.cause in case.deed.causes)
        told += [at_s - case.began_s for at_s in mine if case.began_s <= at_s <= case.ended_s][-1:]
        ended += [at_s - case.ended_s for at_s in mine if at_s > case.ended_s][: len(case.deed.causes)][-1:]
    return told, ended

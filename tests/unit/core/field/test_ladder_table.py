"""Every combination of what may be seen of a camera, against the rules as they are written down, first match first."""

from collections import Counter
from collections.abc import Callable
from itertools import product
from types import SimpleNamespace

from netwatch.core.field.verdict import FieldCause, FieldCondition, PortFacts, Reach
from netwatch.core.neighbours.sightings import PoeStatus
from tests.unit.core.cameras import ELSEWHERE, MAC, OTHER_MAC, T0, camera, judged

FINE, UNKNOWN = (FieldCondition.FINE, None), (FieldCondition.UNKNOWN, None)
UNREACHABLE = FieldCondition.UNREACHABLE, FieldCause.UPSTREAM
ANY = (True, False, None)
AXES = {
    "reach": tuple(Reach),
    "elsewhere": (None, ELSEWHERE),
    "up": ANY,
    "poe": (None, PoeStatus.DELIVERING, PoeStatus.SEARCHING, PoeStatus.FAULT),
    "macs": (None, frozenset(), frozenset({MAC}), frozenset({OTHER_MAC})),
    "ping": ANY,
    "rtsp": ANY,
    "ingress": ANY,
    "shared": ("no", "others answer", "all silent", "not known"),
}
OTHERS = {"no": None, "others answer": True, "all silent": False, "not known": None}


def fault(cause: FieldCause) -> tuple[FieldCondition, FieldCause]:
    return FieldCondition.FAULT, cause


def silent(seen: SimpleNamespace) -> bool:
    return seen.ping is not True and seen.rtsp is not True


def moved(seen: SimpleNamespace) -> bool:
    on_its_port = seen.reach is Reach.REACHABLE and seen.macs == {MAC}
    return seen.elsewhere is not None and not on_its_port


def works(seen: SimpleNamespace) -> bool:
    return seen.rtsp is True


def fails(seen: SimpleNamespace) -> bool:
    return seen.rtsp is False


def judged_by_port(seen: SimpleNamespace) -> bool:
    """An unseen switch, and a port that others answer on, say nothing of this camera."""
    return seen.reach is Reach.REACHABLE and seen.shared != "others answer"


def alone_on_a_live_port(seen: SimpleNamespace) -> bool:
    return seen.reach is Reach.REACHABLE and seen.shared == "no" and seen.up is True


UNPOWERED = (PoeStatus.FAULT, PoeStatus.SEARCHING)
Rule = tuple[Callable[[SimpleNamespace], bool], tuple[FieldCondition, FieldCause | None]]
RULES: tuple[Rule, ...] = (
    (lambda s: s.reach is Reach.CUT and not (moved(s) and not silent(s)), UNREACHABLE),
    (lambda s: s.reach is Reach.UNSEEN and silent(s), UNKNOWN),
    (moved, fault(FieldCause.MOVED)),
    (
        lambda s: judged_by_port(s) and s.up is False and silent(s) and s.poe is PoeStatus.FAULT,
        fault(FieldCause.NO_POWER),
    ),
    (lambda s: judged_by_port(s) and s.up is False and silent(s), fault(FieldCause.CABLE_OR_PORT)),
    (lambda s: alone_on_a_live_port(s) and s.macs == {OTHER_MAC}, fault(FieldCause.WRONG_DEVICE)),
    (
        lambda s: judged_by_port(s) and s.shared == "all silent" and fails(s) and silent(s),
        fault(FieldCause.CABLE_OR_PORT),
    ),
    (
        lambda s: alone_on_a_live_port(s) and fails(s) and silent(s) and s.poe in UNPOWERED,
        fault(FieldCause.NO_POWER),
    ),
    (fails, fault(FieldCause.DEVICE_HUNG)),
    (lambda s: alone_on_a_live_port(s) and works(s) and s.ingress is False, fault(FieldCause.STREAM_SILENT)),
    (works, FINE),
    (lambda s: alone_on_a_live_port(s) and s.ingress is True, FINE),
    (lambda _: True, UNKNOWN),
)


def combinations():
    for values in product(*AXES.values()):
        yield SimpleNamespace(**dict(zip(AXES, values, strict=True)))


def verdict_on(seen: SimpleNamespace):
    port = PortFacts(
        oper_up=seen.up,
        since_wall_s=T0,
        poe=seen.poe,
        macs=seen.macs,
        ingress=seen.ingress,
        others_alive=OTHERS[seen.shared],
    )
    return judged(
        CAMERAS[seen.shared != "no"],
        port=port,
        reach=seen.reach,
        elsewhere=seen.elsewhere,
        ping=seen.ping,
        rtsp=seen.rtsp,
    )


CAMERAS = {False: camera(), True: camera(shared=True)}


def test_every_combination_is_judged_as_the_rules_say():
    used: Counter[int] = Counter()
    for seen in combinations():
        number, expected = next((n, told) for n, (holds, told) in enumerate(RULES) if holds(seen))
        verdict = verdict_on(seen)
        assert (verdict.condition, verdict.cause) == expected, seen
        used[number] += 1
    assert set(used) == set(range(len(RULES)))  # none is there for nothing


def test_no_combination_convicts_without_evidence_or_blames_what_cannot_be_seen():
    for seen in combinations():
        verdict = verdict_on(seen)
        assert (verdict.cause is None) == (verdict.condition in (FieldCondition.FINE, FieldCondition.UNKNOWN)), seen
        if verdict.condition is FieldCondition.FAULT:
            assert verdict.evidence, seen
            assert seen.reach is Reach.REACHABLE or not silent(seen), seen
            assert seen.shared != "others answer" or verdict.cause in (FieldCause.DEVICE_HUNG, FieldCause.MOVED), seen

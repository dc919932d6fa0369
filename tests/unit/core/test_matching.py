"""Which profile a device is asked by."""

import re

import pytest

from netwatch.core.matching import Said, choose, probes
from netwatch.core.plan import Match, Plan

MAKER = "1.3.6.1.4.1.8691"


def plan(name, *prefixes, descr=None, probe=None, own=False):
    pattern = re.compile(descr) if descr else None
    match = Match(object_ids=prefixes, descr=pattern, probe=probe)
    return Plan(profile=name, scalars=(), tables=(), match=match, is_own=own)


DEFAULT = Plan(profile="standard", scalars=(), tables=())
MODEL = plan("model", f"{MAKER}.7.84")
FAMILY = plan("family", f"{MAKER}.7", f"{MAKER}.6")
CAMERA = plan("camera", probe="1.3.6.1.4.1.39165.1.1.0")
ROUTER = plan("router", "1.3.6.1.4.1.8072.3.2.10", probe="1.3.6.1.4.1.48690.2.4.0")
LINUX = plan("linux", "1.3.6.1.4.1.8072.3.2.10")
NAMED = plan("named", "1.3.6.1.4.1.8072.3.2.10", descr="^PowerBox")
PLANS = (FAMILY, MODEL, CAMERA, ROUTER, LINUX, NAMED)


def chosen(object_id, descr="", answered=(), plans=PLANS):
    return choose(DEFAULT, plans, Said(object_id=object_id, descr=descr, answered=frozenset(answered)))


@pytest.mark.parametrize(
    ("object_id", "name"),
    [
        (f"{MAKER}.7.84", "model"),
        (f"{MAKER}.7.84.1", "model"),
        (f"{MAKER}.7.841", "family"),
        (f"{MAKER}.6.2", "family"),
        (f"{MAKER}", "standard"),
        ("1.3.6.1.4.1.86917", "standard"),
        ("", "standard"),
    ],
)
def test_the_longest_prefix_by_whole_arcs_wins(object_id, name):
    assert chosen(object_id).plan.profile == name


def test_where_the_prefix_is_everybodys_a_pattern_or_a_probe_decides():
    agent = "1.3.6.1.4.1.8072.3.2.10"
    assert chosen(agent, "Linux box").plan is LINUX
    assert chosen(agent, "PowerBox 7").plan is NAMED
    assert chosen(agent, "Linux box", ["1.3.6.1.4.1.48690.2.4.0"]).plan is ROUTER


def test_a_device_that_says_nothing_is_known_by_its_probe_alone():
    assert chosen("", answered=["1.3.6.1.4.1.39165.1.1.0"]).plan is CAMERA


def test_only_what_could_matter_is_probed():
    assert probes(PLANS, Said(object_id="", descr="")) == ("1.3.6.1.4.1.39165.1.1.0",)
    assert probes(PLANS, Said(object_id=f"{MAKER}.7", descr="")) == ()
    assert probes(PLANS, Said(object_id="1.3.6.1.4.1.8072.3.2.10", descr="")) == ("1.3.6.1.4.1.48690.2.4.0",)
    unheard = Said(object_id="1.3.6.1.4.1.99999", descr="")
    assert probes(PLANS, unheard) == ("1.3.6.1.4.1.39165.1.1.0",)


def test_the_citys_own_stands_before_ours_for_the_same_devices():
    own = plan("mine", f"{MAKER}.7", own=True)
    assert chosen(f"{MAKER}.7.1", plans=(own, *PLANS)).plan is own
    assert chosen(f"{MAKER}.7.84", plans=(own, *PLANS)).plan is MODEL


def test_the_reason_is_told_in_words():
    assert chosen(f"{MAKER}.7.84.1").why == f"sysObjectID {MAKER}.7.84.1 begins with {MAKER}.7.84"
    told = chosen("1.3.6.1.4.1.8072.3.2.10", "PowerBox 7").why
    assert told.endswith("and sysDescr matches '^PowerBox'")
    assert chosen("").why.startswith("it has no sysObjectID")
    assert chosen("1.3.6.1.4.1.5").why.startswith("no profile is for sysObjectID 1.3.6.1.4.1.5;")

import pytest

from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.faults.severity import MANY, Severity, severity
from tests.unit.core.streets import NOW, town

CITY = town("core-agg1", "core-agg2", "agg1-agg2", "agg1-a", "a-b")


def judged(kind, *, lost=0, devices=(), links=()):
    cause = Cause(kind=kind, subject="x:y", since_wall_s=NOW, devices=frozenset(devices), links=frozenset(links))
    return severity(CITY, cause, lost=lost)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"kind": FaultKind.VANTAGE}, Severity.CRITICAL),
        ({"kind": FaultKind.CABLE_CUT, "lost": MANY}, Severity.CRITICAL),
        ({"kind": FaultKind.CABLE_CUT, "lost": MANY - 1}, Severity.MAJOR),
        ({"kind": FaultKind.LINK_CUT, "devices": {"agg1"}}, Severity.CRITICAL),
        ({"kind": FaultKind.DEVICE_POWER, "devices": {"a"}}, Severity.MAJOR),
        ({"kind": FaultKind.UPSTREAM, "devices": {"a"}}, Severity.MAJOR),
        ({"kind": FaultKind.WRONG_DEVICE}, Severity.MAJOR),
        ({"kind": FaultKind.REDUNDANCY_LOST, "links": {"agg1-agg2"}}, Severity.MAJOR),
        ({"kind": FaultKind.REDUNDANCY_LOST, "links": {"agg1-a"}}, Severity.MINOR),
        ({"kind": FaultKind.DEVICE_HANG, "devices": {"agg1"}}, Severity.MINOR),
        ({"kind": FaultKind.DEVICE_HANG, "devices": {"a"}, "lost": 1}, Severity.MAJOR),
        ({"kind": FaultKind.FIELD_DEVICE, "lost": 1}, Severity.MINOR),
        ({"kind": FaultKind.POE, "lost": 1}, Severity.MINOR),
        ({"kind": FaultKind.PORT}, Severity.WARNING),
        ({"kind": FaultKind.PORT, "lost": MANY}, Severity.CRITICAL),
    ],
)
def test_how_bad_each_is(told, expected):
    assert judged(**told) is expected


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_has_a_severity_and_losing_many_is_always_critical(kind):
    assert judged(kind) in Severity
    assert judged(kind, lost=MANY) is Severity.CRITICAL


def test_what_the_inventory_does_not_know_any_more_does_not_raise_it():
    assert judged(FaultKind.LINK_CUT, devices={"gone"}, links={"gone-too"}) is Severity.MAJOR

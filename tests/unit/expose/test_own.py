import pytest
from prometheus_client import generate_latest

from netwatch.core.events import EventKind
from netwatch.core.metrics import BY_NAME, CATALOGUE, MetricType, Scope
from netwatch.expose.guard import Cut
from netwatch.expose.own import OwnMetrics
from tests.unit.expose.reading import samples_of

KNOWN = {
    "netwatch_events_total": [kind.value for kind in EventKind],
    "netwatch_http_connections_cut_total": [cut.value for cut in Cut],
}


def told(own: OwnMetrics) -> dict[tuple[str, tuple[str, ...]], float]:
    return {(s.name, tuple(s.labels.values())): s.value for s in samples_of(generate_latest(own.registry))}


def test_every_known_label_value_exists_at_0_before_anything_happened():
    read = told(OwnMetrics(KNOWN))
    assert {labels[0] for name, labels in read if name == "netwatch_events_total"} == set(
        KNOWN["netwatch_events_total"]
    )
    assert read["netwatch_render_errors_total", ()] == 0
    assert set(read.values()) == {0}


def test_a_gauge_is_absent_until_it_is_set():
    own = OwnMetrics({})
    assert ("netwatch_ledger_ok", ()) not in told(own)
    own.set("netwatch_ledger_ok", 0)
    assert told(own)["netwatch_ledger_ok", ()] == 0


def test_counting_adds_up_per_label_value():
    own = OwnMetrics(KNOWN)
    own.add("netwatch_events_total", "flapping")
    own.add("netwatch_events_total", "flapping", amount=2)
    own.add("netwatch_snmp_replies_total", "unexpected")
    read = told(own)
    assert read["netwatch_events_total", ("flapping",)] == own.get("netwatch_events_total", "flapping") == 3
    assert read["netwatch_snmp_replies_total", ("unexpected",)] == 1
    assert read["netwatch_events_total", ("settled",)] == own.get("netwatch_events_total", "settled") == 0


def test_every_daemon_family_is_told_with_the_name_type_and_labels_of_the_catalogue_and_nothing_else():
    own = OwnMetrics({})
    for metric in CATALOGUE:
        if metric.scope is Scope.DAEMON:
            own.set(metric.name, 1, *metric.labels)
    text = generate_latest(own.registry).decode()
    types = dict(line.split()[2:4] for line in text.splitlines() if line.startswith("# TYPE"))
    assert types == {metric.name: metric.type.value for metric in CATALOGUE if metric.scope is Scope.DAEMON}
    for sample in samples_of(text.encode()):
        assert set(sample.labels) == set(BY_NAME[sample.name].labels)


@pytest.mark.parametrize("name", ["netwatch_device_up", "nonsense"])
def test_a_name_that_is_not_the_daemons_is_refused(name):
    with pytest.raises(LookupError):
        OwnMetrics({}).set(name, 1)
    with pytest.raises(LookupError):
        OwnMetrics({name: ["x"]})


def test_a_gauge_cannot_be_counted_and_labels_must_fit():
    own = OwnMetrics({})
    assert BY_NAME["netwatch_ledger_ok"].type is MetricType.GAUGE
    with pytest.raises(LookupError):
        own.add("netwatch_ledger_ok")
    with pytest.raises(ValueError, match="has the labels"):
        own.add("netwatch_events_total")

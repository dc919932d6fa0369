from netwatch.core.neighbours.link_drift import Discrepancy, DriftKind
from netwatch.expose.drift_fragments import render_drift
from tests.unit.expose.reading import samples_of

COUNTS, LINKS = "netwatch_topology_discrepancies", "netwatch_link_discrepancy"


def found(kind, link):
    return Discrepancy(kind=kind, link=link, subject="", declared="", seen="")


def told(*findings):
    """(family, labels) -> value"""
    page = b"".join(render_drift(findings).values())
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples_of(page)}


def test_every_kind_has_its_count_and_every_link_its_line():
    page = told(found(DriftKind.MOVED, "l-1"), found(DriftKind.MOVED, 'l-"2"'), found(DriftKind.EXTRA, None))
    assert page == {
        (COUNTS, "missing"): 0,
        (COUNTS, "moved"): 2,
        (COUNTS, "swapped"): 0,
        (COUNTS, "extra"): 1,
        (LINKS, "l-1", "moved"): 1,
        (LINKS, 'l-"2"', "moved"): 1,
    }


def test_a_city_as_declared_has_no_line_but_the_counts():
    assert set(told().values()) == {0}
    assert render_drift(())[LINKS] == b""

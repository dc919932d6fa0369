"""A thousand random histories: the core and a model of one cell a second agree on every figure, to the last cell."""

from hypothesis import HealthCheck, given, settings

from netwatch.core.audit.account import account
from netwatch.core.audit.availability import Tally
from netwatch.core.audit.classes import timeline
from tests.unit.core.audit.histories import History, around_special_days, histories, moments, months

EXAMPLES = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def as_tally(cells: dict[str, int], cell_ms: int) -> Tally:
    return Tally(
        up=cells.get("U", 0) * cell_ms,
        down=cells.get("D", 0) * cell_ms,
        maintenance=cells.get("M", 0) * cell_ms,
        unknown=cells.get("K", 0) * cell_ms,
        not_in_service=cells.get("N", 0) * cell_ms,
    )


def agree(history: History) -> None:
    painted, cell_ms, first, end = history.painted(), history.cell_ms, history.first, history.end
    of_city = account([history.subject], history.period, method=history.method, gaps=history.unseen)
    one = of_city.subjects["field_device:cam-1"]
    assert one.time == as_tally(painted.tally(first, end), cell_ms)
    assert one.time.total == history.period.length_ms
    assert one.seen_in_maintenance == as_tally(painted.under_maintenance(first, end), cell_ms)
    assert one.declared_after == as_tally(painted.told_after(first, end), cell_ms)
    assert one.lost_ms == {fault: cells * cell_ms for fault, cells in painted.lost(first, end).items()}
    assert [
        (outage.down_ms // cell_ms, outage.unknown_ms // cell_ms, outage.began, outage.ended) for outage in one.outages
    ] == painted.outages(first)
    refused = {judged.declaration.id: set(judged.refusals) for judged in one.judged}
    ends = {window.id: window.end for window in history.windows}
    assert refused == {name: broken for name, broken in painted.refused.items() if ends[name] > first}
    up, down = painted.n_intervals(
        first, end, length=history.length, in_a_row=history.in_a_row, threshold=history.threshold
    )
    assert (one.n_interval.up, one.n_interval.down) == (up * cell_ms, down * cell_ms)


@settings(EXAMPLES, max_examples=850)
@given(histories(around_special_days()))
def test_days_when_clocks_change_agree_to_the_second(history):
    agree(history)


@settings(EXAMPLES, max_examples=15)
@given(histories(months(), before=7 * 86_400))
def test_whole_months_agree_to_the_second(history):
    agree(history)


@settings(EXAMPLES, max_examples=150)
@given(histories(moments(), before=3000, cell_ms=1))
def test_fractions_of_a_second_agree_to_the_millisecond(history):
    agree(history)


@settings(EXAMPLES, max_examples=100)
@given(histories(moments(), before=3000, cell_ms=1))
def test_each_moment_has_exactly_one_class(history):
    subject, period = history.subject, history.period
    line = timeline(subject.spans, subject.declarations, period, notice_ms=history.method.notice_ms)
    for before, after in zip(line.segments, line.segments[1:], strict=False):
        assert before.from_ms < before.until_ms == after.from_ms
        assert before[2:] != after[2:]
    assert line.segments[0].from_ms <= period.from_ms
    assert line.segments[-1].until_ms == period.until_ms

"""What is older than is kept goes, says so, and the rest is still proved; what should not have gone is named."""

from functools import partial

import pytest

from netwatch.audit.access_rows import write_review
from netwatch.audit.annex import write_annexed
from netwatch.audit.ledger_key import signing_key
from netwatch.audit.ledger_read import reading
from netwatch.audit.prune_rows import ROWS_AT_ONCE, carried_states, prune_rows, prune_usage
from netwatch.audit.records import Verdict
from netwatch.audit.retention import Retention
from netwatch.audit.store import Store
from netwatch.audit.verify_words import lines
from netwatch.core.audit.ledger_sentences import told
from netwatch.core.model import Settings
from tests.unit.audit.ledgers import T0, event, forge, found

DAY_S = 86_400.0


class Years:
    """A store that writes at the times it is told, a checkpoint behind each day."""

    def __init__(self, directory):
        self.now_s = T0
        self.directory = directory
        self.store = Store.open(directory, wall=lambda: self.now_s)
        self.key = signing_key(directory)
        self.lines = []

    def close(self):
        store, self.store = self.store, None
        if store is not None:
            store.close()

    async def day(self, number, *, events=3):
        self.now_s = T0 + number * DAY_S
        for n in range(events):
            state = "down" if number == 0 and n == 0 else str(number)
            verdict = Verdict(subject=f"device:acc-{n}", kind="device.state", state=state, since_wall_s=self.now_s)
            await self.store.commit([verdict] if n or not number else [], [event(n)])
        await self.usage(number)
        self.lines.append((await self.store.checkpoint(self.key, least=1)).line)

    async def usage(self, number):
        detail = {"from": self.now_s, "until": self.now_s + 300, "ports": 1}
        content = f"figures of day {number}".encode()
        await self.store.write(lambda c, now: write_annexed(c, "usage.traffic", detail, content, now))

    async def prune(self, *, until_day, what=prune_rows):
        return await self.store.write(partial(what, T0 + until_day * DAY_S))


@pytest.fixture
async def years(tmp_path):
    made = Years(tmp_path)
    await made.store.save_key(made.key)
    for number in range(10):
        await made.day(number)
    yield made
    made.close()


async def test_rows_that_are_older_go_and_the_rest_is_proved_by_checkpoints_in_and_out_of_the_store(years):
    before = found(years.directory)
    went = await years.prune(until_day=4)
    assert await years.prune(until_day=4) == 0
    await years.day(11)
    report = found(years.directory, *years.lines)
    assert report.findings == []
    assert (report.pruned, report.beyond > 0) == (went, True)
    assert report.attested_elsewhere.size == report.rows > before.rows
    text = "\n".join(lines(report))
    assert f"rows 1 to {went} were older than is kept, and are gone" in text
    assert "checkpoints are over rows that are gone in part" in text
    with reading(years.directory) as reader:
        assert f"rows up to {went} were older than is kept, and are gone" in "\n".join(map(told, reader.rows()))


async def test_what_was_true_when_rows_went_is_carried_over_one_pruning_after_the_other(years):
    for day in (2, 6):
        await years.prune(until_day=day)
        states = await years.store.write(lambda connection, _: carried_states(connection))
        assert states == {
            "device:acc-0": ("device.state", T0, "down"),
            "device:acc-1": ("device.state", T0 + (day - 1) * DAY_S, str(day - 1)),
            "device:acc-2": ("device.state", T0 + (day - 1) * DAY_S, str(day - 1)),
        }
    await years.store.forget_verdicts(frozenset({"device:acc-1"}))
    await years.day(10, events=0)
    years.now_s += 40 * DAY_S
    await years.prune(until_day=30)
    assert set(await years.store.write(lambda connection, _: carried_states(connection))) == {"device:acc-1"}
    assert found(years.directory).findings == []


async def test_nothing_goes_that_no_checkpoint_covers(years):
    await years.store.commit([], [event(n) for n in range(20)])
    years.now_s += DAY_S
    covered = found(years.directory).attested.size
    assert await years.prune(until_day=100) == covered
    assert await years.prune(until_day=100) == 0
    assert found(years.directory).findings == []


async def test_a_large_past_goes_piece_by_piece(tmp_path):
    years = Years(tmp_path)
    await years.store.commit([], [event(n) for n in range(ROWS_AT_ONCE + 100)])
    while (line := (await years.store.checkpoint(years.key, least=1)).line) != "":
        assert line
    assert [await years.prune(until_day=1) for _ in range(3)] == [ROWS_AT_ONCE, 100, 0]
    years.close()


async def test_figures_go_sooner_than_their_rows_and_say_so(years):
    assert await years.prune(until_day=4, what=prune_usage) == 4
    report = found(years.directory)
    assert (report.findings, report.pruned, report.annexes) == ([], 0, 6)


@pytest.mark.parametrize(
    ("statements", "text"),
    [
        (["DELETE FROM annex WHERE kind = 'usage.traffic' AND seq > 40"], "was written for (usage.traffic) is missing"),
        (["UPDATE annex SET content = x'00'"], "is not what it was: it was changed"),
        (["UPDATE pruned SET peaks = x'00'"], "what is kept of the rows that were pruned was changed"),
        (["UPDATE pruned SET chain = zeroblob(32)"], "is not what was written"),
        (["DELETE FROM pruned"], "are missing"),
        (["DELETE FROM annex WHERE kind = 'pruned.rows'"], "was written for (pruned.rows) is missing"),
    ],
)
async def test_what_went_without_leave_is_named(years, statements, text):
    await years.prune(until_day=4)
    years.close()
    forge(years.directory, *statements)
    assert text in "\n".join(finding.text for finding in found(years.directory).findings)


async def test_who_prunes_by_hand_is_found_where_no_row_tells_of_it(years):
    years.close()
    from_row = 12
    chain = f"(SELECT chain FROM ledger WHERE seq = {from_row})"
    forge(
        years.directory,
        f"INSERT INTO pruned VALUES ({from_row}, {chain}, zeroblob({32 * from_row.bit_count()}))",
        f"DELETE FROM ledger WHERE seq <= {from_row}",
        f"DELETE FROM annex WHERE seq <= {from_row}",
    )
    texts = [finding.text for finding in found(years.directory).findings]
    assert "rows 1 to 12 are missing, and no row tells that they were pruned" in texts
    assert any("was signed for" in text for text in texts)


async def test_the_settings_say_how_long_and_a_name_goes_with_the_last_row_that_means_it(years):
    for who in ("kim", "lee"):
        review = {"month": "2023-10", "user": who, "note": "", "rows": 0, "failures": 0}
        await years.store.write(lambda connection, now, told=review: write_review(connection, told, now))
        await years.day(500)
        years.now_s = T0 + 1000 * DAY_S
    retention = Retention(years.store, years.directory, wall=lambda: years.now_s)
    retention.settings = Settings(ledger_keep_events_s=800 * DAY_S, ledger_keep_usage_s=400 * DAY_S)
    rows, figures = await retention.step()
    assert (rows > 50, figures) == (True, 12)
    assert await retention.step() == (0, 0)
    names = await years.store.write(lambda c, _: [name for (name,) in c.execute("SELECT name FROM person")])
    assert names == ["lee"]
    assert found(years.directory).findings == []

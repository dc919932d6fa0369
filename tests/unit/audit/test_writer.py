import threading

import pytest

from netwatch.audit.database import Database
from netwatch.audit.writer import Writer
from netwatch.core.errors import StoreError


@pytest.fixture
def writer(tmp_path):
    made = Writer(Database(tmp_path), queue_limit=3)
    yield made
    made.close(5)


@pytest.fixture
def gate():
    """A job waits here inside the writer until the test lets it go; it is let go at the end in any case."""
    opened = threading.Event()
    yield opened
    opened.set()


def blocked(writer: Writer, gate: threading.Event):
    """Occupy the writer, and return once it is occupied."""
    inside = threading.Event()
    future = writer.submit(lambda _: (inside.set(), gate.wait(60)), urgent=True)
    assert inside.wait(60)
    return future


def insert(key: str):
    return lambda connection: connection.execute("INSERT INTO meta VALUES (?, '')", (key,)).fetchall()


def keys(writer: Writer) -> list[str]:
    read = writer.submit(
        lambda connection: connection.execute("SELECT key FROM meta ORDER BY key").fetchall(), urgent=True
    )
    return [key for (key,) in read.result(60)]


def test_a_full_queue_refuses_and_says_how_far_behind_the_disk_is(writer, gate):
    blocked(writer, gate)
    for key in "abc":
        writer.submit(insert(key), urgent=True)
    with pytest.raises(StoreError, match="the store is 3 commits behind"):
        writer.submit(insert("d"), urgent=True)
    slow = writer.submit(insert("s"), urgent=False)  # its own queue has room
    gate.set()
    slow.result(60)
    assert keys(writer) == ["a", "b", "c", "s"]


def test_a_job_withdrawn_before_its_turn_is_left_out(writer, gate):
    blocked(writer, gate)
    withdrawn = writer.submit(insert("withdrawn"), urgent=True)
    kept = writer.submit(insert("kept"), urgent=True)
    assert withdrawn.cancel()
    gate.set()
    kept.result(60)
    assert keys(writer) == ["kept"]


def test_an_urgent_job_waits_for_one_piece_of_slow_work_at_most(writer, gate):
    order: list[str] = []
    blocked(writer, gate)
    futures = [writer.submit(lambda _, n=n: order.append(f"slow {n}"), urgent=False) for n in range(3)]
    futures.append(writer.submit(lambda _: order.append("urgent"), urgent=True))
    gate.set()
    for future in futures:
        future.result(60)
    assert order == ["urgent", "slow 0", "slow 1", "slow 2"]


def test_a_mistake_inside_a_job_reaches_whoever_waits_and_writes_nothing(writer):
    def wrong(connection):
        insert("half")(connection)
        raise KeyError("a programming error")

    with pytest.raises(KeyError, match="a programming error"):
        writer.submit(wrong, urgent=True).result(60)
    assert keys(writer) == []


def test_closing_has_a_time_limit_and_tells_those_who_waited(writer, gate):
    occupied = blocked(writer, gate)
    waiting = writer.submit(insert("late"), urgent=True)
    assert not writer.close(0.05)
    with pytest.raises(StoreError, match="closed before this was written"):
        waiting.result(0)
    gate.set()
    occupied.result(60)  # what had begun is finished
    assert writer.close(5)

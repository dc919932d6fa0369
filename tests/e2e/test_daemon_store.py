"""A disk that is full or held: the network is watched on, the pages say so, and what was told is written later."""

import resource

import apsw

from tests.e2e.network import write_inventory
from tests.e2e.process import until

RECEIVED = "netwatch_interface_receive_bytes_total"


def fill_disk(daemon, full):
    """A process's own limit on the size of files fails its writes as a full disk does (EFBIG, setrlimit(2))."""
    _, most = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (1 if full else most, most))


def total(daemon):
    return sum(sample.value for sample in daemon.page().where(RECEIVED))


def test_a_full_disk_shows_stops_nothing_and_heals_by_itself(folder, network, addresses, run):
    daemon = run(write_inventory(folder, network, addresses)).ready()
    until(lambda: daemon.page().devices(RECEIVED) == set(addresses))
    assert daemon.value("netwatch_ledger_ok") == 1

    fill_disk(daemon, full=True)
    until(lambda: daemon.value("netwatch_ledger_ok") == 0, what="red, though nothing happened")
    network.fail("device:core-2")
    until(lambda: daemon.value("netwatch_device_state", device="core-2", state="down"), what="told all the same")
    assert daemon.value("netwatch_store_queue_length") > 0
    assert daemon.fetch("/-/healthy") == (503, "what is told cannot be recorded; all else goes on\n")
    before = total(daemon)
    until(lambda: total(daemon) > before, what="polling")

    fill_disk(daemon, full=False)
    until(lambda: daemon.value("netwatch_ledger_ok") == 1, what="healed")
    assert daemon.value("netwatch_store_queue_length") == 0
    until(lambda: daemon.fetch("/-/healthy") == (200, "ok\n"), what="healthy")
    assert daemon.stop() == 0
    stored = apsw.Connection(str(folder / "state" / "netwatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
    told = stored.execute(
        "SELECT told_before_commit FROM event WHERE kind='device.state' AND subject='device:core-2' "
        "AND json_extract(detail, '$.to')='down'"
    ).fetchall()
    states = stored.execute("SELECT json_extract(detail, '$.state') FROM event WHERE kind='store.state'").fetchall()
    stored.close()
    assert told == [(1,)]
    assert states == [("failed",), ("recovered",)]


def test_the_end_comes_in_time_though_the_store_is_held_by_another(folder, network, addresses, run):
    daemon = run(write_inventory(folder, network, addresses)).ready()
    holder = apsw.Connection(str(folder / "state" / "netwatch.db"))
    holder.set_busy_timeout(5000)  # it may be writing just now
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert daemon.stop(within_s=10) == 0
    finally:
        holder.close()
    assert daemon.lines("the last state could not be stored")

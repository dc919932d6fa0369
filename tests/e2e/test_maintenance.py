"""Maintenance as the operator on duty declares it: a real daemon, its socket, its store, and what the page says."""

import contextlib
import getpass
import json

import apsw

from netwatch.audit.windows import read_windows
from netwatch.core.maintenance.windows import Phase
from tests.e2e.network import write_inventory
from tests.e2e.process import netwatch, until

ACTIVE = "netwatch_maintenance_active"
DECLARE = ("--until", "+4h", "--reason", "광케이블 교체", "--by", "kim", "--approved-by", "lee")


def maintenance(daemon, *words):
    return netwatch("maintenance", *words, "--state-dir", daemon.state)


def active(daemon):
    """subject -> 1 or 0, as the page has it."""
    return {sample.labels["subject"]: sample.value for sample in daemon.page().where(ACTIVE)}


def told(daemon, kind):
    return daemon.value("netwatch_events_total", kind=f"maintenance.{kind}")


def stored(daemon):
    """Window -> up to what the store has it that it was told."""
    with contextlib.closing(apsw.Connection(str(daemon.state / "netwatch.db"), apsw.SQLITE_OPEN_READONLY)) as store:
        return {window.id: window.told for window in read_windows(store)}


def test_declared_shown_killed_restarted_and_ended(folder, network, addresses, run):
    inventory = write_inventory(
        folder,
        network,
        addresses,
        more='maintenance:\n  m-1: {subject: "site:hall", from: 2000-01-01T01:00, until: 2000-01-01T02:00}\n'
        "rings:\n  ring-a: {}\n"
        "links:\n  up-1: {a: core-1 Te1, b: core-2 Te1, ring: ring-a}\n",
    )
    daemon = run(inventory).ready()
    until(lambda: daemon.value("netwatch_device_up", device="core-1") == 1)
    added = maintenance(daemon, "add", "device:core-1", "--from", "now", *DECLARE)
    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout.startswith("m-2: device:core-1, and 3 more that hang on it, from 20")
    assert "+09:00" in added.stdout  # the city's zone, whatever this machine's is
    assert added.stdout.endswith("it was not declared before its beginning, and reports will say so\n")

    covered = {"device:core-1": 1, "port:core-1 Te1": 1, "link:up-1": 1, "ring:ring-a": 1, "site:hall": 0}
    until(lambda: active(daemon) == covered, what="maintenance on the page")
    until(lambda: (told(daemon, "declared"), told(daemon, "started"), told(daemon, "over")) == (2, 1, 0))
    assert daemon.value("netwatch_device_up", device="core-1") == 1  # silenced, never hidden

    until(lambda: stored(daemon).get("m-2") is Phase.RUNNING, what="what was told, on record")
    daemon.kill()
    daemon = run(inventory).ready()
    until(lambda: active(daemon) == covered, what="maintenance after SIGKILL")
    assert (told(daemon, "declared"), told(daemon, "started")) == (0, 0)  # and told once in all

    listed = maintenance(daemon, "list")
    assert "site:hall" not in listed.stdout
    assert listed.stdout.startswith("id   state    subject        from  ")
    assert listed.stdout.splitlines()[1].startswith("m-2  running  device:core-1  20")
    assert listed.stdout.splitlines()[-1] == "times of Asia/Seoul"
    everything = json.loads(maintenance(daemon, "list", "--all", "--json").stdout)
    assert {window["id"]: window["user"] for window in everything["windows"]} == {"m-1": "", "m-2": getpass.getuser()}

    ended = maintenance(daemon, "end", "m-2")
    assert ended.stdout.startswith("m-2: device:core-1 has ended, 20")
    until(lambda: not any(active(daemon).values()), what="the end of maintenance")
    until(lambda: (told(daemon, "ended"), told(daemon, "over")) == (1, 1))
    assert maintenance(daemon, "list").stdout == "no window is planned or running\n"
    again = maintenance(daemon, "end", "m-2")
    assert (again.returncode, again.stderr) == (1, "The window 'm-2' is over already.\n")


def test_a_subject_that_nobody_knows_is_refused_with_the_nearest(folder, network, addresses, run):
    daemon = run(write_inventory(folder, network, addresses)).ready()
    refused = maintenance(daemon, "add", "device:core-11", *DECLARE)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "There is no 'core-11' among the devices; did you mean 'device:core-1'?\n"


def test_without_a_daemon_it_cannot_be_done_now(folder):
    alone = netwatch("maintenance", "list", "--state-dir", folder)
    assert (alone.returncode, alone.stdout) == (3, "")
    assert alone.stderr.startswith("netwatch: No netwatch is running here")

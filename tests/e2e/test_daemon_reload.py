"""Reload: only what changed is touched, a mistake changes nothing, and no page is ever torn."""

import concurrent.futures
import contextlib
import functools
import re
import sqlite3
import threading
import time

from netwatch.simulate.server import Step
from tests.e2e.network import write_inventory
from tests.e2e.process import netwatch, until

COUNTER = "netwatch_interface_receive_bytes_total"
POLLED = "netwatch_device_last_success_timestamp_seconds"
PAGES = ("/metrics", "/metrics?shard=0&of=2", "/metrics?shard=1&of=2", "/metrics?site=hall")
# families that every device has from the first moment on, as soon as it is published at all
ALWAYS = ("netwatch_device_state", "netwatch_device_info")


def counting(daemon, devices):
    """Wait until all of them have port counters."""
    until(lambda: daemon.page().devices(COUNTER) == set(devices), what="counters of every device")
    return daemon


def polled_again(daemon, times=2):
    """The page after every device on it was polled so many times more, in both lanes."""

    def are_newer(than):
        return all(at_s > than.get(poll, 0) for poll, at_s in polls(daemon.page()).items())

    for _ in range(times):
        until(functools.partial(are_newer, polls(daemon.page())), what="another poll of every device")
    return daemon.page()


def polls(page):
    """(device, lane) -> when the last one was answered."""
    lanes = ("status", "traffic")
    return {
        (sample.labels["device"], sample.labels["lane"]): sample.value
        for sample in page.where(POLLED)
        if sample.labels["lane"] in lanes
    }


def at_rest(daemon):
    """A page while nothing happens: three polls of every device have brought no event."""
    page = daemon.page()
    while events(now := polled_again(daemon, times=3)) != events(page):
        page = now
    return now


def success(daemon):
    return daemon.value("netwatch_inventory_reload_success")


def events(page):
    """kind -> how many, but for those that tell of reloads themselves."""
    return {
        sample.labels["kind"]: sample.value
        for sample in page.where("netwatch_events_total")
        if not sample.labels["kind"].startswith("inventory.")
    }


def test_a_mistake_leaves_the_old_inventory_in_force_and_the_next_good_edit_heals(folder, network, addresses, run):
    inventory = write_inventory(folder, network, addresses)
    daemon = counting(run(inventory).ready(), addresses)
    good = inventory.read_text()
    line = 1 + good[: good.index("  core-1:")].count("\n")
    inventory.write_text(good.replace("  core-1: {site: hall", "  core-1: {sit: hall"))

    refused = daemon.reload()
    assert refused.returncode == 1
    assert f"{inventory}:{line} devices.core-1.sit: unknown key; did you mean 'site'?" in refused.stderr
    assert refused.stderr.splitlines()[-1] == "not reloaded: the one before stays in force"
    assert success(daemon) == 0
    assert len(daemon.lines(f"{inventory}:{line} devices.core-1.sit: unknown key")) == 1
    assert daemon.page().devices(COUNTER) == set(addresses)

    inventory.write_text(good.replace("  core-1: {site: hall", "  core-1: {profile: if-mob, site: hall"))
    refused = daemon.reload()
    assert refused.returncode == 1
    assert "devices.core-1.profile: there is no profile 'if-mob'; did you mean 'if-mib'?" in refused.stderr

    inventory.write_text(good)
    healed = daemon.reload()
    assert (healed.returncode, healed.stdout) == (0, "reloaded: nothing changed\n")
    assert success(daemon) == 1


def test_sighup_reloads_too(folder, network, addresses, run):
    inventory = write_inventory(folder, network, {"core-1": addresses["core-1"]})
    daemon = run(inventory).ready()
    write_inventory(folder, network, addresses)
    daemon.hang_up()
    until(lambda: daemon.page().devices("netwatch_device_state") == set(addresses))
    counting(daemon, addresses)


def test_a_removed_device_leaves_every_page_at_once_and_the_store_but_for_its_history_and_a_new_one_comes(
    folder, network, addresses, run
):
    daemon = counting(run(write_inventory(folder, network, addresses)).ready(), addresses)
    store = folder / "state" / "netwatch.db"
    assert set(subjects(store, "verdict")) == {f"device:{name}" for name in addresses}
    kept = {name: address for name, address in addresses.items() if name != "core-2"}
    write_inventory(folder, network, kept)
    told = daemon.reload()
    assert told.stdout == "reloaded: 1 devices removed\n"
    for path in PAGES:
        assert "core-2" not in daemon.page(path).devices(), path
    # a poll that was under way when it was removed has come back by now
    assert polled_again(daemon).devices() == set(kept)
    until(lambda: set(subjects(store, "verdict")) == {f"device:{name}" for name in kept}, what="its verdict dropped")
    assert "device:core-2" in subjects(store, "event")

    write_inventory(folder, network, addresses)
    assert daemon.reload().stdout == "reloaded: 1 devices added\n"
    counting(daemon, addresses)


def test_a_changed_interval_touches_nobody_else(folder, network, addresses, run):
    daemon = counting(run(write_inventory(folder, network, addresses)).ready(), addresses)
    until(lambda: all(sample.value for sample in daemon.page().where("netwatch_device_state", state="up")))
    before = at_rest(daemon)
    record = f"{{site: hall, address: {addresses['core-1']}, every: {{traffic: 2s}}}}"
    write_inventory(folder, network, {**addresses, "core-1": record})
    assert daemon.reload().stdout == "reloaded: 1 devices changed\n"
    after = daemon.page()
    assert after.devices(COUNTER) == set(addresses)  # the changed one's totals too
    later = polled_again(daemon)
    assert events(later) == events(before)
    for sample in before.where(COUNTER):
        assert later.value(COUNTER, **sample.labels) >= sample.value
    for sample in before.where("netwatch_device_state"):
        assert later.value("netwatch_device_state", **sample.labels) == sample.value


def test_a_secret_that_was_changed_in_its_file_is_used_after_a_reload(folder, network, addresses, run):
    inventory = write_inventory(folder, network, addresses)
    secret = folder / "secrets" / "field"
    right = secret.read_text()
    secret.write_text("not this one")
    daemon = run(inventory)
    until(lambda: daemon.value("netwatch_device_snmp_up", device="core-1") == 0)
    secret.write_text(right)
    assert daemon.reload().stdout == f"reloaded: {len(addresses)} devices changed\n"
    until(lambda: daemon.value("netwatch_device_snmp_up", device="core-1") == 1)


def test_settings_reach_what_they_decide_about(folder, network, addresses, run):
    capped = "settings: {max_interfaces_per_device: 3}\n"
    inventory = write_inventory(folder, network, {"core-1": addresses["core-1"]}, every={"discovery": "1s"})
    daemon = counting(run(inventory).ready(), ["core-1"])
    assert daemon.value("netwatch_device_interfaces_dropped", device="core-1") == 0
    inventory.write_text(inventory.read_text().replace("devices:", f"{capped}devices:"))
    assert daemon.reload().returncode == 0
    until(lambda: daemon.value("netwatch_device_interfaces_dropped", device="core-1"), what="the cap")
    assert len(daemon.page().where("netwatch_interface_info", device="core-1")) == 3


def test_reload_without_a_daemon_says_so(folder):
    nobody = netwatch("reload", "--state-dir", folder)
    assert nobody.returncode == 3
    assert nobody.stderr.strip() == (
        f"netwatch: No netwatch is running here: nothing answers on {folder}/control.sock."
    )


def test_ten_scrapes_a_second_never_see_a_torn_page(folder, network, addresses, run):
    """Each page has no series twice, and tells of one and the same inventory in all its families; whoever finds that
    it has changed reads all of it.
    """
    full = dict(addresses)
    half = dict(list(addresses.items())[::2])
    network.drive("core-1", next(iter(ports_of(network, "core-1"))), [Step(after_s=0, octets_per_second=1e6)])
    daemon = counting(run(write_inventory(folder, network, full)).ready(), full)
    over = threading.Event()
    seen: list[frozenset[str]] = []

    def scrape():
        while not over.is_set():
            page = daemon.page()
            series = re.findall(r"^\w+(?:{.*})? ", page.text, re.MULTILINE)
            assert len(series) == len(set(series))
            told = {name: page.devices(name) for name in ALWAYS}
            assert told[ALWAYS[0]] == told[ALWAYS[1]], told
            devices = set(re.findall(r'[{,]device="([^"]+)"', page.text))
            assert devices == told[ALWAYS[0]]
            if not seen or seen[-1] != devices:
                assert devices == page.devices()
                assert len(page.samples) == len(series)
            seen.append(frozenset(devices))
            over.wait(0.1)

    with concurrent.futures.ThreadPoolExecutor(2) as scrapers:
        running = [scrapers.submit(scrape) for _ in range(2)]
        try:
            for wanted in (half, full, half, full, half, full):
                write_inventory(folder, network, wanted)
                assert daemon.reload().returncode == 0
                time.sleep(0.4)
        finally:
            over.set()
        for one in running:
            one.result()
    assert set(seen) == {frozenset(full), frozenset(half)}
    assert len(seen) > 20


def ports_of(network, device):
    return [port.name for port in network.simulation.city.city.devices[device].ports]


def subjects(store, of):
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        rows = connection.execute(f"SELECT subject FROM {of}")
        # what LLDP contradicts has rows of its own, `device:acc-1 drift …`
        return [subject for (subject,) in rows if subject.startswith("device:") and " " not in subject]

"""A backup of a real daemon while it watches, and its restoration on another machine's empty disk."""

from tests.e2e.network import write_inventory
from tests.e2e.process import netwatch, until

STATE = "netwatch_device_state"


def test_a_watching_daemon_is_backed_up_and_goes_on_elsewhere_with_what_it_knew(folder, network, addresses, run):
    inventory = write_inventory(folder, network, addresses)
    daemon = run(inventory).ready()
    until(lambda: all(daemon.value(STATE, device=name, state="up") == 1 for name in addresses), what="all up")
    network.fail("device:core-2")
    fault = until(lambda: open_faults(daemon), what="a fault")
    where = ["--inventory", inventory, "--state-dir", daemon.state]
    made = netwatch("backup", folder / "today.tar.gz", *where)
    assert made.returncode == 0, made.stderr
    assert "secrets are not in it" in made.stdout
    assert daemon.value("netwatch_ledger_ok") == 1

    refused = netwatch("restore", folder / "today.tar.gz", "--force", *where)
    assert refused.returncode == 3
    assert f"already running on {daemon.state} (pid {daemon.pid}): stop it" in refused.stderr
    assert daemon.stop() == 0
    unforced = netwatch("restore", folder / "today.tar.gz", *where)
    assert unforced.returncode == 1
    assert f"would replace {daemon.state}/netwatch.db" in unforced.stderr

    other = folder / "other"
    restored = netwatch(
        *("restore", folder / "today.tar.gz", "--state-dir", other / "state", "--inventory", other / "inventory.yaml")
    )
    assert restored.returncode == 0, restored.stderr
    assert (other / "inventory.yaml").read_bytes() == inventory.read_bytes()
    again = run(inventory, state=other / "state")
    # a fault's id holds the time at which it began: whoever knew nothing of it would give it another
    until(lambda: open_faults(again) == fault, what="the same fault")
    assert again.stop() == 0


def open_faults(daemon):
    """The ids of those that are told now."""
    return {sample.labels["fault"] for sample in daemon.page().where("netwatch_fault_active") if sample.value == 1}


def test_a_backup_can_be_examined_without_touching_anything(folder, network, addresses, run):
    inventory = write_inventory(folder, network, addresses)
    daemon = run(inventory).ready()
    where = ["--inventory", inventory, "--state-dir", daemon.state]
    assert netwatch("backup", folder, *where).returncode == 0
    (backup,) = folder.glob("netwatch-*.tar.gz")
    good = netwatch("restore", "--check", backup)
    assert (good.returncode, good.stderr) == (0, "")
    assert "the store and 1 file of the inventory" in good.stdout
    backup.write_bytes(backup.read_bytes()[:-100])
    bad = netwatch("restore", "--check", backup)
    assert bad.returncode == 1
    assert bad.stderr.startswith(f"netwatch: {backup}: it is no backup of netwatch, or damaged")
    assert "Traceback" not in bad.stderr

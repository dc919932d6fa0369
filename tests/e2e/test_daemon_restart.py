"""What a restart must not cost: totals, index maps, batch sizes; however the daemon ended."""

import socket

import pytest

from netwatch.simulate.agent import from_recording
from netwatch.simulate.recording import parse
from netwatch.simulate.server import Simulation
from tests.e2e.network import COMMUNITY, KERNELS_CHOICE, Network, set_counter, write_inventory
from tests.e2e.process import netwatch, until

RECEIVED, SENT = "netwatch_interface_receive_bytes_total", "netwatch_interface_transmit_bytes_total"
IN_OCTETS, OUT_OCTETS = "1.3.6.1.2.1.2.2.1.10.1", "1.3.6.1.2.1.2.2.1.16.1"
WRAP = 2**32
# A switch from before RFC 2233: no ifXTable, so 32-bit counters and the names of ifDescr.
OLD_SWITCH = b"""\
1.3.6.1.2.1.1.1.0|4|an old switch
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.6296.1.2
1.3.6.1.2.1.1.3.0|67|8640000
1.3.6.1.2.1.1.5.0|4|old-1
1.3.6.1.2.1.2.1.0|2|1
1.3.6.1.2.1.2.2.1.1.1|2|1
1.3.6.1.2.1.2.2.1.2.1|4|port 1
1.3.6.1.2.1.2.2.1.3.1|2|6
1.3.6.1.2.1.2.2.1.5.1|66|1000000000
1.3.6.1.2.1.2.2.1.7.1|2|1
1.3.6.1.2.1.2.2.1.8.1|2|1
1.3.6.1.2.1.2.2.1.10.1|65|1000
1.3.6.1.2.1.2.2.1.16.1|65|1000
"""


@pytest.fixture
def old_agent():
    return from_recording(parse(OLD_SWITCH, source="old switch"), living=True)


@pytest.fixture
def old_network(old_agent):
    def build():
        return Simulation({"127.3.0.1": old_agent}, ports=KERNELS_CHOICE, communities=frozenset({COMMUNITY.encode()}))

    network = Network(build)
    yield network
    network.close()


def reaches(daemon, family, total):
    until(lambda: daemon.value(family) == total, what=f"{family} at {total}, now {daemon.value(family)}")


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_totals_and_their_wraps_go_on_after_a_restart(ending, folder, old_network, old_agent, run):
    inventory = write_inventory(folder, old_network, {"old-1": "127.3.0.1"})
    set_counter(old_network, old_agent, IN_OCTETS, WRAP - 1000)
    set_counter(old_network, old_agent, OUT_OCTETS, WRAP - 500)
    daemon = run(inventory)
    reaches(daemon, RECEIVED, WRAP - 1000)
    set_counter(old_network, old_agent, IN_OCTETS, WRAP + 700)  # wraps while watched
    reaches(daemon, RECEIVED, WRAP + 700)
    assert daemon.value(SENT) == WRAP - 500
    assert daemon.stop() == 0 if ending == "stop" else daemon.kill() < 0

    set_counter(old_network, old_agent, IN_OCTETS, WRAP + 900)
    set_counter(old_network, old_agent, OUT_OCTETS, WRAP + 300)  # wraps while nobody looked
    again = run(inventory)
    reaches(again, RECEIVED, WRAP + 900)
    reaches(again, SENT, WRAP + 300)


def test_after_a_restart_ports_are_known_at_once_totals_go_on_and_a_reboot_meanwhile_is_told(
    folder, network, addresses, run
):
    inventory = write_inventory(folder, network, addresses)
    daemon = run(inventory)
    until(lambda: daemon.page().devices(RECEIVED) == set(addresses))
    before = daemon.page()
    assert daemon.stop() == 0

    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        refused = netwatch("run", "--inventory", inventory, "--state-dir", folder / "state", "--listen", listen)
    assert refused.returncode == 3
    assert [line for line in refused.stderr.splitlines() if line.startswith("netwatch: ")] == [
        f"netwatch: cannot listen on {listen}: Address already in use; --listen HOST:PORT names another place"
    ]
    network.fail("device:core-2")
    network.restore("device:core-2")

    again = run(inventory)
    page = again.page()
    assert page.devices("netwatch_interface_info") == set(addresses)
    walked = page.where("netwatch_device_last_success_timestamp_seconds", lane="discovery")
    assert {sample.labels["device"] for sample in walked} <= {"core-2"}  # which has begun anew
    page = until(lambda: (page := again.page()).devices(RECEIVED) == set(addresses) and page, what="counters")
    assert page.devices("netwatch_interface_up") == set(addresses)
    assert len(page.where("netwatch_interface_info")) == len(before.where("netwatch_interface_info"))
    assert page.value("netwatch_events_total", kind="device.state") == 0  # the verdicts are the ones told before
    assert page.value("netwatch_events_total", kind="interface.added") == 0

    until(lambda: again.value("netwatch_events_total", kind="device.rebooted") == 1, what="the reboot told")
    until(lambda: again.page().devices(RECEIVED) == set(addresses), what="counters of the rebooted one too")
    after = again.page()
    for sample in before.where(RECEIVED):
        assert after.value(RECEIVED, **sample.labels) >= sample.value
    assert after.value("netwatch_device_uptime_seconds", device="core-2") < 60


def test_a_learned_batch_size_is_not_learned_again(folder, network, city, addresses, run):
    for agent in network.simulation.city.agents.values():
        agent.largest_message = 600
    inventory = write_inventory(folder, network, addresses)
    daemon = run(inventory)
    until(lambda: daemon.page().devices(RECEIVED) == set(addresses))
    learned_at = daemon.value("netwatch_snmp_replies_total", outcome="too_big")
    assert learned_at > 0
    assert daemon.stop() == 0

    again = run(inventory)
    until(lambda: again.page().devices(RECEIVED) == set(addresses))
    assert again.value("netwatch_snmp_replies_total", outcome="too_big") < learned_at / 4


def test_after_a_power_cut_of_both_a_total_begins_anew_and_does_not_fall_a_little_and_no_stamp_goes_back(
    folder, network, addresses, run
):
    """More was told than was saved: going on from what was saved would read as a reset that adds the whole total."""
    inventory = write_inventory(folder, network, addresses)
    daemon = run(inventory)
    until(lambda: daemon.page().devices(RECEIVED) == set(addresses))
    assert daemon.stop() == 0
    daemon = run(inventory)  # so that something is saved, but not its last
    until(lambda: daemon.page().devices(RECEIVED) == set(addresses))
    before = daemon.page()
    daemon.kill()
    network.fail("device:core-2")
    network.restore("device:core-2")

    again = run(inventory)
    until(lambda: again.page().devices(RECEIVED) == set(addresses), what="counters of the rebooted one too")
    after = again.page()
    stamps = {key_of(sample): sample.timestamp for sample in before.where(RECEIVED)}
    assert all(sample.timestamp > stamps[key_of(sample)] for sample in after.where(RECEIVED))
    for sample in before.where(RECEIVED):
        told = after.value(RECEIVED, **sample.labels)
        if sample.labels["device"] == "core-2" and sample.value > 0:
            assert told < sample.value / 1000
        else:
            assert told >= sample.value


def key_of(sample):
    return sample.labels["device"], sample.labels["interface"]


def test_a_damaged_store_is_one_sentence_and_is_left_alone(folder, network, addresses, run):
    inventory = write_inventory(folder, network, addresses)
    daemon = run(inventory)
    until(lambda: daemon.page().devices(RECEIVED) == set(addresses))
    assert daemon.stop() == 0
    store = folder / "state" / "netwatch.db"
    content = store.read_bytes()
    for where in (0, 4096):  # its first page, another page
        damaged = content[:where] + b"\xa5" * 2048 + content[where + 2048 :]
        store.write_bytes(damaged)
        refused = netwatch("run", "--inventory", inventory, "--state-dir", folder / "state", "--listen", "127.0.0.1:0")
        assert refused.returncode == 3
        assert refused.stderr.startswith(f"netwatch: {store} is damaged (")
        assert refused.stderr.count("\n") == 1
        assert store.read_bytes() == damaged

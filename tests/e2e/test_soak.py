"""Endurance, under `make soak`: a city in which something breaks every few seconds, watched without a pause.

NETWATCH_SOAK_SECONDS of it, 600 unless told otherwise.
"""

import os
import random
import time
from pathlib import Path

import pytest

from tests.e2e.network import write_inventory
from tests.e2e.process import until

RECEIVED = "netwatch_interface_receive_bytes_total"
GROWTH_ALLOWED = 1.25  # of the resident memory after the first quarter


@pytest.mark.soak
def test_memory_stays_totals_only_grow_and_all_is_well_once_all_is_mended(folder, network, addresses, run):
    seconds = float(os.environ.get("NETWATCH_SOAK_SECONDS", "600"))
    daemon = run(write_inventory(folder, network, addresses))
    until(lambda: daemon.page().devices(RECEIVED) == set(addresses), within_s=60, what="all devices counted")
    chance, broken, last, early = random.Random(7), set(), {}, 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        subject = f"device:{chance.choice(sorted(addresses))}"
        (network.restore if subject in broken else network.fail)(subject)
        broken ^= {subject}
        time.sleep(2.0)
        page = daemon.page()
        for sample in page.where(RECEIVED):
            series = tuple(sorted(sample.labels.items()))
            assert sample.value >= last.get(series, 0)
            last[series] = sample.value
        if not early and ends - time.monotonic() < 0.75 * seconds:
            early = resident_bytes(daemon.pid)
    for subject in broken:
        network.restore(subject)
    until(lambda: all(up(daemon, device) for device in addresses), within_s=60, what="all devices up")
    assert resident_bytes(daemon.pid) < GROWTH_ALLOWED * early
    assert daemon.value("netwatch_render_errors_total") == 0
    assert daemon.value("netwatch_fold_errors_total") == 0
    assert daemon.stop() == 0


def up(daemon, device):
    return daemon.value("netwatch_device_state", device=device, state="up") == 1


def resident_bytes(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

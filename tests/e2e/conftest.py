"""A small city, simulated, and a short folder for the daemon that watches it."""

import tempfile
from pathlib import Path

import pytest

from netwatch.simulate.growth import generate
from netwatch.simulate.server import simulate_city
from tests.e2e.network import COMMUNITY, KERNELS_CHOICE, Network
from tests.e2e.process import Daemon


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport():
    """With what failed, the last words of every daemon that a test of this module has at work."""
    report = (yield).get_result()
    if report.failed:
        for daemon in Daemon.known:
            report.sections.append((f"netwatch run, {daemon.state}", "\n".join(daemon.log[-60:])))


@pytest.fixture
def folder():
    """pytest's own folders are too long for the path of a unix socket (108 octets, unix(7))."""
    with tempfile.TemporaryDirectory(prefix="nw-") as path:
        yield Path(path)


@pytest.fixture(scope="module")
def city():
    """Eight switches: two cores, two aggregations, four in the field."""
    return generate(switches=8, seed=3)


@pytest.fixture
def network(city):
    simulated = Network(lambda: simulate_city(city, ports=KERNELS_CHOICE, community=COMMUNITY.encode()))
    yield simulated
    simulated.close()


@pytest.fixture
def addresses(city):
    """Device id -> address."""
    return {device.id: device.address for device in city.devices.values()}


@pytest.fixture
def run(folder):
    """Daemons on one state directory; all of them are gone when the test ends."""
    started = []

    def start(inventory, *, state=None, **options):
        daemon = Daemon(inventory, state or folder / "state", **options)
        started.append(daemon)
        return daemon.start()

    yield start
    for daemon in started:
        daemon.__exit__()

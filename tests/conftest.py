"""For every test: who waits longest begins first, and nobody's timing suffers from what others have left."""

import gc
import signal

import pytest


def pytest_sessionstart():
    """What tests start shall heed Ctrl-C as at a terminal: background jobs of a script inherit it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """End to end first: else the last of them, minutes long, are waited for by workers with nothing left to do."""
    items.sort(key=lambda item: not {"e2e", "rules"} & set(item.path.parts))


@pytest.fixture(autouse=True, scope="module")
def _unhindered():
    """The cyclic collector does not look through what earlier modules keep: a worker's gigabyte held a loop for 1 s."""
    gc.freeze()

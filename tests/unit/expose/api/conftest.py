"""The town, well and in trouble."""

import pytest

from tests.unit.expose.api.town import NOON_S, town_in


@pytest.fixture
def town(tmp_path):
    return town_in(tmp_path)


@pytest.fixture
def troubled(town):
    """A fibre of the ring lies cut; a minute later the last switch of the chain falls silent."""
    town.darken("acc-1", "Gi2", since_s=NOON_S - 120.0)
    town.darken("acc-2", "Gi1", since_s=NOON_S - 120.0)
    town.darken("acc-2", "Gi3", since_s=NOON_S - 60.0)
    town.silence("acc-3", since_s=NOON_S - 60.0)
    return town

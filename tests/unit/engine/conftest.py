import pytest

from tests.unit.engine.town import Town


@pytest.fixture
def build(tmp_path):
    """Towns on one state directory, one after the other; the last is closed at the end."""
    towns: list[Town] = []

    def one(city, **changes) -> Town:
        if towns:
            towns[-1].store.close()
        towns.append(Town(tmp_path, city, **changes))
        return towns[-1]

    yield one
    towns[-1].store.close()

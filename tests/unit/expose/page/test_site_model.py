"""The sites on the board: one word for each, and only those written anew of which something is another."""

import json
from types import SimpleNamespace

import pytest

from netwatch.core.device.record import DeviceVerdict
from netwatch.core.field.verdict import FieldCondition, FieldVerdict
from netwatch.core.topology.graph import Topology
from netwatch.expose.page import site_model
from netwatch.expose.page.board import Board
from netwatch.expose.page.site_model import SiteModel, worst
from tests.unit.core.streets import town

UP, DEGRADED, DOWN, UNREACHABLE, UNKNOWN = DeviceVerdict
FINE, FAULT, LOST, UNSEEN = FieldCondition


@pytest.mark.parametrize(
    ("devices", "fields", "word"),
    [
        ({UP: 2}, {FINE: 3}, "fine"),
        ({}, {FINE: 1}, "fine"),
        ({UP: 1}, {FAULT: 1}, "partly"),
        ({DEGRADED: 1}, {}, "partly"),
        ({UP: 1, DOWN: 1}, {UNSEEN: 2}, "down"),
        ({UNREACHABLE: 1}, {LOST: 4}, "unreachable"),
        ({UNKNOWN: 1}, {UNSEEN: 4}, "unknown"),
        ({UP: 1}, {FINE: 1, UNSEEN: 1}, "fine"),
        ({}, {}, "unknown"),
    ],
)
def test_a_site_is_called_by_the_worst_that_is_known_of_it(devices, fields, word):
    assert worst(devices, fields) == word


class Seen:
    """A town as somebody holds it to be."""

    def __init__(self):
        self.inventory = town("core-a", "a-b", cameras={"cam-1": "a", "cam-2": "b"})
        self.verdicts = dict.fromkeys(self.inventory.devices, UP)
        self.fields = {name: FieldVerdict(condition=FINE) for name in self.inventory.field_devices}
        self.city = SimpleNamespace(
            topology=Topology(self.inventory),
            verdict=self.verdicts.__getitem__,
            fields=SimpleNamespace(verdicts=self.fields),
        )


def changes(board, number):
    return dict(map(json.loads, board.since(number, private=False)))


async def test_a_sweep_writes_every_site_once_and_then_those_that_changed():
    seen, board = Seen(), Board()
    model = SiteModel(seen, seen.city.topology, board)
    await model.sweep()
    assert set(changes(board, 0)) == {f"site/{name}" for name in seen.inventory.sites}
    before = board.number
    await model.sweep()
    assert changes(board, before) == {}

    seen.verdicts["a"] = DOWN
    seen.fields["cam-2"] = FieldVerdict(condition=FAULT)
    await model.sweep()
    told = changes(board, before)
    assert {key: record["state"] for key, record in told.items()} == {"site/at-a": "down", "site/at-b": "partly"}
    assert told["site/at-a"]["devices"] == {"down": 1}
    assert model.devices[DOWN] == 1


async def test_a_sweep_ends_where_the_inventory_becomes_another_one(monkeypatch):
    monkeypatch.setattr(site_model, "SLICE", 1)
    seen, board = Seen(), Board()
    model = SiteModel(seen, seen.city.topology, board)
    seen.city.topology = Topology(town("core-z"))
    await model.sweep()
    assert changes(board, 0) == {}

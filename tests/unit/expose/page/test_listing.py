"""What a page lists of many things: those that do not work first, and no more than can be read."""

from types import SimpleNamespace

from netwatch.core.device.record import DeviceVerdict
from netwatch.core.field.verdict import FieldCause, FieldCondition, FieldVerdict
from netwatch.core.search.place import Place
from netwatch.core.topology.graph import Topology
from netwatch.expose.page import listing
from tests.unit.core.streets import town

FAULT = FieldVerdict(condition=FieldCondition.FAULT, cause=FieldCause.NO_POWER)
FINE = FieldVerdict(condition=FieldCondition.FINE)


def test_troubles_come_first_and_how_many_there_are_is_told(monkeypatch):
    monkeypatch.setattr(listing, "MOST_LISTED", 2)
    cameras = {"cam-1": "a", "cam-2": "a", "cam-3": "b"}
    verdicts = {"cam-1": FINE, "cam-2": FINE, "cam-3": FAULT}
    city = SimpleNamespace(
        topology=Topology(town("core-a", "a-b", cameras=cameras)),
        verdict=lambda _name: DeviceVerdict.UP,
        fields=SimpleNamespace(verdicts=verdicts),
    )
    place = Place(devices=("core", "a", "b"), field_devices=tuple(cameras))
    told = listing.listed(city, place, listing.chosen(place, verdicts))
    assert [(one["id"], one["cause"]) for one in told["fields"]] == [("cam-3", "no_power"), ("cam-1", None)]
    assert [one["id"] for one in told["devices"]] == ["core", "a"]
    assert (told["fields_count"], told["devices_count"]) == (3, 3)


def test_of_whom_nothing_is_known_is_no_one_who_works():
    assert listing.chosen(Place(field_devices=("cam-1", "cam-2")), {"cam-1": FINE}) == ["cam-2", "cam-1"]

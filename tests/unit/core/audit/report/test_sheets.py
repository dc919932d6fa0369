"""The yearly sheet of a network of one's own, the public variant, and what the record says of inventories."""

import pytest

from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.history import history_of
from netwatch.core.audit.report.inventory_document import inventory_of
from netwatch.core.audit.report.own_network import own_network
from netwatch.core.audit.report.public import BLACK, blackened
from tests.unit.core.audit.report.city import FINGERPRINT, T0, Ledger, document

YEAR = Period(from_ms=T0 * 1000, until_ms=(T0 + 10_000) * 1000)


def sheet(ledger=None, **changed):
    ledger = ledger or Ledger()
    ledger.inventory(1, document())
    return own_network(history_of(ledger.rows), inventory_of(document(**changed), fingerprint=FINGERPRINT), YEAR)


def test_what_carries_a_registration_is_declared_and_all_of_it_is_there():
    told = sheet()
    assert told["cables"] == {"declared": 1, "there": 2}
    assert (told["length_declared_m"], told["length_m"]) == (3200, 4000)
    assert told["equipment"] == {"access": {"declared": 1, "there": 2}}
    assert told["sections"] == {"declared": 0, "there": 2}


def test_cores_used_by_links_are_not_spare_and_a_core_of_two_links_is_used_once():
    links = document()["links"]
    links["link-2"]["fibre"] = [{"cable": "c-1", "cores": [2, 3]}]
    told = {one["cable"]: one for one in sheet(links=links)["cores"]}
    assert (told["c-1"]["cores"], told["c-1"]["used"], told["c-1"]["spare"]) == (72, 3, 69)
    assert (told["c-2"]["used"], told["c-2"]["spare"]) == (0, 24)


def test_what_nobody_told_is_not_taken_for_none():
    cables = document()["cables"]
    cables["c-2"] |= {"cores": None, "length_m": None}
    told = sheet(cables=cables)
    assert (told["without_length"], told["length_m"]) == (["c-2"], 3200)
    assert told["cores"][1]["spare"] is None


def test_a_leased_line_is_no_section_of_ones_own():
    links = document()["links"]
    links["link-2"]["over"] = "leased"
    told = sheet(links=links)
    assert (told["sections"]["there"], told["leased"]) == (1, ["link-2"])


def test_a_link_between_two_institutions_is_told_with_both():
    assert sheet()["to_others"] == []
    devices = document()["devices"]
    devices["sw-2"]["extra"] = {"institution": "소방서"}
    told = sheet(devices=devices)
    assert told["to_others"][0] == {"link": "link-1", "a": "시청", "b": "소방서"}
    assert told["institutions"]["소방서"] == {"devices": 1, "field_devices": 0}


def test_repairs_are_counted_by_contractor_and_open_ones_apart():
    ledger = Ledger()
    ledger.fault("f1", 100, 400)
    ledger.fault("f2", 200, 300)
    ledger.fault("f3", 500, None)
    ledger.fault("f4", 100, 20_000, contractor="")  # cleared after the period: open at its end
    told = sheet(ledger)["repairs"]
    assert told["hanbit"].items() >= {"cleared": 2, "open": 1, "mean_ms": "200000/1", "acknowledged": 0}.items()
    assert told[""].items() >= {"cleared": 0, "open": 1, "mean_ms": None}.items()


def test_how_long_it_took_until_somebody_took_note_and_went_is_told_of_those_it_is_known_of():
    ledger = Ledger()
    for fault, since in (("f1", 100), ("f2", 1000)):
        ledger.fault(fault, since, None)
    for kind, at in (("acknowledged", 160), ("assigned", 190), ("acknowledged", 300), ("dispatched", 400)):
        ledger.add(f"event fault.{kind}", "device:sw-2", at, {"fault": "f1", "user": "person-1"}, recorded=at)
    for fault, since in (("f1", 100), ("f2", 1000)):
        ledger.fault(fault, since, since + 900)
    told = sheet(ledger)["repairs"]["hanbit"]
    assert (told["acknowledged"], told["acknowledged_mean_ms"]) == (1, "60000/1")  # the first time counts
    assert (told["dispatched"], told["dispatched_mean_ms"]) == (1, "300000/1")  # said so, which outdoes assigned
    assert (told["cleared"], told["mean_ms"]) == (2, "900000/1")


def test_changes_of_facilities_are_listed_and_those_of_cameras_are_not():
    ledger = Ledger()
    ledger.inventory(
        50, document(), ["cable:c-9: added", "field_device:cam-1: mac: a -> b", "device:sw-1: site: a -> b"]
    )
    assert [one["change"] for one in sheet(ledger)["changes"]] == ["cable:c-9: added", "device:sw-1: site: a -> b"]


@pytest.mark.parametrize(
    "text",
    [
        "10.20.0.1",
        "2001:db8::1",
        "fe80::1ff:fe23:4567:890a",
        "00:40:8c:11:22:33",
        "0040.8c11.2233",
        "00-40-8C-11-22-33",
        "37.7853, 127.0458",
    ],
)
def test_addresses_and_places_are_blacked_out_of_what_people_wrote(text):
    assert not any(character.isdigit() for character in blackened(f"증설 {text} 에서"))
    assert BLACK in blackened(text)


@pytest.mark.parametrize("text", ["09:00–13:00 증설", "acc-17 Gi1/0/3", "2026-10-01 v2.1", "ring:ring-a", "99.9 %"])
def test_times_ports_and_names_stay_readable(text):
    assert blackened(text) == text


@pytest.mark.parametrize("broken", [{}, {"sites": 3}, {"devices": {"a": {}}}])
def test_what_is_no_inventory_is_refused(broken):
    with pytest.raises(ValueError, match="no inventory as the ledger keeps it"):
        inventory_of(document(**broken) if broken else {}, fingerprint="")

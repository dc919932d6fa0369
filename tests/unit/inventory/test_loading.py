"""Loading leaves the process as it was."""

import gc
from contextlib import nullcontext
from pathlib import Path

import pytest

from netwatch.core.errors import InventoryError
from netwatch.inventory import load

SOUND = "city: Y\ntimezone: Asia/Seoul\n"


@pytest.fixture
def collector():
    was_running = gc.isenabled()
    yield
    (gc.enable if was_running else gc.disable)()


@pytest.mark.parametrize("text", [SOUND, "city: ["])
@pytest.mark.parametrize("running", [True, False])
def test_the_collector_runs_afterwards_exactly_if_it_ran_before(tmp_path, collector, text, running):
    (tmp_path / "i.yaml").write_text(text)
    (gc.enable if running else gc.disable)()
    with nullcontext() if text == SOUND else pytest.raises(InventoryError):
        load(tmp_path / "i.yaml", environ={}, credentials_dir=None)
    assert gc.isenabled() == running


def test_an_inventory_is_found_by_a_relative_path_and_called_by_it(tmp_path, monkeypatch):
    (tmp_path / "i.yaml").write_text(SOUND)
    monkeypatch.chdir(tmp_path)
    assert load(Path("i.yaml"), environ={}, credentials_dir=None).files == ("i.yaml",)


def test_the_fingerprint_does_not_depend_on_where_the_folder_lies(tmp_path):
    prints = set()
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "i.yaml").write_text(SOUND + "include: [a.yaml]\n")
        (folder / "a.yaml").write_text("sites: {}\n")
        prints.add(load(folder / "i.yaml", environ={}, credentials_dir=None).fingerprint)
    assert len(prints) == 1


def test_records_are_closed_to_changes(tmp_path):
    (tmp_path / "i.yaml").write_text(SOUND + "sites: {a: {note: x}}\ndevices: {d: {site: a, address: 10.0.0.1}}\n")
    inventory = load(tmp_path / "i.yaml", environ={}, credentials_dir=None)
    with pytest.raises(TypeError):
        inventory.sites["a"].extra["note"] = "y"
    with pytest.raises(TypeError):
        inventory.devices["d"].every_s["ping"] = 1.0
    with pytest.raises(TypeError):
        inventory.devices["e"] = inventory.devices["d"]


def test_equal_settings_are_one_object_for_the_whole_city(tmp_path, monkeypatch):
    devices = "".join(f"  d{i}: {{site: a, address: 10.0.0.{i}}}\n" for i in range(1, 9))
    (tmp_path / "i.yaml").write_text(
        SOUND + "credentials: {f: {version: 2c, community: {env: F}, insecure: true}}\n"
        "defaults: {snmp: {credential: f}}\nsites: {a: {}}\ndevices:\n" + devices
    )
    inventory = load(tmp_path / "i.yaml", environ={"F": "x"}, credentials_dir=None)
    assert len({id(device.snmp) for device in inventory.devices.values()}) == 1
    assert len({id(device.every_s) for device in inventory.devices.values()}) == 1

"""The inventory.yaml at the root of the repository is what a newcomer starts from: it loads as it stands."""

import shutil
from pathlib import Path

import pytest

from netwatch.core.errors import InventoryError
from netwatch.core.model import Lane, Role
from netwatch.inventory import load
from netwatch.inventory.summary import summary

EXAMPLE = Path(__file__).parents[2] / "inventory.yaml"


@pytest.fixture
def example(folder):
    shutil.copy(EXAMPLE, folder / "inventory.yaml")
    return load(Path("inventory.yaml"), environ={}, credentials_dir=None)


def test_the_example_loads_once_its_secret_is_there(example):
    assert example.city == "Yangju"
    assert example.timezone == "Asia/Seoul"
    assert example.charset == "cp949"
    assert example.files == ("inventory.yaml",)
    assert list(example.devices) == ["core-1", "acc-17", "acc-18", "ups-1"]
    assert example.contractors["hanbit"].name == "한빛통신"


def test_the_example_shows_defaults_roles_and_a_device_without_snmp(example):
    assert example.devices["core-1"].role is Role.CORE
    assert example.devices["core-1"].every_s[Lane.TRAFFIC] == 30.0
    assert example.devices["acc-17"].every_s[Lane.TRAFFIC] == 60.0
    assert example.devices["acc-17"].snmp.credential.community.reveal() == b"n3tw4tch-canary-field"
    assert example.devices["ups-1"].snmp is None


def test_without_its_secret_the_only_mistake_is_the_secret(tmp_path, monkeypatch):
    shutil.copy(EXAMPLE, tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InventoryError) as caught:
        load(Path("inventory.yaml"), environ={}, credentials_dir=None)
    (problem,) = caught.value.problems
    assert problem.where == "credentials.field.community"
    assert problem.what == "the secret's file 'secrets/field' does not exist"


def test_the_example_fits_one_screen_when_told_back(example):
    lines = summary(example).splitlines()
    assert lines[0].startswith("Yangju ")
    assert len(lines) <= 24
    assert any("시청" in line or "중앙동" in line for line in lines)

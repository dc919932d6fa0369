"""How long a sweep may take: the slowest echo or status poll that anybody configured."""

import pytest

from netwatch.core.errors import InventoryError
from netwatch.inventory import load
from netwatch.inventory.summary import slowest_s

TEXT = """\
city: Y
timezone: Asia/Seoul
credentials: {field: {version: 2c, community: {env: FIELD}, insecure: true}}
defaults: {ping: off}
sites: {hall: {}}
"""


@pytest.fixture
def inventory(tmp_path):
    def inventory(devices, **options):
        path = tmp_path / "inventory.yaml"
        path.write_text(TEXT + devices)
        return load(path, environ={"FIELD": "x"}, credentials_dir=None, **options)

    return inventory


@pytest.mark.parametrize(
    ("device", "expected_s"),
    [
        ("ping: icmp, every: {ping: 7s, status: 9m}", 7),  # it has no agent to ask
        ("snmp: {credential: field}, every: {ping: 1h, status: 9m}", 540),  # it is not pinged
        ("ping: icmp, snmp: {credential: field}, every: {ping: 7s, status: 3s, traffic: 1h}", 7),
    ],
)
def test_only_what_a_sweep_waits_for_counts(inventory, device, expected_s):
    assert slowest_s(inventory(f"devices: {{a: {{site: hall, address: 10.0.0.1, {device}}}}}")) == expected_s


def test_the_slowest_of_all_devices_counts_and_none_is_0(inventory):
    assert slowest_s(inventory("")) == 0
    two = (
        "devices:\n  a: {site: hall, address: 10.0.0.1, ping: icmp, every: {ping: 2s}}\n"
        "  b: {site: hall, address: 10.0.0.2, ping: icmp, every: {ping: 5m}}\n"
    )
    assert slowest_s(inventory(two)) == 300


def test_a_profile_must_be_one_that_exists_where_the_caller_knows_them(inventory):
    device = "devices: {a: {site: hall, address: 10.0.0.1, ping: icmp, profile: if-mob}}"
    assert inventory(device).devices["a"].profile == "if-mob"
    with pytest.raises(InventoryError) as told:
        inventory(device, profiles=("if-mib",))
    (problem,) = told.value.problems
    assert (problem.line, problem.where) == (6, "devices.a.profile")
    assert problem.what == "there is no profile 'if-mob'; did you mean 'if-mib'?"
    assert inventory(device.replace("if-mob", "auto"), profiles=("if-mib",)).devices["a"].profile == "auto"

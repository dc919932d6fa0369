"""`netwatch discover` as an operator types it, in a simulated city of which the inventory knows little."""

import json

import pytest
import yaml

from netwatch.simulate.server import Ports, simulate_city
from tests.e2e.network import COMMUNITY, Network, write_inventory
from tests.e2e.process import netwatch

INSIDE = "settings: {discover_networks: [127.1.0.0/16]}\n"


@pytest.fixture(scope="module")
def city_network(city):
    simulated = Network(
        lambda: simulate_city(city, ports=Ports(snmp=0, echo=0, tcp=None), community=COMMUNITY.encode())
    )
    yield simulated
    simulated.close()


def discover(inventory, *words):
    return netwatch("discover", "--inventory", inventory, *words)


def ends(links):
    return {frozenset((one["a"], one["b"])) for one in links.values()}


def test_from_one_switch_the_whole_city_is_found_as_it_is(folder, city, city_network, addresses):
    inventory = write_inventory(folder, city_network, {"core-1": addresses["core-1"]}, more=INSIDE, timeout="1s")
    done = discover(inventory, "core-1")
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().startswith(f"1 known, {len(city.devices) - 1} new, 0 silent")
    told = yaml.safe_load(done.stdout)
    assert {name: one["address"] for name, one in told["devices"].items()} == {
        name: address for name, address in addresses.items() if name != "core-1"
    }
    assert ends(told["links"]) == {frozenset((str(one.a), str(one.b))) for one in city.links.values()}
    lit = {one.mac: str(one.port) for one in city.field_devices.values() if one.mac and not one.shared}
    assert lit.items() <= {one["mac"]: one["port"] for one in told["field_devices"].values()}.items()
    assert COMMUNITY not in done.stdout + done.stderr


def test_what_it_prints_is_an_inventory_after_which_there_is_nothing_new(folder, city_network, addresses):
    inventory = write_inventory(folder, city_network, {"core-1": addresses["core-1"]}, more=INSIDE, timeout="1s")
    (folder / "new.yaml").write_text(discover(inventory, "core-1").stdout)
    inventory.write_text(f"{inventory.read_text()}include: [new.yaml]\n")
    checked = netwatch("check", "--inventory", inventory)
    assert checked.returncode == 0, checked.stderr
    again = discover(inventory)
    assert (again.returncode, yaml.safe_load(again.stdout)) == (0, None)
    assert "Differs" not in again.stdout


def test_nobody_outside_the_named_networks_is_asked(folder, city_network, addresses):
    inside = f"settings: {{discover_networks: [{addresses['core-1']}/32]}}\n"
    inventory = write_inventory(folder, city_network, {"core-1": addresses["core-1"]}, more=inside, timeout="1s")
    done = discover(inventory, "core-1", "--json")
    told = json.loads(done.stdout)
    assert (told["asked"], told["new"]) == ({"known": 1, "new": 0, "silent": 0}, [])
    assert told["outside"]
    assert set(told["outside"]) <= set(addresses.values())


def test_a_wrong_link_and_a_dead_switch_are_told_and_no_file_is_touched(folder, city, city_network, addresses):
    wrong, right = list(city.links.values())[:2]
    swapped = f'links:\n  wrong: {{a: "{wrong.a}", b: "{right.b}"}}\n'
    inventory = write_inventory(folder, city_network, addresses, more=INSIDE + swapped, timeout="1s")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    city_network.fail("device:acc-0002")
    try:
        done = discover(inventory)
    finally:
        city_network.restore("device:acc-0002")
    assert done.returncode == 0
    assert not yaml.safe_load(done.stdout).get("devices")
    assert "# - link:wrong moved: declared " in done.stdout
    assert f"{wrong.a} hears " in done.stdout
    assert "# Did not answer:" in done.stdout
    assert "acc-0002" in done.stdout.split("# Did not answer:")[1].splitlines()[0]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("more", "words", "sentence"),
    [
        ("", ["core-1"], "settings.discover_networks: names no network, and discover goes nowhere else"),
        (INSIDE, ["core-9"], "the inventory has no device 'core-9'; did you mean 'core-1'?"),
        (INSIDE, ["core-1", "--credential", "fields"], "no device is asked by a credential 'fields'"),
        (
            "settings: {discover_networks: [127.1.0.1/16]}\n",
            ["core-1"],
            "settings.discover_networks[1]: '127.1.0.1/16' is no network; write it like 10.20.0.0/16",
        ),
    ],
)
def test_a_mistake_is_one_sentence(folder, city_network, more, words, sentence):
    inventory = write_inventory(folder, city_network, {"core-1": "127.1.0.1"}, more=more)
    done = discover(inventory, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr


def test_where_nobody_answers_the_answer_is_no(folder, city_network):
    inventory = write_inventory(folder, city_network, {"core-1": "127.1.99.9"}, more=INSIDE, timeout="1s")
    done = discover(inventory, "127.1.99.8")
    assert done.returncode == 1
    assert done.stderr.strip().startswith("0 known, 0 new, 1 silent")

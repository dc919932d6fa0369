"""The inventory as networks of RFC 8345: everything refers to something, and what is not known is not told."""

import pytest

from netwatch.expose.api.definitions import NoSuchThing
from netwatch.expose.api.topology import Networks
from tests.unit.cli.small_city import INVENTORY
from tests.unit.expose.api.documents import told
from tests.unit.expose.api.town import NOON_S, town_in

LINKS = "ietf-network-topology:link"
PORTS = "ietf-network-topology:termination-point"


def networks(town):
    return Networks(town.city, town.states)


def everything(town):
    return {one["network-id"]: one for one in map(told, networks(town).all())}


def test_every_device_is_a_node_and_every_link_one_in_each_direction(town):
    physical = everything(town)["physical"]
    assert [node["node-id"] for node in physical["node"]] == ["core-1", "acc-1", "acc-2", "acc-3"]
    assert [link["link-id"] for link in physical[LINKS]][:2] == ["ring-a-1:a-to-b", "ring-a-1:b-to-a"]
    there, back = physical[LINKS][:2]
    assert there["source"] == {"source-node": "core-1", "source-tp": "Te1"}
    assert back["destination"] == {"dest-node": "core-1", "dest-tp": "Te1"}
    assert len(physical[LINKS]) == 8


def test_every_end_of_a_link_is_a_termination_point_of_its_node(town):
    for network in everything(town).values():
        ports = {(node["node-id"], port["tp-id"]) for node in network["node"] for port in node[PORTS]}
        for link in network[LINKS]:
            assert tuple(link["source"].values()) in ports
            assert tuple(link["destination"].values()) in ports


def test_a_ring_is_a_network_upon_the_physical_one(town):
    told_of = everything(town)
    ring, physical = told_of["ring:ring-a"], told_of["physical"]
    assert ring["supporting-network"] == [{"network-ref": "physical"}]
    assert {node["node-id"] for node in ring["node"]} == {"core-1", "acc-1", "acc-2"}
    below = {link["link-id"] for link in physical[LINKS]}
    assert {link["supporting-link"][0]["link-ref"] for link in ring[LINKS]} <= below
    assert ring["netwatch:state"] == "intact"
    assert "supporting-network" not in physical


def test_states_and_places_stand_beside_it(troubled):
    nodes = {node["node-id"]: node for node in everything(troubled)["physical"]["node"]}
    assert nodes["core-1"]["netwatch:site-name"] == "시청"
    assert (nodes["core-1"]["netwatch:latitude"], nodes["core-1"]["netwatch:longitude"]) == (
        "37.7900000",
        "127.0500000",
    )
    assert nodes["acc-3"]["netwatch:state"] in ("down", "unreachable")
    assert "netwatch:latitude" not in nodes["acc-3"]
    links = {link["link-id"]: link for link in everything(troubled)["physical"][LINKS]}
    assert links["chain-1:a-to-b"]["netwatch:state"] != "up"
    assert links["ring-a-1:b-to-a"]["netwatch:state"] == "up"
    assert links["ring-a-1:b-to-a"]["netwatch:cable"] == ["c-1"]
    assert links["ring-a-2:a-to-b"]["netwatch:since"] == "2026-11-30T02:58:00.000Z"
    assert troubled.now_s == NOON_S


def test_members_of_an_aggregate_are_termination_points_too(tmp_path):
    text = INVENTORY.replace(
        "{a: acc-2 Gi3, b: acc-3 Gi1, fibre",
        "{a: acc-2 Gi3, b: acc-3 Gi1, members: [{a: acc-2 Gi7, b: acc-3 Gi2}], fibre",
    )
    nodes = {node["node-id"]: node for node in everything(town_in(tmp_path, text))["physical"]["node"]}
    assert [port["tp-id"] for port in nodes["acc-3"][PORTS]] == ["Gi1", "Gi2"]


def test_names_of_any_script_are_uris_as_ids_and_themselves_beside_them(tmp_path):
    town = town_in(tmp_path, INVENTORY.replace("b: acc-3 Gi1", """b: "acc-3 포트 1/1, '가'\""""))
    (node,) = [node for node in everything(town)["physical"]["node"] if node["node-id"] == "acc-3"]
    (port,) = node[PORTS]
    assert port["netwatch:name"] == "포트 1/1, '가'"
    assert port["tp-id"] == "%ED%8F%AC%ED%8A%B8%201/1,%20%27%EA%B0%80%27"


def test_pages_add_up_and_each_tells_the_whole(town):
    network = networks(town).network("physical")
    assert network.count() == (4, 8)
    assert [*network.nodes(slice(0, 3)), *network.nodes(slice(3, 99))] == list(network.nodes())
    assert [*network.links(slice(0, 5)), *network.links(slice(5, 99))] == list(network.links())
    assert networks(town).network("ring:ring-a").count() == (3, 6)


def test_a_network_that_does_not_exist_is_none(town):
    assert networks(town).ids() == ["physical", "ring:ring-a"]
    with pytest.raises(NoSuchThing):
        networks(town).network("ring:ring-b")

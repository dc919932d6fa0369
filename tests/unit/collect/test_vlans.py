"""Agents that show the stations of one VLAN at a time, and those that refuse to."""

import asyncio
from dataclasses import replace
from math import inf

import pytest

from netwatch.collect.discovery import Patience, read_tables
from netwatch.collect.vlans import within
from netwatch.core.errors import Reason
from netwatch.profiles.load import load_profiles
from netwatch.snmp import ber
from netwatch.snmp.errors import Timeout
from netwatch.snmp.keys import User
from netwatch.snmp.message import Version
from netwatch.snmp.target import Target
from tests.contract.snmp_agents import Agent
from tests.unit.snmp.direct import DirectMux

WANTED = ("interface", "bridge_port", "vlan_mac", "bridge_mac", "bridging_vlan")
MACS, STATUS, PORTS = "1.3.6.1.2.1.17.4.3.1.2", "1.3.6.1.2.1.17.4.3.1.3", "1.3.6.1.2.1.17.1.4.1.2"
VLANS = "1.3.6.1.4.1.9.9.46.1.3.1.1.2.1"
CAMERA, TRUNK = "0.64.140.17.34.51", "0.208.203.1.1.1"


@pytest.fixture(scope="module")
def plan():
    cisco = load_profiles()["cisco-per-vlan"]
    return replace(cisco, tables=tuple(table for table in cisco.tables if table.name in WANTED))


def tree(stations, ports, vlans=None):
    cells = {f"{MACS}.{mac}": port for mac, port in stations.items()} | {f"{STATUS}.{mac}": 3 for mac in stations}
    cells |= {f"{PORTS}.{port}": if_index for port, if_index in ports.items()}
    return cells | {f"{VLANS}.{vlan}": state for vlan, state in (vlans or {}).items()}


class Catalyst(DirectMux):
    """`vlans`: community or context -> what is there; any other meets silence."""

    def __init__(self, vlans, **how):
        super().__init__(None, **how)
        self.agents = {
            name: Agent({oid: (ber.INTEGER, value) for oid, value in cells.items()}) for name, cells in vlans.items()
        }
        self.said = []

    async def ask(self, target, question, **how):
        name = target.context or target.community
        self.said.append(name)
        if name not in self.agents:
            raise Timeout("silence")
        self.agent = self.agents[name]
        return await super().ask(target, question, **how)


SWITCH = {
    b"public": tree({TRUNK: 25}, {25: 10125}, {1: 1, 10: 1, 20: 2, 1002: 1}),
    b"public@1": tree({TRUNK: 25}, {25: 10125}),
    b"public@10": tree({CAMERA: 3, TRUNK: 25}, {3: 10103, 25: 10125}),
}


def discover(mux, plan, courses):
    patience = Patience(until_s=inf, others_s=60.0)
    walk = read_tables(mux, mux.target, plan, max_rows=1000, patience=patience, courses=courses)
    return asyncio.run(walk)


def test_stations_of_all_vlans_stand_in_one_table_with_the_ports_that_each_vlan_shows(plan):
    walked = discover(Catalyst(SWITCH), plan, {})
    macs = walked["vlan_mac"]
    assert dict(zip(macs.indexes, macs.columns["port"], strict=True)) == {
        f"1.{TRUNK}": 25,
        f"10.{CAMERA}": 3,
        f"10.{TRUNK}": 25,
    }
    ports = walked["bridge_port"]
    assert dict(zip(ports.indexes, ports.columns["interface"], strict=True)) == {"25": 10125, "3": 10103}
    assert macs.reason is None


def test_a_vlan_that_is_down_or_every_switchs_own_is_not_asked_for(plan):
    mux = Catalyst(SWITCH)
    discover(mux, plan, {})
    assert set(mux.said) == {b"public", b"public@1", b"public@10"}


def test_the_same_again_says_the_same_and_another_station_does_not(plan):
    courses = {}
    discover(Catalyst(SWITCH), plan, courses)  # from now on small tables are walked together
    first, again = discover(Catalyst(SWITCH), plan, courses), discover(Catalyst(SWITCH), plan, courses)
    assert first.said["vlan_mac"]
    assert again.said == first.said
    moved = SWITCH | {b"public@10": tree({CAMERA: 25}, {3: 10103, 25: 10125})}
    assert discover(Catalyst(moved), plan, courses).said["vlan_mac"] != first.said["vlan_mac"]


def test_one_that_never_answered_for_a_vlan_is_asked_once_and_nothing_is_wrong_with_it(plan):
    mux, courses = Catalyst({b"public": SWITCH[b"public"]}), {}
    walked = discover(mux, plan, courses)
    assert walked["vlan_mac"].reason is None
    assert walked["bridge_mac"].indexes == (TRUNK,)
    asked = mux.said.count(b"public@1")
    discover(mux, plan, courses)
    assert mux.said.count(b"public@1") == asked


def test_one_that_answered_and_is_silent_now_has_lost_no_station(plan):
    courses = {}
    discover(Catalyst(SWITCH), plan, courses)
    walked = discover(Catalyst({b"public": SWITCH[b"public"]}), plan, courses)
    assert walked["vlan_mac"].reason is Reason.TIMEOUT
    assert walked["bridge_port"].reason is Reason.TIMEOUT


def test_snmpv3_asks_by_context():
    target = Target(host="127.0.0.1", version=Version.V3, user=User(name=b"netwatch"))
    assert within(target, 10).context == b"vlan-10"
    assert within(target, 10).engine is target.engine

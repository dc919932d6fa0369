"""Every recorded device served by our simulator, found and polled, and the page held against what is known of it.

The facts are another monitor's reading of the same recording. Where they disagree with ours, the disagreement stands
in EXPLAINED by recording and by reason, and the recording itself must bear the reason out.
"""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from netwatch.core.model import Lane
from netwatch.simulate.recording import read
from netwatch.simulate.server import Ports, serve_recordings
from netwatch.snmp import ber
from tests.polling import device, inventory, watching
from tests.tools import RECORDINGS, require_recordings

NAMES = sorted(path.stem for path in RECORDINGS.glob("*.snmprec"))
WITH_PORTS = [
    name
    for name in NAMES
    if (RECORDINGS / f"{name}.facts.json").exists()
    and json.loads((RECORDINGS / f"{name}.facts.json").read_text()).get("ports")
]
EVERY_S = {Lane.STATUS: 3.0, Lane.TRAFFIC: 3.0}

IF_DESCR, IF_TYPE, IF_SPEED, IF_IN_OCTETS, IF_OUT_OCTETS = (
    (1, 3, 6, 1, 2, 1, 2, 2, 1, column) for column in (2, 3, 5, 10, 16)
)
IF_NAME, IF_HC_IN, IF_HC_OUT, IF_HIGH_SPEED, IF_ALIAS = (
    (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column) for column in (1, 6, 10, 15, 18)
)
OCTETS = {"receive": (IF_HC_IN, IF_IN_OCTETS), "transmit": (IF_HC_OUT, IF_OUT_OCTETS)}


@dataclass(frozen=True)
class Port:
    """One port as the facts have it and as we tell it."""

    said: "Said"
    fact: dict
    name: str | None  # None: we do not have it
    told: dict  # what the page tells of it: metric -> value
    alias: str = ""


class Said:
    """What a recording holds, by object."""

    def __init__(self, path):
        self.values = read(path).values

    def octets(self, column, index):
        """The content octets of an object's value, None where the device has none."""
        value = self.values.get((*column, index))
        return None if value is None or value[0] in ber.EXCEPTIONS else value[-value[1] :] if value[1] else b""

    def number(self, column, index):
        octets = self.octets(column, index)
        return None if octets is None else int.from_bytes(octets, "big")


# why the facts and the page may differ: the field, what the facts make of it, and how the recording shows it


def not_in_if_mib(port, _field):
    """The facts took this port from a vendor's own table."""
    return port.said.octets(IF_DESCR, port.fact["ifIndex"]) is None


def several_share_the_name(port, _field):
    """Two ports of one name are two series: ours carry the index."""
    index, own = port.fact["ifIndex"], port.fact["ifName"]
    named = {arcs[-1]: port.said.octets(IF_NAME, arcs[-1]) for arcs in port.said.values if arcs[:-1] == IF_DESCR}
    names = [(name or port.said.octets(IF_DESCR, at)).decode() for at, name in named.items()]
    return names.count(own) > 1 and port.name == f"{own} ({index})"


def no_speed(port, _field):
    """ifSpeed and ifHighSpeed are 0 or not there: no speed, which the facts call a speed of 0."""
    index = port.fact["ifIndex"]
    said = port.said.number(IF_SPEED, index), port.said.number(IF_HIGH_SPEED, index)
    return port.fact["ifSpeed"] == 0 and not any(said)


def no_counter(port, field):
    """The device counts no octets here at all, which the facts call a total of 0."""
    columns = OCTETS[field]
    fact = port.fact["ifInOctets" if field == "receive" else "ifOutOctets"]
    return fact == 0 and all(port.said.octets(column, port.fact["ifIndex"]) is None for column in columns)


def counted_elsewhere(port, field):
    """The facts took the octets from a vendor's own table; those of IF-MIB stand at what we say."""
    said = port.said.number(OCTETS[field][0], port.fact["ifIndex"])
    return said == port.told[field]


def trimmed(port, _field):
    """The facts leave out blanks and backslashes around the text."""
    return port.alias.strip(" \\") == port.fact["ifAlias"]


EXPLAINED = {
    ("arista_eos", "alias"): trimmed,
    ("apc_smt750x-nmc2", "speed"): no_speed,
    ("ciena-sds", "name"): several_share_the_name,
    ("ciena-sds", "receive"): counted_elsewhere,
    ("ciena-sds", "transmit"): counted_elsewhere,
    ("ciscosb_sg550x-8f8t", "receive"): no_counter,
    ("ciscosb_sg550x-8f8t", "transmit"): no_counter,
    ("ios_2960x", "alias"): trimmed,
    ("ios_2960x", "receive"): no_counter,
    ("ios_2960x", "transmit"): no_counter,
    ("iosxr_ncs540", "receive"): no_counter,
    ("iosxr_ncs540", "transmit"): no_counter,
    ("microsens-g6", "speed"): no_speed,
    ("moxa-etherdevice_edsg516e", "receive"): no_counter,
    ("moxa-etherdevice_edsg516e", "transmit"): no_counter,
    ("moxa-etherdevice_edsp506e", "receive"): no_counter,
    ("moxa-etherdevice_edsp506e", "transmit"): no_counter,
    ("raisecom-ros", "receive"): no_counter,
    ("raisecom-ros", "transmit"): no_counter,
    ("sixnet", "speed"): no_speed,
    ("timos", "name"): not_in_if_mib,
    ("transition", "receive"): no_counter,
    ("transition", "transmit"): no_counter,
    ("ubiquoss-pon_9500", "alias"): trimmed,
    ("weos_ddw-225", "receive"): no_counter,
    ("weos_ddw-225", "transmit"): no_counter,
}


def polled(watch, name):
    """Whether a device has been discovered, and its ports' states and counters been read since."""
    lanes, epoch = {one.lane for one in watch.seen[name]}, watch.engine.states[name].interfaces.epoch
    if Lane.DISCOVERY not in lanes:
        return False
    current = {one.lane for one in watch.seen[name] if one.epoch == epoch}
    return epoch == 0 or {Lane.STATUS, Lane.TRAFFIC} <= current


@dataclass(frozen=True)
class City:
    """All recorded devices after they were polled side by side."""

    told: dict
    states: dict
    seen: dict
    overruns: list


async def poll_all(folder, recordings):
    simulation = serve_recordings(recordings, ports=Ports(snmp=0, echo=None, tcp=None))
    simulation.start()
    try:
        devices = [
            device(path.stem, address=address, port=simulation.snmp_port, every_s=EVERY_S, timeout_s=2.0)
            for address, path in recordings.items()
        ]
        async with watching(folder, inventory(*devices)) as watch:
            await watch.until(lambda: all(polled(watch, one.id) for one in devices), within_s=60)
            await asyncio.sleep(0.3)  # three ticks of the engine: told
            return City(watch.samples(), dict(watch.engine.states), dict(watch.seen), watch.overruns)
    finally:
        simulation.stop()


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    require_recordings()
    recordings = {f"127.3.{number}.1": RECORDINGS / f"{name}.snmprec" for number, name in enumerate(NAMES, start=1)}
    return asyncio.run(poll_all(tmp_path_factory.mktemp("state"), recordings))


@cache
def facts(name):
    return json.loads(Path(RECORDINGS / f"{name}.facts.json").read_text())


def ports_of(city, name):
    """Every port of the facts beside what we tell of it."""
    said, interfaces, told = Said(RECORDINGS / f"{name}.snmprec"), city.states[name].interfaces, city.told[name]
    row_of = {index: row for row, index in enumerate(interfaces.indexes)}
    by_port = defaultdict(dict)
    for (metric, *labels), value in told.items():
        if len(labels) == 1:
            by_port[labels[0]][metric] = value
    for fact in facts(name)["ports"]:
        row = row_of.get(str(fact["ifIndex"]))
        if row is None:
            yield Port(said=said, fact=fact, name=None, told={})
            continue
        found = by_port[interfaces.names[row]]
        ours = {
            "receive": found.get("interface_receive_bytes_total"),
            "transmit": found.get("interface_transmit_bytes_total"),
            "speed": found.get("interface_speed_bytes_per_second"),
            "oper": found.get("interface_up"),
            "admin": found.get("interface_admin_up"),
        }
        yield Port(said=said, fact=fact, name=interfaces.names[row], told=ours, alias=interfaces.aliases[row])


def differences(port):
    """The fields in which the facts and the page disagree."""
    fact, told = port.fact, port.told
    if port.name is None:
        yield "name"
        return
    if port.name != (fact["ifName"] or fact["ifDescr"]):
        yield "name"
    for field, key in (("oper", "ifOperStatus"), ("admin", "ifAdminStatus")):
        status = fact.get(key)
        if told[field] != (None if status in (None, "unknown") else float(status == "up")):
            yield field
    if told["speed"] != (None if fact.get("ifSpeed") is None else fact["ifSpeed"] / 8):
        yield "speed"
    for field, key in (("receive", "ifInOctets"), ("transmit", "ifOutOctets")):
        if told[field] != fact[key]:
            yield field
    if port.said.octets(IF_ALIAS, fact["ifIndex"]) and port.alias != fact["ifAlias"]:
        yield "alias"


@pytest.mark.parametrize("name", WITH_PORTS)
def test_what_is_told_of_every_port_agrees_with_the_facts_or_is_explained(city, name):
    unexplained, explained = [], set()
    for port in ports_of(city, name):
        for field in differences(port):
            explanation = EXPLAINED.get((name, field))
            if explanation is not None and explanation(port, field):
                explained.add(field)
            else:
                unexplained.append((field, port.fact, port.name, port.alias, port.told))
    assert unexplained == []
    assert explained == {field for recording, field in EXPLAINED if recording == name}, "an explanation of nothing"


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_device_is_up_and_nothing_asked_of_it_failed(city, name):
    state = city.states[name]
    assert state.verdict.value == "up"
    assert {lane: health.reason for lane, health in state.lanes.items() if health.reason} == {}
    assert all(one.completeness.value == "complete" for one in city.seen[name])
    assert city.told[name]["device_snmp_up",] == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_if_mib_is_a_port_and_every_port_a_row(city, name):
    said = Said(RECORDINGS / f"{name}.snmprec")
    indexes = {str(arcs[-1]) for arcs in said.values if arcs[:-1] in (IF_DESCR, IF_TYPE, IF_NAME, IF_ALIAS)}
    assert set(city.states[name].interfaces.indexes) == indexes


def test_the_whole_city_is_polled_without_overruns(city):
    assert city.overruns == []
    assert len(city.states) == len(NAMES) > 40

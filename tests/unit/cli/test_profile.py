"""`netwatch profile`: a profile of one's own checked, and a device explained."""

import asyncio
import json

import pytest

from netwatch.cli.main import main
from netwatch.simulate.server import Ports, serve_recordings
from netwatch.snmp import ber
from tests.switches import snmprec, switch

OWN = """\
profile: hanbit
extends: standard
vendor: Hanbit
match: {sys_object_id: 1.3.6.1.4.1.99999}
tables:
  optics:
    index: ifIndex
    columns:
      rx: {oid: 1.3.6.1.4.1.9.1.5, syntax: INTEGER, lane: health, means: receive_power, unit: 0.01 dBm, invalid: [-40]}
      rx_low: {oid: 1.3.6.1.4.1.9.1.6, syntax: INTEGER, lane: discovery, means: receive_low_alarm, unit: 0.01 dBm}
  ring:
    index: scalars
    label: ring
    columns:
      state: {oid: 1.3.6.1.4.1.99999.3.1, syntax: INTEGER, lane: health, means: ring, states: {1: intact, 2: switched}}
  box:
    index: scalars
    columns:
      serial: {oid: 1.3.6.1.4.1.99999.2.1, syntax: DisplayString, lane: discovery, means: serial}
"""
INVENTORY = """\
city: Yangju
timezone: Asia/Seoul
credentials: {{field: {{version: 2c, community: {{env: COMMUNITY}}, insecure: true}}}}
defaults: {{snmp: {{credential: field, port: {port}, timeout: 300ms, retries: 0}}, ping: off}}
sites: {{hall: {{}}}}
devices:
  acc-17: {{site: hall, address: 127.0.0.1, snmp: {{timeout: 5s}}}}
  acc-18: {{site: hall, address: 127.0.0.2, profile: if-mib}}
"""
TREE = switch(3) | {
    "1.3.6.1.4.1.9.1.5.2": (ber.INTEGER, -1250),
    "1.3.6.1.4.1.9.1.5.3": (ber.INTEGER, -40),
    "1.3.6.1.4.1.99999.2.1.0": (ber.OCTET_STRING, b"SN-1"),
    "1.3.6.1.4.1.99999.3.1.0": (ber.INTEGER, 2),
}


async def asked(words):
    """The command in a thread of its own: the device is served by this one's event loop."""
    return await asyncio.to_thread(main, words)


@pytest.fixture
def tree():
    """What the device answers."""
    return TREE


@pytest.fixture
async def place(tmp_path, monkeypatch, tree):
    """A folder with an inventory, a profile of the city's own, and the device it is for."""
    file = tmp_path / "switch.snmprec"
    file.write_text("1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.7\n" + snmprec(tree))
    simulation = serve_recordings({"127.0.0.1": file}, ports=Ports(snmp=0, echo=None, tcp=None))
    simulation.start()
    (tmp_path / "inventory.yaml").write_text(INVENTORY.format(port=simulation.snmp_port))
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "hanbit.yaml").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMUNITY", "public")
    yield tmp_path
    simulation.stop()


async def test_a_device_is_explained_by_the_citys_own_profile(place, capsys):
    assert await asked(["profile", "explain", "acc-17", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["profile"], told["vendor"], told["serial"]) == ("hanbit", "Hanbit", "SN-1")
    assert told["why"] == "sysObjectID 1.3.6.1.4.1.99999.7 begins with 1.3.6.1.4.1.99999"
    light, ring = told["readings"]
    assert (ring["measure"], ring["of"], ring["value"], ring["word"]) == ("ring", "ring", 1.0, "switched")
    assert "word" not in light
    assert (light["measure"], light["value"], light["unit"]) == ("receive_power", -12.5, "dBm")
    assert [(one["object"], one["values"]) for one in told["rejected"]] == [("optics.rx", "1")]
    assert told["asked"]["health"]["tables"]["optics"] == ["rx"]
    assert {"table": "optics", "rows": "2", "outcome": "complete"} in told["tables"]


async def test_the_explanation_is_for_people_too(place, capsys):
    assert await asked(["profile", "explain", "acc-17"]) == 0
    told = capsys.readouterr().out
    assert "Hanbit, SN-1" in told
    assert "profile hanbit: sysObjectID 1.3.6.1.4.1.99999.7 begins with" in told
    assert "-12.5 dBm" in told
    assert ["ring", "ring", "switched"] in [line.split() for line in told.splitlines()]
    assert "it is what the maker sends where there is nothing" in told


@pytest.mark.parametrize("tree", [TREE | {"1.3.6.1.4.1.9.1.5.3": (ber.OCTET_STRING, b"none")}])
async def test_a_cell_of_another_syntax_is_told_once_where_it_was_rejected(place, capsys):
    assert await asked(["profile", "explain", "acc-17", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    why = "the agent has no INTEGER there: nothing, or something else"
    assert told["rejected"] == [{"object": "optics.rx", "values": "1", "why": why}]
    assert {"table": "optics", "rows": "2", "outcome": "complete"} in told["tables"]


@pytest.mark.parametrize("tree", [TREE | {"1.3.6.1.2.1.2.2.1.8.3": (ber.OCTET_STRING, b"up")}])
async def test_one_that_nothing_is_measured_by_is_told_with_its_table(place, capsys):
    assert await asked(["profile", "explain", "acc-17", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"table": "interface", "rows": "3", "outcome": "wrong_type"} in told["tables"]
    assert [one["object"] for one in told["rejected"]] == ["optics.rx"]


MISREAD = {
    "1.3.6.1.4.1.99999.2.1.0": (ber.INTEGER, 1),
    "1.3.6.1.4.1.9.1.6.2": (ber.INTEGER, -21000),
    "1.3.6.1.4.1.9.1.6.3": (ber.OCTET_STRING, b"-21.0"),
}


@pytest.mark.parametrize("tree", [TREE | MISREAD])
async def test_what_discovery_alone_reads_is_told_too_where_it_was_rejected(place, capsys):
    assert await asked(["profile", "explain", "acc-17", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["serial"] == ""
    assert {(one["object"], one["values"], one["why"]) for one in told["rejected"]} == {
        ("optics.rx", "1", "it is what the maker sends where there is nothing"),
        ("optics.rx_low", "1", "it is beyond what can be"),
        ("optics.rx_low", "1", "what is there is no INTEGER"),
        ("box.serial", "1", "what is there is no DisplayString"),
    }


async def test_a_device_that_does_not_answer_is_said_so(place, capsys):
    assert await asked(["profile", "explain", "acc-18"]) == 1
    assert "it did not answer: timeout" in capsys.readouterr().out


async def test_a_profile_is_checked_before_it_is_used(place, capsys):
    assert await asked(["profile", "check", "profiles/hanbit.yaml"]) == 0
    told = capsys.readouterr().out
    assert "profile 'hanbit' can be used; for sysObjectID 1.3.6.1.4.1.99999" in told
    assert await asked(["profile", "check", "profiles/hanbit.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["fits"] == "sysObjectID 1.3.6.1.4.1.99999"
    (place / "profiles" / "hanbit.yaml").write_text(OWN.replace("means: receive_power", "means: light"))
    assert await asked(["profile", "check", "profiles/hanbit.yaml"]) == 1
    sentence = capsys.readouterr().err
    assert "profiles/hanbit.yaml:9 tables.optics.columns.rx.means: unknown meaning 'light'" in sentence


async def test_an_inventory_beside_a_broken_profile_is_refused_with_the_profiles_line(place, capsys):
    (place / "profiles" / "hanbit.yaml").write_text(OWN.replace("extends: standard", "extends: standart"))
    assert await asked(["check"]) == 1
    assert "profiles/hanbit.yaml:2 extends: no profile 'standart'; did you mean 'standard'?" in capsys.readouterr().err

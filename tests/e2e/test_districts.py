"""A contractor limited to one district asks for everything there is: nothing outside is in any answer.

The whole city's operator asks the same beside it, so that what is missing is known to have been there.
"""

import http.client
import json
import re
import time
import urllib.parse
from urllib.parse import quote

import pytest

from netwatch.core.districts import within
from netwatch.inventory import load
from netwatch.simulate.city_text import SECRET_FILE, inventory_files
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports, simulate_city
from tests.e2e.network import COMMUNITY, Network
from tests.e2e.process import Daemon, until
from tests.web import basic, hashed

OURS = "회천동"
ROLES = f"""basic_auth_users:
  kim: {hashed()}
  hanbit: {hashed()}
netwatch_accounts:
  kim: {{role: operator}}
  hanbit: {{role: contractor, districts: [{OURS}], until: 2037-01-01}}
"""
WORD = re.compile(r"[\w.:-]+")
TOLD_ALL = re.compile(rb"^(id: .*\nevent: put\n.*\n|event: beat\n.*\n)\n", re.MULTILINE)
VIEWED = re.compile(rb"^event: view\n.*\n\n", re.MULTILINE)
PAGES = ("/", "/map", "/rings", "/services", "/find", "/help")


class Town:
    """Thirty switches in three districts, a daemon with two accounts, and a fault inside and outside."""

    def __init__(self, folder):
        self.city = generate(switches=30, seed=7)
        self.network = Network(
            lambda: simulate_city(self.city, ports=Ports(snmp=0, echo=0, tcp=None), community=COMMUNITY.encode())
        )
        ports = Ports(snmp=self.network.snmp_port, echo=self.network.echo_port, tcp=None)
        for name, text in inventory_files(self.city, ports=ports, community=COMMUNITY, brisk=True).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        (folder / SECRET_FILE).chmod(0o600)
        (folder / "web.yaml").write_text(ROLES)
        self.whole = load(folder / "inventory.yaml", environ={}, credentials_dir=None)
        self.part = within(self.whole, {OURS})
        self.daemon = Daemon(folder / "inventory.yaml", folder / "state", more=["--web-config", folder / "web.yaml"])
        self.daemon.headers = basic("kim")
        self.daemon.start().ready()
        self.inside = next(iter(one for one in self.part.devices if one.startswith("acc-")))
        outside = (one for one in self.whole.devices if one.startswith("acc-") and one not in self.part.devices)
        self.outside = next(outside)
        for device in (self.inside, self.outside):
            self.network.fail(f"device:{device}")
        both = {f"device:{self.inside}", f"device:{self.outside}"}
        until(lambda: both <= {one["subject"] for one in self.faults("kim").values()}, what="both faults")

    def close(self):
        self.daemon.__exit__()
        self.network.close()

    def ask(self, who, path, **more):
        """(status, body)"""
        self.daemon.headers = basic(who) | more
        return self.daemon.fetch(path)

    def stream(self, who, view="", *, for_s=0.0):
        """What the stream says until it has told all there is, and for so long: key -> record, and the view."""
        address = urllib.parse.urlsplit(self.daemon.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        connection.request("GET", f"/page/stream?view={quote(view)}" if view else "/page/stream", headers=basic(who))
        reply, said = connection.getresponse(), b""
        assert reply.status == http.client.OK
        ends_s = time.monotonic() + for_s
        while not (VIEWED if view else TOLD_ALL).search(said) or time.monotonic() < ends_s:
            said += (piece := reply.read1(65536))
            assert piece, "the stream has ended"
        connection.close()
        return Told(said.decode())

    def faults(self, who):
        return {key: one for key, one in self.stream(who).records.items() if key.startswith("fault/")}

    def marks(self, inventory):
        """Everything by which the things of an inventory are known: ids, names, addresses, MACs."""
        sections = (inventory.sites, inventory.devices, inventory.links, inventory.rings, inventory.cables)
        things = [one for section in (*sections, inventory.field_devices) for one in section.values()]
        told = {getattr(one, name, None) for one in things for name in ("id", "name", "address", "mac")}
        return {text for text in told if text}


class Told:
    """Server-sent events, read."""

    def __init__(self, text):
        self.text = text
        self.records, self.view = {}, None
        for event in text.split("\n\n"):
            lines = dict(line.partition(": ")[::2] for line in event.splitlines())
            if lines.get("event") == "put":
                self.records |= dict(json.loads(lines["data"]))
            elif lines.get("event") == "view":
                self.view = json.loads(lines["data"])["record"]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    made = Town(tmp_path_factory.mktemp("districts"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def foreign(town):
    """What must be said nowhere."""
    return town.marks(town.whole) - town.marks(town.part)


def named(text, foreign):
    """What of it stands in a text, as a word or, of several words, as they stand."""
    plain = text.encode().decode("unicode_escape") if "\\u" in text else text
    words = set(WORD.findall(plain))
    return {one for one in foreign if one in words or (" " in one and one in plain)}


def test_the_operator_sees_both_faults_and_the_contractor_its_own(town):
    subjects = [{one["subject"] for one in town.faults(who).values()} for who in ("kim", "hanbit")]
    assert subjects[0] >= {f"device:{town.inside}", f"device:{town.outside}"}
    assert subjects[1] == {f"device:{town.inside}"}


def test_the_stream_tells_of_the_district_everything_and_of_the_others_nothing(town, foreign):
    ours, all_ = town.stream("hanbit", for_s=1.0), town.stream("kim")
    assert {key for key in ours.records if key.startswith("site/")} == {f"site/{name}" for name in town.part.sites}
    assert {key for key in all_.records if key.startswith("site/")} == {f"site/{name}" for name in town.whole.sites}
    assert named(all_.text, foreign)
    assert named(ours.text, foreign) == set()
    counted = ours.records["service/cctv"]["districts"]
    assert set(counted) == {OURS}


def test_every_thing_of_the_district_opens_and_names_nothing_outside(town, foreign):
    kinds = {
        "device": list(town.part.devices)[:4],
        "field_device": list(town.part.field_devices)[:3],
        "site": list(town.part.sites)[:2],
        "link": list(town.part.links)[:3],
        "cable": list(town.part.cables)[:2],
        "contractor": list(town.part.contractors),
        "fault": [key.partition("/")[2] for key in town.faults("hanbit")],
    }
    for kind, names in kinds.items():
        for name in names:
            told = town.stream("hanbit", f"{kind}/{name}")
            assert told.view is not None, (kind, name)
            assert named(told.text, foreign) == set(), (kind, name)


def test_nothing_of_another_district_opens(town):
    there = {
        "device": [town.outside],
        "field_device": [one for one in town.whole.field_devices if one not in town.part.field_devices][:2],
        "site": [one for one in town.whole.sites if one not in town.part.sites][:2],
        "link": [one for one in town.whole.links if one not in town.part.links][:2],
        "ring": [one for one in town.whole.rings if one not in town.part.rings][:2],
        "fault": [
            key.partition("/")[2]
            for key, one in town.faults("kim").items()
            if one["subject"] == f"device:{town.outside}"
        ],
    }
    for kind, names in there.items():
        for name in names:
            assert town.stream("kim", f"{kind}/{name}").view is not None, (kind, name)
            assert town.stream("hanbit", f"{kind}/{name}").view is None, (kind, name)


def test_a_search_finds_what_is_outside_by_none_of_its_names(town, foreign):
    device = town.whole.devices[town.outside]
    camera = next(one for one in town.whole.field_devices.values() if one.port and one.port.device == town.outside)
    for text in (device.id, device.name, device.address, camera.id, camera.mac, camera.address, camera.mac[-8:]):
        found, told = town.ask("kim", f"/page/find?q={quote(text)}")
        assert (found, named(told, foreign) != set()) == (200, True), text
        found, told = town.ask("hanbit", f"/page/find?q={quote(text)}")
        said = json.loads(told)
        del said["asked"]
        assert (found, named(json.dumps(said, ensure_ascii=False), foreign)) == (200, set()), text
    inside = json.loads(town.ask("hanbit", f"/page/find?q={town.inside}")[1])
    assert inside["hits"][0]["id"] == town.inside


@pytest.mark.parametrize(
    "path",
    [
        *("/metrics", "/metrics/faults", "/metrics?shard=city", "/sd", "/api/openapi.json"),
        *("/api/restconf/data/ietf-alarms:alarms", "/api/ngsi-ld/v1/entities?type=Device", "/nothing/here"),
    ],
)
def test_what_shows_the_whole_city_is_refused_and_says_nothing_of_it(town, foreign, path):
    status, told = town.ask("hanbit", path)
    assert status == 403
    assert named(told, foreign) == set()


def test_the_pages_themselves_and_their_mistakes_name_nothing(town, foreign):
    for path in (*PAGES, f"/device/{town.outside}", "/page/lines", "/page/find?q=", "/page/find?x=1", "/page/nothing"):
        _, told = town.ask("hanbit", path)
        assert named(told, foreign) - {town.outside} == set(), path


def test_a_fault_outside_can_be_noted_by_nobody_limited_and_one_inside_can(town):
    ours = next(iter(town.faults("hanbit"))).partition("/")[2]
    theirs = next(
        key.partition("/")[2] for key, one in town.faults("kim").items() if one["subject"] == f"device:{town.outside}"
    )

    def note(fault, did="noted"):
        address = urllib.parse.urlsplit(town.daemon.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        origin = {"Origin": town.daemon.url, "X-Netwatch-Page": "1", "Content-Type": "application/json"}
        body = json.dumps({"id": fault, "did": did, "text": "on my way"})
        connection.request("POST", "/page/fault/work", body=body, headers=basic("hanbit") | origin)
        reply = connection.getresponse()
        told = reply.status, json.loads(reply.read())
        connection.close()
        return told

    assert note(theirs) == (404, {"error": "There is no such fault."})
    assert note(theirs[:4])[0] == 404
    assert note(f"device:{town.outside}")[0] == 404
    assert note(ours) == (200, {"fault": {"id": ours}})
    assert note(ours, did="acknowledged")[0] == 403

"""Everything below /api as another system asks for it: over the real listener, with its manners and its mistakes."""

import asyncio
import json
import urllib.parse
from contextlib import asynccontextmanager

import jsonschema
import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from netwatch.expose.api import serving
from netwatch.expose.api.outputs import Outputs
from netwatch.expose.http import Front, HttpServer
from netwatch.expose.own import OwnMetrics
from netwatch.expose.pages import Pages
from netwatch.expose.web_access import WebAccess
from netwatch.expose.web_exposure import Exposure
from tests.unit.expose.api.town import NOON_S, town_in
from tests.web import basic, hashed, users

DATA = "/api/restconf/data"
ALARM = "/api/tmf-api/alarmManagement/v4/alarm"
ENTITIES = "/api/ngsi-ld/v1/entities"
YANG = "application/yang-data+json"


class Asker:
    """Whoever asks; every reply to a GET is held against the description that was served beside it."""

    def __init__(self, url, session):
        self.url, self.session, self.described = url, session, {}

    async def get(self, path, status=200, headers=None):
        async with self.session.get(self.url + path, headers=headers) as reply:
            text = await reply.text()
            assert reply.status == status, text
            return (json.loads(text) if text and "json" in reply.content_type else text), reply


@asynccontextmanager
async def asking(town, access=None):
    front = Front(pages=Pages(own=CollectorRegistry()), summary=None, complaint=str, on_cut=lambda _cut: None)
    server = HttpServer(front, access)
    Outputs(town, OwnMetrics({}), mounted=server.mounted)
    await server.start("127.0.0.1", 0)
    host, port = server.addresses[0]
    try:
        async with asyncio.timeout(20), ClientSession() as session:
            yield Asker(f"http://{host}:{port}", session)
    finally:
        await server.stop()


@pytest.fixture
def town(tmp_path):
    told = town_in(tmp_path)
    told.darken("acc-1", "Gi2", since_s=NOON_S - 120.0)
    told.darken("acc-2", "Gi1", since_s=NOON_S - 120.0)
    told.darken("acc-2", "Gi3", since_s=NOON_S - 60.0)
    told.silence("acc-3", since_s=NOON_S - 60.0)
    return told


@pytest.fixture
async def asker(town):
    async with asking(town) as one:
        yield one


async def test_every_operation_that_is_described_answers_as_it_is_described(asker):
    described, _ = await asker.get("/api/openapi.json")
    asked = set()
    for path, item in described["paths"].items():
        get = item["get"]
        names = {one["name"]: one.get("example") for one in get["parameters"] if one["in"] == "path"}
        assert all(names.values()), path
        filled = path.format_map({name: urllib.parse.quote(value, safe="") for name, value in names.items()})
        told, reply = await asker.get(filled + ("?type=Device" if path == ENTITIES else ""))
        schema = get["responses"]["200"]["content"][reply.content_type]["schema"]
        jsonschema.validate(told, {**schema, "components": described["components"]}, jsonschema.Draft202012Validator)
        asked.add(get["operationId"])
    assert len(asked) == len(described["paths"]) == 16


async def test_alarms_are_paged_and_the_whole_has_all(asker):
    whole, reply = await asker.get(f"{DATA}/ietf-alarms:alarms")
    assert reply.content_type == YANG
    listed = whole["ietf-alarms:alarms"]["alarm-list"]
    pages = [(await asker.get(f"{DATA}/ietf-alarms:alarms/alarm-list?offset={at}&limit=1"))[0] for at in (0, 1, 2)]
    assert [one for page in pages for one in page["ietf-alarms:alarm-list"]["alarm"]] == listed["alarm"]
    assert {page["ietf-alarms:alarm-list"]["number-of-alarms"] for page in pages} == {2}


async def test_alarms_of_tmf642_are_counted_beyond_their_page(asker):
    told, reply = await asker.get(f"{ALARM}?limit=1&fields=state,perceivedSeverity")
    assert (reply.headers["X-Total-Count"], reply.headers["X-Result-Count"]) == ("2", "1")
    assert set(told[0]) == {"id", "href", "state", "perceivedSeverity"}
    one, _ = await asker.get(told[0]["href"])
    assert (one["id"], one["alarmDetails"].count("한빛통신")) == (told[0]["id"], 1)
    minor, reply = await asker.get(f"{ALARM}?perceivedSeverity=minor")
    assert ([one["specificProblem"] for one in minor], reply.headers["X-Total-Count"]) == (["redundancy_lost"], "1")


async def test_maintenance_shows_in_the_alarm(town, asker):
    assert {one["plannedOutageIndicator"] for one in (await asker.get(ALARM))[0]} == {"inService"}
    town.work_on("link:chain-1")
    told = {one["alarmedObject"]["id"]: one["plannedOutageIndicator"] for one in (await asker.get(ALARM))[0]}
    assert told["link:chain-1"] == "outOfService"


async def test_a_port_with_slashes_blanks_and_quotes_in_its_name_is_found(asker):
    name = urllib.parse.quote("포트 1/1, '가'", safe="")
    told, _ = await asker.get(f"/api/devices/acc-3/restconf/data/ietf-interfaces:interfaces/interface={name}")
    assert told["ietf-interfaces:interface"][0]["name"] == "포트 1/1, '가'"


async def test_entities_come_as_json_with_a_link_or_as_json_ld(asker):
    plain, reply = await asker.get(f"{ENTITIES}?type=NetworkLink&count=true&limit=2")
    assert (reply.content_type, reply.headers["NGSILD-Results-Count"], len(plain)) == ("application/json", "4", 2)
    link = reply.headers["Link"]
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in link
    told, reply = await asker.get(f"{ENTITIES}?type=NetworkLink", headers={"Accept": "application/ld+json"})
    assert reply.content_type == "application/ld+json"
    own, core = told[0]["@context"]
    assert f"<{own}>" in link
    assert core.startswith("https://uri.etsi.org/")
    async with asker.session.get(own) as context:
        words = (await context.json())["@context"]
    assert set(told[0]) - {"id", "type", "@context", "location"} <= set(words)
    few, _ = await asker.get(f"{ENTITIES}/{plain[0]['id']}?attrs=linkState")
    assert set(few) == {"id", "type", "linkState"}


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        (f"{DATA}/ietf-network:networks/network=ring%3Aring-b/node", "There is no such network."),
        ("/api/devices/gone/restconf/data/ietf-interfaces:interfaces", "There is no such device."),
        (
            "/api/devices/core-1/restconf/data/ietf-interfaces:interfaces/interface=Gi99",
            "The device has no such interface.",
        ),
        (f"{ENTITIES}/urn:ngsi-ld:Device:yangju:gone", "There is no such entity."),
        (f"{ALARM}/gone", "There is no such alarm; one that cleared is kept for twenty minutes."),
        ("/api/bogus", "There is no such page; /api/openapi.json tells what there is."),
    ],
)
async def test_what_is_not_there_is_said_in_a_problem(asker, path, detail):
    told, reply = await asker.get(path, status=404)
    assert (reply.content_type, told["status"], told["detail"]) == ("application/problem+json", 404, detail)


@pytest.mark.parametrize(
    "path", [f"{ALARM}?limit=0", f"{ALARM}?bogus=1", ENTITIES, f"{ENTITIES}?type=Camera", "/api/openapi.json?x=1"]
)
async def test_a_wrong_question_is_a_problem_and_says_what_is_wrong(asker, path):
    told, reply = await asker.get(path, status=400)
    assert reply.content_type == "application/problem+json"
    assert len(told["detail"]) > 10


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_nothing_can_be_changed(asker, method):
    async with asker.session.request(method, asker.url + ALARM) as reply:
        assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")


async def test_a_head_tells_the_same_headers(asker):
    for path in (ALARM, f"{DATA}/ietf-network:networks"):
        _, reply = await asker.get(path)
        async with asker.session.head(asker.url + path) as head:
            assert (head.status, await head.read()) == (200, b"")
            assert head.headers["ETag"] == reply.headers["ETag"]


async def test_what_has_not_changed_is_not_sent_again(town, asker):
    _, reply = await asker.get(ALARM)
    tag = {"If-None-Match": reply.headers["ETag"]}
    text, again = await asker.get(ALARM, status=304, headers=tag)
    assert (text, again.headers["ETag"], again.headers["X-Total-Count"]) == ("", reply.headers["ETag"], "2")
    town.mend("acc-2")
    await asker.get(ALARM, headers=tag)


async def test_a_long_reply_is_streamed_and_is_the_same(asker, monkeypatch):
    path = f"{DATA}/ietf-network:networks"
    whole, _ = await asker.get(path)
    monkeypatch.setattr(serving, "WHOLE_BYTES", 10)
    streamed, reply = await asker.get(path)
    assert streamed == whole
    assert "ETag" not in reply.headers
    async with asker.session.head(asker.url + path) as head:
        assert (head.status, await head.read()) == (200, b"")


async def test_the_own_module_is_served(asker):
    text, reply = await asker.get("/api/yang/netwatch.yang")
    assert reply.content_type == "application/yang"
    assert text.startswith("module netwatch {")


async def test_a_host_that_is_none_is_refused(asker):
    told, _ = await asker.get(f"{ENTITIES}?type=Device", status=400, headers={"Host": "a b<script>"})
    assert "script" not in json.dumps(told)


async def test_what_is_protected_by_a_password_is_protected_here_too(town, tmp_path):
    path = tmp_path / "web.yaml"
    path.write_text(users(prometheus=hashed()), encoding="utf-8")
    access = WebAccess(Exposure(file=path), OwnMetrics({}))
    await access.open()
    async with asking(town, access) as asker:
        for path in (ALARM, "/api/openapi.json", "/api/bogus"):
            text, reply = await asker.get(path, status=401)
            assert (reply.content_type, "netwatch:" in text) == ("text/plain", False)
        told, _ = await asker.get(ALARM, headers=basic("prometheus"))
        assert len(told) == 2

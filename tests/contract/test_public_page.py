"""What everybody may read: the services of a city by district, now and of late, and nothing of any device."""

import json
import re
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest

from netwatch.core.audit.report.citizens import FORMAT
from netwatch.core.field.verdict import FieldCondition
from netwatch.core.model import Settings
from netwatch.core.topology.graph import Topology
from netwatch.expose.own import OwnMetrics
from netwatch.expose.public_page import PublicPage
from netwatch.expose.web_access import WebAccess
from netwatch.expose.web_exposure import Exposure
from tests.contract.test_expose_http import ask, running
from tests.contract.test_web_accounts import ROLES, USERS
from tests.unit.core.streets import town

FINE, FAULT, LOST, UNKNOWN = FieldCondition
CITY = town("core-a", cameras={"cam-1": "a"}, anchors={"cctv": ["core"]})
PAST = {
    "format": FORMAT,
    "label": "2026-10",
    "from_ms": 1_759_244_400_000,
    "until_ms": 1_761_922_800_000,
    "as_of_ms": 1_761_960_000_000,
    "services": [
        {
            "id": "cctv",
            "few": False,
            "worked": "99.812",
            "seen": "98.5",
            "districts": [
                {"district": "옥정동", "few": False, "worked": "99.1", "seen": "100.0"},
                {"district": "덕계동", "few": True, "worked": None, "seen": None},
            ],
        }
    ],
}
COUNTS = Counter(
    {
        ("cctv", "옥정동", FINE): 38,
        ("cctv", "옥정동", FAULT): 1,
        ("cctv", "옥정동", LOST): 1,
        ("cctv", "옥정동", UNKNOWN): 2,
        ("cctv", "덕계동", FINE): 3,
    }
)


def known(file, counts=COUNTS):
    inventory = replace(CITY, settings=Settings(public_summary=str(file) if file else ""))
    return SimpleNamespace(city=SimpleNamespace(topology=Topology(inventory), fields=SimpleNamespace(counts=counts)))


@pytest.fixture
def told(tmp_path):
    file = tmp_path / "public.json"
    file.write_text(json.dumps(PAST))
    return file


def page(file, **more):
    return running(mounted=[PublicPage(known(file, **more)).mount])


async def test_now_and_of_late_stand_beside_each_other_for_each_district(told):
    async with page(told) as it:
        status, text, headers = await ask(it, "/public.json")
    assert (status, headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    (service,) = json.loads(text)["services"]
    assert (service["now"], service["worked"], service["seen"]) == (95, "99.812", "98.5")
    assert service["districts"] == [
        {"district": "덕계동", "few": True, "now": None, "worked": None, "seen": None},
        {"district": "옥정동", "few": False, "now": 95, "worked": "99.1", "seen": "100.0"},
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "ko",
            ["현재 작동", "작동률 (<time>2025-10-01</time> – <time>2025-10-31</time>)", "대수가 적어 표시하지 않음"],
        ),
        ("en", ["Works now", "Worked, <time>2025-10-01</time>", "too few to tell"]),
    ],
)
async def test_the_page_says_it_in_both_languages_without_a_script(told, language, words):
    async with page(told) as it:
        status, text, headers = await ask(it, f"/public?lang={language}")
        style = await ask(it, re.search(r'href="(/[^"?]+\.css)"', text)[1])
    assert (status, headers["Content-Language"]) == (200, language)
    assert all(word in text for word in [*words, "옥정동", "99.1 %", "95 %"])
    assert "<script" not in text
    assert " style=" not in text
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert style[0] == 200


async def test_before_the_first_night_the_page_tells_of_now_alone(tmp_path):
    async with page(tmp_path / "not-yet.json") as it:
        told = json.loads((await ask(it, "/public.json"))[1])
        _, text, _ = await ask(it, "/public?lang=en")
    assert (told["period"], told["services"][0]["now"], told["services"][0]["worked"]) == (None, 95, None)
    assert "Worked," not in text


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "another"}'])
async def test_a_file_that_is_none_of_ours_is_as_none(tmp_path, content):
    (tmp_path / "public.json").write_text(content)
    async with page(tmp_path / "public.json") as it:
        status, told, _ = await ask(it, "/public.json")
    assert (status, json.loads(told)["period"]) == (200, None)


async def test_while_nothing_can_be_known_nothing_is_said_to_fail(told):
    blind = Counter({("cctv", "옥정동", UNKNOWN): 42})
    async with page(told, counts=blind) as it:
        (service,) = json.loads((await ask(it, "/public.json"))[1])["services"]
        _, text, _ = await ask(it, "/public?lang=en")
    assert (service["few"], service["now"]) == (False, None)
    assert "not known" in text


async def test_a_city_that_does_not_want_it_told_tells_nothing():
    async with page(None) as it:
        for path in ("/public", "/public.json"):
            assert (await ask(it, path))[:2] == (404, "The city does not tell this here.\n")


async def test_everybody_may_read_it_and_nothing_else(tmp_path, told):
    file = tmp_path / "web.yaml"
    file.write_text(USERS + ROLES)
    access = WebAccess(Exposure(file=file), OwnMetrics({}))
    await access.open()
    async with running(access=access, mounted=[PublicPage(known(told)).mount]) as it:
        assert (await ask(it, "/public"))[0] == 200
        assert (await ask(it, "/public.json"))[0] == 200
        assert (await ask(it, "/public/"))[0] == 401
        assert (await ask(it, "/metrics"))[0] == 401

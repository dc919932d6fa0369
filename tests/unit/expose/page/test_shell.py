"""The document: in which language, and with which parts."""

import re

import pytest
from aiohttp.test_utils import make_mocked_request

from netwatch.expose.page.shell import CONTENT_SECURITY_POLICY, Language, Shell, language_of
from netwatch.expose.page.statics import Statics


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/", {}, "en"),
        ("/", {"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.8"}, "ko"),
        ("/", {"Accept-Language": "de, en;q=0.5, ko;q=0.7"}, "ko"),
        ("/", {"Accept-Language": "ko;q=0, en"}, "en"),
        ("/", {"Accept-Language": "ko;q=x;;=,,"}, "en"),
        ("/", {"Accept-Language": "de"}, "en"),
        ("/", {"Accept-Language": "en", "Cookie": "netwatch_lang=ko"}, "ko"),
        ("/map?lang=en", {"Cookie": "netwatch_lang=ko"}, "en"),
        ("/?lang=<script>", {"Cookie": "netwatch_lang=xx"}, "en"),
    ],
)
def test_the_address_counts_more_than_the_cookie_and_that_more_than_the_browser(path, headers, language):
    assert language_of(make_mocked_request("GET", path, headers=headers)) is Language(language)


async def test_what_was_chosen_is_kept_and_the_document_names_parts_alone():
    statics = Statics()
    reply = await Shell(statics).answer(make_mocked_request("GET", "/rings?lang=ko"))
    assert reply.cookies["netwatch_lang"]["samesite"] == "Lax"
    assert '<html lang="ko">' in reply.text
    named = re.findall(r'(?:href|src)="(/page/[^"]+)"', reply.text)
    assert {statics.address(name) for name in (*statics.scripts, "page.css", "icon.svg")} == set(named)
    assert "netwatch_lang" not in (await Shell(statics).answer(make_mocked_request("GET", "/rings"))).cookies


async def test_a_part_is_cached_for_ever_and_of_another_version_there_is_none():
    statics = Statics()

    async def ask(name, stamp=statics.stamp, **headers):
        found = {"name": name, "stamp": stamp}
        return await statics.answer(make_mocked_request("GET", "/", headers=headers, match_info=found))

    plain, packed = await ask("page.js"), await ask("page.js", **{"Accept-Encoding": "br, gzip"})
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 2
    assert (await ask("page.js", "0" * 12)).status == 404
    assert (await ask("../shell.py")).status == 404


def test_the_policy_has_no_exception():
    allowed = dict(one.split(" ", 1) for one in CONTENT_SECURITY_POLICY.split("; "))
    assert allowed.pop("require-trusted-types-for") == "'script'"
    assert allowed.pop("trusted-types") == "'none'"
    assert set(allowed.values()) == {"'self'", "'none'"}
    assert allowed["default-src"] == allowed["frame-ancestors"] == allowed["base-uri"] == "'none'"

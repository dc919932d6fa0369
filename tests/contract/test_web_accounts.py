"""What an account gets of the listener, and what it is refused."""

import logging

import pytest

from tests.contract.test_web_access import get, serving
from tests.web import CLIENTS, TLS, authority, basic, hashed

ROLES = """netwatch_accounts:
  prometheus: {role: scraper}
  kim: {role: operator}
  hanbit: {role: contractor, districts: [옥정동], until: 2037-01-01}
  gone: {role: viewer, until: 2025-12-31}
"""
USERS = "basic_auth_users:\n" + "".join(f"  {name}: {hashed()}\n" for name in ("prometheus", "kim", "hanbit", "gone"))


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("prometheus", {"/metrics": 200, "/sd": 200, "/": 403, "/-/healthy": 200, "/nothing": 403}),
        ("kim", {"/metrics": 200, "/sd": 200, "/-/ready": 200, "/-/healthy": 200, "/nothing": 404}),
        ("hanbit", {"/metrics": 403, "/sd": 403, "/nothing": 403, "/-/healthy": 200}),
        ("gone", {"/metrics": 403, "/": 403, "/-/healthy": 403}),
    ],
)
async def test_each_role_gets_its_pages_and_no_other(tmp_path, name, statuses):
    async with serving(tmp_path, USERS + ROLES) as (it, web):
        found = {path: (await get(it, path, headers=basic(name)))[0] for path in statuses}
        assert found == statuses
        assert web.refused("forbidden") == sum(status == 403 for status in statuses.values())


async def test_a_refusal_says_why_and_nothing_of_what_is_there(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    async with serving(tmp_path, USERS + ROLES) as (it, _web):
        assert (await get(it, "/", headers=basic("prometheus")))[1] == (
            "This account, a scraper's, may not see this.\n"
        )
        assert (await get(it, "/metrics?site=x", headers=basic("gone")))[1] == "This account has ended.\n"
        status, _text, _ = await get(it, "/", headers=basic("kim", "wrong"))
        assert status == 401
    assert "prometheus, from 127.0.0.1, was refused /: This account, a scraper's, may not see this." in caplog.messages


async def test_an_account_that_ends_by_a_change_of_the_file_is_refused_from_then_on(tmp_path):
    async with serving(tmp_path, USERS + ROLES) as (it, web):
        assert (await get(it, "/metrics", headers=basic("kim")))[0] == 200
        web.write(USERS + ROLES.replace("{role: operator}", "{role: operator, until: 2026-01-01}"))
        assert await web.access.reload() == []
        assert (await get(it, "/metrics", headers=basic("kim")))[0] == 403


async def test_a_certificate_is_its_account_and_one_without_an_account_is_nobodys(tmp_path):
    ca = authority(tmp_path)
    section = "netwatch_accounts: {monitor@city.example: {role: scraper}}\n"
    async with serving(tmp_path, TLS + CLIENTS + section) as (it, _web):
        assert (await get(it, "/sd", tls=ca.client("prometheus")))[0] == 200
        assert (await get(it, "/", tls=ca.client("prometheus")))[0] == 403
        status, text, _ = await get(it, "/-/healthy", tls=ca.client("stranger"))
        assert (status, text) == (403, "Your certificate names no account here.\n")

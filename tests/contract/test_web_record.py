"""Who was refused by the listener is on record: known names alone, never what a stranger typed."""

import pytest
from aiohttp import web

from netwatch.core.audit.access import Outcome
from netwatch.expose.own import OwnMetrics
from netwatch.expose.web_access import WebAccess
from netwatch.expose.web_exposure import Exposure
from tests.contract.test_expose_http import ask, running
from tests.contract.test_web_access import get
from tests.contract.test_web_accounts import ROLES, USERS
from tests.web import basic


class Record:
    """What was told."""

    def __init__(self):
        self.told = []

    def record(self, *, account, origin, subject, action, outcome):
        assert origin == "127.0.0.1"
        self.told.append((account, subject, action, outcome))


async def test_wrong_passwords_and_forbidden_pages_are_on_record_without_what_a_stranger_typed(tmp_path):
    path, record = tmp_path / "web.yaml", Record()
    path.write_text(USERS + ROLES)
    access = WebAccess(Exposure(file=path), OwnMetrics({}), record)
    await access.open()
    async with running(access=access) as it:
        assert (await get(it, "/sd", headers=basic("prometheus")))[0] == 200
        assert (await get(it, "/"))[0] == 401  # as a browser asks first
        assert record.told == []
        for headers in (basic("kim", "wrong"), basic("hunter2", "oops"), {"Authorization": "Bearer secret"}):
            assert (await get(it, "/sd", headers=headers))[0] == 401
        assert (await get(it, "/" + "x" * 500, headers=basic("prometheus")))[0] == 403
    assert record.told == [
        ("kim", "page:/sd", "login", Outcome.REFUSED),
        ("", "page:/sd", "login", Outcome.REFUSED),
        ("", "page:/sd", "login", Outcome.REFUSED),
        ("prometheus", "page:/" + "x" * 199, "page", Outcome.REFUSED),
    ]


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/page/stream?view=field_device/cam-1", ("field_device:cam-1", "page.view")),
        ("/page/stream", ("daemon:", "page.overview")),
        ("/page/find?q=hunter2", ("daemon:", "page.find")),
        ("/api/ngsi-ld/v1/entities", ("page:/api/ngsi-ld/v1/entities", "api.read")),
        ("/api/openapi.json", None),
        ("/metrics", None),
        ("/map", None),
    ],
)
async def test_who_reads_where_cameras_are_is_on_record_and_what_was_searched_for_is_not(tmp_path, path, seen):
    file, record = tmp_path / "web.yaml", Record()
    file.write_text(USERS + ROLES)
    access = WebAccess(Exposure(file=file), OwnMetrics({}), record)
    await access.open()
    async with running(access=access) as it:
        await get(it, path, headers=basic("kim"))
    assert record.told == ([("kim", *seen, Outcome.DONE)] if seen else [])


async def test_what_was_to_be_changed_is_on_record_with_what_became_of_it(tmp_path):
    file, record = tmp_path / "web.yaml", Record()
    file.write_text(USERS + ROLES)
    access = WebAccess(Exposure(file=file), OwnMetrics({}), record)
    await access.open()

    async def work(request):
        return web.Response(status=int(await request.text()))

    async with running(access=access, mounted=[lambda it: it.router.add_post("/page/fault/work", work)]) as it:
        for status in ("200", "403", "503"):
            await ask(it, "/page/fault/work", "POST", headers=basic("kim"), data=status)
    assert [one[2:] for one in record.told] == [
        ("fault.work", Outcome.DONE),
        ("fault.work", Outcome.REFUSED),
        ("fault.work", Outcome.FAILED),
    ]

"""Who was refused by the listener is on record: known names alone, never what a stranger typed."""

from netwatch.core.audit.access import Outcome
from netwatch.expose.own import OwnMetrics
from netwatch.expose.web_access import WebAccess
from netwatch.expose.web_exposure import Exposure
from tests.contract.test_expose_http import running
from tests.contract.test_web_access import get
from tests.contract.test_web_accounts import ROLES, USERS
from tests.web import basic


class Record:
    """What was told."""

    def __init__(self):
        self.told = []

    def record(self, *, account, origin, subject, action, outcome):
        assert (origin, outcome) == ("127.0.0.1", Outcome.REFUSED)
        self.told.append((account, subject, action))


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
        ("kim", "page:/sd", "login"),
        ("", "page:/sd", "login"),
        ("", "page:/sd", "login"),
        ("prometheus", "page:/" + "x" * 199, "page"),
    ]

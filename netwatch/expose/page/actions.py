"""`POST /page/fault/work`: what a person does about a fault, from the page.

Only who has proved a name does anything, and only by a request that our own page made: browsers add the name and
password to requests of other sites too, but let none of them set our header, or say where they come from.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from netwatch.core.accounts import NOBODY, Account, Act
from netwatch.core.faults.work import Did
from netwatch.expose.control import Refused
from netwatch.expose.page.board import encode
from netwatch.expose.page.sights import Sights
from netwatch.expose.permits import account_of

HEADER = "X-Netwatch-Page"
Work = Callable[[Any, str], Awaitable[Any]]


def is_our_own(request: web.Request) -> bool:
    """Whether it was made by a page of this very origin."""
    if request.headers.get(HEADER) != "1" or request.content_type != "application/json":
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # a browser of before 2023 tells the origin alone
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def working(work: Work, sights: Sights) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler; `work` is what the control socket does for `netwatch fault`.

    Who is limited to districts works on the faults there, each by its whole id.
    """

    async def answer(request: web.Request) -> web.Response:
        account = account_of(request)
        if why := _refusal(request, account):
            return _told(403, {"error": why})
        try:
            body = json.loads(await request.read())  # the listener takes no long ones
        except ValueError:
            return _told(400, {"error": "The body is no JSON."})
        did = body.get("did") if isinstance(body, dict) else None
        if not account.may(Act.NOTE if did == Did.NOTED else Act.WORK):
            return _told(403, {"error": f"An account of the role {account.role} may not do this."})
        sight = await sights.of(account)
        if sight is not sights.whole and body.get("id") not in sight.known.city.book.faults:
            return _told(404, {"error": "There is no such fault."})
        try:
            done = await work(body, account.name)
            return _told(200, done if sight is sights.whole else {"fault": {"id": body["id"]}})
        except Refused as refusal:
            return _told(refusal.status, {"error": str(refusal)})

    return answer


def _refusal(request: web.Request, account: Account) -> str:
    """Why nothing at all can be done by this request; empty: it may go on."""
    if account is NOBODY:
        return "Nobody has signed in: from here, faults can only be read."
    return "" if is_our_own(request) else "This can only be done from netwatch's own page."


def _told(status: int, told: Any) -> web.Response:  # noqa: ANN401 - any JSON
    return web.Response(status=status, body=encode(told), content_type="application/json")

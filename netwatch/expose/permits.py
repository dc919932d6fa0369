"""(account, path) -> whether that account may have what is asked for, and the account of a request.

Paths that are not named here are pages to look at: a new route is closed to scrapers and to everybody who is limited to
districts until it is said that it cuts what it shows to size.
"""

import re
from collections.abc import Mapping

from aiohttp import web

from netwatch.core.accounts import NOBODY, Account, Act

_ACCOUNT = web.RequestKey("account", Account)

PUBLIC_PAGE, PUBLIC_JSON, PUBLIC_STYLE = "/public", "/public.json", "/public.css"
PUBLIC = frozenset({PUBLIC_PAGE, PUBLIC_JSON, PUBLIC_STYLE})  # for everybody, without a password; nothing of devices

_ACTS: Mapping[str, Act | None] = {
    "/metrics": Act.SCRAPE,
    "/metrics/faults": Act.SCRAPE,
    "/sd": Act.SCRAPE,
    "/-/healthy": None,  # says nothing of the city
    "/-/ready": None,
}
_OF_NOBODY = frozenset({"/api/openapi.json", "/api/yang/netwatch.yang"})
# what shows to an account limited to districts nothing of the others: a path, or how it begins
_CUT_TO_SIZE = re.compile(
    r"/|/-/(?:healthy|ready)"
    r"|/(?:map|rings|services|find|help)|/(?:fault|device|field_device|site|ring|line|service|port|link|cable|duct)/.*"
    r"|/contractor/.*|/page/.*"
)


def admit(request: web.Request, account: Account) -> None:
    """From here on the request is that account's."""
    request[_ACCOUNT] = account


def account_of(request: web.Request) -> Account:
    """Who asks; NOBODY where no passwords are asked for."""
    account: Account = request.get(_ACCOUNT, NOBODY)
    return account


def personal(path: str, query: Mapping[str, str]) -> tuple[str, str] | None:
    """(subject, action) of what tells where cameras are, their addresses or MACs: who reads it is put on record.

    What somebody typed into a search is not: it may be about anybody.
    """
    if path == "/page/stream":
        kind, slash, name = query.get("view", "").partition("/")
        return (f"{kind}:{name}", "page.view") if slash else ("daemon:", "page.overview")
    if path == "/page/find":
        return "daemon:", "page.find"
    return (f"page:{path}", "api.read") if path.startswith("/api/") and path not in _OF_NOBODY else None


def complaint(account: Account, path: str, *, now_wall_s: float) -> str:
    """Why the account does not get what stands at the path; empty: it may."""
    if account.has_ended(now_wall_s):
        return "This account has ended."
    act = _ACTS.get(path, Act.LOOK)
    if act is not None and not account.may(act):
        return f"This account, a {account.role}'s, may not see this."
    if account.districts is not None and not _CUT_TO_SIZE.fullmatch(path):
        return "This page shows the whole city, and this account is limited to districts."
    return ""

"""`/public` and `/public.json`: how the city's services do, for each district, for everybody and without a password.

In: the city as it stands, for how it is now, and the file that `netwatch audit report --format citizens` writes, for
how it was. Out: nothing of any device. Both are there only where the inventory names that file.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from netwatch.core.audit.report.citizens import FEWEST, FORMAT
from netwatch.core.field.verdict import FieldCondition
from netwatch.core.sight import Knowing
from netwatch.expose import selection
from netwatch.expose.page.shell import language_of
from netwatch.expose.permits import PUBLIC_JSON, PUBLIC_PAGE, PUBLIC_STYLE
from netwatch.expose.public_html import STYLE, html

MOST_BYTES = 1 << 20
NOBODY_NAMED = "The city does not tell this here.\n"
Record = Mapping[str, Any]


class PublicPage:
    """`mount` it."""

    def __init__(self, known: Knowing) -> None:
        self._known = known

    def mount(self, application: web.Application) -> None:
        """Put its routes on the listener's application."""
        application.router.add_get(PUBLIC_PAGE, self._page)
        application.router.add_get(PUBLIC_JSON, self._json)
        application.router.add_get(PUBLIC_STYLE, self._style)

    async def _page(self, request: web.Request) -> web.Response:
        selection.parameters(request.query.items(), allowed=("lang",))
        told = await self._told()
        language = language_of(request)
        return web.Response(
            text=html(told, language),
            content_type="text/html",
            charset="utf-8",
            headers={"Content-Language": language.value},
        )

    async def _json(self, request: web.Request) -> web.Response:
        selection.parameters(request.query.items(), allowed=())
        return web.json_response(await self._told(), dumps=lambda told: json.dumps(told, ensure_ascii=False))

    async def _style(self, request: web.Request) -> web.Response:
        selection.parameters(request.query.items(), allowed=())
        return web.Response(text=STYLE, content_type="text/css", charset="utf-8")

    async def _told(self) -> Record:
        """Both halves, service by service. HTTPNotFound where the city does not want it told."""
        inventory = self._known.city.topology.inventory
        if not inventory.settings.public_summary:
            raise web.HTTPNotFound(text=NOBODY_NAMED)
        past = await asyncio.to_thread(_read, Path(inventory.settings.public_summary))
        now = _now(self._known)
        names = {service.id: service.name for service in inventory.services.values()}
        earlier = {one["id"]: one for one in past.get("services", ())}
        return {
            "city": inventory.city,
            "zone": inventory.timezone,
            "period": {key: past[key] for key in ("from_ms", "until_ms", "as_of_ms")} if past else None,
            "services": [
                _service(name, names[name], now[name], earlier.get(name, {})) for name in names if name in now
            ],
        }


def _now(known: Knowing) -> Mapping[str, Mapping[str, Counter[FieldCondition]]]:
    """Service -> district -> how many there are in which state; the empty district is all of them."""
    counts: defaultdict[str, defaultdict[str, Counter[FieldCondition]]] = defaultdict(lambda: defaultdict(Counter))
    for (service, district, condition), number in known.city.fields.counts.items():
        for place in {"", district}:
            counts[service][place][condition] += number
    return counts


def _service(name: str, called: str, now: Mapping[str, Counter[FieldCondition]], earlier: Record) -> Record:
    before = {one["district"]: one for one in earlier.get("districts", ())}
    districts = sorted({*now, *before} - {""})
    return {
        "id": name,
        "name": called,
        **_figures(now.get("", Counter()), earlier),
        "districts": [{"district": one, **_figures(now.get(one, Counter()), before.get(one, {}))} for one in districts],
    }


def _figures(now: Counter[FieldCondition], earlier: Record) -> Record:
    """`now`, whole per cent of those whose state is known, rounded down; null where too few are there, or known."""
    few = now.total() < FEWEST or bool(earlier.get("few"))
    known = now.total() - now[FieldCondition.UNKNOWN]
    return {
        "few": few,
        "now": None if few or not known else 100 * now[FieldCondition.FINE] // known,
        "worked": None if few else earlier.get("worked"),
        "seen": None if few else earlier.get("seen"),
    }


def _read(path: Path) -> Record:
    """What was written last; nothing where there is no such file yet, or it is none of ours."""
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(MOST_BYTES))
    except (OSError, ValueError):
        return {}  # not written yet, or being replaced: the page then tells of now alone
    return told if isinstance(told, dict) and told.get("format") == FORMAT else {}

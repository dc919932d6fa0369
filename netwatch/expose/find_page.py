"""`GET /find?q=...`: the answer of `netwatch find` as HTML, which loads nothing, runs nothing and changes nothing."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from aiohttp import web

from netwatch.expose import selection
from netwatch.expose.selection import SelectionError
from netwatch.expose.start_page import FIND_FORM, page
from netwatch.expose.text import visible

PATH = "/find"
MOST_LETTERS = 200
MOST_EVIDENCE = 6
Record = Mapping[str, Any]
Find = Callable[[str], Awaitable[Record]]


def mount(find: Find) -> Callable[[web.Application], None]:
    """What puts the page on the listener's application; `find` answers a text."""

    async def answer(request: web.Request) -> web.Response:
        given = selection.parameters(request.query.items(), allowed=("q",))
        text = given.get("q", "").strip()
        if not text:
            raise SelectionError("Say what to look for: /find?q=...")
        if len(text) > MOST_LETTERS:
            raise SelectionError(f"What to look for has at most {MOST_LETTERS} letters.")
        return web.Response(text=render_find_page(await find(text)), content_type="text/html", charset="utf-8")

    def add_to(application: web.Application) -> None:
        application.router.add_get(PATH, answer)

    return add_to


def render_find_page(answer: Record) -> str:
    """Each hit under a heading, the likeliest first."""
    asked, hits = answer["asked"], answer["hits"]
    told = "".join(map(_hit, hits)) if hits else "<p>nothing fits</p>"
    more = answer["total"] - len(hits)
    rest = f"<p>and at least {more} more that fit: say more of it</p>" if more > 0 else ""
    head = f'<h1>netwatch · <a href="/">{_text(answer["city"])}</a></h1>'
    form = FIND_FORM.format(text=_text(asked))
    return page(title=f"{_text(asked)} · {_text(answer['city'])}", body=f"{head}{form}{told}{rest}")


def _hit(hit: Record) -> str:
    rows = "".join(f'<tr><th scope="row">{name}</th><td>{told}</td></tr>' for name, told in _rows(hit))
    name = f" {_text(hit['name'])}" if hit["name"] and hit["name"] != hit["id"] else ""
    kind = _text(hit["kind"].replace("_", " "))
    return f"<h2>{_text(hit['id'])}{name} <small>{kind}</small></h2><table>{rows}</table>"


def _rows(hit: Record) -> Iterator[tuple[str, str]]:
    """What stands in the table, already fit for HTML."""
    yield from _health(hit)
    for site in hit["sites"]:
        more = ", ".join(filter(None, (site["name"], site["district"])))
        yield "where", f"{_linked('site:' + site['site'], site['site'])} {_text(more)}"
    if hit["port"] and hit["kind"] != "port":
        port = f"{hit['port']['device']} {hit['port']['interface']}"
        yield "port", _linked(f"port:{port}", port)
    for name, value in hit["facts"].items():
        yield _text(name.replace("_", " ")), _text(str(value))
    yield from _around(hit)
    if hit["contractor"]:
        who = hit["contractor"]
        phone = f' <a href="tel:{quote(who["phone"])}">{_text(who["phone"])}</a>' if who["phone"] else ""
        yield "call", f"{_linked('contractor:' + who['id'], who['name'] or who['id'])}{phone}"


def _health(hit: Record) -> Iterator[tuple[str, str]]:
    if hit["state"]:
        since = f", since {_text(hit['since'])}" if hit["since"] else ""
        yield "state", f"<strong>{_text(hit['state'])}</strong>{since}"
    if hit["maintenance"]:
        yield "maintenance", "somebody works on it now"
    for fault in hit["faults"]:
        yield "fault", f"{_text(fault['severity'])} {_text(fault['kind'])} {_linked(fault['subject'])}"
    for said in hit["evidence"][:MOST_EVIDENCE]:
        yield "seen", _text(said)
    if hit["last_seen"]:
        yield "last seen", f"{_text(hit['last_seen']['at'])}, {_text(hit['last_seen']['how'])}"


def _around(hit: Record) -> Iterator[tuple[str, str]]:
    for name, things in hit["on_it"].items():
        if things["count"]:
            kind = name.removesuffix("s")
            first = ", ".join(_linked(f"{kind}:{one}", one) for one in things["first"])
            rest = things["count"] - len(things["first"])
            yield _text(name.replace("_", " ")), first + (f" and {rest} more" if rest > 0 else "")
    lost = hit["without_it"]
    if lost["devices"] or lost["field_devices"]:
        yield "without it", f"{lost['devices']} other devices and {lost['field_devices']} field devices would be dark"
    if hit["way"]:
        yield "way to the anchor", _way(hit["way"])


def _way(way: Record) -> str:
    told = [_linked(f"device:{way['from']}", way["from"])]
    for hop in way["hops"]:
        link = _linked(f"link:{hop['link']}", ", ".join(hop["cables"]) or hop["link"])
        told.append(f"→ <strong>broken: {link}</strong> →" if hop["broken"] else f"→ {link} →")
        told.append(_linked(f"device:{hop['device']}", hop["device"]))
    return " ".join(told)


def _linked(subject: str, text: str = "") -> str:
    """A link that asks for just this thing."""
    return f'<a href="{PATH}?q={quote(subject, safe="")}">{_text(text or subject)}</a>'


def _text(told: str) -> str:
    return escape(visible(told))

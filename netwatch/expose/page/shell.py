"""The one HTML document of the page, in the reader's language: it names the static parts, which do all the rest."""

from collections.abc import Iterator
from enum import StrEnum
from html import escape
from types import MappingProxyType

from aiohttp import web

from netwatch.expose.page.statics import Statics
from netwatch.expose.text import visible

# Nothing but our own files; no text becomes markup or script, not even by the scripts themselves (Trusted Types).
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
COOKIE = "netwatch_lang"
_YEAR_S = 365 * 86400


class Language(StrEnum):
    """What the page can be read in."""

    ENGLISH = "en"
    KOREAN = "ko"


_SKIP = MappingProxyType({Language.ENGLISH: "Skip to the content", Language.KOREAN: "본문으로 건너뛰기"})
_NO_SCRIPT = MappingProxyType(
    {
        Language.ENGLISH: "This page needs JavaScript. `netwatch status` tells the same without.",
        Language.KOREAN: "이 화면은 JavaScript가 필요합니다. 같은 내용은 `netwatch status`로 볼 수 있습니다.",
    }
)


def language_of(request: web.Request) -> Language:
    """The one asked for in the address, else chosen before, else the one the browser would like best."""
    for told in (request.query.get("lang"), request.cookies.get(COOKIE)):
        if told in list(Language):
            return Language(told)
    liked = request.headers.get("Accept-Language", "")
    known = [(weight, name) for name, weight in _accepted(liked) if name in list(Language) and weight > 0]
    best = max((weight for weight, _ in known), default=0.0)
    return next((Language(name) for weight, name in known if weight == best), Language.ENGLISH)


def _accepted(header: str) -> Iterator[tuple[str, float]]:
    """Primary subtag and weight of each range (RFC 9110 §12.5.4); one that cannot be read is not wanted."""
    for one in header[:500].split(","):
        name, _, parameter = one.partition(";")
        key, _, value = parameter.strip().partition("=")
        weight = (_weight(value) if key == "q" else 0.0) if parameter.strip() else 1.0
        yield name.strip().lower().partition("-")[0], weight


def _weight(value: str) -> float:
    digits = value.replace(".", "", 1)
    return min(float(value), 1.0) if digits.isascii() and digits.isdigit() else 0.0


class Shell:
    """Answers every address that a person may open."""

    def __init__(self, statics: Statics) -> None:
        self._statics = statics

    async def answer(self, request: web.Request) -> web.Response:
        """The document. `?lang=` is kept in a cookie."""
        language = language_of(request)
        response = web.Response(text=self._document(language), content_type="text/html", charset="utf-8")
        response.headers["Vary"] = "Accept-Language, Cookie"
        if request.query.get("lang") == language.value:
            response.set_cookie(
                COOKIE, language.value, max_age=_YEAR_S, path="/", samesite="Lax", secure=request.secure, httponly=True
            )
        return response

    def _document(self, language: Language) -> str:
        at = self._statics.address
        parts = "".join(f'<link rel="modulepreload" href="{escape(at(name))}">' for name in self._statics.scripts)
        return (
            f'<!DOCTYPE html><html lang="{language.value}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark"><title>netwatch</title>'
            f'<link rel="icon" href="{at("icon.svg")}"><link rel="stylesheet" href="{at("page.css")}">'
            f'{parts}<script type="module" src="{at("page.js")}"></script></head>'
            f'<body data-build="{self._statics.stamp}"><a class="skip" href="#main">{_SKIP[language]}</a>'
            f'<div id="page"></div><noscript><p>{escape(visible(_NO_SCRIPT[language]))}</p></noscript></body></html>\n'
        )

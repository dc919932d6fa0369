"""What citizens are told -> one plain page in Korean or English, readable by anything; all it loads is a style."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from netwatch.expose.page.shell import Language
from netwatch.expose.permits import PUBLIC_PAGE as PATH
from netwatch.expose.permits import PUBLIC_STYLE as STYLE_PATH
from netwatch.expose.text import visible

Record = Mapping[str, Any]

_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.KOREAN: {
        "title": "{city} 공공 통신망 서비스 현황",
        "about": "시가 직접 운영하는 통신망에 연결된 서비스가 지역별로 얼마나 작동하는지를 보여 줍니다.",
        "service": "서비스",
        "district": "지역",
        "now": "현재 작동",
        "worked": "작동률 ({period})",
        "seen": "관측된 시간",
        "whole": "전체",
        "few": "대수가 적어 표시하지 않음",
        "unknown": "알 수 없음",
        "as_of": "기준 시각",
        "method": "작동률은 관측된 시간 가운데 작동한 시간의 비율이며 예정된 작업은 빠집니다. 내림한 값입니다.",
        "other": "English",
    },
    Language.ENGLISH: {
        "title": "{city}: how the city's network serves",
        "about": "How much of what hangs on the network that the city runs itself works, for each district.",
        "service": "Service",
        "district": "District",
        "now": "Works now",
        "worked": "Worked, {period}",
        "seen": "Time observed",
        "whole": "all",
        "few": "too few to tell",
        "unknown": "not known",
        "as_of": "as of",
        "method": "Worked: the share of the time observed, without announced work on it. Rounded down.",
        "other": "한국어",
    },
}
STYLE = """:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { word-break: keep-all; max-width: 44rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; font-weight: bold; font-size: 1.2rem; padding: 1.5rem 0 .5rem; }
th, td { text-align: start; padding: .4rem .6rem; border-bottom: 1px solid #8886; }
td, tbody th { white-space: nowrap; }
td { font-variant-numeric: tabular-nums; text-align: end; }
thead th + th { text-align: end; }
tbody tr:first-child { font-weight: bold; }
"""


def html(told: Record, language: Language) -> str:
    """The whole document. It has no script."""
    words = _WORDS[language]
    other = Language.ENGLISH if language is Language.KOREAN else Language.KOREAN
    title = words["title"].format(city=_text(told["city"]))
    tables = "".join(_table(one, told, words) for one in told["services"])
    return (
        f'<!doctype html><html lang="{language.value}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f'<link rel="stylesheet" href="{STYLE_PATH}"></head><body><header><h1>{title}</h1>'
        f'<p>{words["about"]} <a href="{PATH}?lang={other}" lang="{other}">{words["other"]}</a></p></header>'
        f"<main>{tables}</main><footer><p>{words['method']} {_as_of(told, words)}</p></footer></body></html>\n"
    )


def _as_of(told: Record, words: Mapping[str, str]) -> str:
    if told["period"] is None:
        return ""
    at = datetime.fromtimestamp(told["period"]["as_of_ms"] / 1000, ZoneInfo(told["zone"]))
    return f"{words['as_of']}: <time>{at.isoformat(sep=' ', timespec='minutes')}</time>"


def _period(told: Record) -> str:
    """From its first to its last day."""
    zone, period = ZoneInfo(told["zone"]), told["period"]
    ends = (datetime.fromtimestamp(at_ms / 1000, zone) for at_ms in (period["from_ms"], period["until_ms"] - 1))
    return " – ".join(f"<time>{one:%Y-%m-%d}</time>" for one in ends)


def _table(service: Record, told: Record, words: Mapping[str, str]) -> str:
    heads = [words["district"], words["now"]]
    if told["period"] is not None:
        heads += [words["worked"].format(period=_period(told)), words["seen"]]
    rows = [{"district": words["whole"], **service}, *service["districts"]]
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join(
        f'<tr><th scope="row">{_text(row["district"])}</th>{"".join(_cells(row, words, len(heads)))}</tr>'
        for row in rows
    )
    name = _text(service["name"] or service["id"])
    return f"<table><caption>{name}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: Record, words: Mapping[str, str], columns: int) -> Iterator[str]:
    if row["few"]:
        yield f'<td colspan="{columns - 1}">{words["few"]}</td>'
        return
    for key in ("now", "worked", "seen")[: columns - 1]:
        yield f"<td>{words['unknown'] if row[key] is None else f'{row[key]} %'}</td>"


def _text(text: str) -> str:
    return escape(visible(text))

"""A handover -> one HTML file, for a screen, a printer or a mail: nothing is fetched, and nothing in it runs."""

from collections.abc import Iterable, Sequence
from html import escape

from netwatch.cli.handover_lines import Json, about, closed, counts, headline, title, unseen, window
from netwatch.cli.handover_words import Words
from netwatch.expose.text import visible

STYLE = """
body { font: 15px/1.5 system-ui, "Noto Sans KR", sans-serif; max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; border-bottom: 1px solid #999; }
article { border-left: .4rem solid #777; padding-left: .7rem; margin: 1rem 0; break-inside: avoid; }
article.critical, article.major { border-color: #b00020; } article.minor { border-color: #a15c00; }
h3 { font-size: 1rem; margin: 0; } dl { display: grid; grid-template-columns: 8rem 1fr; margin: .3rem 0; }
dt { color: #444; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } td { border-bottom: 1px solid #ccc; padding: .2rem .5rem .2rem 0; }
td { vertical-align: top; overflow-wrap: anywhere; }
.stopped { background: #b00020; color: #fff; padding: .5rem; }
"""


def as_html(told: Json, language: str) -> str:
    words = Words(language)
    heading = title(told, words)
    stopped = words("stopped", until=words.moment(told["until"]))
    parts = [
        f"<h1>{_text(heading)}</h1>",
        "" if told["running"] else f'<p class="stopped">{_text(stopped)}</p>',
        f"<p>{_text(counts(told, words))}</p>",
        f"<h2>{_text(words('open'))}</h2>",
        *(_fault(fault, words) for fault in told["open"]),
        "" if told["open"] else f"<p>{_text(words('none'))}</p>",
        _table(words("closed"), [closed(fault, words) for fault in told["closed"]], words("none")),
        _table(words("maintenance"), [window(one, words) for one in told["maintenance"]], words("none")),
        _table(words("not_observed"), [(line,) for line in unseen(told["not_observed"], words)], words("all_observed")),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{_text(heading)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>"
    )


def _fault(fault: Json, words: Words) -> str:
    rows = "".join(f"<dt>{_text(label)}</dt><dd>{_text(told)}</dd>" for label, told in about(fault, words))
    head = f"{headline(fault, words)} [{fault['id']}]"
    return f'<article class="{_text(fault["severity"])}"><h3>{_text(head)}</h3><dl>{rows}</dl></article>'


def _table(name: str, rows: Sequence[Iterable[str]], nothing: str) -> str:
    cells = ("".join(f"<td>{_text(cell)}</td>" for cell in row) for row in rows)
    body = "\n".join(f"<tr>{row}</tr>" for row in cells)
    return f"<h2>{_text(name)}</h2>" + (f"<table>\n{body}\n</table>" if rows else f"<p>{_text(nothing)}</p>")


def _text(told: str) -> str:
    return escape(visible(told))

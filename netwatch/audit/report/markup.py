"""Pieces of HTML: headings, tables, badges. Text is escaped by whoever hands it over, unless a name says otherwise."""

from collections.abc import Iterable, Sequence
from html import escape

VERDICT_SIGNS = {"met": "✓", "missed": "✕", "not_decidable": "?"}


def section(anchor: str, title: str, *parts: str) -> str:
    return f'<section id="{anchor}"><h2>{escape(title)}</h2>\n{"".join(parts)}</section>\n'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int] = ()) -> str:
    """`heads` are text, cells are HTML; the columns of `numbers` stand to the right."""
    right = frozenset(numbers)
    marks = [' class="n"' if place in right else "" for place in range(len(heads))]
    top = "".join(f"<th{mark}>{escape(head)}</th>" for head, mark in zip(heads, marks, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{mark}>{cell}</td>' for cell, mark in zip(row, marks, strict=True))}</tr>\n" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead>\n<tbody>\n{body}</tbody></table>\n"


def badge(verdict: str | None, word: str) -> str:
    """A verdict by sign, word and colour, so that it survives a copier and a colour-blind eye."""
    name = verdict or "no_target"
    return f'<span class="badge {name}">{VERDICT_SIGNS.get(name, "")} {escape(word)}</span>'


def figure(content: str) -> str:
    """What stays together on a printed page."""
    return f'<div class="figure">{content}</div>\n'


def note(text: str) -> str:
    """A small remark, of text."""
    return f'<p class="note">{escape(text)}</p>\n'


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>\n"

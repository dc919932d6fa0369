"""A handover -> text for a terminal or a mail."""

from collections.abc import Iterator, Sequence

from netwatch.cli.handover_lines import Json, about, closed, counts, headline, title, unseen, window
from netwatch.cli.handover_words import Words
from netwatch.cli.table import aligned
from netwatch.expose.text import visible


def as_text(told: Json, language: str) -> str:
    words = Words(language)
    lines = [title(told, words)]
    if not told["running"]:
        lines.append(words("stopped", until=words.moment(told["until"])))
    lines += [counts(told, words), "", f"{words('open')}:"]
    for fault in told["open"]:
        lines += _fault(fault, words)
    lines += [] if told["open"] else [f"  {words('none')}"]
    lines += _section(words("closed"), [closed(fault, words) for fault in told["closed"]], words("none"))
    lines += _section(words("maintenance"), [window(one, words) for one in told["maintenance"]], words("none"))
    lines += _section(
        words("not_observed"), [(line,) for line in unseen(told["not_observed"], words)], words("all_observed")
    )
    return "\n".join(map(visible, lines))


def _fault(fault: Json, words: Words) -> Iterator[str]:
    yield f"  {headline(fault, words)}  [{fault['id']}]"
    yield from (f"    {line}" for line in aligned(list(about(fault, words))))


def _section(name: str, rows: Sequence[Sequence[str]], nothing: str) -> Iterator[str]:
    yield ""
    yield f"{name}:"
    yield from (f"  {line}" for line in aligned(rows)) if rows else (f"  {nothing}",)

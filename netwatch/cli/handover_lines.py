"""A handover -> what is to be said of each fault, window and gap, for a terminal and for a page alike."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netwatch.cli.handover_words import Words

Json = Mapping[str, Any]


def headline(fault: Json, words: Words) -> str:
    """`major cable cut cable:c-017`."""
    return f"{words.term(fault['severity'])}  {words.term(fault['kind'])}  {fault['subject']}"


def about(fault: Json, words: Words) -> Iterator[tuple[str, str]]:
    """Everything below its headline."""
    new = f" ({words('new')})" if fault["is_new"] else ""
    yield words("since"), f"{words.moment(fault['since'])}, {words.span(fault['lasts_s'])}{new}"
    cost = [words(key, number=fault[key]) for key in ("devices", "out_of_service") if fault[key]]
    if cost:
        yield words("cost"), ", ".join([*cost, *([fault["district"]] if fault["district"] else [])])
    yield words("send"), " ".join(word for word in (words.term(fault["send"]), fault["call"]) if word)
    yield from _work(fault, words)
    if fault["evidence"]:
        yield words("evidence"), "; ".join(fault["evidence"])


def _work(fault: Json, words: Words) -> Iterator[tuple[str, str]]:
    done = [(key, fault[key]) for key in ("acknowledged", "assigned", "dispatched", "ticket") if fault[key]]
    if not done and fault["cleared"] is None:
        yield words("whose"), words("nobodys")
    for key, one in [*done, *(("note", note) for note in fault["notes"])]:
        label = words("whose") if key == "assigned" else words(key)
        text = f"{one['text']}, " if one["text"] else ""
        yield label, f"{text}{one['user']} {words.moment(one['at'])}"


def closed(fault: Json, words: Words) -> Sequence[str]:
    """A row: when it cleared, how long it lasted, what it was, who did what."""
    done = "; ".join(f"{label} {text}" for label, text in _work(fault, words))
    return (words.moment(fault["cleared"]), words.span(fault["lasts_s"]), headline(fault, words), done)


def window(one: Json, words: Words) -> Sequence[str]:
    """A row: when, what, why, by whom."""
    approval = words("approved_by", who=one["approved_by"]) if one["approved_by"] else words("unapproved")
    when = words("gap", begin=words.moment(one["from"]), end=words.moment(one["until"]))
    return (words(one["state"]), when, one["subject"], one["reason"], ", ".join(filter(None, (one["by"], approval))))


def unseen(told: Json, words: Words) -> Iterator[str]:
    """When nobody watched, and what is not seen now."""
    for gap in told["gaps"]:
        end = words.moment(gap["until"]) if gap["until"] else words("going_on")
        yield f"{words('gap', begin=words.moment(gap['from']), end=end)}: {words.term(gap['cause'])}"
    for device in told["devices"]:
        yield words("device", device=device["device"], since=words.moment(device["since"]))


def counts(told: Json, words: Words) -> str:
    return words("counts", opened=told["opened"], closed=len(told["closed"]), open=len(told["open"]))


def title(told: Json, words: Words) -> str:
    """`Yangju: handover, from 11-22 18:00 to 11-23 06:00 Asia/Seoul`."""
    shift = words("shift", since=words.moment(told["since"]), until=words.moment(told["until"]))
    return f"{told['city']} {words('title')}, {shift} {told['timezone']}".strip()

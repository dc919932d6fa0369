"""`/status` as the daemon tells it -> text for a terminal: what is wrong first, what is well only counted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netwatch.cli.table import aligned

MOST = 10  # rows of what no fault hangs on; --json has them all
MOST_RIVALS = 6
RED, YELLOW, CYAN = "1;31", "33", "36"
_COLOURS = {
    "critical": RED,
    "major": YELLOW,
    "minor": CYAN,
    "warning": CYAN,
    "split": RED,
    "no_block": RED,
    "switched": YELLOW,
    "manual": YELLOW,
}
_SPANS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))

Json = Mapping[str, Any]


def as_text(status: Json, *, in_colour: bool = False) -> str:
    """One screen where little is wrong."""
    writer = _Writer(in_colour)
    blocks = (
        writer.head(status),
        writer.faults(status["faults"]),
        _cleared(status["cleared"]),
        writer.rings(status["rings"]),
        _shared(status["shared_sides"]),
        _services(status["services"]),
        _counts(status),
        _degraded(status["degraded_links"]),
        _drift(status["drift"]),
        _maintenance(status["maintenance"]),
    )
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := list(block)))


class _Writer:
    """What may be coloured."""

    def __init__(self, in_colour: bool) -> None:  # noqa: FBT001 - the one thing it depends on
        self._in_colour = in_colour

    def _paint(self, text: str, word: str) -> str:
        colour = _COLOURS.get(word)
        return f"\x1b[{colour}m{text}\x1b[0m" if self._in_colour and colour else text

    def head(self, status: Json) -> Iterator[str]:
        yield f"{status['city']}, {moment(status['at'])} {status['timezone']}"
        if status["vantage"]["lit"] is False:
            yield self._paint("the canaries are dark: nothing can be known of anything else", "critical")

    def faults(self, faults: Sequence[Json]) -> Iterator[str]:
        if not faults:
            yield "no fault is open"
            return
        yield f"{_count(len(faults), 'fault')} open"
        for fault in faults:
            yield ""
            yield from self._fault(fault)

    def _fault(self, fault: Json) -> Iterator[str]:
        worked_on = ", in maintenance" if fault["maintenance"] else ""
        again = "" if fault["seen_again"] else ", not seen again since the restart"
        title = f"{fault['severity']}  {fault['kind']}  {fault['subject']}"
        since = f"since {moment(fault['since'])}, for {span(fault['lasts_s'])}{worked_on}{again}"
        yield f"{self._paint(title, fault['severity'])}  {since}  [{fault['id']}]"
        for label, told in about(fault):
            yield f"  {label:<14}  {told}"

    def rings(self, rings: Sequence[Json]) -> Iterator[str]:
        """Those that are not intact, the worst first; the others are counted."""
        if not rings:
            return
        broken = [ring for ring in rings if ring["state"] != "intact"]
        broken.sort(key=lambda ring: (_RINGS.get(ring["state"], len(_RINGS)), ring["since_s"] or 0.0))
        intact = len(rings) - len(broken)
        yield f"rings: {intact} of {len(rings)} intact"
        if not broken:
            return
        columns = ("ring", "state", "since", "time without reserve", "broken links")
        lines = aligned([columns, *map(_ring, broken)])
        yield f"  {lines[0]}"
        for ring, line in zip(broken, lines[1:], strict=True):
            yield f"  {self._paint(line, ring['state'])}"


_RINGS = {state: place for place, state in enumerate(("split", "no_block", "switched", "manual", "restoring"))}


def about(fault: Json) -> Iterator[tuple[str, str]]:
    """What is told of a fault below its title."""
    yield from _work(fault)
    if fault["ambiguous_with"]:
        yield "could also be", _few(fault["ambiguous_with"], MOST_RIVALS)
    yield "send", _whom(fault["send"])
    if fault["devices"]:
        yield "dark", f"{_count(len(fault['devices']), 'device')}: {_few(fault['devices'], MOST_RIVALS)}"
    if fault["affected_in"]:
        yield "out of service", _listed(fault["affected"])
        yield (
            "where",
            ", ".join(
                f"{one['district'] or '-'} {one['service']} {one['field_devices']}" for one in fault["affected_in"]
            ),
        )
    if fault["contributing"]:
        yield "because also", ", ".join(fault["contributing"])
    for place, sentence in enumerate(fault["evidence"]):
        yield "" if place else "evidence", sentence


def _work(fault: Json) -> Iterator[tuple[str, str]]:
    taken = fault["acknowledged"]
    if taken:
        why = f": {taken['text']}" if taken["text"] else ""
        yield "acknowledged", f"by {taken['user']}, {moment(taken['at'])}{why}"
    if fault["assigned"]:
        yield "whose", fault["assigned"]["text"]
    if fault["ticket"]:
        yield "ticket", fault["ticket"]["text"]


def _whom(send: Json) -> str:
    called = " ".join(word for word in (send["name"] or send["contractor"], send["phone"]) if word)
    return f"{send['crew']}: {called}" if called else str(send["crew"])


def _cleared(faults: Sequence[Json]) -> Iterator[str]:
    if not faults:
        return
    yield "lately cleared"
    columns = ("cleared", "lasted", "fault", "subject", "")
    rows = [
        (moment(one["cleared"]), span(one["lasts_s"]), one["kind"], one["subject"], one["settled"])
        for one in faults[:MOST]
    ]
    yield from _indented([columns, *rows])
    yield from _more(faults)


def _ring(ring: Json) -> Sequence[str]:
    worked_on = " (in maintenance)" if ring["maintenance"] else ""
    broken = ", ".join(one["link"] for one in ring["breaks"]) or "; ".join(ring["why"]) or "-"
    since = moment(ring["since"]) if ring["since"] else "-"
    return ring["ring"], ring["state"] + worked_on, since, span(ring["unprotected_s"]), broken


def _shared(risks: Sequence[Json]) -> Iterator[str]:
    if not risks:
        return
    yield "sides of one ring that share a cable or duct"
    rows = [(one["ring"], f"{one['kind']} {one['id']}", _few(one["links"], MOST_RIVALS)) for one in risks[:MOST]]
    yield from _indented([("ring", "shares", "links in it"), *rows])
    yield from _more(risks)


def _services(services: Sequence[Json]) -> Iterator[str]:
    if not services:
        return
    states = list(services[0]["field_devices"])
    rows = [(one["service"], one["name"], *(str(one["field_devices"][state]) for state in states)) for one in services]
    yield from aligned([("service", "name", *states), *rows], right=tuple(range(2, 2 + len(states))))


def _counts(status: Json) -> Iterator[str]:
    for what in ("devices", "links"):
        counts = {state: number for state, number in status[what].items() if number}
        yield f"{what}: {_listed(counts) if counts else 'none'}"
    canaries = status["vantage"]["canaries"]
    if canaries:
        yield f"canaries: {_listed_words(canaries)}"


def _degraded(links: Sequence[Json]) -> Iterator[str]:
    if not links:
        return
    yield "degraded links"
    yield from _indented([(one["link"], "; ".join(one["why"])) for one in links[:MOST]])
    yield from _more(links)


def _drift(findings: Sequence[Json]) -> Iterator[str]:
    if not findings:
        return
    yield "the inventory says otherwise than the network"
    rows = [(one["subject"], one["kind"], one["declared"], one["seen"]) for one in findings[:MOST]]
    yield from _indented([("subject", "", "declared", "seen"), *rows])
    yield from _more(findings)


def _maintenance(windows: Sequence[Json]) -> Iterator[str]:
    if not windows:
        return
    yield "in maintenance"
    rows = [(one["id"], one["subject"], f"until {moment(one['until'])}", one["by"], one["reason"]) for one in windows]
    yield from _indented(rows)


def _indented(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    return (f"  {line}" for line in aligned(rows))


def _more(rows: Sequence[Json]) -> Iterator[str]:
    if len(rows) > MOST:
        yield f"  and {len(rows) - MOST} more; --json has them all"


def _few(names: Sequence[str], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items())


def _listed_words(words: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {word.replace('_', ' ')}" for name, word in words.items())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def moment(iso: str) -> str:
    """To the second; the zone stands in the first line."""
    return iso[:19].replace("T", " ")


def span(seconds: float) -> str:
    """`3 h 12 min`: the two largest units that are not nothing."""
    left = int(seconds)
    words: list[str] = []
    for size, unit in _SPANS:
        number, left = divmod(left, size)
        if number or words:
            words.append(f"{number} {unit}" if number else "")
        if len(words) == 2:
            break
    return " ".join(word for word in words if word) or "0 s"

"""What `find` answered -> text: the likeliest hit with all that is known of it, then the others, a line each."""

from collections.abc import Iterator, Mapping
from typing import Any

from netwatch.cli.table import aligned

Record = Mapping[str, Any]
KINDS = {"field_device": "field device"}
MOST_EVIDENCE = 4


def as_text(answer: Record) -> str:
    """Lines for a terminal; the first names the likeliest hit, its state and its place."""
    hits = answer["hits"]
    if not hits:
        return f"nothing fits {answer['asked']!r}"
    lines = [headline(hits[0]), *(f"  {line}" for line in aligned(list(_details(hits[0]))))]
    if len(hits) > 1:
        lines += ["", "also:", *(f"  {headline(one)}" for one in hits[1:])]
    more = answer["total"] - len(hits)
    return "\n".join([*lines, f"and at least {more} more that fit"] if more > 0 else lines)


def headline(hit: Record) -> str:
    """`cam-0412 방범 12 (field device), fault: no_power, at 옥정 3, on acc-17 Gi1/0/3`."""
    name = f" {hit['name']}" if hit["name"] and hit["name"] != hit["id"] else ""
    core = f" core {hit['facts']['core']}" if "core" in hit["facts"] else ""
    said = [f"{hit['id']}{core}{name} ({KINDS.get(hit['kind'], hit['kind'])})"]
    if hit["state"]:
        said.append(hit["state"])
    if hit["maintenance"]:
        said.append("in maintenance")
    if hit["sites"] and hit["kind"] != "site":
        said.append(f"at {' and '.join(_site(one) for one in hit['sites'][:2])}")
    if hit["port"] and hit["kind"] != "port":
        said.append(f"on {_port(hit['port'])}")
    if hit["kind"] == "port" and (there := _there(hit["on_it"])):
        said.append(f"there: {there}")
    return ", ".join(said)


def _details(hit: Record) -> Iterator[tuple[str, str]]:
    matched = hit["matched"]
    yield "found by", f"{matched['by']} {matched['text']} ({matched['how'].replace('_', ' ')})"
    for site in hit["sites"]:
        place = f", {site['location'][0]:.5f} {site['location'][1]:.5f}" if site["location"] else ""
        yield "where", f"{_site(site)}{place}"
    for name, value in hit["facts"].items():
        yield name.replace("_", " "), str(value)
    yield from _health(hit)
    if there := _there(hit["on_it"]):
        yield "there", there
    lost = hit["without_it"]
    if lost["devices"] or lost["field_devices"]:
        yield "without it", f"{lost['devices']} other devices and {lost['field_devices']} field devices would be dark"
    if hit["way"]:
        yield "way", way_text(hit["way"])
    if hit["contractor"]:
        who = hit["contractor"]
        yield "call", " ".join(filter(None, (who["name"] or who["id"], who["phone"])))


def _health(hit: Record) -> Iterator[tuple[str, str]]:
    if hit["since"]:
        yield "since", hit["since"]
    for said in hit["evidence"][:MOST_EVIDENCE]:
        yield "seen", said
    if hit["last_seen"]:
        yield "last seen", f"{hit['last_seen']['at']}, {hit['last_seen']['how']}"
    for fault in hit["faults"]:
        yield "fault", f"{fault['severity']} {fault['kind']} {fault['subject']}, since {fault['since']} ({fault['id']})"


def way_text(way: Record) -> str:
    """`acc-17 -(c-017)- acc-16 -BROKEN ring-a-1 (c-001)- core-1`."""
    said = [way["from"]]
    for hop in way["hops"]:
        over = ", ".join(hop["cables"]) or hop["link"]
        said.append(f"-BROKEN {hop['link']} ({over})-" if hop["broken"] else f"-({over})-")
        said.append(hop["device"])
    return " ".join(said) if way["hops"] else f"{way['anchor']} is the anchor"


def _there(on_it: Record) -> str:
    """`2 field devices: cam-1, cam-2; link ring-a-1`."""
    told = []
    for kind, things in on_it.items():
        count, names = things["count"], ", ".join(things["first"])
        noun = kind.replace("_", " ")
        if count == 1:
            told.append(f"{noun.removesuffix('s')} {names}")
        elif count:
            told.append(f"{count} {noun}: {names}{', ...' if count > len(things['first']) else ''}")
    return "; ".join(told)


def _site(site: Record) -> str:
    name = f" {site['name']}" if site["name"] and site["name"] != site["site"] else ""
    return f"{site['site']}{name}{', ' + site['district'] if site['district'] else ''}"


def _port(port: Record) -> str:
    return f"{port['device']} {port['interface']}"

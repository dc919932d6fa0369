"""An Inventory told back on one screen, so that whoever wrote it sees at a glance whether it is what they meant."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from netwatch.core.model import Inventory, Lane, PingMethod, Role, Settings

WIDTH = 96
_LABEL = 15
_MOST = 3  # credentials and maintenance windows in full; the rest are counted
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def summary(inventory: Inventory, *, now_s: float = 0.0) -> str:
    """At most 24 lines of at most 96 columns. `now_s` is UTC epoch seconds: maintenance that is over is left out."""
    lines = [
        (inventory.city, f"{inventory.timezone}, {_count(len(inventory.files), 'file')}, {inventory.fingerprint[:12]}"),
        *_equipment(inventory),
        *_plant(inventory),
        *_edge(inventory),
        *_credentials(inventory),
        *_broker(inventory.settings),
        *_checkpoints(inventory.settings),
        *_load(inventory),
        *_maintenance(inventory, now_s),
    ]
    return "\n".join(_cut(f"{_padded(label)} {text}") for label, text in lines)


def slowest_s(inventory: Inventory) -> float:
    """The longest interval of the echoes and status polls that a sweep waits for, in seconds; 0 without any."""
    devices = inventory.devices.values()
    waits = [device.every_s[Lane.STATUS] for device in devices if device.snmp is not None]
    waits += [device.every_s[Lane.PING] for device in devices if device.ping.method is not PingMethod.OFF]
    return max(waits, default=0.0)


Lines = Iterator[tuple[str, str]]


def _equipment(inventory: Inventory) -> Lines:
    sites = Counter(site.district for site in inventory.sites.values() if site.district)
    yield "sites", f"{len(inventory.sites)} in {_count(len(sites), 'district')}{_listed(sites)}"
    roles = Counter(device.role for device in inventory.devices.values())
    yield "devices", f"{len(inventory.devices)}{_listed({str(role): roles[role] for role in Role if roles[role]})}"
    ping_only = [device.id for device in inventory.devices.values() if device.snmp is None]
    if ping_only:
        yield "  ping only", f"{len(ping_only)}: {', '.join(ping_only[:20])}"


def _plant(inventory: Inventory) -> Lines:
    if inventory.cables:
        length_km = sum(cable.length_m or 0.0 for cable in inventory.cables.values()) / 1000
        ducts = {cable.duct for cable in inventory.cables.values() if cable.duct}
        yield "cables", f"{len(inventory.cables)}, {length_km:.1f} km, {_count(len(ducts), 'duct')}"
    if inventory.links:
        ports = {port for link in inventory.links.values() for port in (link.a, link.b, *sum(link.members, ()))}
        backup = sum(link.backup for link in inventory.links.values())
        yield (
            "links",
            f"{len(inventory.links)} on {_count(len(ports), 'port')}" + (f", {backup} backup" if backup else ""),
        )
    if inventory.rings:
        protocols = Counter(ring.protocol or "no protocol" for ring in inventory.rings.values())
        yield "rings", f"{len(inventory.rings)}{_listed(protocols)}"


def _edge(inventory: Inventory) -> Lines:
    things = inventory.field_devices.values()
    if things:
        yield "field devices", f"{len(things)}{_listed(Counter(thing.kind for thing in things))}"
        services = Counter(thing.service or "none" for thing in things)
        yield "  by service", _listed(services).removeprefix(": ")
    targets = [service for service in inventory.services.values() if service.target is not None]
    if targets:
        yield "targets", ", ".join(f"{service.id} {100 * (service.target or 0):g}%" for service in targets)
    if inventory.contractors:
        yield "contractors", ", ".join(contractor.name for contractor in inventory.contractors.values())


def _credentials(inventory: Inventory) -> Lines:
    """Those with a weakness, and how many devices are asked by them."""
    asked = [device.snmp.credential for device in inventory.devices.values() if device.snmp is not None]
    used = Counter((one.id, one.version, one.weaknesses) for one in asked if one.weaknesses)
    for label, ((identity, version, weak), count) in zip(_labels("insecure"), used.most_common(_MOST), strict=False):
        yield label, f"credential {identity} (SNMP {version}, {' and '.join(weak)}) on {_count(count, 'device')}"
    if len(used) > _MOST:
        yield "", f"and {len(used) - _MOST} more credentials"


def _broker(settings: Settings) -> Lines:
    """Where entities are sent, and whether the credential goes there for everybody to read."""
    if settings.broker_url:
        yield "context broker", f"{', '.join(settings.broker_types)} to {settings.broker_url}"
        if settings.broker_authorization is not None and not settings.broker_url.startswith("https:"):
            yield "insecure", "the context broker's credential (http, clear text)"


def _checkpoints(settings: Settings) -> Lines:
    """Where the ledger's signed checkpoints are kept beyond this machine."""
    places = (settings.checkpoint_directory, settings.checkpoint_syslog, settings.checkpoint_webhook)
    if any(places):
        yield "checkpoints", f"to {', '.join(place for place in places if place)}"
    if settings.checkpoint_webhook_authorization is not None and settings.checkpoint_webhook.startswith("http:"):
        yield "insecure", "the checkpoint webhook's credential (http, clear text)"


def _load(inventory: Inventory) -> Lines:
    devices = inventory.devices.values()
    lanes = []
    for lane in Lane:
        every = {device.every_s[lane] for device in devices if lane is Lane.PING or device.snmp is not None}
        if every:
            low, high = min(every), max(every)
            lanes.append(f"{lane} {_span(low)}" + (f" to {_span(high)}" if high > low else ""))
    if lanes:
        yield "every", ", ".join(lanes)
    polls = sum(1 / device.every_s[lane] for device in devices if device.snmp for lane in Lane if lane is not Lane.PING)
    echoes = sum(1 / device.every_s[Lane.PING] for device in devices if device.ping.method is not PingMethod.OFF)
    checks = Counter(check.kind for thing in inventory.field_devices.values() for check in thing.checks)
    echoes += checks.pop("ping", 0) / inventory.settings.field_ping_every_s
    settings = inventory.settings
    every_s = {"rtsp": settings.field_rtsp_every_s, "onvif": settings.field_onvif_every_s}
    connects = sum(number / every_s.get(kind, settings.field_tcp_every_s) for kind, number in checks.items())
    yield "a second", f"{polls:.1f} SNMP polls, {echoes:.1f} pings, {connects:.1f} service checks"


def _maintenance(inventory: Inventory, now_s: float) -> Lines:
    ahead = sorted((w for w in inventory.maintenance.values() if w.until_s > now_s), key=lambda window: window.from_s)
    zone = ZoneInfo(inventory.timezone)
    for label, window in zip(_labels("maintenance"), ahead[:_MOST], strict=False):
        start, end = (datetime.fromtimestamp(at_s, zone) for at_s in (window.from_s, window.until_s))
        until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
        yield label, f"{start:%Y-%m-%d %H:%M} to {until}  {window.subject}  {window.reason}".rstrip()
    if len(ahead) > _MOST:
        yield "", f"and {len(ahead) - _MOST} more windows"


def _labels(first: str) -> Iterator[str]:
    yield first
    while True:
        yield ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _listed(counts: Mapping[str, int]) -> str:
    """`: access 28, core 2`, the most frequent first."""
    ordered: Iterable[tuple[str, int]] = Counter(counts).most_common()
    text = ", ".join(f"{name} {count}" for name, count in ordered)
    return f": {text}" if text else ""


def _span(seconds: float) -> str:
    for size, unit in _UNITS:
        if seconds >= size and not seconds % size:
            return f"{seconds / size:.0f}{unit}"
    return f"{1000 * seconds:.0f}ms"


def _columns(letter: str) -> int:
    """How many columns a terminal gives the letter: two for Hangul, none for a combining mark (UAX #11)."""
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _padded(label: str) -> str:
    return label + " " * (_LABEL - sum(map(_columns, label)))


def _cut(line: str) -> str:
    """The line within WIDTH columns, ending in … where something is left out."""
    if sum(map(_columns, line)) <= WIDTH:
        return line.rstrip()
    kept, used = [], 1
    for letter in line:
        used += _columns(letter)
        if used > WIDTH:
            break
        kept.append(letter)
    return "".join(kept).rstrip(" ,") + "…"

"""Does it fit together? References, ports, addresses, rings: what no single record can know.

In: the records with their places and what was built of them. Out: sentences, each naming both places.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from netwatch.core.model import Device, FieldDevice, Link, PingMethod, PortRef, Ring, Settings, Site
from netwatch.inventory.findings import Findings, quoted
from netwatch.inventory.kinds import Record, Reference
from netwatch.inventory.nodes import Entry

SHORTEST_KEY = 16  # bytes of a key of HMAC-SHA256 that nobody guesses
AUTO = "auto"  # the profile is chosen by what the device says of itself
Records = Mapping[str, Mapping[str, Record]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something that belongs to one record only. Claims of one `box` share it: the channels of a video encoder."""

    what: str
    record: Record
    key: str
    box: PortRef | None = None


@dataclass(slots=True)
class Register:
    """Who was the first to claim each thing."""

    findings: Findings
    first: dict[tuple[object, ...], Claim] = field(default_factory=dict)

    def enter(self, thing: tuple[object, ...], claim: Claim) -> None:
        """Report the claim when `thing` already belongs to another record."""
        first = self.first.setdefault(thing, claim)
        record = claim.record
        if first.record is record or (claim.box is not None and claim.box == first.box):
            return
        place = f"{first.record.file}:{first.record.line_of(first.key)}"
        what = f"{claim.what} is already taken by {first.record.where} ({place})"
        self.findings.add(record.file, record.line_of(claim.key), f"{record.where}.{claim.key}", what)


def references(named: Iterable[Reference], records: Records, findings: Findings) -> None:
    """Every id that is named must exist. Silent when a file could not be read: the id may stand there."""
    if findings.incomplete:
        return
    for file, line, where, section, identity in named:
        if identity not in records[section]:
            suggestion = findings.suggestion(identity, records[section])
            noun = section.replace("_", " ")
            findings.add(file, line, where, f"there is no {quoted(identity)} among the {noun}{suggestion}")


def profiles(
    built: Mapping[str, Device], records: Mapping[str, Record], *, known: Collection[str], findings: Findings
) -> None:
    """A profile that nobody wrote would leave its device unasked."""
    for identity, device in built.items():
        if device.profile != AUTO and device.profile not in known:
            record = records[identity]
            what = f"there is no profile {quoted(device.profile)}{findings.suggestion(device.profile, (AUTO, *known))}"
            findings.add(record.file, record.line_of("profile"), f"{record.where}.profile", what)


def devices(built: Mapping[str, Device], records: Records, findings: Findings) -> None:
    """One SNMP address and port (and, without SNMP, one address) belongs to one device."""
    register = Register(findings)
    for identity, device in built.items():
        record = records["devices"][identity]
        if device.snmp is None:
            if device.ping.method is PingMethod.OFF:
                what = "is neither asked over SNMP nor pinged; nothing would ever be known of it"
                findings.add(record.file, record.line, record.where, what)
            claim = Claim(what=device.address, record=record, key="address")
            register.enter(("ping", device.address, device.ping.port), claim)
            continue
        address, port = device.snmp.address or device.address, device.snmp.port
        key = "snmp" if device.snmp.address else "address"
        claim = Claim(what=f"{address} port {port}", record=record, key=key)
        # behind another interface (VRF) the same address is another machine
        register.enter(("snmp", address, port, device.snmp.interface), claim)


def field_devices(
    built: Mapping[str, FieldDevice], switches: Mapping[str, Device], *, records: Records, findings: Findings
) -> None:
    """One address and one MAC belong to one field device, and its address to no switch."""
    register = Register(findings)
    for identity, switch in switches.items():
        if switch.ping.method is not PingMethod.OFF:
            claim = Claim(what=switch.address, record=records["devices"][identity], key="address")
            register.first.setdefault(("address", switch.address, switch.ping.port), claim)
    for identity, thing in built.items():
        record = records["field_devices"][identity]
        box = thing.port if thing.shared else None
        if thing.address is not None:
            claim = Claim(what=thing.address, record=record, key="address", box=box)
            register.enter(("address", thing.address, thing.ping.port), claim)
        elif thing.checks:
            what = "has nothing to ask: the field device has no address"
            findings.add(record.file, record.line_of("checks"), f"{record.where}.checks", what)
        if thing.mac is not None:
            register.enter(("mac", thing.mac), Claim(what=thing.mac, record=record, key="mac", box=box))


def ports(links: Mapping[str, Link], built: Mapping[str, FieldDevice], *, records: Records, findings: Findings) -> None:
    """Two things on one port: only where each says that the port is shared."""
    register = Register(findings)
    for identity, link in links.items():
        record = records["links"][identity]
        if link.a == link.b:
            findings.add(record.file, record.line_of("b"), f"{record.where}.b", "is the same port as `a`")
        for port in (link.a, *(a for a, _ in link.members)):
            register.enter(("port", port), Claim(what=f"port {quoted(str(port))}", record=record, key="a"))
        for port in (link.b, *(b for _, b in link.members)):
            register.enter(("port", port), Claim(what=f"port {quoted(str(port))}", record=record, key="b"))
    for identity, thing in built.items():
        if thing.port is not None:
            record = records["field_devices"][identity]
            box = thing.port if thing.shared else None
            claim = Claim(what=f"port {quoted(str(thing.port))}", record=record, key="port", box=box)
            register.enter(("port", thing.port), claim)


def cores(records: Mapping[str, Record], core_counts: Mapping[str, int | None], findings: Findings) -> None:
    """A link runs in cores that its cable has."""
    for record in records.values():
        for number, run in enumerate(record.fields.get("fibre", ()), start=1):
            count = core_counts.get(run.get("cable", ""))
            beyond = [core for core in run.get("cores", ()) if count is not None and core > count]
            if beyond:
                where = f"{record.where}.fibre[{number}].cores"
                what = f"the cable {run['cable']} has {count} cores, not {max(beyond)}"
                findings.add(record.file, record.line_of("fibre"), where, what)


def rings(built: Mapping[str, Ring], records: Mapping[str, Record], findings: Findings) -> None:
    """Following `parent` ends somewhere. Each circle is reported once, at its first ring."""
    settled: set[str] = set()
    for start in built:
        path: list[str] = []
        ring: str | None = start
        while ring is not None and ring in built and ring not in settled:
            settled.add(ring)
            path.append(ring)
            ring = built[ring].parent
        if ring in path:
            circle = path[path.index(ring) :]
            record = records[circle[0]]
            what = f"the rings are each other's parents: {' -> '.join((*circle, circle[0]))}"
            findings.add(record.file, record.line_of("parent"), f"{record.where}.parent", what)


def settings(given: Settings, place: Entry, file: str, findings: Findings) -> None:
    """What faults are told to: over TLS, and signed, so that nobody reads them on the way or makes them up."""
    if not given.webhook_url:
        return
    if not given.webhook_url.startswith("https:") and not given.webhook_insecure:
        what = "is not https: faults would be told in the clear; `webhook_insecure: true` lets it"
        findings.add(file, place.line, "settings.webhook_url", what)
    if given.webhook_secret is None:
        what = "is missing: what is told to `webhook_url` is signed with it"
        findings.add(file, place.line, "settings.webhook_secret", what)
    elif len(given.webhook_secret.reveal()) < SHORTEST_KEY:
        what = f"is shorter than {SHORTEST_KEY} bytes, and could be guessed; `openssl rand -base64 32` makes one"
        findings.add(file, place.line, "settings.webhook_secret", what)


def sites(built: Mapping[str, Site], records: Mapping[str, Record], findings: Findings) -> None:
    """A location is latitude, then longitude, on this planet."""
    for identity, site in built.items():
        if site.location is not None and not (abs(site.location[0]) <= 90 and abs(site.location[1]) <= 180):
            record = records[identity]
            what = "is not [latitude, longitude] in degrees; the latitude comes first"
            findings.add(record.file, record.line_of("location"), f"{record.where}.location", what)

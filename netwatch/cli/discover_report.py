"""Findings -> YAML that the inventory can include, with what differs as remarks at its head; or JSON.

Everything that a device says of itself is quoted, so that no name can be more than a text.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from netwatch.collect.crawl import UNPLACED, Progress
from netwatch.core.model import Inventory, PortRef
from netwatch.core.neighbours.hearing import Pair
from netwatch.core.survey.findings import Findings, Station, Visit, proposed_id
from netwatch.inventory.vendors import vendor_of

Record = dict[str, Any]


def as_yaml(found: Findings, inventory: Inventory) -> str:
    """A file to include once its devices have been given a place."""
    ids = _ids(found, inventory)
    lines = [*(f"# {line}".rstrip() for line in _remarks(found)), ""]
    if found.new:
        lines += ["sites:", f"  {UNPLACED.id}: {{name: found by netwatch discover and not placed yet}}", "devices:"]
        lines += [f"  {ids[visit.device.id]}: {_flow(_device(visit))}" for visit in found.new]
    if found.links:
        lines += ["links:"]
        lines += [f"  {name}: {_flow(record)}" for name, record in _links(found, ids, inventory)]
    if found.stations:
        lines += ["field_devices:"]
        lines += [f"  {name}: {_flow(record)}" for name, record in _stations(found, ids)]
    return "\n".join(lines).rstrip() + "\n"


def as_json(found: Findings, progress: Progress) -> Record:
    """The same for a program."""
    return {
        "asked": {"known": progress.known, "new": progress.new, "silent": progress.silent},
        "outside": sorted(progress.outside),
        "new": [{"address": visit.address, **_identity(visit)} for visit in found.new],
        "links": [[str(end) for end in pair] for pair in found.links],
        "stations": [
            {"port": str(one.port), "mac": one.mac, "address": one.address, "vendor": vendor_of(one.mac)}
            for one in found.stations
        ],
        "crowded_ports": dict(found.crowded),
        "contradicted": [
            {"link": one.link, "kind": one.kind, "declared": one.declared, "seen": one.seen, "evidence": one.evidence}
            for one in found.contradicted
        ],
        "differences": [
            {"subject": one.subject, "what": one.what, "declared": one.declared, "seen": one.seen}
            for one in found.differences
        ],
        "silent": list(found.silent),
    }


def _remarks(found: Findings) -> Iterator[str]:
    """What the inventory says otherwise, and what nobody can write down for the operator."""
    yield "Found by `netwatch discover`. Nothing was changed; place the new devices before you include this."
    if found.contradicted or found.differences:
        yield from ("", "Differs from the inventory:")
    for one in found.contradicted:
        yield f"- {one.subject} {one.kind}: declared {one.declared}; seen {one.seen}"
        yield from (f"    {sentence}" for sentence in one.evidence)
    for fact in found.differences:
        yield f"- {fact.subject} {fact.what}: declared {fact.declared}; seen {fact.seen}"
    if found.silent:
        yield from ("", f"Did not answer: {', '.join(found.silent)}")
    if found.crowded:
        yield from ("", "Ports with more unregistered stations than one field device has:")
    for port, count in found.crowded.items():
        yield f"- {port}: {count}"


def _ids(found: Findings, inventory: Inventory) -> Mapping[str, str]:
    """The id that each new device had during the crawl -> the one that is proposed."""
    ids: dict[str, str] = {}
    for visit in found.new:
        ids[visit.device.id] = proposed_id(visit.state, visit.address, {*inventory.devices, *ids.values()})
    return ids


def _device(visit: Visit) -> Record:
    snmp = visit.device.snmp
    assert snmp is not None
    how = {"credential": snmp.credential.id, **({"port": snmp.port} if snmp.port != 161 else {})}
    note = " ".join(text for text in _identity(visit).values() if text)
    told = {"site": UNPLACED.id, "role": "other", "address": visit.address, "snmp": how}
    name, serial = visit.state.identity.sys_name, visit.state.equipment.serial
    return {**told, **({"name": name} if name else {}), **({"serial": serial} if serial else {}), "note": note}


def _identity(visit: Visit) -> Mapping[str, str]:
    state = visit.state
    return {
        "sys_name": state.identity.sys_name,
        "vendor": state.equipment.vendor,
        "model": state.equipment.model,
        "firmware": state.equipment.firmware,
        "serial": state.equipment.serial,
    }


def _links(found: Findings, ids: Mapping[str, str], inventory: Inventory) -> Iterator[tuple[str, Record]]:
    taken = set(inventory.links)
    for pair in found.links:
        a, b = _named(pair, ids)
        name, number = f"{a.device}-{b.device}", 1
        while name in taken:
            number += 1
            name = f"{a.device}-{b.device}-{number}"
        taken.add(name)
        yield name, {"a": str(a), "b": str(b)}


def _named(pair: Pair, ids: Mapping[str, str]) -> tuple[PortRef, PortRef]:
    a, b = (PortRef(device=ids.get(end.device, end.device), interface=end.interface) for end in pair)
    return a, b


def _stations(found: Findings, ids: Mapping[str, str]) -> Iterator[tuple[str, Record]]:
    shared = _shared(found.stations)
    for one in found.stations:
        port = PortRef(device=ids.get(one.port.device, one.port.device), interface=one.port.interface)
        told = {"kind": "unknown", "site": one.site, "port": str(port), "mac": one.mac}
        maker = vendor_of(one.mac)
        yield (
            f"found-{one.mac.replace(':', '')}",
            {
                **told,
                **({"address": one.address} if one.address else {}),
                **({"shared": True} if one.port in shared else {}),
                **({"note": maker} if maker else {}),
            },
        )


def _shared(stations: tuple[Station, ...]) -> set[PortRef]:
    """The ports with several of them: none of those is convicted by what the port tells."""
    return {port for port, count in Counter(one.port for one in stations).items() if count > 1}


def _flow(record: Record) -> str:
    """YAML in flow style, which JSON is."""
    return json.dumps(record, ensure_ascii=False)

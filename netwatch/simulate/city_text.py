"""The inventory of a generated city: a City in, `inventory.yaml` and its include files as text out."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

from netwatch.core.model import FieldDevice, Link, PortRef
from netwatch.simulate.city import City
from netwatch.simulate.draft import FIBRE_CREW
from netwatch.simulate.server import Ports

SERVICES = {
    "cctv": {"name": "방범 CCTV", "target": "99.9%"},
    "its": {"name": "교통정보", "target": "99.5%"},
    "sensors": {"name": "도로 센서"},
}
CONTRACTORS = {
    FIBRE_CREW: {"name": "한빛통신", "phone": "031-000-0000", "skills": ["fibre"]},
    "saebyeok": {"name": "새벽전기", "phone": "031-000-0001", "skills": ["power"]},
}
SECRET_FILE = "secrets/field"  # noqa: S105 - where the secret lies, not what it is
BRISK = {"ping": "2s", "status": "3s", "traffic": "10s"}
BRISK_FIELD = {"field_ping_every": "5s"} | {f"field_{kind}_every": "20s" for kind in ("tcp", "rtsp", "onvif")}
BRISK_SNMP = {"timeout": "300ms", "retries": 1}
CAMERA_COLUMNS = {
    "관리번호": "id",
    "종류": "kind",
    "서비스": "service",
    "위치": "site",
    "스위치명": "device",
    "포트": "interface",
    "IP주소": "address",
    "MAC": "mac",
    "점검": "checks",
    "공용": "shared",
    "명칭": "name",
}

Record = Mapping[str, object]


def inventory_text(city: City, *, ports: Ports | None = None) -> str:
    """The whole inventory as one file, which refers to the secret file `secrets/field` beside it."""
    served = ports or Ports()
    return "".join((*_city_wide(city, served), *_network(city), *_section("field_devices", _fields(city, served))))


def inventory_files(
    city: City, *, ports: Ports | None = None, community: str = "public", brisk: bool = False
) -> dict[str, str]:
    """The same as a city keeps it: path -> text, field devices in one CSV a district, the secret in its own file.

    `brisk`: looked at more often than by default, for someone who waits for what happens. Whoever writes the files
    gives `secrets/field` mode 0600.
    """
    served = ports or Ports()
    include = {"include": [{"file": "cameras/*.csv", "as": "field_devices", "columns": CAMERA_COLUMNS}]}
    files = {
        "inventory.yaml": "".join(
            (*_city_wide(city, served, brisk=brisk), *_network(city), f"include: {_flow(include['include'])}\n")
        ),
        SECRET_FILE: f"{community}\n",
    }
    by_district: dict[str, list[FieldDevice]] = {}
    for thing in city.field_devices.values():
        by_district.setdefault(city.sites[thing.site].district, []).append(thing)
    for district, things in by_district.items():
        files[f"cameras/{district}.csv"] = _csv(things, served)
    return files


def _flow(value: object) -> str:
    """A value as YAML flow style, which JSON is."""
    return json.dumps(value, ensure_ascii=False)


def _section(name: str, records: Iterable[tuple[str, Record]]) -> Iterator[str]:
    lines = [f"  {identity}: {_flow(record)}\n" for identity, record in records]
    if lines:
        yield f"{name}:\n"
        yield from lines


def _city_wide(city: City, ports: Ports, *, brisk: bool = False) -> Iterator[str]:
    yield f"# A generated city: {len(city.devices)} switches, seed {city.seed}. Nothing of it exists.\n"
    yield f"city: {city.name}\ntimezone: Asia/Seoul\ncharset: cp949\n"
    # no canaries: they are pinged by ICMP, which the kernel answers for all of 127/8, so they would prove nothing
    yield f"vantage: {_flow({'attached_to': [city.vantage]})}\n"
    ping = f"udp/{ports.echo}" if ports.echo is not None else "off"
    snmp = {"credential": "field", "port": ports.snmp} | (BRISK_SNMP if brisk else {})
    yield f"defaults: {_flow({'snmp': snmp, 'ping': ping} | ({'every': BRISK} if brisk else {}))}\n"
    yield f"credentials:\n  field: {_flow({'version': '2c', 'community': {'file': SECRET_FILE}, 'insecure': True})}\n"
    if brisk:
        yield f"settings: {_flow(BRISK_FIELD)}\n"
    yield from _section("contractors", CONTRACTORS.items())
    services = {name: {**record, "anchors": [city.vantage]} for name, record in SERVICES.items()}
    yield from _section("services", services.items())


def _network(city: City) -> Iterator[str]:
    yield from _section(
        "sites",
        (
            (site.id, {"name": site.name, "district": site.district, "location": list(site.location or ())})
            for site in city.sites.values()
        ),
    )
    yield from _section(
        "devices",
        (
            (device.id, {"name": device.name, "site": device.site, "role": str(device.role), "address": device.address})
            for device in city.devices.values()
        ),
    )
    yield from _section(
        "cables",
        (
            (
                cable.id,
                {
                    "cores": cable.cores,
                    "length": f"{cable.length_m:g}m",
                    "duct": cable.duct,
                    "contractor": cable.contractor,
                },
            )
            for cable in city.cables.values()
        ),
    )
    yield from _section("links", ((link.id, _link(link)) for link in city.links.values()))
    yield from _section(
        "rings",
        (
            (ring.id, {"name": ring.name, "protocol": ring.protocol} | ({"parent": ring.parent} if ring.parent else {}))
            for ring in city.rings.values()
        ),
    )


def _link(link: Link) -> Record:
    record: dict[str, object] = {"a": str(link.a), "b": str(link.b), "medium": link.medium}
    record["capacity"] = f"{(link.capacity_bps or 0) // 1_000_000_000}G"
    if link.ring:
        record["ring"] = link.ring
    record["fibre"] = [{"cable": run.cable, "cores": list(run.cores)} for run in link.fibre]
    return record


def _checks(thing: FieldDevice, ports: Ports) -> list[str]:
    """A city's cameras are checked on the one port the simulation listens on."""
    checks = []
    for check in thing.checks:
        if check.kind == "ping":
            checks.append(str(check))
        elif ports.tcp is not None:
            checks.append(f"{check.kind}/{ports.tcp}")
    return checks


def _fields(city: City, ports: Ports) -> Iterator[tuple[str, Record]]:
    for thing in city.field_devices.values():
        record: dict[str, object] = {"kind": thing.kind, "service": thing.service, "site": thing.site}
        record |= {"port": str(thing.port), "address": thing.address, "mac": thing.mac}
        record |= {"checks": _checks(thing, ports), "name": thing.name}
        if thing.shared:
            record["shared"] = True
        yield thing.id, record


def _csv(things: list[FieldDevice], ports: Ports) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CAMERA_COLUMNS)
    for thing in things:
        port = thing.port or PortRef(device="", interface="")
        checks = " ".join(_checks(thing, ports))
        row = [thing.id, thing.kind, thing.service, thing.site, port.device, port.interface]
        writer.writerow([*row, thing.address, thing.mac, checks, "true" if thing.shared else "", thing.name])
    return text.getvalue()

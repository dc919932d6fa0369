"""What other systems export (LibreNMS, Zabbix, NetBox) -> one grid of devices, whose columns are the inventory's keys.

In: the bytes of a JSON, YAML or XML file, or pages of an API. Out: a grid, or None where it is none of these. Only what
has a key is taken: communities and passwords that such files hold never leave here. Their credentials are to be named
in the inventory.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from netwatch.inventory import yaml_source
from netwatch.inventory.findings import Findings
from netwatch.inventory.importing.grid import MOST_BYTES, MOST_ROWS, Cell, Grid, ImportRefused
from netwatch.inventory.importing.mapping import STATUS
from netwatch.inventory.nodes import Items, Node, Table, Text

COLUMNS = [
    "id",
    "name",
    "address",
    "snmp.address",
    "snmp.port",
    "role",
    "site",
    "place",
    "latitude",
    "longitude",
    "district",
    "asset_no",
    "serial",
    "note",
]
_ROLES = {  # a word in what others call a role -> ours
    "core": "core", "backbone": "core", "코어": "core", "백본": "core",
    "aggregation": "aggregation", "distribution": "aggregation", "집선": "aggregation", "집적": "aggregation",
    "access": "access", "edge": "access", "field": "access", "현장": "access",
}  # fmt: skip
_SNMP = ("2", "SNMP")  # the type of an interface, in Zabbix's API and in its exports
Record = Mapping[str, Any]


def read_export(content: bytes, display: str) -> Grid | None:
    """The devices of one exported file. ImportRefused where it begins like one and cannot be read."""
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if len(content) > MOST_BYTES:
        raise ImportRefused(f"{display} is larger than {MOST_BYTES >> 20} MiB; split it")
    if head.startswith(b"<"):
        return _grid(_zabbix_hosts(_xml(content, display)), _of_zabbix, display)
    if head.startswith((b"{", b"[")):
        try:
            return read_document(json.loads(content), display)
        except (ValueError, RecursionError) as error:
            raise ImportRefused(f"{display} is not valid JSON: {error}") from error
    if b"zabbix_export:" in head:
        findings = Findings()
        root = yaml_source.compose(content, display, findings)
        if root is None or len(findings):
            raise ImportRefused("\n".join(map(str, findings.in_file_order((display,)))))
        return read_document(_plain(root), display)
    return None


def read_document(document: Any, display: str) -> Grid:  # noqa: ANN401 - JSON
    """The devices of one document, by its shape."""
    told = document if isinstance(document, dict) else {}
    exported = told.get("zabbix_export")
    if isinstance(exported, dict):
        return _grid(list(_items(exported.get("hosts"), "host")), _of_zabbix, display)
    for key, of in (
        ("devices", _of_librenms),  # LibreNMS /api/v0/devices
        ("results", _of_netbox),  # NetBox /api/dcim/devices/
        ("result", _of_zabbix),  # Zabbix host.get
    ):
        if key in told:
            return _grid(told[key], of, display)
    if isinstance(document, list) and all(isinstance(one, dict) for one in document) and document:
        first = document[0]
        of = _of_netbox if "device_type" in first else _of_zabbix if "host" in first else _of_librenms
        return _grid(document, of, display)
    raise ImportRefused(
        f"{display} is JSON, but no list of devices that is known: LibreNMS /api/v0/devices, "
        "a Zabbix export or host.get, NetBox /api/dcim/devices/"
    )


def _grid(records: Any, of: Callable[[Record], Mapping[str, str]], display: str) -> Grid:  # noqa: ANN401
    if not isinstance(records, Sequence) or not all(isinstance(one, Mapping) for one in records):
        raise ImportRefused(f"{display}: its devices are no list of tables")
    if len(records) > MOST_ROWS:
        raise ImportRefused(f"{display} has more than {MOST_ROWS} devices")
    titles = (*COLUMNS, STATUS)
    rows: list[tuple[Cell, ...]] = [tuple(Cell(title) for title in titles)]
    for record in records:
        told = of(record)
        rows.append(tuple(Cell(told.get(title, "").strip()) for title in titles))
    return Grid(
        source=f"{display}:#",
        rows=tuple(rows),
        numbers=tuple(range(len(rows))),
        section="devices",
        columns={title: title for title in titles},
    )


def _of_librenms(record: Record) -> Mapping[str, str]:
    hostname = _text(record, "hostname")
    is_off = _text(record, "disabled") in ("1", "true") or _text(record, "ignore") in ("1", "true")
    location = record.get("location")
    place = location.get("location") if isinstance(location, Mapping) else location
    return {
        "id": _text(record, "sysName") or hostname,
        "name": _text(record, "display") if "{{" not in _text(record, "display") else "",
        "address": _text(record, "overwrite_ip") or hostname or _text(record, "ip"),
        "snmp.port": _text(record, "port") if _text(record, "port") != "161" else "",
        "role": role(_text(record, "purpose")),
        "place": _text({"place": place}, "place"),
        "latitude": _text(record, "lat"),
        "longitude": _text(record, "lng"),
        "serial": _text(record, "serial"),
        "note": _text(record, "notes"),
        STATUS: "disabled" if is_off else "",
    }


def _of_zabbix(record: Record) -> Mapping[str, str]:
    interfaces = [one for one in _items(record.get("interfaces"), "interface") if isinstance(one, Mapping)]
    by_default = [one for one in interfaces if _text(one, "default") not in ("NO", "0") and _text(one, "main") != "0"]
    snmp = [one for one in by_default or interfaces if _text(one, "type") in _SNMP] or by_default or interfaces
    interface = snmp[0] if snmp else {}
    is_by_name = _text(interface, "useip") in ("NO", "0")
    kept = record.get("inventory")
    inventory: Record = kept if isinstance(kept, Mapping) else {}
    port = _text(interface, "port")
    return {
        "id": _text(record, "host"),
        "name": _text(record, "name"),
        "address": _text(interface, "dns" if is_by_name else "ip") or _text(interface, "ip"),
        "snmp.port": port if port not in ("", "161", "10050") else "",
        "role": role(_text(inventory, "type")),
        "place": _text(inventory, "location"),
        "latitude": _text(inventory, "location_lat"),
        "longitude": _text(inventory, "location_lon"),
        "asset_no": _text(inventory, "asset_tag"),
        "serial": _text(inventory, "serialno_a"),
        "note": _text(record, "description"),
        STATUS: "disabled" if _text(record, "status") in ("DISABLED", "1") else "",
    }


def _of_netbox(record: Record) -> Mapping[str, str]:
    site, location = _named(record.get("site")), _named(record.get("location"))
    told_role = record.get("role") or record.get("device_role")
    address = next((found for key in ("primary_ip", "primary_ip4", "primary_ip6") if (found := record.get(key))), None)
    status = record.get("status")
    return {
        "id": _text(record, "name"),
        "address": _text(address, "address").partition("/")[0] if isinstance(address, Mapping) else "",
        "role": role(_text(told_role, "slug") or _named(told_role)),
        "place": " ".join(part for part in (site, location) if part),
        "latitude": _text(record, "latitude"),
        "longitude": _text(record, "longitude"),
        "asset_no": _text(record, "asset_tag"),
        "serial": _text(record, "serial"),
        "note": _text(record, "description") or _text(record, "comments"),
        STATUS: _text(status, "value") if isinstance(status, Mapping) else _text(record, "status"),
    }


def role(told: str) -> str:
    """Ours for what another system calls it; its own word where none fits, which is then in doubt."""
    lower = told.casefold()
    return next((ours for word, ours in _ROLES.items() if word in lower), lower)


def _named(value: Any) -> str:  # noqa: ANN401
    return _text(value, "name") or _text(value, "slug") if isinstance(value, Mapping) else str(value or "")


def _text(record: Any, key: str) -> str:  # noqa: ANN401
    """A scalar as text; empty for what is none."""
    value = record.get(key) if isinstance(record, Mapping) else None
    if value is None or isinstance(value, (Mapping, list)):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _items(value: Any, inner: str) -> Iterable[Any]:  # noqa: ANN401
    """A list; in XML it is a table with one child of the inner name, or several."""
    if isinstance(value, Mapping):
        value = value.get(inner, ())
    return value if isinstance(value, (list, tuple)) else (value,) if value else ()


def _zabbix_hosts(root: ET.Element) -> list[Any]:
    return [_element(host) for host in root.iterfind("./hosts/host")]


def _xml(content: bytes, display: str) -> ET.Element:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ImportRefused(f"{display} declares entities, which no export of Zabbix does; it is not read")
    try:
        root = ET.fromstring(content)  # noqa: S314 - without a DOCTYPE there is nothing to expand
    except ET.ParseError as error:
        raise ImportRefused(f"{display} is not valid XML: {error}") from error
    if root.tag != "zabbix_export":
        raise ImportRefused(f"{display} is XML, but no export of Zabbix")
    return root


def _element(element: ET.Element) -> Any:  # noqa: ANN401
    """Text, or the children by name; those of one name as a list."""
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        told = _element(child)
        found[child.tag] = [*_items(found[child.tag], child.tag), told] if child.tag in found else told
    return found


def _plain(node: Node) -> Any:  # noqa: ANN401
    match node:
        case Text(value):
            return value
        case Table(entries):
            return {key: _plain(entry.value) for key, entry in entries.items()}
        case Items(values):
            return [_plain(value) for value in values]
        case _:
            return None

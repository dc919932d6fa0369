"""The inventory as the ledger keeps it, a document of plain data -> `core.model`, as far as reports need it.

In: what `netwatch.audit.ledger_inventory.document` made, read back from JSON. Out: an Inventory without credentials,
how it is asked, and names of people, which the document does not hold.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from netwatch.core.model import (
    Cable,
    Check,
    Contractor,
    Device,
    FibreRun,
    FieldDevice,
    Inventory,
    Lane,
    Link,
    PortRef,
    Ring,
    Role,
    Service,
    Settings,
    Site,
)

T = TypeVar("T")


def inventory_of(document: Mapping[str, Any], *, fingerprint: str) -> Inventory:
    """ValueError where it is no such document."""
    try:
        return Inventory(
            city=str(document["city"]),
            timezone=str(document["timezone"]),
            charset=str(document["charset"]),
            fingerprint=fingerprint,
            files=(),
            settings=_settings(document["settings"]),
            sites=_table(document, "sites", _site),
            devices=_table(document, "devices", _device),
            cables=_table(document, "cables", _cable),
            links=_table(document, "links", _link),
            rings=_table(document, "rings", _ring),
            field_devices=_table(document, "field_devices", _field_device),
            services=_table(document, "services", _service),
            contractors=_table(document, "contractors", _contractor),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"no inventory as the ledger keeps it: {error!r}") from error


def _table(document: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], T]) -> dict[str, T]:
    return {str(identity): read(told) for identity, told in sorted(document[name].items())}


def _settings(told: Mapping[str, Any]) -> Settings:
    return Settings(
        field_ping_every_s=float(told["field_ping_every_s"]),
        field_tcp_every_s=float(told["field_tcp_every_s"]),
        field_rtsp_every_s=float(told["field_rtsp_every_s"]),
        field_onvif_every_s=float(told["field_onvif_every_s"]),
        ping_timeout_s=float(told["ping_timeout_s"]),
    )


def _site(told: Mapping[str, Any]) -> Site:
    location = told["location"]
    return Site(
        id=told["id"],
        name=told["name"],
        district=told["district"],
        location=None if location is None else (float(location[0]), float(location[1])),
        extra=_extra(told),
    )


def _device(told: Mapping[str, Any]) -> Device:
    return Device(
        id=told["id"],
        site=told["site"],
        address=told["address"],
        name=told["name"],
        role=Role(told["role"]),
        profile=told["profile"],
        every_s={Lane(lane): float(pace_s) for lane, pace_s in told["every_s"].items()},
        contractor=told["contractor"],
        extra=_extra(told),
    )


def _cable(told: Mapping[str, Any]) -> Cable:
    return Cable(
        id=told["id"],
        cores=told["cores"],
        length_m=told["length_m"],
        duct=told["duct"],
        contractor=told["contractor"],
        extra=_extra(told),
    )


def _link(told: Mapping[str, Any]) -> Link:
    return Link(
        id=told["id"],
        a=_port(told["a"]),
        b=_port(told["b"]),
        medium=told["medium"],
        capacity_bps=told["capacity_bps"],
        ring=told["ring"],
        fibre=tuple(FibreRun(cable=run["cable"], cores=tuple(run["cores"])) for run in told["fibre"]),
        members=tuple((_port(a), _port(b)) for a, b in told["members"]),
        backup=told["backup"],
        over=told["over"],
        extra=_extra(told),
    )


def _ring(told: Mapping[str, Any]) -> Ring:
    return Ring(id=told["id"], protocol=told["protocol"], parent=told["parent"], name=told["name"], extra=_extra(told))


def _field_device(told: Mapping[str, Any]) -> FieldDevice:
    return FieldDevice(
        id=told["id"],
        kind=told["kind"],
        site=told["site"],
        service=told["service"],
        port=None if told["port"] is None else _port(told["port"]),
        address=told["address"],
        mac=told["mac"],
        checks=tuple(Check(kind=check["kind"], port=check["port"]) for check in told["checks"]),
        shared=told["shared"],
        contractor=told["contractor"],
        name=told["name"],
        extra=_extra(told),
    )


def _service(told: Mapping[str, Any]) -> Service:
    return Service(
        id=told["id"],
        name=told["name"],
        target=told["target"],
        anchors=tuple(told["anchors"]),
        up_means=told["up_means"],
        extra=_extra(told),
    )


def _contractor(told: Mapping[str, Any]) -> Contractor:
    return Contractor(id=told["id"], name=told["id"], skills=tuple(told["skills"]))  # who it is, the document hides


def _port(text: str) -> PortRef:
    device, space, interface = text.partition(" ")
    if not space:
        raise ValueError(f"no port: {text!r}")
    return PortRef(device=device, interface=interface)


def _extra(told: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in told["extra"].items()}

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
    names = ("field_ping_every_s", "field_tcp_every_s", "field_rtsp_every_s", "field_onvif_every_s", "ping_timeout_s")
    paces: dict[str, Any] = {name: float(told[name]) for name in names}
    return Settings(**paces)


def _site(told: Mapping[str, Any]) -> Site:
    location = told["location"]
    return Site(
        **_as_told(told, "id", "name", "district"),
        location=None if location is None else (float(location[0]), float(location[1])),
    )


def _device(told: Mapping[str, Any]) -> Device:
    return Device(
        **_as_told(told, "id", "site", "address", "name", "profile", "contractor"),
        role=Role(told["role"]),
        every_s={Lane(lane): float(pace_s) for lane, pace_s in told["every_s"].items()},
    )


def _cable(told: Mapping[str, Any]) -> Cable:
    return Cable(**_as_told(told, "id", "cores", "length_m", "duct", "contractor"))


def _link(told: Mapping[str, Any]) -> Link:
    return Link(
        **_as_told(told, "id", "medium", "capacity_bps", "ring", "backup", "over"),
        a=_port(told["a"]),
        b=_port(told["b"]),
        fibre=tuple(FibreRun(cable=run["cable"], cores=tuple(run["cores"])) for run in told["fibre"]),
        members=tuple((_port(a), _port(b)) for a, b in told["members"]),
    )


def _ring(told: Mapping[str, Any]) -> Ring:
    return Ring(**_as_told(told, "id", "protocol", "parent", "name"))


def _field_device(told: Mapping[str, Any]) -> FieldDevice:
    return FieldDevice(
        **_as_told(told, "id", "kind", "site", "service", "address", "mac", "shared", "contractor", "name"),
        port=None if told["port"] is None else _port(told["port"]),
        checks=tuple(Check(kind=check["kind"], port=check["port"]) for check in told["checks"]),
    )


def _service(told: Mapping[str, Any]) -> Service:
    return Service(**_as_told(told, "id", "name", "target", "up_means"), anchors=tuple(told["anchors"]))


def _contractor(told: Mapping[str, Any]) -> Contractor:
    return Contractor(id=told["id"], name=told["id"], skills=tuple(told["skills"]))  # who it is, the document hides


def _port(text: str) -> PortRef:
    device, space, interface = text.partition(" ")
    if not space:
        raise ValueError(f"no port: {text!r}")
    return PortRef(device=device, interface=interface)


def _as_told(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """These fields, and what the city put in besides."""
    extra = {str(key): str(value) for key, value in told["extra"].items()}
    return {**{name: told[name] for name in names}, "extra": extra}

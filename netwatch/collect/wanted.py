"""What an inventory wants looked at, each by itself and with the settings that its jobs depend on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netwatch.core.model import Device, FieldDevice, Inventory, Role, Settings
from netwatch.core.observation import CANARY, DEVICE, FIELD_DEVICE

INNER_ROLES = frozenset({Role.CORE, Role.AGGREGATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A thing to look at, with the settings that its jobs depend on."""

    subject: Device | FieldDevice | str
    settings: tuple[float, ...] = ()


def subjects(inventory: Inventory) -> Mapping[str, Wanted]:
    """Everything that is looked at by itself."""
    settings = inventory.settings
    outer = edges(inventory)
    device = {name: (settings.max_interfaces_per_device, float(name in outer)) for name in inventory.devices}
    field = tuple(check_intervals(settings).values())
    return {
        **{DEVICE + name: Wanted(subject=one, settings=device[name]) for name, one in inventory.devices.items()},
        **{FIELD_DEVICE + name: Wanted(subject=one, settings=field) for name, one in inventory.field_devices.items()},
        **{CANARY + address: Wanted(subject=address) for address in inventory.vantage.canaries},
    }


def edges(inventory: Inventory) -> frozenset[str]:
    """The devices on whose ports field devices hang: all but the inner ones, and those of them that have some."""
    plugged = {one.port.device for one in inventory.field_devices.values() if one.port is not None}
    return frozenset(name for name, one in inventory.devices.items() if one.role not in INNER_ROLES or name in plugged)


def check_intervals(settings: Settings) -> Mapping[str, float]:
    """How often each kind of check is made, seconds."""
    return {
        "ping": settings.field_ping_every_s,
        "tcp": settings.field_tcp_every_s,
        "rtsp": settings.field_rtsp_every_s,
        "onvif": settings.field_onvif_every_s,
    }


def names(inventory: Inventory) -> Iterator[str]:
    """Every name or address the inventory wants looked at."""
    for device in inventory.devices.values():
        yield device.address
        if device.snmp is not None and device.snmp.address is not None:
            yield device.snmp.address
    for one in inventory.field_devices.values():
        if one.address is not None:
            yield one.address

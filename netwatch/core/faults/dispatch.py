"""Whom to send: the crew that a fault's kind calls for, and the contractor the inventory names for its subject."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.model import Contractor, Inventory


class Crew(StrEnum):
    FIBRE = "fibre crew"
    ELECTRICIAN = "electrician"
    CAMERA = "camera contractor"
    NETWORK = "network engineer"
    SECURITY = "security"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Who is to go, and whom to call."""

    crew: Crew = Crew.NOBODY
    contractor: str = ""
    name: str = ""
    phone: str = ""


_CREWS = MappingProxyType(
    {
        FaultKind.CABLE_CUT: Crew.FIBRE,
        FaultKind.LINK_CUT: Crew.FIBRE,
        FaultKind.REDUNDANCY_LOST: Crew.FIBRE,
        FaultKind.DEVICE_POWER: Crew.ELECTRICIAN,
        FaultKind.POE: Crew.ELECTRICIAN,
        FaultKind.DEVICE_HANG: Crew.NETWORK,
        FaultKind.UPSTREAM: Crew.NETWORK,
        FaultKind.PORT: Crew.CAMERA,
        FaultKind.FIELD_DEVICE: Crew.CAMERA,
        FaultKind.WRONG_DEVICE: Crew.SECURITY,
        FaultKind.VANTAGE: Crew.NETWORK,
    }
)


def dispatch(inventory: Inventory, cause: Cause) -> Dispatch:
    """Whom to send for this cause."""
    crew = _CREWS[cause.kind]
    prefix, _, name = cause.subject.partition(":")
    if prefix == "port" and cause.kind is FaultKind.PORT and not cause.field_devices:
        crew = Crew.NETWORK  # somebody shut a port of the network itself
    contractor = _contractor(inventory, prefix, name)
    if contractor is None:
        return Dispatch(crew=crew)
    return Dispatch(crew=crew, contractor=contractor.id, name=contractor.name, phone=contractor.phone)


def _contractor(inventory: Inventory, prefix: str, name: str) -> Contractor | None:
    known: str | None = None
    if prefix == "cable" and name in inventory.cables:
        known = inventory.cables[name].contractor
    elif prefix == "link" and name in inventory.links:
        runs = inventory.links[name].fibre
        known = inventory.cables[runs[0].cable].contractor if runs else None
    elif prefix == "field_device" and name in inventory.field_devices:
        known = inventory.field_devices[name].contractor
    elif prefix in ("device", "port"):
        device = inventory.devices.get(name if prefix == "device" else name.partition(" ")[0])
        known = device.contractor if device is not None else None
    return inventory.contractors.get(known) if known is not None else None

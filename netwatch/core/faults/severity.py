"""How bad a fault is, in the words of X.733 (ITU-ALARM-TC)."""

from enum import StrEnum

from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.model import Inventory, Role

MANY = 20  # field devices out of service


class Severity(StrEnum):
    """`netwatch_fault_active{severity}`, the worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    WARNING = "warning"


_BACKBONE = (Role.CORE, Role.AGGREGATION)
_OF_ONE_PLACE = (FaultKind.PORT, FaultKind.POE, FaultKind.FIELD_DEVICE)


def severity(inventory: Inventory, cause: Cause, *, lost: int) -> Severity:
    """From what the cause costs: `lost` field devices are out of service by it."""
    if cause.kind is FaultKind.VANTAGE or lost >= MANY or _darkens_backbone(inventory, cause):
        return Severity.CRITICAL
    if cause.kind is FaultKind.WRONG_DEVICE:
        return Severity.MAJOR
    if cause.kind is FaultKind.REDUNDANCY_LOST:
        return Severity.MAJOR if _is_backbone(inventory, cause) else Severity.MINOR
    if cause.kind in _OF_ONE_PLACE:
        return Severity.MINOR if lost else Severity.WARNING
    if cause.kind is FaultKind.DEVICE_HANG and not lost:
        return Severity.MINOR
    return Severity.MAJOR


def _darkens_backbone(inventory: Inventory, cause: Cause) -> bool:
    if cause.kind is FaultKind.DEVICE_HANG:
        return False
    return any(inventory.devices[name].role in _BACKBONE for name in cause.devices if name in inventory.devices)


def _is_backbone(inventory: Inventory, cause: Cause) -> bool:
    """Whether the reserve that is gone was that of the backbone: both ends of a link are core or aggregation."""
    links = [inventory.links[name] for name in cause.links if name in inventory.links]
    ends = [(inventory.devices[link.a.device].role, inventory.devices[link.b.device].role) for link in links]
    return any(a in _BACKBONE and b in _BACKBONE for a, b in ends)

"""Events: what happened, to what, when. Small facts that are committed before anyone is told of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.model import NOTHING


class EventKind(StrEnum):
    """The closed list; also the label values of `netwatch_events_total{kind}`."""

    DEVICE_STATE = "device.state"  # the derived verdict changed
    DEVICE_REBOOTED = "device.rebooted"
    DEVICE_SWAPPED = "device.swapped"  # another snmpEngineID at the old address
    ENGINE_CHANGED = "engine.changed"  # SNMPv3: its engine's id, boots or clock are not what they were
    ENGINE_SHARED = "engine.shared"  # SNMPv3: two devices have one snmpEngineID
    INTERFACE_STATE = "interface.state"  # ifOperStatus changed
    INTERFACE_ADDED = "interface.added"
    INTERFACE_REMOVED = "interface.removed"
    IFINDEX_CHANGED = "ifindex.changed"
    PORT_UNMATCHED = "port.unmatched"  # the inventory names a port that none, or several, of the device's rows are
    INTERFACES_DROPPED = "interfaces.dropped"  # beyond settings.max_interfaces_per_device
    AUTHENTICATION_FAILURE = "authentication.failure"  # an agent says that it was asked with wrong credentials
    FLAPPING = "flapping"
    SETTLED = "settled"
    VANTAGE_STATE = "vantage.state"  # the canaries went dark, or came back
    FAULT_OPENED = "fault.opened"
    FAULT_CHANGED = "fault.changed"  # its kind, subject or severity, as more is seen
    FAULT_CLEARED = "fault.cleared"
    FAULT_SETTLED = "fault.settled"  # what the device's own clock told, once it was back
    CHECK_STATE = "check.state"
    LINK_STATE = "link.state"
    RING_STATE = "ring.state"
    FIELD_DEVICE_STATE = "field_device.state"  # its verdict changed, or the cause
    MAC_UNREGISTERED = "mac.unregistered"  # on an edge port, a MAC of no registered device
    MAC_MOVED = "mac.moved"  # a registered MAC on another edge port than its own
    PORT_UNEXPECTED_UP = "port.unexpected_up"  # a port that nothing of the inventory uses
    DAEMON_STARTED = "daemon.started"
    DAEMON_STOPPED = "daemon.stopped"
    INVENTORY_CHANGED = "inventory.changed"
    INVENTORY_REFUSED = "inventory.refused"
    CLOCK_STEPPED = "clock.stepped"
    STORE_STATE = "store.state"
    MAINTENANCE_DECLARED = "maintenance.declared"  # a window, by the inventory or the command
    MAINTENANCE_ENDED = "maintenance.ended"  # by hand, or withdrawn from the inventory, before it was over
    MAINTENANCE_STARTED = "maintenance.started"  # the window has begun
    MAINTENANCE_OVER = "maintenance.over"
    TOPOLOGY_DRIFT = "topology.drift"  # LLDP and the inventory began, or ceased, to contradict each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `at_wall_s` is UTC epoch seconds of the first evidence, not of its discovery."""

    kind: EventKind
    subject: str  # `device:acc-17`, `port:acc-17 Gi1/0/3`, `field_device:cam-0412`, `vantage:`, `daemon:`
    at_wall_s: float
    detail: Mapping[str, str | int | float | bool | None] = NOTHING

    def canonical_json(self) -> str:
        """One line of JSON with sorted keys, no spaces, and text as itself: the same event gives the same bytes."""
        record = {
            "at": round(self.at_wall_s, 3),
            "detail": dict(self.detail),
            "kind": self.kind.value,
            "subject": self.subject,
        }
        return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)

"""The states that the record has of each kind of subject -> what they count as.

A device and a service are two questions. A camera behind a cut is, as a device, not observed: nothing is known against
it. As a service it is down, for no picture arrives, and the loss is charged to the cut.
"""

from collections.abc import Mapping
from enum import StrEnum

from netwatch.core.audit.intervals import Class
from netwatch.core.device.record import DeviceVerdict
from netwatch.core.field.verdict import FieldCondition
from netwatch.core.links.rings import UNPROTECTED, RingCondition
from netwatch.core.links.state import LinkCondition


class View(StrEnum):
    """Which question is answered."""

    DEVICE = "device"  # is the thing itself well
    SERVICE = "service"  # does its traffic arrive


DEVICE: Mapping[DeviceVerdict, Class] = {
    DeviceVerdict.UP: Class.UP,
    DeviceVerdict.DEGRADED: Class.UP,  # it forwards; its agent is silent
    DeviceVerdict.DOWN: Class.DOWN,
    DeviceVerdict.UNREACHABLE: Class.UNKNOWN,
    DeviceVerdict.UNKNOWN: Class.UNKNOWN,
}
DEVICE_SERVICE: Mapping[DeviceVerdict, Class] = {**DEVICE, DeviceVerdict.UNREACHABLE: Class.DOWN}

FIELD_DEVICE: Mapping[FieldCondition, Class] = {
    FieldCondition.FINE: Class.UP,
    FieldCondition.FAULT: Class.DOWN,
    FieldCondition.UNREACHABLE: Class.UNKNOWN,
    FieldCondition.UNKNOWN: Class.UNKNOWN,
}
FIELD_SERVICE: Mapping[FieldCondition, Class] = {**FIELD_DEVICE, FieldCondition.UNREACHABLE: Class.DOWN}

LINK: Mapping[LinkCondition, Class] = {
    LinkCondition.UP: Class.UP,
    LinkCondition.DEGRADED: Class.UP,  # it carries, with less in reserve
    LinkCondition.ONE_END: Class.DOWN,
    LinkCondition.DOWN: Class.DOWN,
    LinkCondition.UNKNOWN: Class.UNKNOWN,
}

RING: Mapping[RingCondition, Class] = {
    RingCondition.INTACT: Class.UP,
    RingCondition.SWITCHED: Class.UP,  # service goes on; that nothing is in reserve is told by `protection`
    RingCondition.MANUAL: Class.UP,
    RingCondition.RESTORING: Class.UP,
    RingCondition.NO_BLOCK: Class.UP,  # a loop threatens, and is told of; what hangs on the ring is still joined
    RingCondition.SPLIT: Class.DOWN,
    RingCondition.UNKNOWN: Class.UNKNOWN,
}


def ring_reserve(without: frozenset[RingCondition] = UNPROTECTED) -> Mapping[RingCondition, Class]:
    """A ring's states, where DOWN means to be in one of `without`, and UP to be in another known one."""
    known = {state: Class.DOWN if state in without else Class.UP for state in RingCondition}
    return {**known, RingCondition.UNKNOWN: Class.UNKNOWN}

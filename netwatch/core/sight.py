"""What is read of a watched city between two ticks, by pages and searches, none of which changes anything.

`City` and `Engine` have it of the whole city, `expose.district_sight` of some districts alone: whoever reads through
these can be given either.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Protocol

from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.faults.book import Fault
from netwatch.core.faults.vantage import View
from netwatch.core.faults.work import WorkLog
from netwatch.core.field.record import CheckState
from netwatch.core.field.verdict import FieldCondition, FieldVerdict, PortFacts, Reach
from netwatch.core.links.rings import RingState
from netwatch.core.links.state import LinkState
from netwatch.core.model import FieldDevice
from netwatch.core.topology.graph import Topology


class LinksSight(Protocol):
    """Links and rings, by id."""

    @property
    def links(self) -> Mapping[str, LinkState]: ...
    @property
    def rings(self) -> Mapping[str, RingState]: ...
    @property
    def broken(self) -> AbstractSet[str]:
        """Links that carry nothing."""


class FieldsSight(Protocol):
    """Field devices, by id."""

    @property
    def verdicts(self) -> Mapping[str, FieldVerdict]: ...
    @property
    def checks(self) -> Mapping[str, Mapping[str, CheckState]]: ...
    @property
    def counts(self) -> Mapping[tuple[str, str, FieldCondition], int]:
        """(service, district, condition) -> how many."""

    def facts(self, name: str, one: FieldDevice) -> PortFacts | None:
        """What its port tells."""


class FaultsSight(Protocol):
    """Faults, by id."""

    @property
    def faults(self) -> Mapping[str, Fault]: ...
    @property
    def open_faults(self) -> tuple[Fault, ...]:
        """The open ones, the worst first, then the oldest."""

    @property
    def work(self) -> WorkLog:
        """What people did about them."""


class CitySight(Protocol):
    """`City` as it is read."""

    @property
    def topology(self) -> Topology: ...
    @property
    def links(self) -> LinksSight: ...
    @property
    def fields(self) -> FieldsSight: ...
    @property
    def book(self) -> FaultsSight: ...

    def verdict(self, device: str) -> DeviceVerdict:
        """What is told of a device: what it says itself, or that it cannot be reached, or cannot be known."""

    def reach(self, one: FieldDevice) -> Reach:
        """How the switch of a field device, and the way of its service, stand."""


class Maintained(Protocol):
    """What is being worked on."""

    @property
    def active(self) -> Mapping[str, bool]:
        """Subjects in maintenance; the same mapping for as long as it holds."""


class Knowing(Protocol):
    """`Engine` as it is read."""

    @property
    def city(self) -> CitySight: ...
    @property
    def states(self) -> Mapping[str, DeviceState]:
        """What is held true of each device."""

    @property
    def maintenance(self) -> Maintained: ...
    @property
    def view(self) -> View:
        """What the canaries say of ourselves."""

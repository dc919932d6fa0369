"""What the builders are given to read: the engine, as it stands between two ticks."""

from collections.abc import Mapping
from typing import Protocol

from netwatch.core.city import City
from netwatch.core.device.record import DeviceState
from netwatch.core.maintenance.book import MaintenanceBook


class Knowing(Protocol):
    """`Engine` has it."""

    city: City
    maintenance: MaintenanceBook

    @property
    def states(self) -> Mapping[str, DeviceState]:
        """What is held true of each device."""

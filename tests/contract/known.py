"""What routes of the control socket read of the engine, without the rest of it."""

from dataclasses import dataclass, field

from netwatch.core.city import City
from netwatch.core.device.record import DeviceState
from netwatch.core.faults.vantage import View
from netwatch.core.maintenance.book import MaintenanceBook


@dataclass
class Known:
    city: City = field(default_factory=lambda: City(vendor_of=lambda _mac: ""))
    maintenance: MaintenanceBook = field(default_factory=MaintenanceBook)
    states: dict[str, DeviceState] = field(default_factory=dict)
    view: View = field(default_factory=View)

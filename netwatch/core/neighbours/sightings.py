"""What a device sees around it: neighbours, learned stations, power on its ports; each with its own age and Reason.

The records alone; `sighted` makes them of the standard tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from netwatch.core.errors import Reason
from netwatch.core.model import NOTHING
from netwatch.core.neighbours.lldp import Neighbour
from netwatch.core.neighbours.poe import PoeStatus
from netwatch.core.observation import Basis

__all__ = ["ADDRESSES", "INTERFACES", "MACS", "NEIGHBOURS", "POE", "Neighbour", "PoeStatus", "Sightings"]

INTERFACES, NEIGHBOURS, MACS, POE, ADDRESSES = "interfaces", "neighbours", "macs", "poe", "addresses"
"""What `read_wall_s`, `reasons` and `unmapped` are told by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """Everything by names of the InterfaceMap.

    `neighbours` None: never read, or the agent has no LLDP; (): it has, and hears nobody. `macs` None: never read, or
    the agent shows no forwarding table. An interface absent from `macs` or `poe` is one that nothing is known of; one
    with an empty set is a bridge port on which no station was heard lately.
    """

    chassis_id: str = ""  # our own, as our neighbours would tell it
    neighbours: tuple[Neighbour, ...] | None = None
    macs: Mapping[str, frozenset[str]] | None = None  # interface -> learned MACs
    poe: Mapping[str, PoeStatus] = NOTHING  # interface -> status
    addresses: Mapping[str, str] = NOTHING  # IP address -> MAC, of the device's own IP neighbours
    poe_interfaces: Mapping[str, str] = NOTHING  # index of pethPsePortTable -> interface
    read_wall_s: Mapping[str, float] = NOTHING  # NEIGHBOURS, MACS ..., without POE -> when last read completely
    reasons: Mapping[str, Reason] = NOTHING  # NEIGHBOURS, MACS ... -> why the last reading was not complete
    unmapped: Mapping[str, int] = NOTHING  # NEIGHBOURS, POE -> rows of ports that are no interface for sure
    seen_by: Mapping[str, Basis] = field(default=NOTHING, compare=False, repr=False)  # NEIGHBOURS, MACS ... -> of what
    poe_by: Basis | None = field(default=None, compare=False, repr=False)  # what `poe` was last read by

    def is_around_as(self, other: "Sightings") -> bool:
        """Whether who is around is of the same readings. Power is read each minute, and says nothing of that."""
        return self is other or (
            self.sees_as(other)
            and all(self.read_wall_s.get(what) == other.read_wall_s.get(what) for what in (NEIGHBOURS, MACS))
        )

    def sees_as(self, other: "Sightings") -> bool:
        """Whether the same are around, though perhaps read again."""
        return self.chassis_id == other.chassis_id and self.neighbours is other.neighbours and self.macs is other.macs

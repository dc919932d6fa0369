"""What a notification can be about, and which port it names: known kinds in, a look that is worth while out.

A notification is a hint. It says where to look, never what is so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from netwatch.core.model import NOTHING

ANY_ARC = -1  # in a pattern: whatever stands there


class Meaning(StrEnum):
    """Why it is worth looking, or what else to do."""

    PORT = "port"  # a port changed: its device, and who is at its far end
    STARTED = "started"  # the agent began anew: its device, and whether it answers
    DEVICE = "device"  # something else of the device that its status tells
    POWER = "power"  # a port began or ceased to feed something
    REFUSED = "refused"  # somebody asked the agent with wrong credentials: a security event, and nothing to look at


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One kind of notification, or all under one root. `port` is a pattern of arcs behind which ifIndex stands."""

    name: str
    root: tuple[int, ...]
    meaning: Meaning
    port: tuple[int, ...] = ()

    def index_in(self, names: Iterable[Sequence[int]]) -> int | None:
        """The ifIndex that the first variable of that pattern has; None where none has."""
        length = len(self.port)
        for arcs in names:
            fits = (
                length and len(arcs) > length and all(a in (ANY_ARC, b) for a, b in zip(self.port, arcs, strict=False))
            )
            if fits:
                return arcs[length]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """All kinds that mean something to us, by their roots."""

    by_root: Mapping[tuple[int, ...], Notice] = field(default_factory=lambda: NOTHING)

    def of(self, kind: tuple[int, ...]) -> Notice | None:
        """The one with the longest root that this kind is, or lies under."""
        for length in range(len(kind), 0, -1):
            notice = self.by_root.get(kind[:length])
            if notice is not None:
                return notice
        return None

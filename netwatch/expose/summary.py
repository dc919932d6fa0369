"""What the daemon tells of itself to those who look at it."""

from collections.abc import Mapping
from dataclasses import dataclass

from netwatch.core.device.record import DeviceVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The city it watches, and whether it is ready."""

    city: str
    version: str
    verdicts: Mapping[DeviceVerdict, int]  # how many devices are in which state
    waiting_for: str = ""  # a sentence; empty when ready

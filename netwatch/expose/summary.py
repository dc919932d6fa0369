"""What the daemon tells of itself to those who look at it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The city it watches, and whether it is ready."""

    city: str
    version: str
    waiting_for: str = ""  # a sentence; empty when ready

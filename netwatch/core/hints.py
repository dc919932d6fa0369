"""What the engine, having folded, wants looked at: the door through which `collect` is asked."""

from collections.abc import Mapping
from typing import Protocol

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.model import Lane


class Hints(Protocol):
    """What the engine asks of `collect`."""

    def echo_again(self, subject: str, *, in_s: float, attempt: int) -> None:
        """One more echo to `subject`, so soon."""

    def look_now(self, device: str, lane: Lane) -> None:
        """Poll this lane as soon as its turn comes."""

    def check_now(self, field_device: str) -> None:
        """Make all checks of a field device soon, each once; again while that is due or under way changes nothing."""

    def use_rows(self, device: str, interfaces: InterfaceMap) -> None:
        """Ask for these rows from now on."""

    def pace_s(self, device: str) -> Mapping[Lane, float]:
        """The intervals actually kept, backoff included."""

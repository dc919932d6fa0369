"""How polling itself goes for one device -> its lines, written out when a page asks for them.

They are others with every poll, so as bytes they would be written anew more often than anybody reads them. A failure
has a line once its reason occurred: all at 0 would be most of a page.
"""

from collections.abc import Iterator, Mapping

from netwatch.core.device.record import LaneHealth
from netwatch.core.model import Lane
from netwatch.expose.labels import DeviceLabels

LANE_FAMILIES = (
    "netwatch_device_last_success_timestamp_seconds",
    "netwatch_poll_duration_seconds",
    "netwatch_poll_overruns_total",
    "netwatch_poll_failures_total",
)
_TAGS = {lane: b',lane="%b"' % lane.value.encode() for lane in Lane}


class LaneLines:
    """Immutable; stands in the place of the fragments of `LANE_FAMILIES`."""

    __slots__ = ("_device", "_lanes")

    def __init__(self, device: DeviceLabels, lanes: Mapping[Lane, LaneHealth]) -> None:
        self._device = device
        self._lanes = lanes

    def fragment(self, family: str) -> bytes:
        """The lines of one family."""
        success, duration, overruns, failures = LANE_FAMILIES
        head = family.encode() + b"{" + (self._device.full if family == success else self._device.short)
        told = self._lanes.items()
        if family == success:
            at_s = [(_TAGS[lane], one.last_success_wall_s) for lane, one in told]
            return b"".join([b"%b%b} %.3f\n" % (head, tag, second) for tag, second in at_s if second is not None])
        if family == duration:
            took_s = [(_TAGS[lane], one.duration_s) for lane, one in told]
            return b"".join([b"%b%b} %.6f\n" % (head, tag, seconds) for tag, seconds in took_s if seconds is not None])
        if family == overruns:
            return b"".join([b"%b%b} %d\n" % (head, _TAGS[lane], one.overruns) for lane, one in told])
        assert family == failures, family
        return b"".join(self._failures(head))

    def _failures(self, head: bytes) -> Iterator[bytes]:
        for lane, one in self._lanes.items():
            for reason, count in one.failures.items():
                yield b'%b%b,reason="%b"} %d\n' % (head, _TAGS[lane], reason.value.encode(), count)

"""How polling itself goes for one device -> its lines, written out when a page asks for them.

They are others with every poll, so as bytes they would be written anew more often than anybody reads them. A failure
has a line once its reason occurred: all at 0 would be most of a page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

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
_HEAD = b"\xff"  # no text in UTF-8 has this octet


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
        lanes = self._lanes
        if family == success:
            return _lines(head, b"%.3f", lanes, [one.last_success_wall_s for one in lanes.values()])
        if family == duration:
            return _lines(head, b"%.6f", lanes, [one.duration_s for one in lanes.values()])
        if family == overruns:
            return _lines(head, b"%d", lanes, [one.overruns for one in lanes.values()])
        assert family == failures, family
        return b"".join(self._failures(head))

    def _failures(self, head: bytes) -> Iterator[bytes]:
        for lane, one in self._lanes.items():
            if one.failures:
                for reason, count in one.failures.items():
                    yield b'%b%b,reason="%b"} %d\n' % (head, _TAGS[lane], reason.value.encode(), count)


def _lines(head: bytes, verb: bytes, lanes: Iterable[Lane], values: Sequence[float | None]) -> bytes:
    """One line per lane of which there is a value. `verb` is how it is printed."""
    if None in values:
        there = [(lane, value) for lane, value in zip(lanes, values, strict=True) if value is not None]
        lanes, values = [lane for lane, _ in there], [value for _, value in there]
    return (_template(verb, tuple(lanes)) % tuple(values)).replace(_HEAD, head)


@lru_cache(maxsize=64)
def _template(verb: bytes, lanes: tuple[Lane, ...]) -> bytes:
    """The lines of these lanes, with a sign in the place of what stands before each."""
    return b"".join([b"%b%b} %b\n" % (_HEAD, _TAGS[lane], verb) for lane in lanes])

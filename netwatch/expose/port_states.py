"""Admin state, oper state and speed of one device's ports -> their lines, written out when a page asks for them.

The columns are those of the state itself, which is kept anyway; as bytes they would be ten times as long. Ports that
are called alike and stand alike, as on most switches of one make, are written out once for all of them.
"""

from collections.abc import Sequence
from functools import lru_cache

from netwatch.core.device.record import InterfaceStatus
from netwatch.expose.samples import column

STATE_FAMILIES = (
    "netwatch_interface_up",
    "netwatch_interface_admin_up",
    "netwatch_interface_speed_bytes_per_second",
)
_HEAD = b"\xff"  # no text in UTF-8 has this octet
_OPER_UNKNOWN = 4  # ifOperStatus unknown (RFC 2863) is not down


class PortStates:
    """Immutable; stands in the place of the fragments of `STATE_FAMILIES`.

    `ports` and `before_port` are as for `samples.column`. ValueError where a column is not aligned with the ports.
    """

    __slots__ = ("_before_port", "_ports", "_status")

    def __init__(self, ports: tuple[bytes, ...], status: InterfaceStatus, *, before_port: bytes) -> None:
        for cells in (status.oper, status.admin, status.speed_bps):
            if cells and len(cells) != len(ports):
                raise ValueError(f"{len(cells)} values for {len(ports)} ports")
        self._ports = ports
        self._status = status
        self._before_port = before_port

    def fragment(self, family: str) -> bytes:
        """The lines of one family: of each port of which it is known."""
        up, admin_up, _speed = STATE_FAMILIES
        status = self._status
        cells = status.oper if family == up else status.admin if family == admin_up else status.speed_bps
        head = b"%b{%b" % (family.encode(), self._before_port.replace(b"%%", b"%"))
        return _lines(family, self._ports, tuple(cells)).replace(_HEAD, head)


@lru_cache(maxsize=2048)
def _lines(family: str, ports: tuple[bytes, ...], cells: tuple[int | None, ...]) -> bytes:
    """The lines of one family, with a sign in the place of what stands before each port."""
    up, admin_up, _speed = STATE_FAMILIES
    if family == up:
        return column(_HEAD, ports, _is_one(cells, unknown=_OPER_UNKNOWN))
    if family == admin_up:
        return column(_HEAD, ports, _is_one(cells))
    speeds = [None if bits is None else bits / 8 for bits in cells]
    return column(_HEAD, ports, speeds, b"%.15g")


def _is_one(cells: Sequence[int | None], *, unknown: int | None = None) -> list[bool | None]:
    """Whether each cell is 1 (up); None where nothing is known."""
    return [None if cell is None or cell == unknown else cell == 1 for cell in cells]

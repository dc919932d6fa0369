"""Ends of links as agents would tell them, for the tests of links and rings."""

from netwatch.core.links.ends import EndSeen, LinkSeen, PortTotals, Sight
from netwatch.core.links.port_seen import PortSeen
from netwatch.core.links.state import LinkState, fold_link
from netwatch.core.model import Link, PortRef

WALL_S = 1_760_000_000.0
A, B = PortRef(device="core-1", interface="Te0/1"), PortRef(device="agg-1", interface="Te0/2")
UP, DOWN = 1, 2
GBIT = 10**9


def make_link(name="ring-a-1", **changes):
    return Link(**{"id": name, "a": A, "b": B, **changes})


def end(oper=UP, *, admin=UP, since_s=0.0, read_s=100.0, speed_bps=10 * GBIT, duplex=None, totals=None):
    """One end whose agent answers; times in seconds after `WALL_S`."""
    port = PortSeen(
        admin=admin,
        oper=oper,
        speed_bps=speed_bps,
        since_wall_s=WALL_S + since_s,
        read_wall_s=WALL_S + read_s,
        is_fresh=True,
        duplex=duplex,
    )
    return EndSeen(sight=Sight.WATCHED, port=port, totals=totals)


def dark(**changes):
    return end(DOWN, **changes)


def unseen(sight=Sight.SILENT, oper=UP):
    """One end that says nothing now; its port was so when last read."""
    if sight in (Sight.UNMATCHED, Sight.NOT_OBSERVED):
        return EndSeen(sight=sight)
    return EndSeen(sight=sight, port=PortSeen(admin=UP, oper=oper, since_wall_s=WALL_S, is_fresh=False))


def totals(at_s, **counts):
    """Totals as of `at_s` seconds after `WALL_S`."""
    return PortTotals(stamp_ms=int((WALL_S + at_s) * 1000), **counts)


class Folding:
    """One link, looked at again and again."""

    def __init__(self, link=None):
        self.link = link or make_link()
        self.state: LinkState | None = None

    def look(self, a, b, *, at_s=100.0, members=()):
        seen = LinkSeen(a=a, b=b, members=members)
        self.state = fold_link(self.link, self.state, seen, now_wall_s=WALL_S + at_s)
        return self.state

    @property
    def since_s(self):
        return self.state.since_wall_s - WALL_S

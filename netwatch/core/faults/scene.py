"""What is seen of the city at one moment, as far as it bears on what is broken: the input of `diagnosis`.

Made by `city` from the states of devices and links, and by `imagine` from failures that never happened. Everything that
is lit and well is left out, so a healthy city of any size is a small scene. Times are UTC epoch seconds (`_wall_s`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from netwatch.core.model import NOTHING, Link


class End(StrEnum):
    """What one end of a link says of it."""

    UP = "up"  # light comes in
    DOWN = "down"
    ADMIN_DOWN = "admin_down"  # somebody shut the port
    UNKNOWN = "unknown"  # its device is silent, has no agent, or no such port


_NOT_LIT = (End.DOWN, End.ADMIN_DOWN)


class LinkSight(NamedTuple):
    """One link from both ends. A link of which nothing is known has none. A tuple, for every look makes one."""

    a: End = End.UNKNOWN
    b: End = End.UNKNOWN
    since_wall_s: float | None = None  # since when the ends that are not up are so
    lit_since_wall_s: float | None = None  # since when the ends that are up are so, the newer
    was_down: bool = False  # nothing is read of it now; when something last was, it was down

    @property
    def is_lit(self) -> bool:
        """Whether an end sees light and none says that it does not."""
        return End.UP in (self.a, self.b) and not self.is_broken

    @property
    def is_broken(self) -> bool:
        """Whether an end says that no light comes in."""
        return self.was_down or self.a in _NOT_LIT or self.b in _NOT_LIT

    @property
    def is_one_way(self) -> bool:
        return {self.a, self.b} == {End.UP, End.DOWN}


NOTHING_SEEN = LinkSight()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who is silent since when, what the ends of links say, and who was not looked at."""

    dark: Mapping[str, float] = NOTHING  # devices silent in all that is asked of them -> since
    mute: Mapping[str, float] = NOTHING  # devices whose agent alone is silent -> since
    unseen: Collection[str] = frozenset()  # devices not observed
    forwarding: Collection[str] = frozenset()  # dark devices behind which something answers
    links: Mapping[str, LinkSight] = NOTHING
    broken: Collection[str] = frozenset()  # those of `links` that are
    read_wall_s: Mapping[str, float] = NOTHING  # device -> when its ports were last read
    telling_since_wall_s: Mapping[str, float] = NOTHING  # device whose agent answers -> since when, without a break
    alive_wall_s: Mapping[str, float] = NOTHING  # device without an agent that answers -> when it last answered at all
    in_vain_wall_s: Mapping[str, float] = NOTHING  # silent agent of a device that lives -> last asked in vain
    seen_since_wall_s: Mapping[str, float] = NOTHING  # device that is seen -> since when; left out: for long
    observed: int = 0  # devices of which anything is known, the dark included
    is_lit: bool | None = None  # the canaries: seen, dark, or none
    now_wall_s: float = 0.0
    watched_since_wall_s: float = float("-inf")  # by this daemon; soon after, who is unseen was not asked yet
    window_s: float = 60.0  # what is lost within this time may have one cause
    memory_s: float = 0.0  # agents may tell what their ports were so long ago
    beginning_s: float = 15.0  # for how long after that the silent ones are being found out, one by one
    patience_s: float = 15.0  # how long an answer newer than the darkness is waited for


def said_by(device: str, link: Link, sight: LinkSight) -> End:
    """What `device`'s own end of the link says."""
    return sight.a if link.a.device == device else sight.b


def broken_links(sights: Mapping[str, LinkSight]) -> frozenset[str]:
    """The links that an end says carry nothing."""
    return frozenset(name for name, sight in sights.items() if sight.is_broken)

"""Do we see anything at all? Echoes to the canaries, hosts just past our own uplink -> our own view, lit or dark.

When every canary is dark, silence elsewhere says nothing: all devices are unknown, and nobody is blamed (design §7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from netwatch.core.device.reachability import Answer, Reachability, age, fold_ping
from netwatch.core.events import Event, EventKind
from netwatch.core.model import NOTHING
from netwatch.core.observation import PingObservation

CANARY_EVERY_S = 2.0  # between two echoes to one canary
CANARIES_SAY: Mapping[bool | None, str] = MappingProxyType(
    {
        True: "answer again",
        False: "are dark: nothing can be known",
        None: "were not heard of, not even as silent: what we see is not known",
    }
)
"""What it means in words that a view is, or is not, lit now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How each canary answers."""

    canaries: Mapping[str, Reachability] = NOTHING
    lost_sight: bool = False  # it was lit or dark, until nothing was heard of any canary

    @property
    def is_lit(self) -> bool | None:
        """True: a canary answers; False: all that were heard of are silent; None: no canary, or none heard of now."""
        answers = {canary.answer for canary in self.canaries.values()} - {Answer.NOT_OBSERVED}
        return Answer.ANSWERS in answers if answers else None

    @property
    def is_in_question(self) -> bool:
        """Whether every canary that is not silent has just missed an echo: the next ones will tell."""
        open_ones = [one for one in self.canaries.values() if one.answer is not Answer.SILENT]
        return bool(open_ones) and all(one.run for one in open_ones)

    @property
    def dark_since_s(self) -> float | None:
        """When the last canary fell silent (monotonic); None while the view is not dark."""
        if self.is_lit is not False:
            return None
        return max((one.since_s for one in self.canaries.values() if one.since_s is not None), default=None)


def watch(view: View, addresses: Iterable[str]) -> View:
    """The view of these canaries, keeping what is known of those that stay."""
    return replace(view, canaries={address: view.canaries.get(address, Reachability()) for address in addresses})


def fold_canary(view: View, echo: PingObservation) -> tuple[View, float | None]:
    """The view after one echo to the canary `echo.subject`, and in how many seconds a re-probe is wanted."""
    before = view.canaries.get(echo.subject)
    if before is None:
        return view, None
    after, apart_s = fold_ping(before, echo)
    seen = replace(view, canaries={**view.canaries, echo.subject: after})
    return replace(seen, lost_sight=view.lost_sight and seen.is_lit is None), apart_s


def grow_old(view: View, now_s: float) -> View:
    """The view after time alone has passed: a canary that nothing was heard of for three intervals says nothing."""
    aged = {address: age(canary, now_s, CANARY_EVERY_S) for address, canary in view.canaries.items()}
    if all(aged[address] is canary for address, canary in view.canaries.items()):
        return view
    older = replace(view, canaries=aged)
    return replace(older, lost_sight=older.is_lit is None and (view.lost_sight or view.is_lit is not None))


def news(before: View, after: View, *, at_s: float, wall_s: float) -> Event | None:
    """What is to be told when the view has become another by `at_s`; darkness dates from its first evidence.

    That the first canary ever heard of answers is no news.
    """
    is_first = before.is_lit is None and not before.lost_sight
    if after.is_lit is before.is_lit or (is_first and after.is_lit):
        return None
    since_s = after.dark_since_s if after.dark_since_s is not None else at_s
    detail = {"lit": after.is_lit}
    return Event(kind=EventKind.VANTAGE_STATE, subject="vantage:", at_wall_s=since_s + wall_s, detail=detail)

"""Do we see anything at all? Echoes to the canaries, hosts just past our own uplink -> our own view, lit or dark.

When every canary is dark, silence elsewhere says nothing: all devices are unknown, and nobody is blamed (design §7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from netwatch.core.model import NOTHING
from netwatch.core.observation import PingObservation
from netwatch.core.reachability import Answer, Reachability, fold_ping


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How each canary answers."""

    canaries: Mapping[str, Reachability] = NOTHING

    @property
    def is_lit(self) -> bool | None:
        """True: a canary answers; False: all that were heard of are silent; None: no canary, or none tried yet."""
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
    return View(canaries={address: view.canaries.get(address, Reachability()) for address in addresses})


def fold_canary(view: View, echo: PingObservation) -> tuple[View, float | None]:
    """The view after one echo to the canary `echo.subject`, and in how many seconds a re-probe is wanted."""
    before = view.canaries.get(echo.subject)
    if before is None:
        return view, None
    after, apart_s = fold_ping(before, echo)
    return replace(view, canaries={**view.canaries, echo.subject: after}), apart_s

"""Events -> fewer events: what flaps is told when it begins, when it flaps and when it has settled.

In: every event, and the monotonic time. Out: the events to commit and tell. State itself is never held back, only the
news of it: the first changes of a subject are told one by one; one more within the window is told as `flapping`; then
nothing until it has kept still, when `settled` tells the state it came to rest in. So a subject tells at most
CHANGES_TOLD + 2 events per window, however fast it flaps.
"""

from dataclasses import dataclass, replace

from netwatch.core.events import Event, EventKind

CHANGES_TOLD = 4  # down, up, down, up: a switch that restarts and negotiates twice is not flapping
WINDOW_S = 300.0  # in which more changes are flapping; and how long it must keep still to have settled

# What happens to the daemon itself is rare and always told.
_NEVER_HELD = frozenset(
    {
        EventKind.FLAPPING,
        EventKind.SETTLED,
        EventKind.DAEMON_STARTED,
        EventKind.DAEMON_STOPPED,
        EventKind.INVENTORY_CHANGED,
        EventKind.INVENTORY_REFUSED,
        EventKind.CLOCK_STEPPED,
        EventKind.STORE_STATE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restlessness:
    """The recent changes of one kind of one subject."""

    last: Event
    last_s: float
    told_s: tuple[float, ...]  # of the changes told one by one within the window
    held: int = 0  # changes since it flaps, the one that made it so included; 0: it does not


def change(previous: Restlessness | None, event: Event, now_s: float) -> tuple[Restlessness, Event | None]:
    """One more change, and the event to tell of it, if any."""
    if previous is None:
        return Restlessness(last=event, last_s=now_s, told_s=(now_s,)), event
    if previous.held:
        return replace(previous, last=event, last_s=now_s, held=previous.held + 1), None
    told_s = tuple([at_s for at_s in previous.told_s if now_s - at_s < WINDOW_S])
    if len(told_s) < CHANGES_TOLD:
        return Restlessness(last=event, last_s=now_s, told_s=(*told_s, now_s)), event
    flapping = Event(
        kind=EventKind.FLAPPING,
        subject=event.subject,
        at_wall_s=event.at_wall_s,
        detail={"of": event.kind.value, "changes": len(told_s) + 1, "within_s": round(now_s - told_s[0], 1)},
    )
    return Restlessness(last=event, last_s=now_s, told_s=told_s, held=1), flapping


def rest(previous: Restlessness) -> Event | None:
    """What is to be told of a subject that has kept still for the window: the last change, if it was held back."""
    if not previous.held:
        return None
    last = previous.last
    detail = {**last.detail, "of": last.kind.value, "changes": previous.held}
    return Event(kind=EventKind.SETTLED, subject=last.subject, at_wall_s=last.at_wall_s, detail=detail)


class Damper:
    """All subjects together. It forgets whoever keeps still, so it is as large as what happened in the window."""

    def __init__(self) -> None:
        self._restless: dict[tuple[EventKind, str], Restlessness] = {}  # longest still first
        self._now_s = 0.0

    def pass_on(self, event: Event, now_s: float | None = None) -> tuple[Event, ...]:
        """The events to tell in place of `event`: itself, that it flaps, or none.

        `now_s` is monotonic; without it, the time of the last `settle` is good enough.
        """
        if event.kind in _NEVER_HELD:
            return (event,)
        key = event.kind, event.subject
        at_s = self._now_s if now_s is None else now_s
        # taken out and put in again, so that the order stays that of the last changes
        self._restless[key], told = change(self._restless.pop(key, None), event, at_s)
        return () if told is None else (told,)

    def settle(self, now_s: float, _now_wall_s: float = 0.0) -> tuple[Event, ...]:
        """What has settled by `now_s`. To be called often: it looks only at who has kept still long enough."""
        self._now_s = now_s
        settled = []
        for key, restlessness in self._restless.items():
            if now_s - restlessness.last_s < WINDOW_S:
                break
            settled.append(key)
        told = [rest(self._restless.pop(key)) for key in settled]
        return tuple([event for event in told if event is not None])

"""What the engine counts, for the daemon's own metrics."""

from collections import Counter
from dataclasses import dataclass, field

from netwatch.core.events import EventKind


@dataclass(slots=True)
class EngineCounts:
    """Since the daemon started."""

    events: Counter[EventKind] = field(default_factory=lambda: Counter(dict.fromkeys(EventKind, 0)))
    render_errors: int = 0
    fold_errors: int = 0  # observations that could not be folded, each one a fault of netwatch
    folds: int = 0

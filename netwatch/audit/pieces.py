"""One tick's verdicts and events -> commits of a bounded size, side by side, so that a slow disk is waited for once."""

import asyncio
from collections.abc import Mapping, Sequence

from netwatch.audit.committer import Committer
from netwatch.audit.records import Verdict
from netwatch.core.events import Event

COMMITTED_AT_ONCE = 500  # to encode so many events holds the loop for some 5 ms


async def commit_in_pieces(
    committer: Committer, verdicts: Mapping[str, Verdict], events: Sequence[Event]
) -> bool | None:
    """Whether everything was on the disk in time; None where there was nothing to commit.

    A verdict goes with the last event of its subject, so that state and event are never apart.
    """
    last = {event.subject: place for place, event in enumerate(events)}
    pieces: dict[int, list[Verdict]] = {start: [] for start in range(0, len(events), COMMITTED_AT_ONCE)}
    for subject, verdict in verdicts.items():
        place = last.get(subject, last.get(subject.partition(" ")[0], 0))  # a check's name follows its field device
        pieces.setdefault(place - place % COMMITTED_AT_ONCE, []).append(verdict)
    async with asyncio.TaskGroup() as commits:
        stored = []
        for start, belonging in pieces.items():
            piece = events[start : start + COMMITTED_AT_ONCE]
            stored.append(commits.create_task(committer.commit(belonging, piece)))
            await asyncio.sleep(0)
    return all(one.result() for one in stored) if stored else None

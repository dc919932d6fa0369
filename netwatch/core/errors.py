"""The tree of errors, and the closed list of reasons why something could not be known.

    NetwatchError
    ├── InventoryError      the inventory is wrong; carries every Problem
    ├── ProfileError        a profile file is wrong; carries its place
    ├── WebConfigError      the pages are not to be exposed like this; carries every Problem
    ├── PollError           one poll, ping or check came to nothing; carries a Reason
    ├── ListenError         the pages cannot be served where they are asked for
    └── StoreError          the store could not be opened, read or written

Adapters (`collect`, `audit`) turn the errors of libraries and of `netwatch.snmp` into these. `Reason` is the
label value of every failure counter.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_ALIKE = 10  # mistakes that say the same, one by one


class Reason(StrEnum):
    """Why an answer, or a part of one, is missing."""

    TIMEOUT = "timeout"  # nothing acceptable came back, retries included
    DEADLINE = "deadline"  # the device's time for this poll was over before all was read
    UNREACHABLE = "unreachable"  # the kernel refused to send, or told of an ICMP error
    REFUSED = "refused"  # a TCP connection was refused: something is alive, the service is not
    CLOSED = "closed"  # a service took the connection and ended it without an answer
    UNRESOLVED = "unresolved"  # the name has no address, and never had one
    REFUSED_KEYS = "refused_keys"  # SNMPv3: only Reports came back, about the user, its keys, level or context
    ABSENT = "absent"  # noSuchName, noSuchObject, noSuchInstance; or HTTP that knows nothing of what was asked
    TOO_BIG = "too_big"  # not even the smallest request got a reply that fits
    AGENT_ERROR = "agent_error"  # genErr, authorizationError and the other error-status values
    WRONG_TYPE = "wrong_type"  # the value's syntax is not the object's
    MALFORMED = "malformed"  # only replies that break BER, RFC 3416 or the protocol asked for came back
    LOOP = "loop"  # a walk that does not advance
    TRUNCATED = "truncated"  # a walk or table cut off at its cap
    INDEX_DOUBT = "index_doubt"  # rows may have been renumbered; held until rediscovered
    LOCAL = "local"  # our own side failed: no socket, no buffer, no permission


class NetwatchError(Exception):
    """Base of everything netwatch raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in an input, and where it stands.

    `str(problem)` is the sentence the operator reads: `file:line where: what`.
    """

    file: str
    line: int  # 1-based; 0 when the file as a whole is meant
    where: str  # dotted key path such as `devices.sw-12.profil`; may be empty
    what: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.where}: {self.what}" if self.where else f"{place}: {self.what}"


def sentences(problems: Sequence[Problem]) -> list[str]:
    """Each problem's own; where many say the same, as thousands of cameras do of one mistyped service, their number."""
    alike = Counter(problem.what for problem in problems)
    shown: Counter[str] = Counter()
    told = []
    for problem in problems:
        shown[problem.what] += 1
        if shown[problem.what] <= MOST_ALIKE:
            told.append(str(problem))
    return told + [f"and {n - MOST_ALIKE} more: {what}" for what, n in alike.items() if n > MOST_ALIKE]


class InventoryError(NetwatchError):
    """The inventory cannot be used; `problems` holds every mistake found, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class ProfileError(NetwatchError):
    """A profile file cannot be used; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.problems = (problem,)


class WebConfigError(NetwatchError):
    """The pages cannot be exposed like this; `problems` holds every mistake found, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class PollError(NetwatchError):
    """One poll, ping or check came to nothing."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason


class ListenError(NetwatchError):
    """The pages cannot be served at the address asked for; the message is one sentence for the operator."""


class StoreError(NetwatchError):
    """The store could not be opened, read or written; the message is one sentence for the operator."""


class StoreFullError(StoreError):
    """There is no room to write. It heals when there is; to begin anew would only end the watching."""

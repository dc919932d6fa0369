"""What can be wrong with a row, as a closed list, and one doubt about one cell.

In: nothing. Out: the words that the stages share. A row with a doubt is not written; some doubts come with what was
most likely meant, and that can be taken for a whole kind of them at once.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """Kinds of doubt; also the words that `--accept` takes."""

    NO_ID = "no-id"
    MISSING = "missing"  # something that the inventory must be told
    DATE = "date"  # a spreadsheet made a date or a time of it
    NUMBER = "number"  # a spreadsheet made a number of it
    SCIENTIFIC = "scientific"  # 1.2E+11: digits are lost
    LETTERS = "letters"  # read in the wrong charset, or letters are lost
    FORMULA = "formula"  # #REF! and the like
    DITTO = "ditto"  # "the same as above"
    REFUSED = "refused"  # not what its key takes
    UNKNOWN = "unknown"  # names something that there is not
    TWICE = "twice"  # a number that two rows have
    TAKEN = "taken"  # a port, an address or a MAC that two have
    PLACE = "place"  # one place in two spots
    OUT_OF_SERVICE = "out-of-service"  # the other system does not watch it
    ELSEWHERE = "elsewhere"  # stands in a file of the inventory that is not the import's, and says otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing that keeps a row from being written. `proposal`: what was most likely meant; None: nobody can know."""

    place: str
    section: str
    id: str  # of the row, as far as it has one
    column: str  # its title
    stands: str  # what the cell shows
    why: Why
    what: str  # the sentence
    proposal: str | None = None

    def __str__(self) -> str:
        where = f" {self.column}" if self.column else ""
        hint = f"; did you mean {self.proposal!r}?" if self.proposal is not None else ""
        return f"{self.place}{where}: {self.what}{hint} [{self.why.value}]"


@dataclass(slots=True, kw_only=True)
class Leave:
    """What the operator allowed: the kinds of doubt whose proposal is to be taken; and how often it was."""

    kinds: frozenset[Why] = frozenset()
    taken: Counter[Why] = field(default_factory=Counter)

    def takes(self, why: Why) -> bool:
        """Whether a proposal of this kind is to be taken; it then is, and counted."""
        if why not in self.kinds:
            return False
        self.taken[why] += 1
        return True

"""Every mistake found so far, and the words that may have been meant.

In: places and sentences from every stage of loading. Out: `core.errors.Problem`s in file order.
"""

import unicodedata
from collections.abc import Collection

from netwatch.core.errors import Problem
from netwatch.core.nearest import nearest

LONGEST_SHOWN = 60
# difflib takes about 10 µs a candidate: a spreadsheet with a wrong column must not keep the operator waiting
COMPARISONS = 200_000


class Refused(ValueError):  # noqa: N818 - reads as what it says: this value is refused
    """A value that its kind does not take; the message is the sentence. `among` are the words it could have been."""

    def __init__(self, what: str, *, word: str = "", among: Collection[str] = ()) -> None:
        super().__init__(what)
        self.word = word
        self.among = among


def legible(text: str) -> str:
    """`text` on one line and short enough for a sentence: control characters escaped, the rest cut off."""
    cut = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
    if cut.isprintable():
        return cut
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in cut
    )


def quoted(text: str) -> str:
    return f"'{legible(text)}'"


def nfc(text: str) -> str:
    """Unicode NFC: 한 typed as three jamo on a Mac is the same name as 한 typed on a PC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


class Findings:
    """Collects problems. `incomplete` once something could not be read, for names may be missing for that reason."""

    def __init__(self) -> None:
        self.incomplete = False
        self._problems: list[Problem] = []
        self._comparisons_left = COMPARISONS
        self._answers: dict[
            tuple[str, int], tuple[Collection[str], str]
        ] = {}  # holds `among`, so that its id() stays its own

    def __len__(self) -> int:
        return len(self._problems)

    def add(self, file: str, line: int, where: str, what: str) -> None:
        self._problems.append(Problem(file=file, line=line, where=where, what=what))

    def refuse(self, file: str, line: int, where: str, refused: Refused) -> None:
        """Add what a value's parser said, with the nearest word it would have taken."""
        self.add(file, line, where, f"{refused}{self.suggestion(refused.word, refused.among)}")

    def suggestion(self, word: str, among: Collection[str]) -> str:
        """`; did you mean 'profile'?`, or nothing. Stops looking once the comparisons are used up."""
        known = (word, id(among))
        if known in self._answers:
            return self._answers[known][1]
        if not word or len(word) > LONGEST_SHOWN or len(among) > self._comparisons_left:
            return ""
        self._comparisons_left -= len(among)
        near = nearest(word, among)
        answer = f"; did you mean {quoted(near)}?" if near else ""
        self._answers[known] = (among, answer)
        return answer

    def in_file_order(self, files: Collection[str]) -> tuple[Problem, ...]:
        """All problems: files in the order they were read, lines in order, each sentence once."""
        order = {file: number for number, file in enumerate(files)}
        unique = dict.fromkeys(self._problems)
        return tuple(sorted(unique, key=lambda problem: (order.get(problem.file, len(order)), problem.line)))

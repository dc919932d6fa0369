"""Many short texts in one long one: what a needle is, begins, or stands in, at the speed of `str.find`.

A city's 600,000 texts are a few megabytes; each look through them takes some milliseconds, however many they are.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress

from netwatch.core.search.text import is_hangul, is_initials, spaced, spaced_initials

LINES_AT_ONCE = 1000  # folded in one call that nobody else can run beside: 1 ms


class Column:
    """The texts, by number. None of them has a line break in it."""

    __slots__ = ("_all", "_starts")

    def __init__(self, pieces: Iterable[Sequence[str]]) -> None:
        """Texts, so many at a time: what is made of all of them in one call keeps everybody waiting for it."""
        joined, self._starts = [""], array("I", [1])
        for piece in filter(None, pieces):
            joined.append("\n".join(piece))
            first = self._starts.pop()
            self._starts.extend(accumulate((len(text) + 1 for text in piece), initial=first))
        self._all = "\n".join((*joined, ""))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def text(self, number: int) -> str:
        return self._all[self._starts[number] : self._starts[number + 1] - 1]

    def length(self, number: int) -> int:
        return self._starts[number + 1] - self._starts[number] - 1

    def equal(self, needle: str) -> Iterator[int]:
        """The texts that are the needle."""
        return self._numbers(f"\n{needle}\n", 1)

    def beginning(self, needle: str) -> Iterator[int]:
        """The texts that begin with it, and those that are it."""
        return self._numbers(f"\n{needle}", 1)

    def ending(self, needle: str) -> Iterator[int]:
        """The texts that end with it, and those that are it."""
        return self._numbers(f"{needle}\n", 0)

    def containing(self, needle: str, *, first: int = 0, behind: int | None = None) -> Iterator[int]:
        """The texts it stands in, each once; of those from `first` to before `behind` only."""
        last = self._starts[len(self) if behind is None else behind]
        return self._numbers(needle, 0, at=self._starts[first], until=last)

    def pieces(self, size: int) -> Iterator[list[str]]:
        """All texts, so many at a time."""
        for first in range(0, len(self), size):
            behind = min(first + size, len(self))
            yield self._all[self._starts[first] : self._starts[behind] - 1].split("\n")

    def _numbers(self, needle: str, offset: int, *, at: int = 0, until: int | None = None) -> Iterator[int]:
        starts, everything = self._starts, self._all
        end = len(everything) if until is None else until
        at = everything.find(needle, at, end)
        while at >= 0:
            number = bisect_right(starts, at + offset) - 1
            yield number
            at = everything.find(needle, starts[number + 1] - offset, end)


class Writing:
    """Texts as people wrote them, by their letters and by their initials. The words met are noted in `words`."""

    __slots__ = ("_initials", "_of_initials", "letters")

    def __init__(self, pieces: Iterable[Sequence[str]], words: dict[str, None]) -> None:
        self._of_initials = array("I")
        first_letters: list[list[str]] = []
        self.letters = Column(self._folded(pieces, words, first_letters))
        self._initials = Column(first_letters)

    def _folded(
        self, pieces: Iterable[Sequence[str]], words: dict[str, None], first_letters: list[list[str]]
    ) -> Iterator[Sequence[str]]:
        """The letters, piece by piece; the words and the initials that are met on the way."""
        first = 0
        for piece in pieces:
            plain = [text.replace("\n", " ") for text in piece]
            lines = spaced("\n".join(plain))
            words.update(dict.fromkeys(lines.split()))
            if is_hangul(written := "\n".join(plain)):
                korean = list(map(is_hangul, plain))
                first_letters.append(list(compress(_unspaced(spaced_initials(written)), korean)))
                self._of_initials.extend(compress(range(first, first + len(plain)), korean))
            first += len(plain)
            yield _unspaced(lines)

    def with_initials(self, needle: str) -> Iterator[int]:
        """The texts in whose initials it stands."""
        return (self._of_initials[number] for number in self._initials.containing(needle))

    def holding(self, word: str) -> Iterator[int]:
        """The texts that have it in them, or its initials."""
        yield from self.letters.containing(word)
        if len(word) > 1 and is_initials(word):
            yield from self.with_initials(word)

    def has(self, word: str, first: int, behind: int) -> bool:
        """Whether it stands in one of some texts in a row."""
        return next(self.letters.containing(word, first=first, behind=behind), None) is not None


def drained(texts: list[str]) -> Iterator[Sequence[str]]:
    """So many at a time, which are then no longer in the list: to let go of all at once keeps everybody waiting too."""
    texts.reverse()
    while texts:
        piece = texts[-LINES_AT_ONCE:]
        del texts[-LINES_AT_ONCE:]
        piece.reverse()
        yield piece


def taken(words: dict[str, None]) -> Iterator[Sequence[str]]:
    """The same of the keys of a dictionary, the last ones first."""
    while words:
        yield [words.popitem()[0] for _ in range(min(LINES_AT_ONCE, len(words)))]


def _unspaced(lines: str) -> list[str]:
    return lines.replace(" ", "").replace("\t", "").split("\n")

"""Many short texts in one long one: what a needle is, begins, or stands in, at the speed of `str.find`.

A city's 600,000 texts are a few megabytes; each look through them takes some milliseconds, however many they are.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress

from netwatch.core.search.text import is_hangul, is_initials, spaced, spaced_initials

LINES_AT_ONCE = 2000  # folded in one call that nobody else can run beside: 1 ms


class Column:
    """The texts, by number. None of them has a line break in it."""

    __slots__ = ("_all", "_starts")

    def __init__(self, texts: Sequence[str]) -> None:
        self._all = "\n".join(("", *texts, ""))
        self._starts = array("I", accumulate((len(text) + 1 for text in texts), initial=1))

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

    def __init__(self, texts: Sequence[str], words: dict[str, None]) -> None:
        letters: list[str] = []
        first_letters: list[str] = []
        self._of_initials = array("I")
        for first in range(0, len(texts), LINES_AT_ONCE):
            piece = [text.replace("\n", " ") for text in texts[first : first + LINES_AT_ONCE]]
            lines = spaced("\n".join(piece))
            words.update(dict.fromkeys(lines.split()))
            letters += _unspaced(lines)
            if is_hangul(lines := "\n".join(piece)):
                korean = list(map(is_hangul, piece))
                first_letters += compress(_unspaced(spaced_initials(lines)), korean)
                self._of_initials.extend(compress(range(first, first + len(piece)), korean))
        self.letters, self._initials = Column(letters), Column(first_letters)

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


def _unspaced(lines: str) -> list[str]:
    return lines.replace(" ", "").replace("\t", "").split("\n")

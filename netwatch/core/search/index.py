"""The inventory's texts, ready to be searched: words in, things out, each with how well it fits.

In: an inventory, once. Out: for each question the things that fit, ranked. What is typed wrong is put right by the
nearest words of the city itself, and only where nothing fits as it was typed.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import islice
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from netwatch.core.model import Inventory
from netwatch.core.search.column import Column, Writing, drained, taken
from netwatch.core.search.entries import KIND_WORDS, PARTED, Entries, Facet, Reader
from netwatch.core.search.text import folded, is_initials

WORDS_AT_ONCE = 4000  # compared in one call that nobody else can run beside: 1 ms
MOST_CANDIDATES = 5000  # of one way to fit: more would only say that more should be typed
CORRECTIONS = 3  # of one word
FARTHER = 1000  # letters to spare are as bad as the next best correction
LONGEST_NUMBER = 6
_NUMBER_LAST = re.compile(r"(.*?)0*(\d+)")


class How(IntEnum):
    """How a text fits. The order is the order of weight."""

    IS = 0
    IS_BUT_FOR_ZEROS = 1
    BEGINS = 2
    HAS_ALL_WORDS = 3
    HAS = 4
    INITIALS = 5
    CORRECTED = 6
    HAS_SOME_WORDS = 7


class Rank(NamedTuple):
    """What comes first among hits: the least."""

    is_context: bool
    how: How
    facet: Facet
    spare: int  # letters that were not asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One text of one thing that fits."""

    entry: int
    rank: Rank
    text: int


class SearchIndex:
    """Built once per inventory; of some megabytes, and only read afterwards."""

    def __init__(self, inventory: Inventory) -> None:
        self.entries = Entries(inventory)
        self._reader = Reader(inventory)
        self._facets, self._owners, self._firsts = bytearray(), array("I"), array("I", [0])
        shared: dict[str, array[int]] = {}  # a surrounding -> the things in it
        own: list[str] = []
        for number in range(len(self.entries)):
            for facet, text in self._reader.texts(self.entries[number]):
                if facet is Facet.CONTEXT:
                    shared.setdefault(text, array("I")).append(number)
                    continue
                own.append(text)
                self._facets.append(facet)
                self._owners.append(number)
            self._firsts.append(len(own))
        self._within = list(shared.values())
        self._context_of = array("I", bytes(4 * len(self.entries)))
        for place, numbers in enumerate(self._within, start=1):  # 0: it has none
            for number in numbers:
                self._context_of[number] = place
        words: dict[str, None] = {}
        self._own, self._contexts = Writing(drained(own), words), Writing(drained(list(shared)), words)
        self._words = Column(taken(words))

    def text(self, match: Match) -> str:
        """What fitted, as the inventory has it."""
        entry = self.entries[match.entry]
        texts = [text for facet, text in self._reader.texts(entry) if (facet is Facet.CONTEXT) is match.rank.is_context]
        return texts[0 if match.rank.is_context else match.text - self._firsts[match.entry]].replace(PARTED, ", ")

    def named(self, text: str, kind: str) -> list[str]:
        """The ids of the things of a kind whose id, or whose name, is this text."""
        numbers = self._own.letters.equal(folded(text)) if folded(text) else ()
        owners = (self._owners[one] for one in numbers if self._facets[one] in (Facet.ID, Facet.NAME))
        return list(dict.fromkeys(self.entries[one].id for one in owners if self.entries[one].kind == kind))

    def find(self, words: Sequence[str], kinds: frozenset[str] = frozenset()) -> list[Match]:
        """The things that fit all the words, each once, unsorted. `kinds` empty: of every kind."""
        letters = [one for one in map(folded, words) if one]
        if not letters:
            return []
        best = self._best(self._as_typed(letters), kinds)
        if not best:
            best = self._best(self._corrected(letters), kinds)
        if not best and len(letters) > 1:
            best = self._best(self._with_one(letters), kinds)
        return list(best.values())

    def _best(self, matches: Iterable[Match], kinds: frozenset[str]) -> dict[int, Match]:
        best: dict[int, Match] = {}
        for match in matches:
            before = best.get(match.entry)
            if (before is None or match.rank < before.rank) and (not kinds or self.entries[match.entry].kind in kinds):
                best[match.entry] = match
        return best

    def _as_typed(self, letters: Sequence[str]) -> Iterator[Match]:
        whole, own = "".join(letters), self._own.letters
        if len(whole) > 1 and is_initials(whole):
            yield from self._with_initials(whole)
            return
        yield from self._owned(own.equal(whole), How.IS, whole)
        for other in _with_other_zeros(whole):
            yield from self._owned(own.equal(other), How.IS_BUT_FOR_ZEROS, other)
        yield from self._owned(own.beginning(whole), How.BEGINS, whole)
        if len(whole) > 1:  # one letter stands in half of everything
            yield from self._owned(own.containing(whole), How.HAS, whole)
            yield from self._surrounded(self._contexts.letters.containing(whole), How.HAS)
        if len(letters) > 1:
            yield from self._with_all(letters)

    def _with_initials(self, whole: str) -> Iterator[Match]:
        """Consonants without a vowel are initials, and not the end of one syllable with the beginning of the next."""
        yield from self._owned(self._own.with_initials(whole), How.INITIALS, whole)
        yield from self._surrounded(self._contexts.with_initials(whole), How.INITIALS)

    def _owned(self, numbers: Iterable[int], how: How, needle: str) -> Iterator[Match]:
        for number in islice(numbers, MOST_CANDIDATES):
            spare = self._own.letters.length(number) - len(needle)
            rank = Rank(is_context=False, how=how, facet=Facet(self._facets[number]), spare=spare)
            yield Match(entry=self._owners[number], rank=rank, text=number)

    def _surrounded(self, numbers: Iterable[int], how: How) -> Iterator[Match]:
        rank = Rank(is_context=True, how=how, facet=Facet.CONTEXT, spare=0)
        inside = ((entry, number) for number in numbers for entry in self._within[number])
        for entry, number in islice(inside, MOST_CANDIDATES):
            yield Match(entry=entry, rank=rank, text=number)

    def _with_all(self, letters: Sequence[str]) -> Iterator[Match]:
        """Things in whose texts every word stands, in one or another, or is the word for their kind."""
        asked = sorted(letters, key=len, reverse=True)
        rare = next((one for one in asked if not _is_kind(one)), asked[0])
        others = [one for one in letters if one is not rare]
        how = How.HAS_ALL_WORDS
        for match in (
            *self._owned(self._own.holding(rare), how, rare),
            *self._surrounded(self._contexts.holding(rare), how),
        ):
            if all(self._has(match.entry, one) for one in others):
                yield match if match.rank.is_context else self._farther(match, others)

    def _farther(self, match: Match, others: Sequence[str]) -> Match:
        """Words that stand in one text together mean it, rather than one that stands elsewhere by chance."""
        text = self._own.letters.text(match.text)
        apart = sum(word not in text for word in others)
        return replace(match, rank=match.rank._replace(spare=match.rank.spare + apart * FARTHER))

    def _with_one(self, letters: Sequence[str]) -> Iterator[Match]:
        """Things that one of the words names, where nothing is known by all of them."""
        for word in letters:
            yield from self._owned(self._own.letters.equal(word), How.HAS_SOME_WORDS, word)

    def _has(self, entry: int, word: str) -> bool:
        if word in _FOLDED_KINDS.get(self.entries[entry].kind, ()):
            return True
        first, behind, context = self._firsts[entry], self._firsts[entry + 1], self._context_of[entry]
        return self._own.has(word, first, behind) or (bool(context) and self._contexts.has(word, context - 1, context))

    def _corrected(self, letters: Sequence[str]) -> Iterator[Match]:
        """The same with the words that the city does not know put right."""
        ways = [[one] if self._is_known(one) else self._near(one) for one in letters]
        if not all(ways):
            return
        for place, way in enumerate(_ways(ways)):
            for match in self._as_typed(way):
                rank = match.rank._replace(how=How.CORRECTED, spare=match.rank.spare + place * FARTHER)
                yield replace(match, rank=rank)

    def _is_known(self, word: str) -> bool:
        return (
            _is_kind(word)
            or any(True for _ in self._own.letters.containing(word))
            or any(True for _ in self._contexts.letters.containing(word))
        )

    def _near(self, word: str) -> list[str]:
        """The nearest words of the city: one mistake in four letters, two in eight, three in twelve."""
        most = min(len(word) // 4, 3)
        if not most:
            return []
        found: list[tuple[float, bool, str]] = []
        for piece in self._words.pieces(WORDS_AT_ONCE):
            near = process.extract(word, piece, scorer=OSA.distance, score_cutoff=most, limit=CORRECTIONS)
            # letters in the wrong order are a likelier slip than a wrong letter
            found += [(distance, sorted(text) != sorted(word), text) for text, distance, _ in near]
        return [text for _, _, text in sorted(found)[:CORRECTIONS]]


_FOLDED_KINDS = {kind: frozenset(map(folded, words)) for kind, words in KIND_WORDS.items()}
_ALL_KIND_WORDS = frozenset().union(*_FOLDED_KINDS.values())


def _is_kind(word: str) -> bool:
    return word in _ALL_KIND_WORDS


def _with_other_zeros(letters: str) -> Iterator[str]:
    """`cam412` -> cam0412, cam00412 ...: people leave the zeros out, or put them in."""
    found = _NUMBER_LAST.fullmatch(letters)
    if found is not None:
        for width in range(len(found[2]), LONGEST_NUMBER + 1):
            other = found[1] + found[2].rjust(width, "0")
            if other != letters:
                yield other


def _ways(choices: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The first choice of all, then each of the others in its place."""
    first = [one[0] for one in choices]
    yield first
    for place, ones in enumerate(choices):
        for other in ones[1:]:
            yield [*first[:place], other, *first[place + 1 :]]

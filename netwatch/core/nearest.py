"""A mistyped word -> what was most likely meant, among what there is."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

EQUALS = 50  # of a city's names, which differ in their number, many are equally near: acc-001 to acc-0001 and acc-0031


def nearest(word: str, among: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Of equals the first by name; empty where none is near."""
    pairs = SequenceMatcher(b=word)

    def unlikeness(one: str) -> tuple[float, str]:
        pairs.set_seq1(one)
        return -pairs.ratio(), one

    return min(get_close_matches(word, list(among), EQUALS, cutoff), key=unlikeness, default="")

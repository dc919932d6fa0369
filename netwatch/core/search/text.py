"""What somebody typed, and what the inventory says -> the letters by which they are compared.

Case, width, blanks and punctuation do not count. Hangul is compared jamo by jamo, so that a syllable half typed
begins the whole one, and a wrong vowel is one mistake and not a whole character.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

_SYLLABLES, _A_LEADING = range(0xAC00, 0xD7A4), 588  # Unicode ch. 3.12: 21 vowels by 28 finals
_LEADING = "".join(map(chr, range(0x1100, 0x1113)))  # the 19 that modern Korean writes
# the 27 finals U+11A8 to U+11C2, as the leading consonants they would be at the beginning of the next syllable
_FINALS = (
    *("ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ"),
    *("ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ"),
)
_UNHEARD = str.maketrans(dict.fromkeys("-_.,:;/\\()[]{}<>#'\"`+*=|~!?@&", ""))
_LETTERS = _UNHEARD | {0x11A8 + place: unicodedata.normalize("NFKC", final) for place, final in enumerate(_FINALS)}
_HANGUL = re.compile("[\uac00-\ud7a3]")
_INITIALS = re.compile(f"[{_LEADING}0-9a-z]*[{_LEADING}][{_LEADING}0-9a-z]*")


def spaced(text: str) -> str:
    """The letters and digits that count, and the blanks."""
    if text.isascii():
        return text.lower().translate(_UNHEARD)
    return unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()).translate(_LETTERS)


def folded(text: str) -> str:
    """The letters and digits that count: `CAM 0412` and `cam-0412` are the same."""
    letters = "".join(spaced(text).split())
    # what stood between two marks may be gone, and they change places
    return letters if letters.isascii() else unicodedata.normalize("NFD", letters)


def initials(text: str) -> str:
    """`옥정 3` -> ㅇㅈ3; text without Hangul has none."""
    return "".join(spaced_initials(text).split())


def spaced_initials(text: str) -> str:
    """The same with the blanks; of several lines each line for itself."""
    if not _HANGUL.search(text):
        return ""
    return unicodedata.normalize("NFKC", text).translate(_initial_of()).lower().translate(_UNHEARD)


def is_hangul(text: str) -> bool:
    """Whether any of it is a syllable."""
    return _HANGUL.search(text) is not None


def is_initials(letters: str) -> bool:
    """Whether folded text may stand for initials: consonants, and no vowel."""
    return _INITIALS.fullmatch(letters) is not None


def words(text: str) -> Sequence[str]:
    """The folded words of a text, each once."""
    return tuple(dict.fromkeys(spaced(text).split()))


@cache
def _initial_of() -> Mapping[int, str]:
    return {code: _LEADING[(code - _SYLLABLES.start) // _A_LEADING] for code in _SYLLABLES}

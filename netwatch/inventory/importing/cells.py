"""A cell, and what else stands in its column -> the text that was meant, or why nobody can know.

In: the cell as the file keeps it. Out: a `Reading`. What has one meaning only is read as that and counted (wide
letters, jamo apart, a dash for nothing); what a spreadsheet made something else of is a doubt.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from netwatch.inventory.findings import quoted
from netwatch.inventory.importing.doubt import Why
from netwatch.inventory.importing.grid import Cell, Stored

# where any words stand, dates and numbers too
FREE = frozenset(
    ("name", "note", "institution", "registration", "place", "district", "reason", "phone", "status", "from", "until")
)
_MEASURED = frozenset(("latitude", "longitude", "cores", "snmp.port", "snmp.retries", "length", "capacity"))
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD))
_NOTHING = frozenset(("-", "--", "—", "–", ".", "n/a", "na", "null", "none", "없음", "해당없음", "해당 없음", "미정"))
_DITTO = frozenset(('"', "〃", "″", "상동", "위와 같음", "위와같음", "同", "ditto"))
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}")
_FLOAT = re.compile(r"([0-9]+)\.0+")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_DAY_MONTH = re.compile(r"([0-9]{1,2})-([A-Za-z]{3})(?:-[0-9]{2,4})?")
_MONTH_DAY = re.compile(r"([A-Za-z]{3})-([0-9]{1,2})")
_KOREAN_DAY = re.compile(r"(?:[0-9]{4}년\s*)?([0-9]{1,2})월\s*([0-9]{1,2})일")
_ISO_DAY = re.compile(r"(?:19|20)[0-9]{2}[-./]\s?([0-9]{1,2})[-./]\s?([0-9]{1,2})\.?(?:[ T][0-9:]+)?")
_ERROR = re.compile(r"#[A-Z][A-Z0-9/_]{1,20}[!?]?")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_PARTED = re.compile(r"[0-9]+([/-])[0-9]+(\1[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a cell says. `why` is None where there is no doubt; `ways`: how it was written otherwise than it is read."""

    text: str = ""
    why: Why | None = None
    what: str = ""
    proposal: str | None = None
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What the other cells of a column tell: what parts its ports, whether it is of numbers, how long they are."""

    key: str
    is_of_numbers: bool = False  # most of its cells are
    separator: str = ""
    has_three_parts: bool = False
    width: int = 0  # of its numbers with leading zeros, where there are any

    @property
    def is_free(self) -> bool:
        return self.key in FREE or not self.key.isascii()


def column(key: str, cells: Iterable[Cell]) -> Column:
    """Look at all cells of one column below its title."""
    filled = [cell for cell in cells if cell.text]
    numbers = sum(cell.stored is Stored.NUMBER for cell in filled)
    texts = [cell.text for cell in filled if cell.stored is Stored.TEXT and not _ISO_DAY.fullmatch(cell.text)]
    parted = [found for text in texts if (found := _PARTED.fullmatch(text))]
    separators = [found[1] for found in parted]
    zeros = [len(cell.text) for cell in filled if cell.text.startswith("0") and cell.text.isdigit()]
    return Column(
        key=key,
        is_of_numbers=numbers * 2 > len(filled) and key != "mac",
        separator=max(separators, key=separators.count) if separators else "",
        has_three_parts=any(found[2] for found in parted),
        width=max(zeros, default=0),
    )


def read(cell: Cell, of: Column, above: str = "") -> Reading:
    """`above`: what the row before says in this column."""
    if not cell.text:
        return Reading()
    if cell.stored is Stored.ERROR or _ERROR.fullmatch(cell.text):
        return Reading(why=Why.FORMULA, what=f"the formula came to {quoted(cell.text)}")
    text, ways = _written_plainly(cell.text, of)
    if text in _DITTO:
        return Reading(why=Why.DITTO, what=f"{quoted(text)} says: as above", proposal=above or None)
    doubt = _wrong_letters(text)
    if doubt is None and not of.is_free and cell.stored is not Stored.VERBATIM:
        if text.casefold() in _NOTHING:
            return Reading(ways=(*ways, "a mark for nothing"))
        doubt = _calendar(cell, text, of) or _number(cell, text, of)
    return doubt or Reading(text=text, ways=ways)


def _written_plainly(raw: str, of: Column) -> tuple[str, tuple[str, ...]]:
    """The text in NFC, and outside names with narrow letters; and what that changed."""
    ways: list[str] = []
    text = unicodedata.normalize("NFC", raw)
    if text != raw:
        ways.append("jamo apart (NFD)")
    seen = text.translate(_UNSEEN)
    if seen != text:
        ways.append("letters that cannot be seen")
    text = seen
    if not of.is_free:
        narrow = text.translate(_WIDE)
        ways += ["wide letters"] if narrow != text else []
        text = narrow
    return text.strip() if of.is_free else " ".join(text.split()), tuple(ways)


def _wrong_letters(text: str) -> Reading | None:
    """Korean read as Western European: `Á¶¾ç` for 조양; or letters that are gone."""
    if "\ufffd" in text or "??" in text:
        return Reading(why=Why.LETTERS, what=f"{quoted(text)} has lost letters on its way here")
    if text.isascii() or not any("\x80" <= letter <= "\xff" for letter in text):
        return None
    for wrong, right in (("latin-1", "utf-8"), ("cp1252", "utf-8"), ("cp1252", "cp949"), ("latin-1", "cp949")):
        try:
            meant = text.encode(wrong).decode(right)
        except UnicodeError:
            continue  # not this pair of charsets
        if any("가" <= letter <= "힣" for letter in meant):
            return Reading(why=Why.LETTERS, what=f"{quoted(text)} was read in the wrong charset", proposal=meant)
    return None


def _calendar(cell: Cell, text: str, of: Column) -> Reading | None:
    """A port 1/3 that Excel made the third of January of."""
    if cell.stored is Stored.TIME or (_CLOCK.fullmatch(text) and of.key not in ("mac", "address")):
        return Reading(why=Why.DATE, what=f"a spreadsheet made the time {quoted(text)} of it")
    parts = cell.day[:2] if cell.day is not None else _day_in(text)
    if parts is None:
        return None
    what = f"a spreadsheet made the date {quoted(text)} of it"
    if of.has_three_parts:
        return Reading(why=Why.DATE, what=what)
    separator = of.separator or ("/" if of.key in ("interface", "a_interface", "b_interface") else "-")
    return Reading(why=Why.DATE, what=what, proposal=f"{parts[0]}{separator}{parts[1]}")


def _day_in(text: str) -> tuple[int, int] | None:
    """(month, day) of a text that is a date."""
    if found := _DAY_MONTH.fullmatch(text):
        month, day = _MONTHS.get(found[2].lower()), int(found[1])
    elif found := _MONTH_DAY.fullmatch(text):
        month, day = _MONTHS.get(found[1].lower()), int(found[2])
    elif found := _KOREAN_DAY.fullmatch(text) or _ISO_DAY.fullmatch(text):
        month, day = int(found[1]), int(found[2])
    else:
        return None
    return (month, day) if month is not None and month <= 12 and day <= 31 else None


def _number(cell: Cell, text: str, of: Column) -> Reading | None:
    """What a spreadsheet takes for a number loses leading zeros, or all but 15 digits."""
    if of.key in _MEASURED:
        return None
    made = f"a spreadsheet made the number {quoted(text)} of it"
    if _SCIENTIFIC.fullmatch(text) or (cell.stored is Stored.NUMBER and "e" in text):
        return Reading(why=Why.SCIENTIFIC, what=f"{made}; digits are lost")
    if found := _FLOAT.fullmatch(text):
        meant = found[1].zfill(of.width)
        return Reading(why=Why.NUMBER, what=f"{quoted(text)} is a number with decimals", proposal=meant)
    is_whole = text.isdigit()
    if cell.stored is not Stored.NUMBER or (of.is_of_numbers and is_whole and len(text) >= of.width):
        return None
    width = 12 if of.key == "mac" else of.width
    meant_perhaps = text.zfill(width) if is_whole and (of.key != "mac" or len(text) == width) else None
    return Reading(why=Why.NUMBER, what=f"{made}; zeros may be lost", proposal=meant_perhaps)

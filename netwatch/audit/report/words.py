"""The words of a report, Korean and English: one file has each pair, so that no language lacks what the other has.

`words` are the report's own, by key; `terms` are words of the record (kinds of faults, crews, causes) as people say
them; `formulas` are name and rule of each figure.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("ko", "en")


def words(language: str) -> Mapping[str, str]:
    """Key -> word."""
    place = LANGUAGES.index(language)
    return {key: pair[place] for key, pair in _read()["words"].items()}


def term(word: str, language: str) -> str:
    """In the language; a word that the file does not have, as it stands."""
    pair = _read()["terms"].get(word)
    return word if pair is None else str(pair[LANGUAGES.index(language)])


def formulas(language: str) -> Sequence[Sequence[str]]:
    """(name, rule) of each figure."""
    place = LANGUAGES.index(language)
    return [pair[place] for pair in _read()["formulas"]]


@cache
def _read() -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(files(__package__).joinpath("words.json").read_text(encoding="utf-8"))
    return told

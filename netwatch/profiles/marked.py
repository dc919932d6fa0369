"""YAML with line numbers: text in, nested mappings out whose every key and value knows its line.

Only mappings of plain scalars and of lists of these, which is all a profile is made of. Anchors, aliases, tags and
duplicate keys are refused where they stand, as is a list where only one value has a meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

from netwatch.core.errors import Problem, ProfileError

DEPTH_AT_MOST = 8  # a fallback inside a column inside a table is five deep
_LOADER: type[Any] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: file, 1-based line, dotted path."""

    file: str
    line: int
    path: str = ""

    def problem(self, what: str) -> ProfileError:
        return ProfileError(Problem(file=self.file, line=self.line, where=self.path, what=what))

    def below(self, key: str, line: int) -> "Place":
        return Place(file=self.file, line=line, path=f"{self.path}.{key}" if self.path else key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A scalar, as it is written; it has no other type than text."""

    place: Place
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A list of scalars."""

    place: Place
    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A mapping. Each entry's own place is that of its key."""

    place: Place
    entries: Mapping[str, "Text | Texts | Block"]

    def known_keys(self, *keys: str) -> None:
        """Refuse every key that is not one of these."""
        for key, entry in self.entries.items():
            if key not in keys:
                raise entry.place.problem(f"unknown key{did_you_mean(key, keys)}")

    def block(self, key: str) -> "Block":
        """The mapping under a key that must be there."""
        entry = self._required(key)
        _refuse_list(entry)
        if not isinstance(entry, Block):
            raise entry.place.problem("a mapping is expected here")
        return entry

    def text(self, key: str) -> Text:
        """The text under a key that must be there, not empty."""
        entry = self._required(key)
        _refuse_list(entry)
        if not isinstance(entry, Text):
            raise entry.place.problem("a single value is expected here")
        if not entry.value:
            raise entry.place.problem("a value is missing")
        return entry

    def texts(self, key: str) -> tuple[Text, ...]:
        """One text or a list of them under a key; none where the key is not there."""
        if key not in self.entries:
            return ()
        entry = self.entries[key]
        return entry.items if isinstance(entry, Texts) else (self.text(key),)

    def blocks(self, key: str) -> Mapping[str, "Block"]:
        """The mappings under a key, by name; none where the key is not there."""
        return {name: self.block(key).block(name) for name in self.block(key).entries} if key in self.entries else {}

    def _required(self, key: str) -> "Text | Texts | Block":
        try:
            return self.entries[key]
        except KeyError:
            raise self.place.problem(f"{key!r} is missing") from None


def _refuse_list(entry: "Text | Texts | Block") -> None:
    if isinstance(entry, Texts):
        raise entry.place.problem("a list has no meaning here")


def parse(text: str, *, file: str) -> Block:
    """The whole file as one Block. Raises ProfileError."""
    place = Place(file=file, line=1)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            _refuse_tricks(event, place)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEPTH_AT_MOST:  # before the composer, which recurses
                raise _at(event, place).problem(f"nested deeper than {DEPTH_AT_MOST}")
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Place(file=file, line=line).problem(f"not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise Place(file=file, line=0).problem(f"not YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(root, yaml.MappingNode):
        raise place.problem("a profile is a mapping")
    return _block(root, place)


def did_you_mean(word: str, known: tuple[str, ...]) -> str:
    """The end of a sentence that offers the nearest known word, or lists them all."""
    near = get_close_matches(word, [str(one) for one in known], n=1)  # enumerations too, as they are written
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"


def _refuse_tricks(event: yaml.Event, place: Place) -> None:
    what = ""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        what = "anchors and aliases are refused"
    elif getattr(event, "tag", None) is not None:
        what = "tags are refused"
    if what:
        raise _at(event, place).problem(what)


def _at(event: yaml.Event, place: Place) -> Place:
    mark = event.start_mark
    return Place(file=place.file, line=mark.line + 1 if mark is not None else 0)


def _block(node: yaml.MappingNode, place: Place) -> Block:
    entries: dict[str, Text | Texts | Block] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise Place(file=place.file, line=line, path=place.path).problem("a key must be a plain word")
        here = place.below(key_node.value, line)
        if key_node.value in entries:
            raise here.problem(f"given twice, first in line {entries[key_node.value].place.line}")
        if isinstance(value_node, yaml.MappingNode):
            entries[key_node.value] = _block(value_node, here)
        elif isinstance(value_node, yaml.ScalarNode):
            entries[key_node.value] = Text(place=here, value=value_node.value)
        else:
            entries[key_node.value] = _texts(value_node, here)
    return Block(place=place, entries=entries)


def _texts(node: yaml.SequenceNode, place: Place) -> Texts:
    if not all(isinstance(item, yaml.ScalarNode) for item in node.value):
        raise place.problem("a list may only be of single values")
    texts = (Text(place=_line(place, item), value=item.value) for item in node.value)
    return Texts(place=place, items=tuple(texts))


def _line(place: Place, node: yaml.Node) -> Place:
    return Place(file=place.file, line=node.start_mark.line + 1, path=place.path)

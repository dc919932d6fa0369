"""What can be asked, told once: the routes, the checks of what is asked, and the OpenAPI document follow from it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from netwatch.core.model import NOTHING
from netwatch.expose.api.schemas import Schema
from netwatch.expose.selection import SelectionError, parameters, whole_number

MOST_ITEMS = 1000
ITEMS = 100  # where nobody says how many
MOST_LETTERS = 1000  # of one parameter

JSON = "application/json"
JSON_LD = "application/ld+json"
YANG_DATA = "application/yang-data+json"  # RFC 8040 §11.3.2
PROBLEM_JSON = "application/problem+json"


class Where(StrEnum):
    PATH = "path"
    QUERY = "query"


class NoSuchThing(Exception):  # noqa: N818 - it is an answer, not an accident
    """What the path names does not exist; the message is one sentence for whoever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter. `schema` is an integer with its bounds, a boolean, or a text with an `enum` or a `pattern`."""

    name: str
    about: str
    schema: Schema
    where: Where = Where.QUERY
    required: bool = False

    def parse(self, text: str) -> Any:  # noqa: ANN401 - the schema tells
        """The value. SelectionError where the text is none."""
        kind = self.schema["type"]
        if kind == "integer":
            most = self.schema["maximum"]
            number = whole_number(self.name, text, least=self.schema["minimum"], most=most)
            if str(number) != text:
                raise SelectionError(f"{self.name} must be a whole number without zeros before it.")
            return number
        if kind == "boolean":
            if text not in ("true", "false"):
                raise SelectionError(f"{self.name} must be true or false.")
            return text == "true"
        return self._word(text)

    def _word(self, text: str) -> str:
        words, pattern = self.schema.get("enum"), self.schema.get("pattern")
        if words is not None and text not in words:
            raise SelectionError(f"{self.name} must be one of {', '.join(words)}.")
        if not 1 <= len(text) <= MOST_LETTERS or (pattern is not None and not re.fullmatch(pattern, text)):
            raise SelectionError(f"{self.name} is not written as it must be.")
        return text


OFFSET = Parameter(
    name="offset",
    about="How many to leave out first.",
    schema={"type": "integer", "minimum": 0, "maximum": 99_999_999, "default": 0},
)
LIMIT = Parameter(
    name="limit",
    about="How many to tell at most.",
    schema={"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": ITEMS},
)


def key(name: str, about: str) -> Parameter:
    """A parameter in the path."""
    schema = {"type": "string", "minLength": 1, "maxLength": MOST_LETTERS}
    return Parameter(name=name, about=about, schema=schema, where=Where.PATH, required=True)


def names_of(name: str, about: str) -> Parameter:
    """Names of fields, parted by commas."""
    word = "[A-Za-z@][A-Za-z0-9]*"
    schema = {"type": "string", "pattern": f"^{word}(,{word})*$", "maxLength": MOST_LETTERS}
    return Parameter(name=name, about=about, schema=schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request whose parameters are what they must be."""

    values: Mapping[str, Any]
    origin: str  # http://host:port, as whoever asked reached us
    media_type: str  # of the reply: that of the operation's which was asked for

    @property
    def page(self) -> slice:
        offset = self.values["offset"]
        return slice(offset, offset + self.values["limit"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A reply: its document, for `encoding.pieces`, or a text as it is."""

    document: Any = None
    text: str | None = None
    headers: Mapping[str, str] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One GET. `path` is below /api; `{name}` stands for a parameter of the path, one segment or part of one."""

    id: str
    path: str
    tag: str
    about: str
    answer: Callable[[Asked], Told]
    reply: Schema
    parameters: tuple[Parameter, ...] = ()
    media_types: tuple[str, ...] = (JSON,)
    headers: Mapping[str, Schema] = field(default_factory=dict)  # of the reply

    def parse(self, path: Mapping[str, str], query: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
        """The values of all parameters, defaults where nothing was said. SelectionError where something is wrong."""
        allowed = tuple(one.name for one in self.parameters if one.where is Where.QUERY)
        given = {**parameters(query, allowed=allowed), **path}
        return dict(self._values(given))

    def _values(self, given: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        for one in self.parameters:
            if one.name in given:
                yield one.name, one.parse(given[one.name])
            elif one.required:
                raise SelectionError(f"{one.name} is missing.")
            else:
                yield one.name, one.schema.get("default")


def yang_data(id_: str, path: str, about: str, answer: Callable[[Asked], Told], reply: Schema) -> Operation:
    """A GET of one data resource as RFC 8040 §4.3 has it: its reply is wrapped in its name, the path's last segment."""
    name = path.rpartition("/")[2]
    module = next(word for word in reversed(path.split("/")) if ":" in word).partition(":")[0]
    full = name if ":" in name else f"{module}:{name}"
    return Operation(
        id=id_,
        path=path,
        tag=module,
        about=about,
        answer=answer,
        reply={
            "type": "object",
            "required": [full],
            "properties": {full: reply},
            "additionalProperties": False,
        },
        media_types=(YANG_DATA, JSON),
    )

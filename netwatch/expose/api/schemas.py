"""The few shapes that replies are described with: JSON Schema 2020-12, as OpenAPI 3.1 has it.

Objects are closed: a field that a builder tells and no description names is found by the tests.
"""

from collections.abc import Iterable, Mapping
from typing import Any

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
TRUTH: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
MOMENT: Schema = {"type": "string", "format": "date-time"}
URI: Schema = {"type": "string", "minLength": 1}
COUNTER64: Schema = {"type": "string", "pattern": "^[0-9]{1,20}$"}  # RFC 7951 §6.1
DECIMAL64: Schema = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]+$"}
PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT},
}  # RFC 9457


def record(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object with these fields and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def listing(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def one_of(words: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(words)}


def constant(word: str) -> Schema:
    return {"const": word}

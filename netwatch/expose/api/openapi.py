"""Operations -> the OpenAPI 3.1 document that describes them, all of them and nothing else."""

from collections.abc import Iterable, Mapping
from typing import Any

from netwatch.expose.api.definitions import PROBLEM_JSON, Operation, Parameter, Where
from netwatch.expose.api.schemas import PROBLEM, TEXT

PREFIX = "/api"
_BY_THE_LISTENER = {  # as its web configuration has it, before anything is looked at; in plain words
    "401": "Name and password are asked for.",
    "429": "Too many requests.",
    "503": "Too many passwords are being checked.",
}
_REFUSALS = {
    "400": "A parameter is unknown, missing, or not written as it must be.",
    "404": "There is nothing of that name.",
    "405": "Only GET and HEAD: nothing can be changed here.",
}
_WORDS: Mapping[str, Any] = {"text/plain": {"schema": TEXT}}
ABOUT = (
    "What netwatch knows of the city's network, in the shapes of RFC 8632 (alarms), RFC 8345 (topology), RFC 8343 "
    "(interfaces), TMF642 (alarms) and NGSI-LD (entities). Read-only. Times are ISO 8601 in UTC."
)


def document(operations: Iterable[Operation], *, version: str, examples: Mapping[str, str]) -> Mapping[str, Any]:
    """The document. `examples`: parameter of a path -> a value that leads somewhere."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "netwatch", "version": version, "description": ABOUT, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": {PREFIX + one.path: {"get": _operation(one, examples)} for one in operations},
        "components": {"schemas": {"Problem": PROBLEM}},
    }


def _operation(one: Operation, examples: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "operationId": one.id,
        "tags": [one.tag],
        "summary": one.about,
        "parameters": [_parameter(parameter, examples) for parameter in one.parameters],
        "responses": {
            "200": {
                "description": "What is known now.",
                "headers": {name: {"schema": schema, "required": True} for name, schema in one.headers.items()},
                "content": {kind: {"schema": one.reply} for kind in one.media_types},
            },
            "304": {"description": "Nothing of it has changed since the ETag that was told."},
            **{status: _refusal(status, why) for status, why in _REFUSALS.items()},
            **{status: {"description": why, "content": _WORDS} for status, why in _BY_THE_LISTENER.items()},
        },
    }


def _parameter(one: Parameter, examples: Mapping[str, str]) -> Mapping[str, Any]:
    example = examples.get(one.name) if one.where is Where.PATH else None
    return {
        **({"example": example} if example else {}),
        "name": one.name,
        "in": one.where.value,
        "required": one.required,
        "description": one.about,
        "schema": one.schema,
    }


def _refusal(status: str, why: str) -> Mapping[str, Any]:
    content: dict[str, Any] = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if status == "400":
        content |= _WORDS  # what cannot even be read is refused before it comes here
    return {"description": why, "content": content}

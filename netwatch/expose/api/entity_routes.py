"""The routes to NGSI-LD entities, as a context broker has them (ETSI GS CIM 009 §6), and to the words they use."""

from collections.abc import Iterable, Mapping
from typing import Any

from netwatch.core.model import NGSI_LD_CORE
from netwatch.expose.api import context
from netwatch.expose.api.definitions import (
    JSON,
    JSON_LD,
    LIMIT,
    OFFSET,
    Asked,
    NoSuchThing,
    Operation,
    Parameter,
    Told,
    key,
    names_of,
)
from netwatch.expose.api.encoding import Many
from netwatch.expose.api.known import Knowing
from netwatch.expose.api.ngsi_ld import ENTITY, Entities, Kind
from netwatch.expose.api.openapi import PREFIX
from netwatch.expose.api.schemas import TEXT, listing, one_of, record

_ENTITIES = "/ngsi-ld/v1/entities"
_LD = (JSON, JSON_LD)
_ATTRS = names_of("attrs", "Attributes to tell, parted by commas. Default: all.")
_TYPE = Parameter(name="type", about="Which entities.", schema=one_of(Kind), required=True)
_COUNT = Parameter(
    name="count", about="Tell how many there are in NGSILD-Results-Count.", schema={"type": "boolean", "default": False}
)


def entity_routes(known: Knowing) -> tuple[Operation, ...]:
    """The operations."""
    reader = _Reader(known)
    return (
        Operation(
            id="queryEntity",
            path=_ENTITIES,
            tag="NGSI-LD",
            about="Entities of a type, by pages.",
            answer=reader.page,
            reply=listing(ENTITY),
            parameters=(_TYPE, _ATTRS, _COUNT, OFFSET, LIMIT),
            media_types=_LD,
        ),
        Operation(
            id="retrieveEntity",
            path=f"{_ENTITIES}/{{entityId}}",
            tag="NGSI-LD",
            about="One entity.",
            answer=reader.one,
            reply=ENTITY,
            parameters=(key("entityId", "Its URN."), _ATTRS),
            media_types=_LD,
        ),
        Operation(
            id="context",
            path=context.PATH,
            tag="NGSI-LD",
            about="The @context: what the words of the entities stand for.",
            answer=lambda _asked: Told(document=context.context()),
            reply=record({"@context": {"type": "object", "additionalProperties": TEXT}}),
            media_types=(JSON_LD, JSON),
        ),
    )


class _Reader:
    def __init__(self, known: Knowing) -> None:
        self._known = known

    def _entities(self) -> Entities:
        return Entities(self._known.city, self._known.states)

    def page(self, asked: Asked) -> Told:
        entities, kind = self._entities(), Kind(asked.values["type"])
        headers = {"NGSILD-Results-Count": str(entities.count(kind))} if asked.values["count"] else {}
        found = (entities.build(ref) for ref in entities.page(kind, asked.page))
        told = (_chosen(entity, asked) for entity in found if entity is not None)
        return Told(document=Many(told), headers={**headers, **_linked(asked)})

    def one(self, asked: Asked) -> Told:
        entities = self._entities()
        ref = entities.find(asked.values["entityId"])
        entity = entities.build(ref) if ref is not None else None
        if entity is None:
            raise NoSuchThing("There is no such entity.")
        return Told(document=_chosen(entity, asked), headers=_linked(asked))


def _contexts(asked: Asked) -> Iterable[str]:
    return [f"{asked.origin}{PREFIX}{context.PATH}", NGSI_LD_CORE]


def _chosen(entity: Mapping[str, Any], asked: Asked) -> Mapping[str, Any]:
    """The attributes asked for; with the context in it where the reply is to be JSON-LD (§6.3.5 there)."""
    wanted: str | None = asked.values["attrs"]
    names = {"id", "type", *wanted.split(",")} if wanted else entity.keys()
    told = {name: value for name, value in entity.items() if name in names}
    return {**told, "@context": list(_contexts(asked))} if asked.media_type == JSON_LD else told


def _linked(asked: Asked) -> Mapping[str, str]:
    """Where the reply is plain JSON, the context is told beside it."""
    if asked.media_type == JSON_LD:
        return {}
    relation = 'rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    return {"Link": f"<{asked.origin}{PREFIX}{context.PATH}>; {relation}"}

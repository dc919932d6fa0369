"""A batch of entities -> one request to a context broker, and what it made of it (NGSI-LD §6.14 to §6.16)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError, ClientSession

from netwatch.core.model import Secret
from netwatch.core.text import decode_text
from netwatch.expose.api.definitions import JSON, JSON_LD
from netwatch.expose.api.encoding import Many, pieces
from netwatch.expose.api.ngsi_ld import Kind

MOST_REPLY_BYTES = 1 << 20
_NOT_OF_THE_BATCH = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
# entities it never knew, or a broker that deletes none: that is to hold up nobody
_NOTHING_TO_DELETE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})


class Task(StrEnum):
    """What is asked of the broker."""

    UPSERT = "upsert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the entities go. `contexts` are named in every entity."""

    url: str  # of the broker's /ngsi-ld/v1
    contexts: tuple[str, ...]
    kinds: tuple[Kind, ...]
    authorization: Secret | None = None  # the whole header
    tenant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the broker said of a batch. `refused`: the ids it did not take; None: all."""

    refused: frozenset[str] | None = frozenset()
    said: str = ""


class BrokerFailed(Exception):  # noqa: N818 - it is what a broker did, not an accident
    """No answer, or one that speaks of the broker or of us and not of the batch: it may be sent again."""


async def post(session: ClientSession, broker: Broker, task: Task, batch: Sequence[Any]) -> Answer:
    """Send the batch. Raises BrokerFailed."""
    headers = {"Content-Type": JSON_LD if task is Task.UPSERT else JSON, "Accept": JSON}
    if broker.tenant:
        headers["NGSILD-Tenant"] = broker.tenant
    if broker.authorization is not None:
        headers["Authorization"] = broker.authorization.reveal().decode("latin-1")
    url = f"{broker.url.rstrip('/')}/entityOperations/{task.value}"
    query = {"options": "update"} if task is Task.UPSERT else {}
    body = b"".join(pieces(Many(batch)))
    try:
        # a redirect is not followed: the credential is for this address alone
        async with session.post(url, data=body, headers=headers, params=query, allow_redirects=False) as reply:
            said = await _read(reply.content.iter_chunked(65536))
            return _answer(task, reply.status, said)
    except (ClientError, TimeoutError, OSError, ValueError) as error:
        # not the exception's own text: it may hold the header that could not be sent
        raise BrokerFailed(type(error).__name__) from None


async def _read(chunks: Any) -> bytes:  # noqa: ANN401 - an async iterator of bytes
    said = b""
    async for chunk in chunks:
        said += chunk
        if len(said) > MOST_REPLY_BYTES:
            raise BrokerFailed("its answer is too long")
    return said


def _answer(task: Task, status: int, said: bytes) -> Answer:
    if status in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT):
        return Answer()
    told = f"{status} {decode_text(said[:1000], 'utf-8')}"
    if status == HTTPStatus.MULTI_STATUS:
        return Answer(refused=_refused(said), said=told)
    is_of_the_batch = 400 <= status < 500 and status not in _NOT_OF_THE_BATCH
    if is_of_the_batch or (task is Task.DELETE and status in _NOTHING_TO_DELETE):
        return Answer(refused=None, said=told)
    raise BrokerFailed(told)


def _refused(said: bytes) -> frozenset[str]:
    """The ids of BatchOperationResult.errors (§5.2.16). Raises ValueError where it is none."""
    told = json.loads(said)
    errors = told.get("errors", []) if isinstance(told, dict) else []
    return frozenset(str(one["entityId"]) for one in errors if isinstance(one, dict) and "entityId" in one)

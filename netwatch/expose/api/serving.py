"""Operations -> an aiohttp application: requests in, replies out, each in slices between which others have their turn.

A short reply is sent whole, with an ETag; a long one is streamed while it is being made.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from hashlib import blake2b
from http import HTTPStatus

from aiohttp import ETag, web

from netwatch.expose.api.definitions import PROBLEM_JSON, Asked, NoSuchThing, Operation, Told
from netwatch.expose.api.encoding import pieces
from netwatch.expose.discovery import parse_host
from netwatch.expose.selection import SelectionError

WHOLE_BYTES = 1 << 20  # a longer reply is not kept to be weighed
_log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(operations: Iterable[Operation]) -> web.Application:
    """To be mounted at /api/."""
    made = web.Application(middlewares=[_refusing])
    for one in operations:
        made.router.add_get(one.path, _answering(one))
    return made


@web.middleware
async def _refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What cannot be answered is told as RFC 9457 has it."""
    try:
        return await handler(request)
    except SelectionError as mistake:
        return _problem(HTTPStatus.BAD_REQUEST, str(mistake))
    except NoSuchThing as missing:
        return _problem(HTTPStatus.NOT_FOUND, str(missing))
    except web.HTTPMethodNotAllowed as refusal:
        reply = _problem(HTTPStatus.METHOD_NOT_ALLOWED, "Nothing can be changed here: only GET and HEAD.")
        reply.headers["Allow"] = ", ".join(sorted(refusal.allowed_methods))
        return reply
    except web.HTTPNotFound:
        return _problem(HTTPStatus.NOT_FOUND, "There is no such page; /api/openapi.json tells what there is.")


def _problem(status: HTTPStatus, detail: str) -> web.Response:
    told = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return web.Response(status=status, body=b"".join(pieces(told)), content_type=PROBLEM_JSON)


def _answering(operation: Operation) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        asked = Asked(
            values=operation.parse(request.match_info, request.query.items()),
            origin=_origin(request),
            media_type=_wanted(request, operation),
        )
        return await _send(request, operation.answer(asked), asked.media_type)

    return answer


def _origin(request: web.Request) -> str:
    """How we were reached, as far as the asker's own words can be believed."""
    host = request.headers.get("Host")
    return f"{request.scheme}://{parse_host(host)}" if host else ""


def _wanted(request: web.Request, operation: Operation) -> str:
    """The kind of reply asked for, where it is one of ours; else the first of ours."""
    accepted = [word.partition(";")[0].strip() for word in request.headers.get("Accept", "").split(",")]
    return next((kind for kind in accepted if kind in operation.media_types), operation.media_types[0])


async def _send(request: web.Request, told: Told, media_type: str) -> web.StreamResponse:
    parts = iter((told.text.encode(),)) if told.text is not None else pieces(told.document)
    begun, is_whole = await _begin(parts)
    if not is_whole:
        return await _stream(request, begun, parts, headers={**told.headers, "Content-Type": media_type})
    body = b"".join(begun)
    tag = ETag(value=blake2b(body, digest_size=12).hexdigest())
    known = request.if_none_match
    if known and any(one.value in (tag.value, "*") for one in known):
        unchanged = web.Response(status=304, headers=told.headers)
        unchanged.etag = tag
        return unchanged
    reply = web.Response(body=body, headers={**told.headers, "Content-Type": media_type})
    reply.etag = tag
    return reply


async def _begin(parts: Iterator[bytes]) -> tuple[list[bytes], bool]:
    """The beginning of a reply, and whether that is all of it."""
    begun, size = list[bytes](), 0
    for part in parts:
        begun.append(part)
        size += len(part)
        if size > WHOLE_BYTES:
            return begun, False
        await asyncio.sleep(0)
    return begun, True


async def _stream(
    request: web.Request, begun: list[bytes], parts: Iterator[bytes], *, headers: dict[str, str]
) -> web.StreamResponse:
    reply = web.StreamResponse(headers=headers)
    await reply.prepare(request)
    if request.method == "HEAD":
        return reply
    try:
        for part in begun:
            await reply.write(part)
        for part in parts:
            await reply.write(part)
            await asyncio.sleep(0)
        await reply.write_eof()
    except ConnectionError as gone:
        _log.debug("a reply was not taken to its end: %s", gone)
    return reply

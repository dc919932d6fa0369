"""aiohttp's protocol for one connection, but what cannot be served is answered in our own words.

aiohttp repeats what it could not read, in its answer and in the log: that may be the start of somebody's password.
"""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, cast

from aiohttp import web

log = logging.getLogger(__name__)


class CarefulProtocol(web.RequestHandler):
    """`headers` go with each such answer; `on_malformed` is told of each request that was none."""

    def __init__(
        self,
        server: web.Server,
        *,
        headers: Mapping[str, str],
        on_malformed: Callable[[], None],
        settings: Mapping[str, Any],
    ) -> None:
        """`settings` are aiohttp's own."""
        super().__init__(server, **settings)
        self._headers = headers
        self._on_malformed = on_malformed

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - this is the text that must not get out
    ) -> web.StreamResponse:
        """One sentence and the end of the connection. ConnectionError where a reply has begun already."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("%s could not be answered", request.rel_url.path, exc_info=exc)
            text = "This could not be answered; the log says why.\n"
        else:
            log.debug("a request that cannot be read, from %s", request.remote)
            self._on_malformed()
            text = "This is no request that can be read.\n"
        if cast(Any, request.writer).output_size > 0:
            raise ConnectionError("half a reply has been sent, and cannot become another")
        refusal = web.Response(status=status, text=text, headers=self._headers)
        refusal.force_close()
        return refusal

"""A receiver of faults as another system of the city has one: it checks signatures, and can fail, hang or be away."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
from dataclasses import dataclass, field

from aiohttp import web

from tests.ports import free_tcp_port

KEY = b"a key that nobody guesses"


@dataclass
class Receiver:
    """`answers`: statuses to give first, one a request; then 204. `hang`: take the request and say nothing."""

    answers: list[int] = field(default_factory=list)
    taken: list[dict] = field(default_factory=list)  # what was answered with 204, in order
    tried: list[str] = field(default_factory=list)  # ids, of every request
    hangs: bool = False
    port: int = 0
    runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/faults"

    async def start(self):
        application = web.Application()
        application.router.add_post("/faults", self._take)
        self.runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]

    async def stop(self):
        await self.runner.cleanup()

    async def _take(self, request):
        body = await request.read()
        message = json.loads(body)
        identity, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        expected = hmac.new(KEY, f"{identity}.{timestamp}.".encode() + body, hashlib.sha256).digest()
        assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"
        assert identity == message["id"]
        self.tried.append(identity)
        if self.hangs:
            await asyncio.sleep(3600)
        if self.answers:
            return web.Response(status=self.answers.pop(0))
        self.taken.append(message)
        return web.Response(status=204)


@contextlib.asynccontextmanager
async def running_receiver():
    receiver = Receiver(port=free_tcp_port())  # it may be stopped, and start there again
    await receiver.start()
    try:
        yield receiver
    finally:
        await receiver.stop()

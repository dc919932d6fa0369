"""A daemon whose settings name a context broker, which is a server of ours: it is fed, and its failures are told."""

import asyncio
from pathlib import Path

from tests.contract.context_broker import running_broker
from tests.e2e.process import Daemon

INVENTORY = """\
city: 양주
timezone: Asia/Seoul
sites: {{hall: {{name: 시청, location: [37.79, 127.05]}}}}
devices: {{core-1: {{site: hall, address: 127.0.0.1, ping: udp/9}}}}
settings:
  broker_url: {url}
  broker_authorization: {{env: BROKER}}
"""
DEVICE = "urn:ngsi-ld:Device:%EC%96%91%EC%A3%BC:core-1"


async def until(condition):
    async with asyncio.timeout(90):
        while not condition():  # noqa: ASYNC110 - what it waits for happens in another process
            await asyncio.sleep(0.05)


async def test_a_running_daemon_feeds_the_broker_of_its_settings(tmp_path: Path):
    async with running_broker() as broker:
        broker.statuses = [503]
        path = tmp_path / "inventory.yaml"
        path.write_text(INVENTORY.format(url=broker.url), encoding="utf-8")
        daemon = Daemon(path, tmp_path / "state", environ={"BROKER": "Bearer canary-secret"})
        await asyncio.to_thread(daemon.start)
        try:
            await until(lambda: DEVICE in broker.entities)
            assert broker.entities[DEVICE]["site"]["value"] == "시청"
            assert {headers["Authorization"] for _, _, headers in broker.requests} == {"Bearer canary-secret"}
            # silent ever since: the next state comes as soon as it is known
            await until(lambda: broker.entities[DEVICE]["deviceState"]["value"] == "down")
            page = await asyncio.to_thread(daemon.page)
            assert page.value("netwatch_broker_requests_total", outcome="failed") == 1
            assert page.value("netwatch_broker_entities_total", fate="sent") >= 1
            assert any("context broker took nothing: 503" in line for line in daemon.log)
            assert not any("canary-secret" in line for line in daemon.log)
        finally:
            await asyncio.to_thread(daemon.__exit__)

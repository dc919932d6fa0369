"""The feed of a context broker, which is real: all of it once, then what changes, whatever the broker does."""

import asyncio
import logging
from dataclasses import replace

import pytest
from aiohttp import ClientSession, ClientTimeout

from netwatch.core.model import NGSI_LD_CORE, Secret
from netwatch.expose.api import broker as feed_of
from netwatch.expose.api.broker import BrokerFeed
from netwatch.expose.api.broker_client import Broker
from netwatch.expose.api.ngsi_ld import Kind
from netwatch.expose.own import OwnMetrics
from netwatch.inventory import load
from tests.contract.context_broker import running_broker
from tests.unit.expose.api.town import NOON_S, town_in

ENTITIES, REQUESTS = "netwatch_broker_entities_total", "netwatch_broker_requests_total"


class Feed:
    """A feed whose rounds are made one by one."""

    def __init__(self, town, broker, session):
        self.town, self.broker, self.session, self.own = town, broker, session, OwnMetrics({})
        self.settings = Broker(
            url=broker.url, contexts=(NGSI_LD_CORE,), kinds=(Kind.DEVICE, Kind.LINK), authorization=Secret(b"Bearer s3")
        )
        self.feed = BrokerFeed(town, lambda: self.settings, self.own)

    async def round(self):
        """What the broker was asked in it."""
        await self.feed.round(self.session)
        return self.broker.asked()

    def count(self, family, label):
        return self.own.get(family, label)


@pytest.fixture
async def feed(tmp_path):
    async with running_broker() as broker, ClientSession(timeout=ClientTimeout(total=2)) as session:
        yield Feed(town_in(tmp_path), broker, session)


async def test_everything_is_sent_once_and_then_only_what_changes(feed):
    assert await feed.round() == [("upsert", 14)]
    assert len(feed.broker.entities) == 14
    assert await feed.round() == []
    feed.town.darken("acc-1", "Gi2", since_s=NOON_S - 120.0)
    feed.town.darken("acc-2", "Gi1", since_s=NOON_S - 120.0)
    assert await feed.round() == [("upsert", 1)]
    link = feed.broker.entities["urn:ngsi-ld:NetworkLink:yangju:ring-a-2"]
    assert link["linkState"]["value"] == "down"
    assert link["@context"] == [NGSI_LD_CORE]
    assert (feed.count(ENTITIES, "sent"), feed.count(REQUESTS, "ok")) == (15, 2)


async def test_a_poll_that_says_nothing_new_sends_nothing(feed):
    await feed.round()
    state = feed.town.states["acc-1"]
    feed.town.see("acc-1", status=replace(state.status, read_s=1005.0, read_wall_s=NOON_S + 5.0), rtt_s=0.5)
    assert await feed.round() == []


async def test_the_credential_and_the_tenant_go_to_the_broker(feed):
    feed.settings = replace(feed.settings, tenant="yangju")
    await feed.feed.round(feed.session)
    (_, _, headers), *_ = feed.broker.requests
    assert (headers["Authorization"], headers["NGSILD-Tenant"]) == ("Bearer s3", "yangju")
    assert "s3" not in repr(feed.settings)


async def test_many_entities_are_many_requests(feed, monkeypatch):
    monkeypatch.setattr(feed_of, "BATCH", 5)
    assert await feed.round() == [("upsert", 5), ("upsert", 5), ("upsert", 4)]


async def test_what_finds_no_room_is_found_again_on_the_next_look(feed, monkeypatch):
    monkeypatch.setattr(feed_of, "MOST_WAITING", 6)
    assert [await feed.round() for _ in range(4)] == [[("upsert", 6)], [("upsert", 6)], [("upsert", 2)], []]
    assert len(feed.broker.entities) == 14


@pytest.mark.parametrize("status", [302, 401, 404, 408, 429, 500, 503])
async def test_a_broker_that_cannot_take_it_now_has_it_later(feed, status, caplog):
    feed.broker.statuses = [status, status]
    with caplog.at_level(logging.INFO):
        assert await feed.round() == [("upsert", 14)]
        assert await feed.round() == [("upsert", 14)]
        assert feed.broker.entities == {}
        assert feed.count(REQUESTS, "failed") == 2
        await feed.round()
    assert len(feed.broker.entities) == 14
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "s3" not in caplog.text


async def test_the_pauses_grow_to_a_minute_and_end_with_the_first_success(feed):
    feed.broker.statuses = [503] * 9
    pauses = []
    for _ in range(9):
        await feed.round()
        pauses.append(feed.feed._pause_s)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    await feed.round()
    assert feed.feed._pause_s == 0


async def test_a_broker_that_is_not_there_is_tried_again(feed):
    feed.settings = replace(feed.settings, url="http://127.0.0.1:1/ngsi-ld/v1")
    await feed.round()
    assert feed.count(REQUESTS, "failed") == 1
    feed.settings = replace(feed.settings, url=feed.broker.url)
    assert await feed.round() == [("upsert", 14)]


async def test_an_entity_that_the_broker_refuses_holds_up_no_other_and_comes_again_when_it_changes(feed):
    refused = "urn:ngsi-ld:NetworkLink:yangju:ring-a-2"
    feed.broker.refuses = {refused}
    await feed.round()
    assert (feed.count(ENTITIES, "sent"), feed.count(ENTITIES, "refused")) == (13, 1)
    assert feed.count(REQUESTS, "refused") == 1
    assert await feed.round() == []
    feed.broker.refuses = set()
    feed.town.darken("acc-1", "Gi2", since_s=NOON_S - 120.0)
    assert await feed.round() == [("upsert", 1)]
    assert refused in feed.broker.entities


async def test_a_batch_that_is_refused_as_a_whole_is_not_sent_for_ever(feed):
    feed.broker.statuses = [400]
    await feed.round()
    assert (feed.count(ENTITIES, "refused"), await feed.round()) == (14, [])


async def test_what_left_the_inventory_leaves_the_broker(feed, tmp_path):
    await feed.round()
    path = tmp_path / "inventory.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if "cam-4:" not in line]
    path.write_text("\n".join(kept), encoding="utf-8")
    feed.town.use(load(path, environ={"COMMUNITY": "canary-secret"}, credentials_dir=None))
    feed.broker.statuses = [503]
    assert await feed.round() == [("delete", 1)]
    assert "urn:ngsi-ld:Device:yangju:field:cam-4" in feed.broker.entities
    assert await feed.round() == [("delete", 1)]
    assert "urn:ngsi-ld:Device:yangju:field:cam-4" not in feed.broker.entities
    assert feed.count(ENTITIES, "deleted") == 1


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_broker_that_has_nothing_to_delete_holds_up_nobody(feed, tmp_path, status):
    await feed.round()
    path = tmp_path / "inventory.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if "cam-4:" not in line]
    path.write_text("\n".join(kept), encoding="utf-8")
    feed.town.use(load(path, environ={"COMMUNITY": "canary-secret"}, credentials_dir=None))
    feed.broker.statuses = [status]
    assert await feed.round() == [("delete", 1)]
    assert await feed.round() == []
    assert (feed.count(ENTITIES, "refused"), feed.count(REQUESTS, "failed")) == (1, 0)


async def test_another_broker_gets_everything(feed):
    await feed.round()
    feed.settings = replace(feed.settings, kinds=(Kind.LINK, Kind.INTERFACE))
    asked = await feed.round()
    assert asked == [("upsert", 4 + sum(len(state.interfaces.names) for state in feed.town.states.values()))]
    feed.settings = None
    assert await feed.round() == []


async def test_a_feed_without_a_broker_runs_and_does_nothing(feed):
    feed.settings = None
    running = asyncio.create_task(feed.feed.run())
    await asyncio.sleep(0.05)
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert feed.broker.requests == []

"""The operator's page over a real listener: its stream, the records of its things, and what may be done from it."""

import asyncio
import contextlib
import json
import socket

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from netwatch.expose.guard import Cut, Limits
from netwatch.expose.http import Front, HttpServer
from netwatch.expose.page import stream
from netwatch.expose.pages import Pages
from netwatch.expose.summary import Summary
from tests.contract.test_control_find import SILENT, Office
from tests.unit.cli.small_city import INVENTORY


class Listener:
    """A listener with the page of a small city on it."""

    def __init__(self, office):
        self.office = office
        self.cuts = []
        front = Front(
            pages=Pages(own=CollectorRegistry()),
            summary=lambda: Summary(city="양주", version="1"),
            complaint=str,
            on_cut=self.cuts.append,
            limits=Limits(request_s=0.9, stall_s=0.2),
        )
        self.server = HttpServer(front)
        self.server.mounted += office.mounted

    @property
    def url(self):
        return self.server.urls[0]


@pytest.fixture
async def listener(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "BEAT_S", 0.2)
    monkeypatch.setattr(stream, "VIEW_S", 0.1)
    one = Listener(Office(tmp_path))
    await one.server.start("127.0.0.1", 0)
    running = asyncio.create_task(one.office.desk.run())
    yield one
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await one.server.stop()


class Stream:
    """One reader: the events as they come, each with its name, data and number."""

    def __init__(self, content):
        self._content = content

    async def next(self, name="", within_s=15.0):
        """The next event, or the next of that name."""
        async with asyncio.timeout(within_s):
            while True:
                told = {}
                while line := (await self._content.readline()).decode().rstrip("\n"):
                    field, _, value = line.partition(": ")
                    told[field] = value
                assert told, "the stream has ended"
                if name in ("", told["event"]):
                    return told["event"], json.loads(told["data"]), told.get("id", "")

    async def until(self, *wanted):
        """The records of `put` events up to the one with the last of these keys."""
        found = {}
        while not found.keys() >= set(wanted):
            found |= dict((await self.next("put"))[1])
        return found


@contextlib.asynccontextmanager
async def reading(listener, query="", **headers):
    async with (
        ClientSession(headers=headers, read_bufsize=1 << 20) as client,
        client.get(f"{listener.url}page/stream{query}") as reply,
    ):
        assert reply.status == 200, await reply.text()
        assert reply.headers["Content-Type"].startswith("text/event-stream")
        yield Stream(reply.content)


async def test_a_reader_is_told_everything_and_then_what_changes(listener):
    async with reading(listener) as reader:
        name, hello, _ = await reader.next()
        assert (name, hello["user"], hello["may"], hello["fresh"]) == ("hello", "", [], True)
        told = await reader.until("city")
        assert told["city"]["devices"] == {"up": 4}
        assert told["site/okjeong-3"]["state"] in ("fine", "unknown")
        assert told["ring/ring-a"]["links"] == 3
        assert not [key for key in told if key.startswith(("fault/", "work/"))]
        listener.office.see("acc-3", SILENT)
        (fault,) = listener.office.known.city.book.open_faults
        told = await reader.until(f"fault/{fault.id}", "site/okjeong-3")
        assert told[f"fault/{fault.id}"]["kind"] == fault.kind.value
        assert told["site/okjeong-3"]["state"] == "unreachable"


async def test_who_comes_again_is_told_only_what_it_missed(listener):
    async with reading(listener) as reader:
        *_, number = await reader.next("put")
    listener.office.see("acc-3", SILENT)
    async with reading(listener, **{"Last-Event-ID": number}) as reader:
        assert (await reader.next())[1]["fresh"] is False
        _, pairs, _ = await reader.next("put")
        assert "ring/ring-a" not in dict(pairs)
        assert [key for key, _ in pairs if key.startswith("fault/")]
    async with reading(listener, "?since=another.7") as reader:
        assert (await reader.next())[1]["fresh"] is True
        assert "ring/ring-a" in await reader.until("city")


async def test_a_thing_comes_whole_and_again_when_it_is_another(listener):
    async with reading(listener, "?view=device/acc-3") as reader:
        _, told, _ = await reader.next("view")
        assert told["of"] == "device/acc-3"
        assert [port["name"] for port in told["record"]["ports"]] == ["Gi9", "Gi10"]
        assert told["record"]["ports"][0]["fields"][0]["id"] == "cam-3"
        assert told["record"]["drawing"]["id"] == "ring-a"
        listener.office.see("acc-3", SILENT)
        _, told, _ = await reader.next("view")
        assert told["record"]["state"] == "unreachable"


@pytest.mark.parametrize(
    ("view", "key", "value"),
    [
        ("field_device/cam-3", "ladder", lambda rungs: rungs[0]["rung"] == "reach"),
        ("ring/ring-a", "drawing", lambda one: one["around"] == ["core-1", "acc-1", "acc-2"]),
        (
            "site/okjeong-3",
            "listed",
            lambda one: {each["id"] for each in one["fields"]} == {"cam-3", "cam-4", "sign-1"},
        ),
        ("cable/c-4", "drawing", lambda one: one["branches"][0]["device"] == "acc-3"),
        ("service/cctv", "listed", lambda one: len(one["fields"]) == 4),
        ("port/acc-3 Gi9", "on_it", lambda one: one["field_devices"]["first"] == ["cam-3"]),
        ("contractor/hanbit", "contractor", lambda one: one["phone"] == "031-000-0000"),
    ],
)
async def test_every_kind_of_thing_has_a_record(listener, view, key, value):
    async with reading(listener, f"?view={view}") as reader:
        record = (await reader.next("view"))[1]["record"]
    assert value(record[key])


@pytest.mark.parametrize("view", ["device/nowhere", "port/nowhere Gi1", "fault/1", "line/acc-1", "x", "x/y/z", "/"])
async def test_of_what_is_not_there_nothing_comes(listener, view):
    async with reading(listener, f"?view={view}") as reader:
        assert (await reader.next("view"))[1] == {"of": view, "record": None}


async def test_a_fault_has_its_drawing_and_no_names_for_a_stranger(listener):
    listener.office.see("acc-3", SILENT)
    (fault,) = listener.office.known.city.book.open_faults
    async with reading(listener, f"?view=fault/{fault.id}") as reader:
        record = (await reader.next("view"))[1]["record"]
    assert record["drawing"]["nodes"]["acc-3"]["state"] == "unreachable"
    assert not {"log", "acknowledged", "assigned", "ticket"} & set(record)


async def test_an_inventory_that_becomes_another_one_takes_what_is_gone_off_the_page(listener):
    async with reading(listener) as reader:
        await reader.until("city")
        smaller = INVENTORY.replace("  okjeong-3:", "  okjeong-4:").replace("okjeong-3", "okjeong-4")
        listener.office.use(smaller)
        told = await reader.until("site/okjeong-4")
        assert told["site/okjeong-3"] is None


async def test_a_stream_outlives_the_time_of_a_request_and_one_that_takes_nothing_is_cut(listener):
    async with reading(listener) as reader:
        await reader.until("city")
        for _ in range(6):  # a beat each 0.2 s, where a request has 0.9 s
            assert (await reader.next("beat"))[0] == "beat"
    assert listener.cuts == []

    with socket.create_connection(listener.server.addresses[0]) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        deaf.sendall(b"GET /page/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        turn = 0
        while not listener.cuts and turn < 100:
            turn += 1
            listener.office.use(INVENTORY.replace("name: 옥정", f"name: {'옥' * 9000}{turn}"))
            await asyncio.sleep(0.05)
    assert listener.cuts[0] in (Cut.STALLED, Cut.TOO_LONG)  # where the machine is busy, both times are over at once


async def test_too_many_readers_are_told_to_come_later(listener, monkeypatch):
    monkeypatch.setattr(stream, "MOST_READERS", 1)
    async with reading(listener) as reader, ClientSession() as client:
        await reader.next()
        async with client.get(f"{listener.url}page/stream") as reply:
            assert reply.status == 503


async def test_while_nobody_reads_nothing_is_computed(listener):
    async with reading(listener) as reader:
        await reader.until("city")
    await asyncio.sleep(0.5)  # longer than a sweep and a beat
    board = listener.office.desk.page._sights.whole.model._board
    number = board.number
    listener.office.see("acc-3", SILENT)
    await asyncio.sleep(0.5)
    assert board.number == number


async def test_a_stranger_can_only_read(listener):
    ours = {"X-Netwatch-Page": "1", "Sec-Fetch-Site": "same-origin"}
    async with (
        ClientSession() as client,
        client.post(f"{listener.url}page/fault/work", json={"id": "1", "did": "noted"}, headers=ours) as reply,
    ):
        assert (reply.status, (await reply.json())["error"]) == (
            403,
            "Nobody has signed in: from here, faults can only be read.",
        )


async def test_the_document_and_its_parts_come_with_the_policy(listener):
    async with ClientSession() as client:
        for path in ("", "map", "device/acc-3", "port/acc-3%20Gi1%2F0"):
            async with client.get(listener.url + path) as reply:
                assert (reply.status, reply.content_type) == (200, "text/html")
                assert "unsafe" not in reply.headers["Content-Security-Policy"]
                assert reply.headers["Cache-Control"] == "no-store"
        async with client.get(f"{listener.url}nothing/acc-3") as reply:
            assert reply.status == 404

"""The control socket and its client, both real."""

import asyncio
import os
import pwd
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from netwatch.expose.control import CallerRoute, ControlServer, ControlSettings, NotNow, Refused
from netwatch.expose.control_client import ControlError, Reply, request
from tests.tools import missing


async def reload(_body: object) -> object:
    return {"devices": 412, "city": "양주"}


async def refuse(_body: object) -> object:
    raise Refused("The inventory was not accepted.", ["inventory.yaml:41 devices.sw-12.profil: unknown key"])


async def echo(body: object) -> object:
    return body


async def fail(_body: object) -> object:
    raise RuntimeError("secret detail")


ROUTES = {("POST", "/reload"): reload, ("POST", "/refuse"): refuse, ("POST", "/echo"): echo, ("GET", "/fail"): fail}


@asynccontextmanager
async def running(path: Path, **settings: object) -> AsyncIterator[ControlServer]:
    server = ControlServer(ControlSettings(path=path, **settings), ROUTES, on_cut=lambda _: None)
    await server.start()
    try:
        async with asyncio.timeout(20):
            yield server
    finally:
        await server.stop()


async def ask(path: Path, method: str, route: str, **more: object) -> Reply:
    return await asyncio.to_thread(lambda: request(path, method, route, **more))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control.sock"


async def test_a_route_is_awaited_and_its_outcome_comes_back(path):
    async with running(path):
        reply = await ask(path, "POST", "/reload")
    assert (reply.ok, reply.error, reply.body) == (True, "", {"devices": 412, "city": "양주"})


async def test_a_body_reaches_the_route_as_it_was(path):
    sent = {"subject": "cable:c-017", "n": [1, None, True, "강"]}
    async with running(path):
        assert (await ask(path, "POST", "/echo", body=sent)).body == sent


async def test_a_refusal_brings_its_sentence_and_every_detail(path):
    async with running(path):
        reply = await ask(path, "POST", "/refuse")
    assert (reply.status, reply.error) == (409, "The inventory was not accepted.")
    assert reply.body["detail"] == ["inventory.yaml:41 devices.sw-12.profil: unknown key"]


async def test_a_route_that_breaks_tells_nothing_of_its_inside(path):
    async with running(path):
        reply = await ask(path, "GET", "/fail")
    assert (reply.status, reply.error) == (500, "The daemon answered 500.")


@pytest.mark.parametrize(("method", "route", "status"), [("GET", "/reload", 405), ("POST", "/nowhere", 404)])
async def test_what_is_no_route_is_refused(path, method, route, status):
    async with running(path):
        assert (await ask(path, method, route)).status == status


async def test_the_socket_is_for_its_owner_alone_unless_others_are_named(path):
    async with running(path):
        assert path.stat().st_mode & 0o777 == 0o600
    async with running(path, users=frozenset({4711})):
        assert path.stat().st_mode & 0o777 == 0o666


@pytest.fixture
def public() -> Iterator[Path]:
    """A path that other users can reach; pytest's own folders let nobody else in."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "control.sock"


def ask_as(user: int, path: Path) -> int:
    """The status that a process of another user gets; a child, since giving up root is for good."""
    child = os.fork()
    if child == 0:
        os.setresuid(user, user, user)
        try:
            os._exit(request(path, "POST", "/reload", timeout_s=5).status - 200)
        except ControlError:
            os._exit(255)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) + 200


@pytest.mark.parametrize(("user", "status"), [(4711, 200), (4712, 403)])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
async def test_the_kernel_says_who_asks_and_only_named_users_are_served(public, user, status):
    if os.getuid() != 0:
        missing("root, which alone can become another user,")
    async with running(public, users=frozenset({4711})):
        assert await asyncio.to_thread(ask_as, user, public) == status


async def test_the_place_of_a_daemon_that_died_is_taken_over(path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    async with running(path):
        assert (await ask(path, "POST", "/reload")).ok


async def test_the_place_of_a_daemon_that_lives_is_not(path):
    async with running(path):
        with pytest.raises(OSError, match="another daemon answers"):
            await ControlServer(ControlSettings(path=path), ROUTES, on_cut=lambda _: None).start()
        assert (await ask(path, "POST", "/reload")).ok


async def test_the_socket_is_gone_after_the_daemon(path):
    async with running(path):
        assert path.exists()
    assert not path.exists()


async def test_a_body_that_is_no_json_and_one_that_is_too_long_are_refused(path):
    async with running(path):
        for body, status in ((b"{", b"400"), (b"1" * 70_000, b"413")):
            reader, writer = await asyncio.open_unix_connection(str(path))
            head = b"POST /echo HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % len(body)
            writer.write(head + body)
            assert (await reader.readline()).split()[1] == status
            writer.close()


def test_without_a_daemon_the_command_says_so(path):
    with pytest.raises(ControlError, match="No netwatch is running here"):
        request(path, "POST", "/reload")


def test_a_daemon_that_does_not_answer_in_time_is_told_apart(path):
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(path))
        deaf.listen()
        with pytest.raises(ControlError, match=r"did not answer within 0\.1 s"):
            request(path, "POST", "/reload", timeout_s=0.1)


class Record:
    """What was told of who asked for what."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []

    def record(self, *, account: str, origin: str, subject: str, action: str, outcome: str) -> None:
        assert (account, origin) == (pwd.getpwuid(os.getuid()).pw_name, "control socket")
        self.told.append((action, subject, outcome))


async def test_who_changes_something_is_on_record_with_what_became_of_it(path):
    outcomes = iter(("done", Refused("no such window"), NotNow("the disk is full"), RuntimeError("a fault of ours")))

    async def change(_body: object, _user: str) -> object:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    record, routes = Record(), {("POST", "/end"): CallerRoute(change, "maintenance.end"), **ROUTES}
    server = ControlServer(ControlSettings(path=path), routes, on_cut=lambda _: None, access=record)
    await server.start()
    for body in ({"id": "m-1"}, {"id": "x" * 500}, {"subject": "ring:a"}, None):
        await ask(path, "POST", "/end", body=body)
    await ask(path, "POST", "/echo", body={"id": "looks only"})
    await server.stop()
    assert record.told == [
        ("maintenance.end", "m-1", "done"),
        ("maintenance.end", "x" * 200, "refused"),
        ("maintenance.end", "ring:a", "failed"),
        ("maintenance.end", "daemon:", "failed"),
    ]

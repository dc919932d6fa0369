"""The doors of a daemon: where they lie is told, and one that cannot be opened is one sentence."""

import logging
import socket

import pytest

from netwatch.core.errors import NetwatchError
from netwatch.expose.control import ControlServer, ControlSettings
from netwatch.expose.doors import open_control, open_listener
from netwatch.expose.http import Front, HttpServer
from netwatch.expose.own import OwnMetrics
from netwatch.expose.pages import Pages


@pytest.fixture
async def listener():
    server = HttpServer(
        Front(pages=Pages(own=OwnMetrics({}).registry), summary=None, complaint=str, on_cut=lambda _cut: None)
    )
    yield server
    await server.stop()


def control(path):
    return ControlServer(ControlSettings(path=path), {}, on_cut=lambda _cut: None)


async def test_an_open_listener_says_where_it_is(listener, caplog):
    with caplog.at_level(logging.INFO):
        await open_listener(listener, ("127.0.0.1", 0))
    ((_, port),) = listener.addresses
    assert caplog.messages == [f"listening on http://127.0.0.1:{port}/"]


async def test_a_taken_port_is_one_sentence_which_says_how_to_take_another(listener):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NetwatchError) as refused:
            await open_listener(listener, ("127.0.0.1", port))
    hint = "--listen HOST:PORT names another place"
    assert str(refused.value) == f"cannot listen on 127.0.0.1:{port}: Address already in use; {hint}"


async def test_the_folder_of_the_control_socket_is_made(tmp_path):
    path = tmp_path / "run" / "netwatch" / "control.sock"
    server = control(path)
    await open_control(server, path)
    assert path.is_socket()
    await server.stop()


async def test_a_control_socket_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "run").write_text("a file, and no folder")
    path = tmp_path / "run" / "control.sock"
    with pytest.raises(NetwatchError, match=r"^cannot open the control socket .*/run/control\.sock: "):
        await open_control(control(path), path)


async def test_a_daemon_that_lives_keeps_its_socket(tmp_path):
    path = tmp_path / "control.sock"
    first = control(path)
    await open_control(first, path)
    with pytest.raises(NetwatchError, match="another daemon answers"):
        await open_control(control(path), path)
    await first.stop()

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netwatch.expose.sd_notify import Notifier


def monotonic_us() -> int:
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000  # noqa: TID251 - the clock that systemd compares with


@pytest.fixture(params=["path", "abstract"])
def systemd(request, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket that listens like systemd's, and the NOTIFY_SOCKET that leads to it."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@netwatch-test-{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(5)
        receiver.bind(name.replace("@", "\0", 1))
        yield receiver, name


def test_every_notification_arrives_as_systemd_reads_it(systemd):
    receiver, name = systemd
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": name})
    notifier.ready("polling 412 devices")
    notifier.status("양주: 2 down")
    notifier.alive()
    notifier.stopping()
    notifier.close()
    told = [receiver.recv(4096).decode() for _ in range(4)]
    assert told == ["READY=1\nSTATUS=polling 412 devices", "STATUS=양주: 2 down", "WATCHDOG=1", "STOPPING=1"]


def test_a_reload_carries_the_monotonic_time_in_microseconds(systemd):
    receiver, name = systemd
    notifier = Notifier(name)
    before = monotonic_us()
    notifier.reloading()
    notifier.close()
    first, second = receiver.recv(4096).decode().split("\n")
    assert first == "RELOADING=1"
    key, _, value = second.partition("=")
    assert key == "MONOTONIC_USEC"
    assert before <= int(value) <= monotonic_us()


def test_a_status_cannot_smuggle_in_another_notification(systemd):
    receiver, name = systemd
    notifier = Notifier(name)
    notifier.status("sw-1\nSTOPPING=1")
    notifier.close()
    assert receiver.recv(4096) == b"STATUS=sw-1\\nSTOPPING=1"


def test_without_systemd_nothing_is_sent_and_nothing_fails():
    notifier = Notifier.from_environment({"WATCHDOG_USEC": "30000000"})
    notifier.ready("x")
    notifier.alive()
    notifier.close()
    assert notifier.failures == 0
    assert notifier.watchdog_s is None


def test_a_notification_that_cannot_be_sent_is_counted_and_logged(tmp_path, caplog):
    notifier = Notifier(str(tmp_path / "nobody"))
    notifier.ready()
    notifier.close()
    assert notifier.failures == 1
    assert "systemd could not be told READY=1" in caplog.text


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_interval_counts_only_if_it_is_meant_for_this_process(more, wanted):
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": "/nowhere", **more})
    notifier.close()
    assert notifier.watchdog_s == wanted

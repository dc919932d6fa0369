"""Networks of a test's own: Linux network namespaces entered by one thread, gone when it ends. Needs root."""

import concurrent.futures
import ctypes
import functools
import inspect
import json
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.process import until
from tests.tools import missing, require_tool

CLONE_NEWNET = 0x40000000


class OwnNetwork:
    """The namespaces of one test. The thread that made them may walk between them."""

    def __init__(self):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._ip = require_tool("ip")
        self._opened = []

    def enter_new(self):
        """Put this thread into a fresh namespace with its loopback up; returns the way back into it."""
        if self._libc.unshare(CLONE_NEWNET) != 0:
            missing(f"the right to make a network namespace ({os.strerror(ctypes.get_errno())})")
        self.ip("link", "set", "lo", "up")
        place = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self._opened.append(place)
        return place

    @contextmanager
    def inside(self, place):
        """Sockets made and settings changed here belong to that namespace."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            self._go(place)
            yield
        finally:
            self._go(before)
            os.close(before)

    def ip(self, *words):
        return subprocess.run([self._ip, *words], check=True, capture_output=True, text=True).stdout

    def sysctl(self, name, value):
        Path("/proc/sys", *name.split(".")).write_text(value)

    def permit_icmp(self):
        self.sysctl("net.ipv4.ping_group_range", "0 2147483647")

    def wire_to(self, place, *, here, there):
        """A veth pair from here (`near`) to `place` (`far`), with one IPv4 and one IPv6 address each."""
        self.ip("link", "add", "near", "type", "veth", "peer", "name", "far")
        with self._holder(place) as pid:
            self.ip("link", "set", "far", "netns", str(pid))
        self._address("near", here)
        with self.inside(place):
            self._address("far", there)
            self.carries("far")
        self.carries("near")

    def carries(self, name):
        """Wait until it does: the kernel sees to links that came up once a second, and drops what is sent before."""
        until(lambda: json.loads(self.ip("-json", "link", "show", name))[0]["operstate"] == "UP", what=f"{name} up")

    def close(self):
        for place in self._opened:
            os.close(place)

    def _address(self, name, addresses):
        for address in addresses:
            self.ip("address", "add", address, "dev", name, *(["nodad"] if ":" in address else []))
        self.ip("link", "set", name, "up")

    @contextmanager
    def _holder(self, place):
        """`ip link set netns` names a namespace by a process in it."""
        with self.inside(place):
            process = subprocess.Popen(["sleep", "60"])
        try:
            yield process.pid
        finally:
            process.kill()
            process.wait()

    def _go(self, place):
        if self._libc.setns(place, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def in_own_network(test):
    """Run a test in a thread of its own inside a fresh namespace; it is given the OwnNetwork as its first argument."""

    def run(*args, **kwargs):
        network = OwnNetwork()
        try:
            network.enter_new()
            test(network, *args, **kwargs)
        finally:
            network.close()

    @functools.wraps(test)
    def runner(*args, **kwargs):
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            thread.submit(run, *args, **kwargs).result()

    signature = inspect.signature(test)
    runner.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])
    return runner

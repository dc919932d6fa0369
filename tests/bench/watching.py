"""The real daemon as a process of its own on the measured core, and a cheap client for its pages."""

import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.harness import ROOT, Agents, cores, on_core
from tests.ports import free_tcp_port

START = "import sys; from netwatch.cli.main import main; sys.exit(main())"
START_S = 120.0
SAMPLE = re.compile(rb"^(\w+)(?:\{(.*)\})? (\S+)", re.MULTILINE)
PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A running `netwatch run`."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def page(self, path: str) -> bytes:
        """One page, whole."""
        return b"".join(self._pieces(path)).partition(b"\r\n\r\n")[2]

    def scrape(self, path: str) -> int:
        """Take one page and throw it away; its size in octets."""
        return sum(map(len, self._pieces(path)))

    def own(self) -> Mapping[str, float]:
        """The daemon's own metrics, `name{labels}` -> value."""
        return {
            (name + (b"{" + labels + b"}" if labels else b"")).decode(): float(value)
            for name, labels, value in SAMPLE.findall(self.page("/metrics?shard=city"))
        }

    def sums(self, shards: int) -> Mapping[str, float]:
        """The sum of every family over all devices."""
        sums: dict[str, float] = defaultdict(float)
        for shard in range(shards):
            for name, _, value in SAMPLE.findall(self.page(f"/metrics?shard={shard}&of={shards}")):
                if not name.startswith(b"netwatch_interface_"):
                    sums[name.decode()] += float(value)
        return sums

    def _pieces(self, path: str) -> Iterator[bytes]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as client:
            client.sendall(f"GET {path} HTTP/1.0\r\nHost: bench\r\n\r\n".encode())
            while piece := client.recv(PIECE_BYTES):
                yield piece


@contextmanager
def watching(agents: Agents, *, state: Path | None = None) -> Iterator[Watch]:
    """netwatch watching these agents, once its pages can be had. `state`: what it shall remember, and be kept."""
    port = free_tcp_port()
    with tempfile.TemporaryDirectory(prefix="netwatch-bench-") as folder:
        log = Path(folder, "log")
        command = [sys.executable, "-c", START, "run", "--inventory", str(agents.inventory)]
        command += ["--state-dir", str(state or Path(folder, "state")), "--listen", f"127.0.0.1:{port}"]
        with log.open("wb") as errors:
            process = subprocess.Popen(on_core(cores()[0], command), cwd=ROOT, stderr=errors)
        try:
            _wait_until_open(process, port, log)
            yield Watch(process=process, port=port, log=log)
        except OSError:
            print(f"netwatch was not to be talked to any more; its last words:\n{log.read_text()[-2000:]}")
            raise
        finally:
            if process.poll() is not None:
                print(f"netwatch ended by itself, with {process.returncode}:\n{log.read_text()}")
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_open(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"netwatch did not start:\n{log.read_text()}")

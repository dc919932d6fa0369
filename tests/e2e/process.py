"""`netwatch` as a process of its own, as its operator and Prometheus see it: exit codes, log lines, pages."""

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).resolve().parents[2]
NETWATCH = (sys.executable, "-m", "netwatch.cli.main")
LISTENING = re.compile(r"listening on (https?://\S+)")
ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "HOME": "/nonexistent"}


def until(condition, *, within_s=15.0, what="it"):
    """The first true value of `condition()`, asked again and again; AssertionError when the time is over."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come true within {within_s:g} s")


def netwatch(*words, environ=None, within_s=30.0):
    """Run one command to its end."""
    return subprocess.run(
        [*NETWATCH, *map(str, words)],
        cwd=ROOT,
        env=ENVIRONMENT | (environ or {}),
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )


class Page:
    """One page, read by the official parser, which refuses what is not in the format."""

    def __init__(self, text):
        self.text = text
        self.samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    def where(self, name, **labels):
        """The samples of one family with these labels."""
        return [
            sample
            for sample in self.samples
            if sample.name == name and all(sample.labels.get(key) == value for key, value in labels.items())
        ]

    def value(self, name, **labels):
        """The one value, or None."""
        found = self.where(name, **labels)
        assert len(found) <= 1, found
        return found[0].value if found else None

    def devices(self, name=None):
        """The devices told of, by every family or by one."""
        return {
            sample.labels["device"]
            for sample in self.samples
            if "device" in sample.labels and name in (None, sample.name)
        }


class Daemon:
    """`netwatch run`, from its start to its end. A context manager: whatever happens, nothing stays behind."""

    def __init__(self, inventory: Path, state: Path, *, listen="127.0.0.1:0", environ=None, program=NETWATCH, more=()):
        self.inventory, self.state, self.listen, self.program = inventory, state, listen, program
        self.more = more
        self.headers, self.tls = {}, None  # with which its pages are fetched
        self.environ = ENVIRONMENT | (environ or {})
        self.log: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        self._ended()

    def start(self):
        """Start it, and wait until it listens."""
        self.log = []
        words = ["run", "--inventory", self.inventory, "--state-dir", self.state, "--listen", self.listen, *self.more]
        self.process = subprocess.Popen(
            [*self.program, *map(str, words)],
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self.process.stderr,), daemon=True)
        self._reader.start()
        self.url = until(self._address, within_s=30, what="listening").rstrip("/")
        return self

    def ready(self, within_s=20.0):
        until(self.is_ready, within_s=within_s, what="ready")
        return self

    def _address(self):
        assert self.process is not None
        has_ended = self.process.poll() is not None  # before the log is looked at: it may have listened first
        address = next((found[1] for line in self.log if (found := LISTENING.search(line))), None)
        assert address or not has_ended, "\n".join(self.log)
        return address

    def _read(self, stream):
        for line in stream:
            self.log.append(line.rstrip("\n"))

    @property
    def pid(self):
        assert self.process is not None
        return self.process.pid

    def fetch(self, path):
        """(status, body) of a GET."""
        assert self.process is not None
        try:
            request = urllib.request.Request(self.url + path, headers=self.headers)
            with urllib.request.urlopen(request, timeout=20, context=self.tls) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:  # URLError too
            raise AssertionError(
                f"{error}; exit code {self.process.poll()}; it said:\n" + "\n".join(self.log)
            ) from error

    def page(self, path="/metrics"):
        status, text = self.fetch(path)
        assert status == http.client.OK, text
        return Page(text)

    def value(self, name, **labels):
        return self.page().value(name, **labels)

    def is_ready(self):
        return self.fetch("/-/ready")[0] == http.client.OK

    def lines(self, word):
        """The log lines in which `word` stands."""
        return [line for line in self.log if word in line]

    def reload(self):
        return netwatch("reload", "--state-dir", self.state)

    def hang_up(self):
        os.kill(self.pid, signal.SIGHUP)

    def stop(self, within_s=10.0):
        """SIGTERM; the exit code."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(within_s)
        return self._ended()

    def kill(self):
        """SIGKILL: no last words."""
        assert self.process is not None
        self.process.kill()
        return self._ended()

    def _ended(self):
        if self.process is None:
            return None
        code = self.process.wait(10)
        self._reader.join(10)
        self.process.stderr.close()
        self.process = None
        return code

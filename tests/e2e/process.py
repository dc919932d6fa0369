"""`netwatch` as a process of its own, as its operator and Prometheus see it: exit codes, log lines, pages."""

import functools
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
import weakref
from pathlib import Path
from typing import ClassVar

from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).resolve().parents[2]
NETWATCH = (sys.executable, "-m", "netwatch.cli.main")
LISTENING = re.compile(r"listening on (https?://\S+)")
READ_S = 60  # for the last words of a process that has ended
ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "HOME": "/nonexistent"}


def until(condition, *, within_s=90.0, what="it"):
    """The first true value of `condition()`, asked again and again; AssertionError when the time is over.

    It is for what must come, so there is time for a machine that stands still for a while. What costs much to ask is
    asked less often: whom we wait for has the same processors.
    """
    deadline = time.monotonic() + within_s
    while (asked_s := time.monotonic()) < deadline:
        found = condition()
        if found:
            return found
        time.sleep(max(0.05, 2 * (time.monotonic() - asked_s)))
    raise AssertionError(f"{what} did not come true within {within_s:g} s")


def netwatch(*words, environ=None, within_s=120.0):
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


def samples(text):
    """What the official parser reads there, which refuses what is not in the format."""
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


class Page:
    """One page. Who asks for one name has only its lines parsed: all of them are most of what waiting would cost."""

    def __init__(self, text):
        self.text = text
        self._named = {}

    @functools.cached_property
    def samples(self):
        """All of them."""
        return samples(self.text)

    def named(self, name):
        """Those of one name."""
        if name not in self._named:
            lines = re.findall(rf"^{re.escape(name)}[{{ ].*\n", self.text, re.MULTILINE)
            self._named[name] = samples("".join(lines))
        return self._named[name]

    def where(self, name, **labels):
        """The samples of one name with these labels."""
        return [
            sample
            for sample in self.named(name)
            if all(sample.labels.get(key) == value for key, value in labels.items())
        ]

    def value(self, name, **labels):
        """The one value, or None."""
        found = self.where(name, **labels)
        assert len(found) <= 1, found
        return found[0].value if found else None

    def devices(self, name=None):
        """The devices told of, by every family or by one."""
        told = self.samples if name is None else self.named(name)
        return {sample.labels["device"] for sample in told if "device" in sample.labels}


class Daemon:
    """`netwatch run`, from its start to its end. A context manager: whatever happens, nothing stays behind."""

    known: ClassVar = weakref.WeakSet()  # those whose words a failure is to be told with

    def __init__(self, inventory: Path, state: Path, *, listen="127.0.0.1:0", environ=None, program=NETWATCH, more=()):
        self.inventory, self.state, self.listen, self.program = inventory, state, listen, program
        self.more = more
        self.headers, self.tls = {}, None  # with which its pages are fetched
        self.environ = ENVIRONMENT | (environ or {})
        self.log: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        self.known.add(self)

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
        self.url = until(self._address, what="listening").rstrip("/")
        return self

    def ready(self, within_s=90.0):
        until(self.is_ready, within_s=within_s, what="ready")
        return self

    def _address(self):
        assert self.process is not None
        if has_ended := self.process.poll() is not None:  # before the log is looked at: it may have listened first
            self._reader.join(READ_S)
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

    def stop(self, within_s=30.0):
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
        code = self.process.wait(READ_S)
        self._reader.join(READ_S)
        self.process.stderr.close()
        self.process = None
        return code

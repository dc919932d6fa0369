"""Prometheus and Alertmanager as programs of a test, with the shipped files.

NETWATCH_CURRENT_PROMETHEUS names a current Prometheus to use instead of Debian's, then with the configuration for it.
"""

import os
import shutil
import subprocess
import urllib.error
import urllib.request
from contextlib import nullcontext

from tests.e2e.process import ROOT, until
from tests.tools import SYSTEM_PATHS, require_tool

PROMETHEUS, ALERTMANAGER = ROOT / "deploy" / "prometheus", ROOT / "deploy" / "alertmanager"
CURRENT = os.environ.get("NETWATCH_CURRENT_PROMETHEUS")


class Program:
    """Ready when its `/-/ready` says so. `around`: makes the context in which it is started and asked."""

    def __init__(self, words, *, port, log, around=nullcontext):
        self.url = f"http://127.0.0.1:{port}"
        self._words, self._log, self._around, self._process = words, log, around, None

    def start(self):
        with self._around(), self._log.open("ab") as log:
            self._process = subprocess.Popen(self._words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(self._is_ready, what=f"{self._words[0]} ready")

    def fetch(self, path):
        with self._around(), urllib.request.urlopen(self.url + path, timeout=30) as reply:
            return reply.read().decode()

    def stop(self):
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def restart(self):
        self.stop()
        self.start()

    def _is_ready(self):
        assert self._process.poll() is None, self._log.read_text()
        try:
            return bool(self.fetch("/-/ready"))
        except OSError:  # URLError and HTTPError too: not yet
            return False


def prometheus_config():
    return (PROMETHEUS / ("prometheus-current.yml" if CURRENT else "prometheus.yml")).read_text()


def alertmanager_config():
    return (ALERTMANAGER / "alertmanager.yml").read_text()


def prometheus(folder, config, *, port=9090, around=nullcontext):
    """With the shipped rules, in a new folder of its own."""
    folder.mkdir()
    (folder / "prometheus.yml").write_text(config)
    shutil.copytree(PROMETHEUS / "rules", folder / "rules")
    data, listen = f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}"
    words = [CURRENT or require_tool("prometheus"), f"--config.file={folder / 'prometheus.yml'}", data, listen]
    return Program(words, port=port, log=folder / "log", around=around)


def alertmanager(folder, config, *, port=9093, around=nullcontext):
    """With the shipped templates, in a new folder of its own."""
    folder.mkdir()
    (folder / "alertmanager.yml").write_text(config)
    shutil.copytree(ALERTMANAGER / "templates", folder / "templates")
    program = shutil.which("prometheus-alertmanager", path=SYSTEM_PATHS) or require_tool("alertmanager")
    data, listen = f"--storage.path={folder / 'alerts'}", f"--web.listen-address=127.0.0.1:{port}"
    words = [program, f"--config.file={folder / 'alertmanager.yml'}", data, listen, "--cluster.listen-address="]
    return Program(words, port=port, log=folder / "log", around=around)

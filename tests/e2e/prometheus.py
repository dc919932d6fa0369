"""A real Prometheus (Debian's) on a free loopback port, with a folder of its own."""

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from tests.e2e.process import until
from tests.ports import free_tcp_port
from tests.tools import require_tool


class Prometheus:
    """A context manager. `jobs` are entries of scrape_configs, as JSON, which YAML includes."""

    def __init__(self, folder: Path, jobs):
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_tcp_port()}"
        folder.mkdir()
        (folder / "prometheus.yml").write_text(json.dumps({"scrape_configs": jobs}))

    def __enter__(self):
        program = require_tool("prometheus")
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [
                program,
                f"--config.file={self.folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={self.folder / 'data'}",
                f"--web.listen-address={self.url.removeprefix('http://')}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        until(self._is_ready, what="Prometheus ready")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def _is_ready(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=5) as reply:
                return reply.status == 200
        except OSError:  # URLError and HTTPError too: not yet
            return False

    def ask(self, path, **parameters):
        """The `data` of an API answer."""
        query = urllib.parse.urlencode(parameters, doseq=True)
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=20) as reply:
            return json.load(reply)["data"]

    def query(self, expression, at_s):
        """The result of an instant query: a list of {metric, value} or {metric, values}."""
        return self.ask("query", query=expression, time=f"{at_s:.3f}")["result"]

    def series(self, selector):
        """The label sets of all series that match."""
        return self.ask("series", **{"match[]": selector})

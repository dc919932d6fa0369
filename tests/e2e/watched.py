"""A simulated city, netwatch and a real Prometheus beside each other, as long as a module's tests need them."""

import json
import os
import re
import subprocess
import threading
import time
from pathlib import Path

from tests.e2e.process import ENVIRONMENT, NETWATCH, ROOT, netwatch, until
from tests.e2e.prometheus import Prometheus

ADDRESS = re.compile(r"^  http://(127\.0\.0\.1:\d+)/$", re.MULTILINE)
SCRAPE = "2s"


class WatchedCity:
    """`netwatch demo`, obeying what is typed, and a Prometheus that reads it. A context manager."""

    def __init__(self, folder: Path, *, switches: int, rules: str):
        """`rules`: a rule file for Prometheus."""
        self._rules = rules
        self._folder = folder
        self._words = [*NETWATCH, "demo", "--switches", str(switches), "--keep", str(folder / "city")]
        self._said: list[str] = []

    def __enter__(self):
        self._process = subprocess.Popen(
            self._words,
            cwd=ROOT,
            env=ENVIRONMENT | {"TMPDIR": str(self._folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            address = until(self._address, what="the guide")[1]
            job = {
                "job_name": "netwatch",
                "scrape_interval": SCRAPE,
                "scrape_timeout": SCRAPE,
                "http_sd_configs": [{"url": f"http://{address}/sd?shards=2"}],
            }
            prometheus = Prometheus(self._folder / "prometheus", [job])
            rules = self._folder / "prometheus" / "rules.yml"
            rules.write_text(self._rules, encoding="utf-8")
            settings = {"scrape_configs": [job], "rule_files": [str(rules)], "global": {"evaluation_interval": SCRAPE}}
            (self._folder / "prometheus" / "prometheus.yml").write_text(json.dumps(settings))
            self.prometheus = prometheus.__enter__()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_):
        self.prometheus.__exit__()
        self._stop()

    def _read(self):
        for line in self._process.stdout:
            self._said.append(line.decode())

    def _address(self):
        if has_ended := self._process.poll() is not None:  # before what it said is looked at
            self._reader.join(60)
        said = "".join(self._said)
        found = ADDRESS.search(said)
        assert found or not has_ended, said
        return found

    def _stop(self):
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(10)
        self._process.stdin.close()
        self._process.stdout.close()

    @property
    def inventory(self):
        return self._folder / "city" / "inventory.yaml"

    def type(self, line):
        os.write(self._process.stdin.fileno(), line.encode() + b"\n")

    def edit(self, change):
        """Write the inventory anew and have it reloaded."""
        self.inventory.write_text(change(self.inventory.read_text()))
        told = netwatch("reload", "--state-dir", self.inventory.parent / "state")
        assert told.returncode == 0, told.stderr

    def now(self, expression):
        """label sets and values of an instant query."""
        found = self.prometheus.query(expression, time.time())
        return [(one["metric"], float(one["value"][1])) for one in found]

    def wait_for(self, expression, within_s=150):
        """Until Prometheus finds something."""
        return until(lambda: self.now(expression), within_s=within_s, what=expression)

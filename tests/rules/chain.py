"""The shipped files at work: a page of faults, a real Prometheus, a real Alertmanager, and somebody who is notified.

Only addresses are changed, and mail is left out. NETWATCH_CURRENT_PROMETHEUS names a current Prometheus to use instead
of Debian's, then with the configuration for it.
"""

import json
import os
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml

from tests.e2e.process import until
from tests.e2e.prometheus import free_port
from tests.rules.scenario import PROMETHEUS, ROOT, series
from tests.tools import SYSTEM_PATHS, require_tool

ALERTMANAGER = ROOT / "deploy" / "alertmanager"
CURRENT = os.environ.get("NETWATCH_CURRENT_PROMETHEUS")


class _Server:
    """An HTTP server that can be stopped, and started again on the same port."""

    def __init__(self, answer):
        """`answer(method, path, body)` -> the text to send."""
        self.port, self._answer, self._server = free_port(), answer, None

    def start(self):
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._reply(answer("GET", self.path, b""))

            def do_POST(self):
                self._reply(answer("POST", self.path, self.rfile.read(int(self.headers["Content-Length"]))))

            def _reply(self, text):
                self.send_response(200)
                self.send_header("Content-Type", "application/json" if text[:1] == "[" else "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                """Nothing: the tests read what was asked."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class Notified(_Server):
    """What was told to whom: (receiver, alertname, state, severity, district), in the order it came."""

    def __init__(self):
        super().__init__(self._note)
        self.told, self.messages, self._came = [], [], threading.Condition()

    def _note(self, _method, path, body):
        message = json.loads(body)
        receiver = path.rpartition("/")[2]
        if receiver != "watchdog":
            with self._came:
                self.messages.append(message)
                self.told += [
                    (receiver, one["labels"]["alertname"], one["status"], one["labels"]["severity"])
                    for one in message["alerts"]
                ]
                self._came.notify_all()
        return "ok"

    def wait_for(self, *told, within_s=30):
        """Until exactly these were told since the last time, in any order; then they are forgotten."""
        wanted = sorted(told)
        with self._came:
            assert self._came.wait_for(lambda: len(self.told) >= len(wanted), within_s), (self.told, wanted)
            assert sorted(self.told) == wanted
            self.told = []

    def nothing_for(self, seconds):
        with self._came:
            assert not self._came.wait_for(lambda: self.told, seconds), self.told


class _Process:
    """A program that is ready when its `/-/ready` says so."""

    def __init__(self, words, port, log):
        self._words, self._port, self._log, self._process = words, port, log, None

    def start(self):
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(self._is_ready, within_s=30, what=f"{self._words[0]} ready")

    def _is_ready(self):
        assert self._process.poll() is None, self._log.read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/-/ready", timeout=5) as reply:
                return reply.status == 200
        except OSError:  # URLError and HTTPError too: not yet
            return False

    def stop(self):
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def restart(self):
        self.stop()
        self.start()


class Chain:
    """A context manager. `told` are the samples of the pages: series -> value; absent is absent.

    `replicas`: the external label of each Prometheus.
    """

    def __init__(self, folder, *, replicas="a"):
        self.told, self.in_city = {}, {}
        self.netwatch, self.notified = _Server(self._page), Notified()
        am = free_port()
        addresses = {9780: self.netwatch.port, 9099: self.notified.port, 9093: am}
        self.prometheus = [_prometheus(folder / name, addresses, replica=name) for name in replicas]
        shutil.copytree(ALERTMANAGER / "templates", folder / "templates")
        _write(folder / "alertmanager.yml", _without_mail((ALERTMANAGER / "alertmanager.yml").read_text()), addresses)
        self.alertmanager = _Process(_alertmanager(folder, am), am, folder / "alertmanager.log")
        self._parts = (self.notified, self.netwatch, self.alertmanager, *self.prometheus)

    def __enter__(self):
        try:
            for part in self._parts:
                part.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for part in reversed(self._parts):
            part.stop()

    def tell(self, name, *, kind="cable_cut", subject="cable:c-017", severity="critical", send="fibre crew"):
        """An open fault on the page; a severity it had before is told as 0."""
        self.clear(name)
        place = {"fault": name, "kind": kind, "subject": subject, "severity": severity, "district": "회천동"}
        text = {"send": send, "contractor": "hanbit", "ambiguous_with": "", "contributing": ""}
        self.told |= {
            series("netwatch_fault_active", fault=name, subject=subject, severity=severity): 1,
            series("netwatch_fault_info", **place, **text): 1,
            series("netwatch_fault_since_timestamp_seconds", fault=name): 1.8e9,
            series("netwatch_fault_devices", fault=name): 3,
            series("netwatch_fault_affected", fault=name, service="cctv", district="회천동"): 30,
        }

    def clear(self, name):
        """The fault is over: told as 0, and nothing else of it."""
        for one in [one for one in self.told if f'fault="{name}"' in one]:
            if one.startswith("netwatch_fault_active"):
                self.told[one] = 0
            else:
                del self.told[one]

    def _page(self, _method, path, _body):
        if path.startswith("/sd"):
            labels = {"__metrics_path__": "/metrics", "__param_shard": "0", "__param_of": "1"}
            page = labels | {"instance": "netwatch-shard-0"}
            return json.dumps([{"targets": [f"127.0.0.1:{self.netwatch.port}"], "labels": page}])
        samples = self.told if path == "/metrics/faults" else self.in_city if "shard=city" in path else {}
        return "".join(f"{name} {value}\n" for name, value in dict(samples).items())


def _write(path, text, addresses):
    for known, ours in addresses.items():
        text = text.replace(f"127.0.0.1:{known}", f"127.0.0.1:{ours}")
    path.write_text(text)


def _without_mail(text):
    config = yaml.safe_load(text)
    for receiver in config["receivers"]:
        receiver.pop("email_configs", None)
    return yaml.safe_dump(config, allow_unicode=True)


def _prometheus(folder, addresses, *, replica):
    folder.mkdir()
    config = (PROMETHEUS / ("prometheus-current.yml" if CURRENT else "prometheus.yml")).read_text()
    _write(folder / "prometheus.yml", config.replace("replica: a", f"replica: {replica}"), addresses)
    shutil.copytree(PROMETHEUS / "rules", folder / "rules")
    port = free_port()
    data, listen = f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}"
    program = CURRENT or require_tool("prometheus")
    return _Process([program, f"--config.file={folder / 'prometheus.yml'}", data, listen], port, folder / "log")


def _alertmanager(folder, port):
    program = shutil.which("prometheus-alertmanager", path=SYSTEM_PATHS) or require_tool("alertmanager")
    data, listen = f"--storage.path={folder / 'alerts'}", f"--web.listen-address=127.0.0.1:{port}"
    return [program, f"--config.file={folder / 'alertmanager.yml'}", data, listen, "--cluster.listen-address="]

"""The shipped files at work: a page of faults, a real Prometheus, a real Alertmanager, and somebody who is notified.

Only addresses are changed, and mail is left out.
"""

import json
import re

import yaml

from tests.e2e.chain.programs import alertmanager, alertmanager_config, prometheus, prometheus_config
from tests.e2e.chain.receivers import Notified, Server
from tests.ports import free_tcp_port
from tests.rules.scenario import series


class Chain:
    """A context manager. `told` are the samples of the pages: series -> value; absent is absent.

    `replicas`: the external label of each Prometheus. `repeat`: when all that is still wrong is told again.
    """

    def __init__(self, folder, *, replicas="a", repeat=None):
        self.told, self.in_city = {}, {}
        self.netwatch, self.notified = Server(self._page, port=free_tcp_port()), Notified(port=free_tcp_port())
        am = free_tcp_port()
        addresses = {9780: self.netwatch.port, 9099: self.notified.port, 9093: am}
        config = _moved(prometheus_config(), addresses)
        self.prometheus = [
            prometheus(folder / name, config.replace("replica: a", f"replica: {name}"), port=free_tcp_port())
            for name in replicas
        ]
        told = _moved(_without_mail(alertmanager_config()), addresses)
        if repeat is not None:
            told = re.sub(r"repeat_interval: \w+", f"repeat_interval: {repeat}", told)
        self.alertmanager = alertmanager(folder / "alertmanager", told, port=am)
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

    def acknowledge(self, name):
        """Somebody has taken note of it."""
        self.told[series("netwatch_fault_acknowledged", fault=name)] = 1

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


def _moved(text, addresses):
    for known, ours in addresses.items():
        text = text.replace(f"127.0.0.1:{known}", f"127.0.0.1:{ours}")
    return text


def _without_mail(text):
    config = yaml.safe_load(text)
    for receiver in config["receivers"]:
        receiver.pop("email_configs", None)
    return yaml.safe_dump(config, allow_unicode=True)

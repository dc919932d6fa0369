"""The whole chain on one server in the real city: netwatch, Prometheus, Alertmanager, and those who are notified.

The server's network is the vantage's namespace, so each part has its shipped address and its shipped configuration.
One word of it is changed: the city's time zone, for one in which it is day now, so that no quiet hours come in between.
"""

import json
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.e2e.chain.programs import alertmanager, alertmanager_config, prometheus, prometheus_config
from tests.e2e.chain.receivers import Mailbox, Notified
from tests.e2e.chain.service import PAGES, Service
from tests.e2e.process import Page, until
from tests.e2e.real_city import paper
from tests.e2e.real_city.city import RealCity

STARTS_S = 180  # on two busy cores; alone it is 15 s
WELL = (
    ('count(netwatch_device_state{state="up"} == 1)', len(paper.SWITCHES)),
    ('count(netwatch_field_device_state{state="fine"} == 1)', len(paper.HOSTS)),
    ('count(netwatch_link_state{state="up"} == 1)', len(paper.FIBRES)),
    ("count(netwatch_vantage_up == 1)", 1),
)


class RealChain:
    """A context manager; the city is whole and everything has settled when it is entered."""

    def __init__(self, pace: paper.Pace = paper.CORE, *, traps: bool = False):
        """`traps`: the switches send them and `netwatch-trap.socket` is enabled, which it is not as shipped."""
        self._pace, self._traps, self._stack = pace, traps, ExitStack()

    def __enter__(self):
        with ExitStack() as stack:
            folder = self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nw-chain-")))
            self.city = stack.enter_context(RealCity(self._pace, tells=self._traps))
            self.netwatch = Service(folder, self.city.inventory, hears=self._traps, around=self.here)
            stack.callback(self.netwatch.shut_down)
            self.notified, self.mail = Notified(around=self.here), Mailbox(around=self.here)
            self.alertmanager = alertmanager(folder / "am", by_day(alertmanager_config()), around=self.here)
            self.prometheus = prometheus(folder / "prometheus", prometheus_config(), around=self.here)
            for part in (self.notified, self.mail, self.alertmanager, self.netwatch, self.prometheus):
                stack.callback(part.stop)
                part.start()
            until(self.is_well, within_s=STARTS_S, what="a well city in Prometheus")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    @contextmanager
    def second_prometheus(self):
        """Beside the first, as its configuration says how."""
        config = prometheus_config().replace("replica: a", "replica: b")
        second = prometheus(self._folder / "second", config, port=9091, around=self.here)
        second.start()
        try:
            yield second
        finally:
            second.stop()

    def asked(self):
        """How many messages the agents of all switches have received (RFC 3418, snmpInPkts)."""
        return sum(int(self.city.walk(switch, "1.3.6.1.2.1.11.1")["0"]) for switch in paper.SWITCHES)

    def here(self):
        """Into the server's network, and back."""
        return self.city.workshop.inside(self.city.plant.places[paper.VANTAGE])

    def page(self):
        """What netwatch tells of the city and itself now."""
        with self.here(), urllib.request.urlopen(f"{PAGES}/metrics?shard=city", timeout=20) as reply:
            return Page(reply.read().decode())

    def ask(self, path, **parameters):
        """The `data` of an answer of Prometheus."""
        return json.loads(self.prometheus.fetch(f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}"))["data"]

    def value(self, expression):
        """Of an instant query with at most one result; None without one."""
        found = self.ask("query", query=expression)["result"]
        assert len(found) <= 1, found
        return float(found[0]["value"][1]) if found else None

    def history(self, expression, *, seconds, step_s=2):
        """The series of a range query over the last while, until now: (labels, [(time, value)])."""
        end = time.time()
        found = self.ask("query_range", query=expression, start=end - seconds, end=end, step=step_s)["result"]
        return [(one["metric"], [(at, float(value)) for at, value in one["values"]]) for one in found]

    def is_well(self):
        return all(self.value(expression) == wanted for expression, wanted in WELL)

    def is_quiet(self):
        """Well, no fault told, and nothing told of as firing that has not ended."""
        firing = self.value('count(ALERTS{alertstate="firing", alertname!="NetwatchWatchdog"})')
        last = {note.cause: note.status for note in self.notified.notes}
        return self.is_well() and firing is None and "firing" not in last.values()


def by_day(config, now_s=None):
    """Its time zone for one in which it is between ten and eleven now."""
    hours_ahead = (10 - time.gmtime(now_s).tm_hour + 12) % 24 - 12
    assert "location: Asia/Seoul" in config
    return config.replace("location: Asia/Seoul", f"location: Etc/GMT{-hours_ahead:+d}")  # POSIX counts westwards

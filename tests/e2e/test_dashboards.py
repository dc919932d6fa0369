"""Every query of every panel and variable, asked of a real Prometheus that reads a real netwatch.

Once while the city is well, once with a cable cut, a switch without power, a camera without power and books that are
wrong. Time is scaled to the simulated city, which is polled every 10 s instead of every 60 s: the windows are the same
number of polls, a day 30 s, two weeks two minutes.
"""

import json
import re
import tempfile
import time
import urllib.error
from pathlib import Path

import pytest

from grafana.states import SITE
from tests.e2e.pace import SPAN_S, STEP_S, asked, scaled, with_maintenance
from tests.e2e.watched import WatchedCity
from tests.rules.boards import LABELS_OF, RULES, boards, panels, put_in, queries

# A canary is a host past our own uplink, which answers ICMP; a city simulated on the loopback has none.
NO_CANARY = {"city: netwatch's own uplink", "audit: netwatch's own uplink", "own: Own uplink"}
# netwatch begins to tell of a device when it has first looked at it
SEEN_THROUGHOUT = {"audit: Devices not observed in the time range"}
# Told only where the inventory asks for it: web configuration, traps, context broker and
# webhook have tests of theirs.
ASKED_FOR = {
    f"own: {panel['title']}" + (f" {target['refId']}" if target["refId"] != "A" else "")
    for panel in panels(boards()["own"])
    for target in panel["targets"]
    if re.search(r"netwatch_(web|webhook|traps|broker|http_requests_refused)_", target["expr"])
}
# The simulated switches speak SNMPv2c, which has no keys; that a refusal is counted, tests/e2e/test_secured.py tells.
KEYLESS = {"own: Keys refused"}
# The simulated switches have neither sensors nor optics that tell; the recorded devices have, in tests/recorded.
MEASURED = {
    f"{board}: {panel['title']}" + (f" {target['refId']}" if target["refId"] != "A" else "")
    for board in ("device", "ring-link")
    for panel in panels(boards()[board])
    for target in panel["targets"]
    if re.search(
        r"netwatch_(optical|link_optical|poe|interface_(aggregate|full_duplex|stp)"
        r"|device_(alarm|battery|cpu|current|fan|humid|mains|memory|output|poe|power|ring|sensors|session|stp|temp|volt))",
        target["expr"],
    )
}
# each page, several times in a row
ALL_READ = "min(min_over_time(up[10s])) == 1 and min(count_over_time(up[10s])) >= 4"
CAMERA, HUNG_CAMERA = "cam-0002", "cam-0003"  # both tell the time, by ONVIF
SWITCH, DARK_SWITCH = "acc-0001", "acc-0005"

# Empty on a city that is well; a text in the panel says so.
NOTHING_WRONG = re.compile(
    r"city: Open faults(: where.*| by severity B)"
    r"|service: (Faults that touch it( [B-E])?|Field devices that do not work.*|What is wrong with those at fault B)"
    r"|ring-link: (Links that (LLDP contradicts|were not up.*)|Both sides in one cable or duct)"
    r"|device: Open faults of this device.*"
    r"|field-device: (Open faults at its site.*|Cause)"
    r"|audit: (Devices not observed in the time range|Ports with unregistered MACs|Links that LLDP contradicts)"
    r"|capacity: First to reach 80 %|capacity: Links by their busy hours E"
    r"|own: (Polls left out, and failed B|Keys refused)"
    r"|fault: .*"
)


def broken_books(text):
    """An inventory that is wrong about a port, and tells of two sides of a ring in one cable."""
    return text.replace('"acc-0003 1/1/26"', '"acc-0003 1/1/25"').replace('{"cable": "c-0006"', '{"cable": "c-0005"')


@pytest.fixture(scope="module")
def city():
    rules = scaled((RULES / "capacity.yml").read_text(encoding="utf-8"))
    with (
        tempfile.TemporaryDirectory(prefix="nw-") as folder,
        WatchedCity(Path(folder), switches=20, rules=rules) as watched,
    ):
        yield watched


class Answers:
    """What every query brought, at one moment."""

    def __init__(self, city, values):
        self.values = values
        self.at_s = time.time()
        self.faults = city.now("netwatch_fault_info")
        self.results, self.refused = {}, {}
        for query in queries():
            try:
                self.results[query] = self._ask(city.prometheus, query)
            except urllib.error.HTTPError as error:
                with error:
                    self.refused[query.place] = (json.load(error)["error"], query.expr)

    def _ask(self, prometheus, query):
        expression = asked(query.expr, self.values)
        if query.is_now:
            return prometheus.ask("query", query=expression, time=f"{self.at_s:.3f}")["result"]
        span = {"start": f"{self.at_s - SPAN_S / 2:.3f}", "end": f"{self.at_s:.3f}", "step": STEP_S}
        return prometheus.ask("query_range", query=expression, **span)["result"]

    @property
    def empty(self):
        return {query.place for query, found in self.results.items() if not found}


def at_its_port(city, camera):
    """The variables that Grafana fills by itself from the chosen field device."""
    ((labels, _),) = city.now(f'netwatch_field_device_info{{field_device="{camera}"}}')
    return {"field_device": camera, "port_device": labels["device"], "port": labels["interface"]}


def values(**chosen):
    everything = dict.fromkeys(("district", "site", "interface", "service", "ring", "link"), ".*")
    return {**everything, "datasource": "netwatch", **chosen}


@pytest.fixture(scope="module")
def well(city):
    """Answers while nothing is wrong."""
    city.edit(with_maintenance)
    city.wait_for('sum(netwatch_field_device_state{state="fine"}) == count(netwatch_field_device_state{state="fine"})')
    city.wait_for("count_over_time(netwatch_interface_receive_bytes_total[60s] offset 15s) > 3")
    city.wait_for('sum(netwatch_device_state{state="up"}) == 20')
    city.wait_for(ALL_READ)
    return Answers(city, values(device=SWITCH, fault="none", **at_its_port(city, CAMERA)))


@pytest.fixture(scope="module")
def broken(city, well):
    """Answers while a ring is open, a switch has no power, a camera is unplugged, and the books are wrong."""
    city.edit(broken_books)
    for subject in ("cable:c-0015", f"device:{DARK_SWITCH}", f"field_device:{HUNG_CAMERA}"):
        city.type(f"fail {subject}")
    city.type("replace-mac cam-0004 02:00:00:00:00:01")
    for subject in ("(cable|link):.*", f"device:{DARK_SWITCH}", f"field_device:{HUNG_CAMERA}"):
        city.wait_for(f'netwatch_fault_info{{subject=~"{subject}"}}', within_s=120)
    city.wait_for(f'netwatch_field_device_cause{{field_device="{HUNG_CAMERA}"}}')
    city.wait_for("netwatch_port_unregistered_macs")
    city.wait_for("netwatch_link_discrepancy")
    city.wait_for("netwatch_fault_affected > 0")
    city.wait_for("netwatch_ring_shared_risk")
    fault = city.wait_for("netwatch_fault_affected > 0")[0][0]["fault"]
    time.sleep(6)  # three scrapes, so that ranges over it have something
    city.wait_for(ALL_READ)
    return [
        Answers(city, values(device=switch, fault=fault, **at_its_port(city, camera)))
        for switch, camera in ((SWITCH, CAMERA), (DARK_SWITCH, HUNG_CAMERA))
    ]


def test_no_query_is_refused(well, broken):
    assert len(queries()) > 150
    assert [answers.refused for answers in (well, *broken)] == [{}, {}, {}]


def test_on_a_city_that_is_well_only_tables_of_trouble_are_empty(well):
    assert {place for place in well.empty - ASKED_FOR - MEASURED if not NOTHING_WRONG.fullmatch(place)} == NO_CANARY


def test_with_trouble_every_query_finds_something(broken):
    live, dark = broken
    assert live.empty & dark.empty <= NO_CANARY | SEEN_THROUGHOUT | ASKED_FOR | MEASURED | KEYLESS


def test_every_row_of_a_table_of_several_queries_has_the_label_they_are_joined_by(broken):
    keys = {
        (name, panel["title"]): transformation["options"]["byField"]
        for name, board in boards().items()
        for panel in panels(board)
        for transformation in panel.get("transformations", [])
        if transformation["id"] == "joinByField"
    }
    joined = 0
    for query, found in broken[0].results.items():
        if key := keys.get((query.board, query.panel)):
            rows = [one["metric"].get(key) for one in found]
            assert all(rows), query.place
            assert len(set(rows)) == len(rows), f"{query.place}: two rows of one {key}"
            joined += 1
    assert joined > 30


def test_every_column_of_a_table_is_a_label_that_some_row_has(broken):
    """Labels whose value is empty are none in Prometheus; those may be missing."""
    may_be_empty = {"contributing", "contractor", "alias", "district", "ambiguous_with", "sys_name", "asset_no"}
    may_be_empty |= {"firmware", "model", "serial", "vendor"}  # of which a simulated switch says nothing
    labels = {}
    for answers in broken:
        for query, found in answers.results.items():
            labels.setdefault((query.board, query.panel), set()).update(*(one["metric"] for one in found))
    missing = {}
    for name, board in boards().items():
        for panel in panels(board):
            columns = {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]}
            wanted = {one for one in columns if not one.startswith("Value")} - may_be_empty
            found = labels[name, panel["title"]]
            if panel["type"] in {"table", "geomap"} and found and not wanted <= found:
                missing[name, panel["title"]] = wanted - found
    assert missing == {}


def test_every_fault_leads_to_the_dashboard_of_its_subject(broken):
    """The address that TO_SUBJECT makes of a row: the board exists, and has the variable."""
    followed = set()
    for query, found in broken[0].results.items():
        if (query.board, query.ref) != ("city", "A") or "label_replace" not in query.expr:
            continue
        for row in (one["metric"] for one in found):
            there = boards()[row["board"].removeprefix("netwatch-")]
            assert row["variable"] in {one["name"] for one in there["templating"]["list"]}
            kind, _, name = row["subject"].partition(":")
            at_home = kind in {"device", "link", "ring", "field_device"}
            assert row["what"] == (name if at_home else row["fault"])
            followed.add(kind)
    assert {"device", "field_device"} <= followed


def test_every_site_stands_on_the_map_where_the_inventory_puts_it_in_the_colour_of_its_worst(city, broken):
    """The simulated city's inventory tells where every site is; two of them have a switch or a camera without power."""
    (points,) = (rows for query, rows in broken[0].results.items() if query.panel == "Map of sites")
    assert len(points) == len(city.now("netwatch_site_info")) > 15
    for point in (one["metric"] for one in points):
        assert 37 < float(point["latitude"]) < 38.5
        assert 126 < float(point["longitude"]) < 128
        assert point["name"]
    state = {one["metric"]["site"]: float(one["value"][1]) for one in points}
    (dark,) = city.now(f'netwatch_device_info{{device="{DARK_SWITCH}"}}')
    (camera,) = city.now(f'netwatch_field_device_info{{field_device="{HUNG_CAMERA}"}}')
    assert [one.value for one in SITE].index("down") == state[dark[0]["site"]]
    assert [one.value for one in SITE].index("partly") == state[camera[0]["site"]]
    assert 0 in state.values()


def test_faults_are_told_by_the_names_of_what_they_are_about(broken):
    rows = {
        query.ref: [one["metric"] for one in found]
        for query, found in broken[0].results.items()
        if query.board == "city" and query.panel.startswith("Open faults: where")
    }
    subject = {row["fault"]: row["subject"] for row in rows["A"]}
    name = {subject[row["fault"]]: row.get("name") for row in rows["E"]}
    assert name.keys() == set(subject.values())
    assert all(name.values()), name


def test_every_variable_has_values(city, broken):
    """Asked as Grafana asks, each with the choice made before it."""
    for name, board in boards().items():
        for variable in board["templating"]["list"][1:]:
            series, label = LABELS_OF.fullmatch(variable["query"]["query"]).groups()
            found = city.prometheus.ask(f"label/{label}/values", **{"match[]": put_in(series, broken[0].values)})
            assert found, (name, variable["name"])


def test_a_week_of_load_is_what_the_shipped_rules_recorded(broken):
    """The P95 of the busiest link lies between the least and the most that was recorded of it."""
    found = {query.ref: rows for query, rows in broken[0].results.items() if query.panel == "Links by their busy hours"}
    shares = [float(one["value"][1]) for one in found["A"]]
    assert len(shares) == 44  # both directions of 22 links
    assert all(0 <= share <= 1 for share in shares)
    assert max(shares) > 0

"""`python -m tests.pictures.draw` draws every dashboard of a city in trouble anew into `grafana/pictures/`.

A real netwatch watches a simulated city, a real Prometheus reads it; a switch loses its power and is mended, two cables
of one ring are cut, a camera hangs. Then every query of every panel is asked, and drawn. It takes eight minutes.
"""

import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from grafana.generate import FOLDER
from tests.e2e.pace import asked, scaled, with_maintenance
from tests.e2e.prometheus import Prometheus
from tests.e2e.watched import WatchedCity
from tests.pictures.page import WIDTH, Seen, page
from tests.rules.boards import RULES, boards, panels

PICTURES = FOLDER.parent / "pictures"
BOTH_LANGUAGES = {"city"}
SPAN_S, STEP_S, SETTLED_S = 330, 5, 15
SEOUL_S = 9 * 3600
EVERYTHING = {"en": "All", "ko": "전체"}
# two cables of one ring, as in README's example; a camera, and switches in and beside the ring
FIRST_CABLE, SECOND_CABLE, CAMERA, DARK_SWITCH, SWITCH = "c-0007", "c-0009", "cam-0002", "acc-0030", "acc-0002"


class Moment(NamedTuple):
    """What is drawn: a Prometheus, a moment, and the choices of the dashboards' variables."""

    prometheus: Prometheus
    now_s: float
    chosen: dict


def trouble(city):
    """A fault that is mended, and three that are open when the picture is taken."""
    city.edit(with_maintenance)
    city.wait_for('sum(netwatch_device_state{state="up"}) == 40', within_s=120)
    time.sleep(150)
    for line, rest_s in (
        (f"fail device:{DARK_SWITCH}", 70),
        (f"restore device:{DARK_SWITCH}", 45),
        (f"fail cable:{FIRST_CABLE}", 20),
        (f"fail cable:{SECOND_CABLE}", 15),
        (f"fail field_device:{CAMERA}", 60),
    ):
        city.type(line)
        time.sleep(rest_s)
    city.wait_for(f'netwatch_field_device_cause{{field_device="{CAMERA}"}}')
    widest = city.wait_for("topk(1, sum by (fault) (netwatch_fault_affected) > 3)")[0][0]["fault"]
    now_s = city.prometheus.ask("query", query="time()")["result"][0]
    ((camera, _),) = city.now(f'netwatch_field_device_info{{field_device="{CAMERA}"}}')
    at = {"field_device": CAMERA, "port_device": camera["device"], "port": camera["interface"]}
    return Moment(city.prometheus, now_s, {"device": SWITCH, "fault": widest, **at})


def ask(moment, target, *, span, end_s):
    """The result of one query of a panel."""
    everything = dict.fromkeys(("district", "site", "interface", "service", "ring", "link"), ".*")
    values = {**everything, "datasource": "netwatch", "__range": f"{SPAN_S}s", **moment.chosen}
    expression = asked(target["expr"], values)
    if target["instant"]:
        return moment.prometheus.ask("query", query=expression, time=f"{end_s:.3f}")["result"]
    begin, end = (f"{at:.3f}" for at in span)
    return moment.prometheus.ask("query_range", query=expression, start=begin, end=end, step=STEP_S)["result"]


def answers(moment, board):
    """Panel id -> ref -> result."""
    found = {}
    for panel in panels(board):
        end_s = moment.now_s - (SETTLED_S if panel.get("timeShift") else 0)
        span = (end_s - SPAN_S, end_s)
        found[panel["id"]] = {
            target["refId"]: ask(moment, target, span=span, end_s=end_s) for target in panel["targets"]
        }
    return found


def marks(moment):
    """When a fault was open: what a dashboard draws into each of its graphs."""
    span = {"start": moment.now_s - SPAN_S, "end": moment.now_s, "step": STEP_S}
    series = moment.prometheus.ask("query_range", query="netwatch_fault_active == 1", **span)["result"]
    return tuple(sorted({(float(one["values"][0][0]), float(one["values"][-1][0])) for one in series}))


def draw(moment, name, language, into):
    """One picture of the dashboard `name`."""
    board = boards(language)[name]
    chosen = [
        (one["label"], moment.chosen.get(one["name"], EVERYTHING[language]))
        for one in board["templating"]["list"][1:]
        if not one.get("hide")
    ]
    seen = Seen(moment.now_s - SPAN_S, moment.now_s, STEP_S, language, SEOUL_S, marks(moment), SETTLED_S)
    html, height = page(board, chosen, answers(moment, board), seen)
    with tempfile.TemporaryDirectory(prefix="nw-") as folder:
        source, taken = Path(folder) / "page.html", Path(folder) / "page.png"
        source.write_text(html, encoding="utf-8")
        photograph(source, taken, height)
        subprocess.run(["pngquant", "--quality=60-90", "--strip", "--force", "--output", into, taken], check=True)


def photograph(source, picture, height):
    """The page as Chromium shows it."""
    subprocess.run(
        [
            "chromium",
            "--headless",
            "--no-sandbox",  # which root may not use; it shows one file of ours
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={source.parent / 'profile'}",
            f"--window-size={WIDTH},{height:.0f}",
            f"--screenshot={picture}",
            source.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )


def draw_all(moment, into):
    for name in boards():
        for language in ("en", "ko") if name in BOTH_LANGUAGES else ("en",):
            draw(moment, name, language, into / f"{name}-{language}.png")


def main():
    rules = scaled((RULES / "capacity.yml").read_text(encoding="utf-8"))
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="nw-") as folder,
        WatchedCity(Path(folder), switches=40, rules=rules) as city,
    ):
        draw_all(trouble(city), PICTURES)


if __name__ == "__main__":
    main()

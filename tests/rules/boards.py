"""The generated dashboards as tests read them: panels, queries, and Grafana's variables put in."""

import json
import re
from pathlib import Path
from typing import NamedTuple

import yaml

from grafana.generate import FOLDER
from netwatch.core.metrics import BY_NAME
from tests.project.files import ROOT

RULES = ROOT / "deploy" / "prometheus" / "rules"
RECORDED = re.compile(r"\bnetwatch(?::[a-z0-9_]+)+")
METRIC = re.compile(r"\bnetwatch_[a-z0-9_]+")
SELECTOR = re.compile(r"\b(netwatch_[a-z0-9_]+)\{([^}]*)\}")
VARIABLE = re.compile(r"\$\{([a-z_]\w*)(?::\w+)?\}|\$([a-z_]\w*)")  # $1 is a capture group of PromQL
LABELS_OF = re.compile(r"label_values\((.+), (\w+)\)")


class Query(NamedTuple):
    """One query of one panel."""

    board: str
    panel: str
    ref: str
    expr: str
    is_now: bool

    @property
    def place(self):
        return f"{self.board}: {self.panel}" + (f" {self.ref}" if self.ref != "A" else "")


def load(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


def boards(language="en"):
    """Name -> dashboard."""
    return {path.stem: load(path) for path in sorted((FOLDER / language).glob("*.json"))}


def panels(board):
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def queries(language="en"):
    return [
        Query(name, panel["title"], target["refId"], target["expr"], target["instant"])
        for name, board in boards(language).items()
        for panel in panels(board)
        for target in panel["targets"]
    ]


def metrics(expr):
    return set(METRIC.findall(expr))


def recorded(expr):
    """The recorded series in it."""
    return set(RECORDED.findall(expr))


def rules():
    """Every rule that Prometheus ships with."""
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(RULES.glob("*.yml"))]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def stamped(expr):
    """The counters in it that carry the poll's own time."""
    return {name for name in metrics(expr) if name in BY_NAME and BY_NAME[name].stamped}


def variables(text):
    return {long or short for long, short in VARIABLE.findall(text)}


def put_in(text, values):
    """The text with Grafana's variables replaced."""
    return VARIABLE.sub(lambda found: values[found[1] or found[2]], text)

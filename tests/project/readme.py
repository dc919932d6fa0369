"""The parts of README.md that follow from the code: `python -m tests.project.readme` writes them anew.

Each stands between `<!-- generated: NAME -->` and `<!-- /generated -->`; all else is left as it is.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from netwatch.cli.main import COMMANDS
from netwatch.core.health.measures import Measure
from netwatch.core.metrics import CATALOGUE, Metric
from netwatch.core.model import Settings
from netwatch.core.plan import Plan, Table
from netwatch.inventory.schema import SETTINGS
from netwatch.profiles.load import load_profiles
from tests.project.files import ROOT
from tests.recorded.agreement import AGREEMENT
from tests.snmpd import pairs as pairs_of_peers

README = ROOT / "README.md"
SECTION = re.compile(r"<!-- generated: (\w+) -->\n(.*?)<!-- /generated -->", re.DOTALL)
COMMENTED = re.compile(r"^    (\w+): [^=\n]+ = .*?  # (.+)$", re.MULTILINE)
STANDARD = ("if-mib", "standard")  # what the others extend
UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def metrics() -> Iterable[str]:
    yield from _table(("metric", "type", "labels", "unit", "stamped", "what it says"), map(_metric, CATALOGUE))


def _metric(metric: Metric) -> Sequence[str]:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    return f"`{metric.name}`", metric.type, labels, metric.unit, "yes" if metric.stamped else "", metric.help


def devices() -> Iterable[str]:
    """A line a family; the standard MIBs, which every device has, come first."""
    profiles, agreed = load_profiles(), json.loads(AGREEMENT.read_text(encoding="utf-8"))
    families = sorted((plan for name, plan in profiles.items() if name not in STANDARD), key=_by_maker)
    everybody = profiles["standard"]
    rows = [("any", "`standard`", "nothing else fits", _measures(everybody.tables), _agreed(agreed.get("standard")))]
    own = [(plan, [table for table in plan.tables if table not in set(everybody.tables)]) for plan in families]
    rows += [
        (plan.vendor, f"`{plan.profile}`", _known_by(plan), _measures(tables), _agreed(agreed.get(plan.profile)))
        for plan, tables in own
    ]
    yield from _table(("maker", "profile", "known by", "tells, beside what any device does", "recorded"), rows)


def _by_maker(plan: Plan) -> tuple[str, str]:
    return plan.vendor.casefold(), plan.profile


def _known_by(plan: Plan) -> str:
    if plan.match is None:
        return "the inventory alone"
    return ", ".join(plan.match.object_ids or (f"{plan.match.probe} has a value",))


def _measures(tables: Iterable[Table]) -> str:
    tables = tuple(tables)
    told = {column.means for table in tables for column in table.columns if column.means in set(Measure)}
    told |= {measure for table in tables if table.kinds for _, measure, _ in table.kinds.meanings}
    words = [_word(measure) for measure in Measure if measure in told]
    words += [table.decoder.value.replace("_", " ") for table in tables if table.decoder]
    return ", ".join(dict.fromkeys(words))


def _word(measure: Measure) -> str:
    word = measure.value.replace("_", " ")
    return "memory" if word.startswith("memory") else word


def _agreed(sums: Mapping[str, int] | None) -> str:
    """Of how many recorded devices, and how many of the facts that another monitor read of them are told as well."""
    if sums is None:
        return ""
    devices = f"{sums['devices']} device{'s' if sums['devices'] > 1 else ''}"
    return f"{devices}, {sums['told']} of {sums['facts']} facts" if sums["facts"] else devices


def settings() -> Iterable[str]:
    defaults = Settings()
    meanings = dict(COMMENTED.findall(inspect.getsource(Settings)))
    rows = []
    for key in SETTINGS.keys:
        value = getattr(defaults, key.into)
        rows.append((f"`{key.name}`", _default(key.into, value), meanings[key.into]))
    yield from _table(("key", "default", "meaning"), rows)


def _default(name: str, value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if value is None:
        return ""
    return duration(value) if name.endswith("_s") and isinstance(value, float) else str(value)


def commands() -> Iterable[str]:
    yield from _table(("command", "what it does"), ((f"`netwatch {one.name}`", one.summary) for one in COMMANDS))


def pairs() -> Iterable[str]:
    head, *rows = pairs_of_peers.table()
    yield from _table(head, rows)


GENERATORS: Mapping[str, Callable[[], Iterable[str]]] = {
    "metrics": metrics,
    "devices": devices,
    "settings": settings,
    "commands": commands,
    "pairs": pairs,
}


def duration(seconds: float) -> str:
    """A default as the inventory would say it."""
    for unit, size in UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds * 1000:g}ms"


def generated(name: str) -> str:
    """What belongs between the markers of this name, line ends included. KeyError for a name nobody generates."""
    return "".join(f"{line}\n" for line in GENERATORS[name]())


def rewritten(text: str) -> str:
    """A README with every marked section as the code has it now."""
    return SECTION.sub(
        lambda found: f"<!-- generated: {found[1]} -->\n{generated(found[1])}<!-- /generated -->",
        text,
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def main(readme: Path = README) -> None:
    text = readme.read_text(encoding="utf-8")
    new = rewritten(text)
    if new != text:
        readme.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()

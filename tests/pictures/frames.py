"""What Prometheus answered -> rows and courses, by the transformations and overrides that stand in the dashboard."""

import re
from typing import NamedTuple

LEGEND = re.compile(r"\{\{(\w+)\}\}")


class Column(NamedTuple):
    """One column of a table: the field's name in Prometheus, and everything that is set for it."""

    source: str
    title: str
    settings: dict


class Course(NamedTuple):
    """One series: its name, its settings, and its samples as (s, value) in order."""

    name: str
    settings: dict
    samples: list


def settings_of(panel, name):
    """The field's settings: the panel's defaults, then what is set for this field."""
    found = dict(panel["fieldConfig"]["defaults"])
    found.update({f"custom.{key}": value for key, value in (found.pop("custom", None) or {}).items()})
    for override in panel["fieldConfig"]["overrides"]:
        matcher = override["matcher"]
        if matcher["options"] == name if matcher["id"] == "byName" else re.search(matcher["options"].strip("/"), name):
            found.update({prop["id"]: prop["value"] for prop in override["properties"]})
    return found


def columns(panel):
    """The columns that are shown, from left to right."""
    order = next(one for one in panel["transformations"] if one["id"] == "organize")["options"]["indexByName"]
    found = []
    for source in sorted(order, key=order.get):
        settings = settings_of(panel, source)
        if not settings.get("custom.hideFrom.viz"):
            found.append(Column(source, settings.get("displayName", source), settings))
    return found


def rows(panel, answers):
    """`answers`: ref -> result of an instant query. Each row: field -> text or number."""
    is_joined = len(panel["targets"]) > 1
    tables = []
    for ref, result in sorted(answers.items()):
        name = f"Value #{ref}" if is_joined else "Value"
        tables.append([{**one["metric"], name: float(one["value"][1])} for one in result])
    if not is_joined:
        found = tables[0]
    else:
        key = next(one for one in panel["transformations"] if one["id"] == "joinByField")["options"]["byField"]
        joined = {}
        for table in tables:
            for row in table:
                joined.setdefault(row[key], {}).update(row)
        found = [joined[name] for name in sorted(joined)]
    for order in panel["options"].get("sortBy") or ():
        source = next(one.source for one in columns(panel) if one.title == order["displayName"])
        told = [row for row in found if source in row]
        told.sort(key=lambda row: row[source], reverse=order["desc"])
        found = told + [row for row in found if source not in row]
    return found


def legend(target, metric):
    """The series' name, as the target's legend makes it."""
    form = target["legendFormat"]
    if form != "__auto":
        return LEGEND.sub(lambda found: metric.get(found[1], ""), form)
    return ", ".join(value for label, value in sorted(metric.items()) if label != "__name__")


def courses(panel, answers):
    """`answers`: ref -> result. Of an instant query one sample each."""
    found = []
    for target in panel["targets"]:
        for one in answers[target["refId"]]:
            name = legend(target, one["metric"])
            settings = settings_of(panel, name)
            samples = [(float(at), float(value)) for at, value in one.get("values") or [one["value"]]]
            found.append(Course(settings.get("displayName", name), settings, samples))
    return found

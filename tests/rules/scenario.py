"""What Prometheus scrapes over a while, and which alerts that must make: written out for `promtool test rules`.

A scenario is told in spans: `over((60, GONE), (120, 1))` is a minute without the series and two minutes of ones.
`GONE` is what a failed scrape leaves behind, `MISSED` what a Prometheus leaves that was not running itself.
"""

import functools
import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES = PROMETHEUS / "rules"
GONE, MISSED = "gone", "missed"
EXTERNAL = {"grafana": "http://grafana", "runbook": "http://runbook", "replica": "a"}


def over(*spans, step_s=2):
    """(seconds, value) after another, in promtool's notation, a sample every `step_s`."""
    words = []
    for seconds, value in spans:
        steps = round(seconds / step_s)
        if value == MISSED:
            words.append(f"_x{steps}")
        elif value == GONE:
            words += ["stale", f"_x{steps - 1}"] if steps > 1 else ["stale"]
        elif isinstance(value, tuple):  # (start, growth per step)
            words.append(f"{value[0]}+{value[1]}x{steps - 1}")
        else:
            words.append(f"{value}+0x{steps - 1}")
    return " ".join(words)


def series(name, **labels):
    pairs = ",".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in labels.items())
    return f"{name}{{{pairs}}}"


def up(job, values):
    return {series("up", job=job, instance=job): values}


def fault(
    name="f1",
    active="1x999",
    *,
    kind="cable_cut",
    subject="cable:c-017",
    severity="critical",
    district="옥정동",
    send="fibre crew",
    info=None,
    since_s=0,
    affected=(("cctv", "옥정동", 300),),
    **more,
):
    """The series of one fault. `info`: when its text and numbers are told; where `active` is told, unless given."""
    info = info or active
    who = {"fault": name, "kind": kind, "subject": subject, "severity": severity, "district": district, "send": send}
    who |= {"contractor": "hanbit", "ambiguous_with": "", "contributing": ""} | more
    told = {
        series("netwatch_fault_active", fault=name, subject=subject, severity=severity): active,
        series("netwatch_fault_info", **who): _scaled(info, 1),
        series("netwatch_fault_since_timestamp_seconds", fault=name): _scaled(info, since_s),
        series("netwatch_fault_devices", fault=name): _scaled(info, 12),
    }
    for service, place, number in affected:
        key = series("netwatch_fault_affected", fault=name, service=service, district=place)
        told[key] = _scaled(info, number)
    return told


def _scaled(values, number):
    """The same spans with `number` where there was 1, and nothing where there was 0: those end with the fault."""
    words = []
    for word in values.split():
        start, _, rest = word.partition("+0x")
        if start == "1":
            words.append(f"{number}+0x{rest}")
        elif start == "0":
            words += ["stale", f"_x{rest}"] if int(rest) else ["stale"]
        else:
            words.append(word if not word.startswith("1x") else f"{number}+0{word[1:]}")
    return " ".join(words)


@dataclass(frozen=True)
class Expected:
    at_s: int
    expression: str
    samples: list = field(default_factory=list)


def value(at_s, expression, *samples):
    """Each sample: (its labels, its value)."""
    return Expected(at_s, expression, [{"labels": series("", **labels), "value": number} for labels, number in samples])


def firing(at_s, alert, *alerts):
    """Exactly these fire at that second, told apart by the labels given for the first; an empty one is not there."""
    by = ", ".join(alerts[0])
    expression = f'count by ({by}) (ALERTS{{alertname="{alert}", alertstate="firing"}})'
    there = [{key: wanted for key, wanted in labels.items() if wanted} for labels in alerts]
    return value(at_s, expression, *((labels, 1) for labels in there))


def silent(at_s, alert, **labels):
    chosen = "".join(f', {key}="{wanted}"' for key, wanted in labels.items())
    return value(at_s, f'ALERTS{{alertname="{alert}", alertstate="firing"{chosen}}}')


def unbroken(from_s, until_s, alert, *, step_s=2, **labels):
    """The alert, the same one, fires at every evaluation after `from_s` up to `until_s`."""
    chosen = "".join(f', {key}="{wanted}"' for key, wanted in labels.items())
    window = f'ALERTS{{alertname="{alert}", alertstate="firing"{chosen}}}[{until_s - from_s - 1}s]'
    return value(until_s, f"sum(count_over_time({window}))", ({}, (until_s - from_s) // step_s))


def concerned(files, asked):
    """The groups of these rule files with only those rules that `asked`, a text, names, or that such a rule names.

    What a rule brings depends on series and on the rules it names: all others would be evaluated for nothing.
    """
    groups = [group for name in files for group in _groups(name)]
    rules = [rule for group in groups for rule in group["rules"]]
    named, texts = set(), [asked]
    while texts:
        text = texts.pop()
        if any("alertname=" not in matchers for matchers in re.findall(r"\bALERTS\b({[^}]*}|)", text)):
            return groups  # it asks for whichever there are
        new = set(re.findall(r"[\w:]+", text)) - named
        named |= new
        texts += [_text(rule) for rule in rules if _name(rule) in new]
    return [{**group, "rules": [rule for rule in group["rules"] if _name(rule) in named]} for group in groups]


def _name(rule):
    return rule.get("record") or rule["alert"]


def _text(rule):
    return "\n".join([rule["expr"], *rule.get("labels", {}).values(), *rule.get("annotations", {}).values()])


@functools.cache
def _groups(name):
    return yaml.safe_load((RULES / f"{name}.yml").read_text(encoding="utf-8"))["groups"]


class Promtool:
    """A promtool, and the folder it may write to."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def holds(self, told, *expected, files=("faults",), step_s=2, annotations=()):
        """Fails with promtool's own words where anything comes out otherwise."""
        unit = {
            "interval": f"{step_s}s",
            "external_labels": EXTERNAL,
            "input_series": [{"series": name, "values": values} for name, values in told.items()],
            "promql_expr_test": [
                {"expr": one.expression, "eval_time": f"{one.at_s}s", "exp_samples": one.samples} for one in expected
            ],
            "alert_rule_test": list(annotations),
        }
        asked = "\n".join([one.expression for one in expected] + [one["alertname"] for one in annotations])
        rules = self.folder / "rules.yml"
        rules.write_text(json.dumps({"groups": concerned(files, asked)}, ensure_ascii=False))
        text = {
            "rule_files": [str(rules)],
            "evaluation_interval": f"{step_s}s",
            "tests": [unit],
        }
        path = self.folder / "scenario.yml"
        path.write_text(json.dumps(text, ensure_ascii=False))  # JSON is YAML
        done = subprocess.run([self.program, "test", "rules", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

"""The page's words: none is missing in either language, and what the daemon says of its evidence has a Korean form."""

import ast
import re
from pathlib import Path

import pytest

import netwatch
from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceVerdict
from netwatch.core.errors import Reason
from netwatch.core.faults.diagnosis import FaultKind
from netwatch.core.faults.dispatch import Crew
from netwatch.core.faults.severity import Severity
from netwatch.core.faults.work import Did
from netwatch.core.field.verdict import FieldCause, FieldCondition, Reach
from netwatch.core.health.measures import MEANINGS
from netwatch.core.links.rings import RingCondition
from netwatch.core.links.state import LinkCondition
from netwatch.core.model import Lane, Role
from netwatch.core.neighbours.sightings import PoeStatus
from netwatch.expose.page.page import OVERVIEWS, THINGS

ROOT = Path(netwatch.__file__).parent
STATIC = ROOT / "expose" / "page" / "static"
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")}
PAIR = re.compile(r'"([^"]+)": \["((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\]')
WORDS = {key: (english, korean) for key, english, korean in PAIR.findall(SCRIPTS["words.js"])}
HANGUL = re.compile("[가-힣]")
# what is the same in both
SAME = {
    "poe",
    "rung.poe",
    "rung.mac",
    "fact.mac",
    "fact.snmp",
    "help.version",
    "subject.vantage",
    "took",
    "cpu",
    "lang.other",
}

# where sentences of evidence are made
EVIDENCE = (
    *("core/faults/symptoms.py", "core/faults/diagnosis.py", "core/faults/homecoming.py", "core/field/evidence.py"),
    *("core/links/light.py", "core/links/rings.py", "core/links/troubles.py"),
)
# what stands in them that is only a part of a sentence, or an id
PARTS = re.compile(
    r"""x\ (to\ )?x | x\ \(x\) | 3\ x | but\ x | ;\ | x\ members | is\ .* | has\ lost\ its\ hardware | use\(\).*
    | answers\ echoes | forwards\ for\ .* | are\ silent\ too | (errors|discards).* | of\ a\ million\ .*
    | 3\ bit/s""",
    re.VERBOSE,
)


def keys(enum, prefix=""):
    return {f"{prefix}{one.value}" for one in enum}


@pytest.mark.parametrize(
    "wanted",
    [
        keys(DeviceVerdict),
        keys(FieldCondition),
        keys(LinkCondition),
        keys(RingCondition, "ring."),
        keys(Severity),
        keys(FaultKind, "kind."),
        keys(Crew),
        keys(FieldCause, "cause."),
        keys(Reach, "reach."),
        keys(PoeStatus, "poe."),
        keys(Lane, "lane."),
        keys(Role),
        keys(Did, "did."),
        keys(Reason),
        {measure.value for measure, meaning in MEANINGS.items() if not meaning.of_port and meaning.unit != "amount"},
        {f"subject.{kind}" for kind in THINGS},
        {f"nav.{name}" for name in OVERVIEWS},
    ],
    ids=min,
)
def test_every_word_that_the_daemon_can_say_is_there(wanted):
    assert wanted - set(WORDS) == set()


def test_every_word_that_the_page_asks_for_is_there_and_none_is_left_over():
    asked = {
        key for text in SCRIPTS.values() for key in re.findall(r'\b(?:t|part|section)\(\s*"([a-z._]+)"\s*[,)]', text)
    }
    assert asked - set(WORDS) == set()
    everything = "".join(text for name, text in SCRIPTS.items() if name != "words.js")
    plain = {key for key in WORDS if "." not in key or key.partition(".")[0] in {"find", "open", "work", "help", "map"}}
    daemons = {
        one for enum in (DeviceVerdict, Crew, Role, Reason, Severity, LinkCondition, Answer) for one in keys(enum)
    }
    daemons |= {measure.value for measure in MEANINGS} | {word for one in MEANINGS.values() for word in one.words}
    asked = {key for key in plain if f'"{key}"' in everything or f"`{key.partition('.')[0]}." in everything}
    assert plain - daemons - asked == set()


def test_the_korean_words_are_korean_and_take_what_the_english_ones_take():
    for key, (english, korean) in WORDS.items():
        assert re.findall(r"\{\d\}", english) == sorted(re.findall(r"\{\d\}", korean)), key
        if key not in SAME:
            assert HANGUL.search(korean), key
    keys_in_order = [found[0] for found in PAIR.findall(SCRIPTS["words.js"])]
    assert len(keys_in_order) == len(set(keys_in_order))


def forms():
    found = re.findall(r"^  \[/(\^.+\$)/, (.+)\],$", SCRIPTS["sentences.js"], re.MULTILINE)
    assert len(found) == SCRIPTS["sentences.js"].count("\n  [/")
    return [(re.compile(pattern), ours) for pattern, ours in found]


def sentences(path):
    """Every text of the module that reads like one, with something in the place of what it is told of."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    beside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            beside |= {id(part) for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else placeholder(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in beside:
            yield re.sub(r"\{[^}]*\}", "x", node.value)


def placeholder(part):
    said = ast.unparse(part)
    if "'answer'" in said or "'up' if" in said:  # one of two words
        return "answer" if "'answer'" in said else "up"
    return "3" if getattr(part, "format_spec", None) or re.search("number|more|observed|len", said) else "x"


@pytest.mark.parametrize("path", EVIDENCE)
def test_every_sentence_of_evidence_has_a_korean_form(path):
    patterns = [pattern for pattern, _ in forms()]
    told = [one for one in sentences(path) if " " in one and not PARTS.fullmatch(one)]
    assert told
    assert [one for one in told if not any(pattern.match(one) for pattern in patterns)] == []


def test_a_form_names_all_that_it_took():
    for pattern, ours in forms():
        if ours.startswith('"'):
            wanted = {f"${number}" for number in range(1, pattern.groups + 1)}
            assert set(re.findall(r"\$\d", ours)) == wanted, pattern.pattern

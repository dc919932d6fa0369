"""README.md tells what the code does: generated sections have not drifted, and the generator leaves the rest alone."""

import re

import pytest

from netwatch.core.metrics import CATALOGUE
from netwatch.inventory.schema import SETTINGS
from netwatch.profiles.load import load_profiles
from tests.project.files import words
from tests.project.readme import GENERATORS, SECTION, STANDARD, duration, generated, main, rewritten


def test_every_generated_section_is_in_the_readme_once():
    assert sorted(name for name, _ in SECTION.findall(words("README.md"))) == sorted(GENERATORS)


@pytest.mark.parametrize("name", GENERATORS)
def test_a_generated_section_is_as_the_code_has_it(name):
    found = dict(SECTION.findall(words("README.md")))
    assert found[name] == generated(name), "README.md has drifted: run make readme"


def test_the_metrics_are_all_there_with_their_labels():
    lines = generated("metrics").splitlines()
    assert len(lines) == len(CATALOGUE) + 2
    told = next(line for line in lines if "netwatch_interface_receive_bytes_total" in line)
    assert told == (
        "| `netwatch_interface_receive_bytes_total` | counter | `device`, `site`, `interface` | bytes | yes "
        "| Octets received. |"
    )


def test_every_family_has_its_maker_what_it_is_known_by_and_how_it_was_tried():
    lines = generated("devices").splitlines()
    assert len(lines) == 2 + len(load_profiles()) - len(STANDARD) + 1
    (moxa,) = (line for line in lines if "| `moxa` |" in line)
    assert moxa.startswith("| Moxa | `moxa` | 1.3.6.1.4.1.8691.7")
    assert "receive power" in moxa
    assert re.search(r"\| 5 devices, \d+ of \d+ facts \|$", moxa)


def test_every_setting_has_its_default_and_its_meaning():
    rows = [line.split(" | ") for line in generated("settings").splitlines()[2:]]
    assert len(rows) == len(SETTINGS.keys)
    assert ["| `field_tcp_every`", "5m"] in [row[:2] for row in rows]
    assert all(len(row) == 3 and len(row[2]) > 10 for row in rows)


@pytest.mark.parametrize(
    ("seconds", "told"), [(1.0, "1s"), (300.0, "5m"), (90.0, "90s"), (0.25, "250ms"), (86400, "1d")]
)
def test_durations_are_told_as_the_inventory_says_them(seconds, told):
    assert duration(seconds) == told


def test_rewriting_touches_nothing_outside_the_markers(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("before\n\n<!-- generated: commands -->\nold\n<!-- /generated -->\nafter 끝\n")
    main(readme)
    text = readme.read_text()
    assert text.startswith("before\n\n<!-- generated: commands -->\n| command | what it does |\n")
    assert text.endswith("|\n<!-- /generated -->\nafter 끝\n")
    assert "old" not in text
    assert rewritten(text) == text


def test_a_section_nobody_generates_is_a_mistake():
    with pytest.raises(KeyError, match="weather"):
        rewritten("<!-- generated: weather -->\n<!-- /generated -->\n")

"""Two hundred questions an engineer would ask of the demo city, each answered on the first line."""

import random

import pytest

from netwatch.core.search.question import Catalogue, Search
from netwatch.core.search.seen import Sayings
from netwatch.core.search.text import initials
from netwatch.core.topology.graph import Topology
from netwatch.inventory import load
from netwatch.simulate.city_text import inventory_files
from netwatch.simulate.growth import generate

EACH = 14


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    """What answers, and the inventory it is asked about."""
    folder = tmp_path_factory.mktemp("city")
    for name, text in inventory_files(generate(switches=60, seed=1)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    inventory = load(folder / "inventory.yaml", environ={}, credentials_dir=None)
    return Search(Catalogue.of(Topology(inventory)), {}, Sayings()), inventory


def swapped(word):
    """Two letters in the wrong order, as fingers do."""
    return word[1] + word[0] + word[2:]


def of_cameras(cameras):
    for one in cameras:
        subject, octets = f"field_device:{one.id}", one.mac.split(":")
        yield one.id, subject
        yield one.id.upper().replace("-", " "), subject
        yield one.id.replace("-0", "-").replace("-0", "-"), subject
        yield swapped(one.id), subject
        yield one.name, subject
        yield " ".join(reversed(one.name.split())), subject
        yield one.address, subject
        yield one.mac.upper(), subject
        yield "".join(octets[0:2]) + "." + "".join(octets[2:4]) + "." + "".join(octets[4:6]), subject
        yield f"{one.id} 어디", subject
        yield str(one.port), f"port:{one.port}"


def of_the_rest(inventory, chosen):
    for one in chosen(inventory.devices.values()):
        yield one.id, f"device:{one.id}"
        yield one.name, f"device:{one.id}"
        yield one.name[:-2], f"device:{one.id}"
        yield one.address, f"device:{one.id}"
    for one in chosen(inventory.cables.values()):
        yield one.id, f"cable:{one.id}"
        yield f"{one.id} core 1", f"cable:{one.id}"
        yield f"케이블 {one.id}", f"cable:{one.id}"
    for one in chosen(inventory.sites.values()):
        yield one.id, f"site:{one.id}"
        yield one.name, f"site:{one.id}"
    for one in inventory.contractors.values():
        yield one.name, f"contractor:{one.id}"
        yield f"{one.name} 전화번호", f"contractor:{one.id}"


def test_two_hundred_questions_are_answered_on_the_first_line(search):
    asked, inventory = search
    rng = random.Random(8)

    def chosen(things):
        return rng.sample(sorted(things, key=lambda one: one.id), EACH)

    questions = [*of_cameras(chosen(inventory.field_devices.values())), *of_the_rest(inventory, chosen)]
    assert len(questions) >= 200
    answers = [(text, subject, asked.find(text, 5)) for text, subject in questions]
    missed = [
        (text, subject, [hit.subject for hit in found.hits][:2])
        for text, subject, found in answers
        if not found.hits or found.hits[0].subject != subject
    ]
    assert missed == []


def test_the_initials_of_a_name_find_it_among_those_that_share_them(search):
    asked, inventory = search
    for one in list(inventory.sites.values())[:EACH]:
        shared = [other.id for other in inventory.sites.values() if initials(one.name) in initials(other.name)]
        found = asked.find(f"site:{initials(one.name)}", 100)
        assert {hit.id for hit in found.hits} >= set(shared)

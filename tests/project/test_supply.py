"""What netwatch is made of: its bill of materials is the lock's, and no audit that could not be is called clean."""

import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.version import Version

from tests.project import audit, sbom
from tests.project.advisories import Finding, findings, is_affected, records
from tests.project.audit import FEWEST_RECORDS, Verdict, by_answer, by_snapshot
from tests.project.files import words
from tests.project.lock import RUNTIME, TEST, Pin, pins

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PINS = [Pin("aiohttp", "3.14.5", "", ("0" * 64,), ("netwatch",)), Pin("typing-extensions", "4.16.0", "", (), ())]


def advisory(name="aiohttp", *events, versions=(), **more):
    entry = {"package": {"ecosystem": "PyPI", "name": name}, "versions": list(versions)}
    if events:
        entry["ranges"] = [{"type": "ECOSYSTEM", "events": list(events)}]
    return {"id": "PYSEC-1", "modified": "2026-11-20T00:00:00Z", "affected": [entry], **more}


def test_every_line_of_both_locks_is_understood_and_every_pin_has_its_hashes():
    for lock in (RUNTIME, TEST):
        found = pins(lock)
        assert len(found) > 20
        assert [pin.name for pin in found if not pin.hashes or not pin.wanted_by] == []
    assert {(pin.name, pin.version) for pin in pins(RUNTIME)} <= {(pin.name, pin.version) for pin in pins(TEST)}


def test_a_line_that_is_none_of_a_lock_is_not_passed_over(tmp_path):
    (tmp_path / "x.lock").write_text("aiohttp>=3\n")
    with pytest.raises(ValueError, match=r"x\.lock:1 is no line of a lock"):
        pins(tmp_path / "x.lock")


def test_the_bill_of_materials_is_that_of_the_lock():
    assert words("sbom.cdx.json") == sbom.text(), "run: make sbom"


def test_the_bill_of_materials_keeps_to_its_schema_strictly():
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(words("sbom.cdx.json")) is None


def test_everything_in_the_bill_of_materials_is_reached_from_netwatch():
    told = json.loads(words("sbom.cdx.json"))
    graph = {one["ref"]: one["dependsOn"] for one in told["dependencies"]}
    reached, ahead = set(), [told["metadata"]["component"]["bom-ref"]]
    while ahead:
        ref = ahead.pop()
        if ref not in reached:
            reached.add(ref)
            ahead += graph[ref]
    assert {one["bom-ref"] for one in told["components"]} == reached - {told["metadata"]["component"]["bom-ref"]}


def test_the_bill_of_materials_names_no_place_to_fetch_from():
    told = json.loads(words("sbom.cdx.json"))
    places = [place["url"] for one in told["components"] for place in one["externalReferences"]]
    assert {place.partition("/")[0] for place in places} == {"pkg:pypi"}


@pytest.mark.parametrize(
    ("events", "affected"),
    [
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "3.14.5"}], False),
        ([{"introduced": "0"}, {"fixed": "3.14.6"}], True),
        ([{"introduced": "0"}, {"last_affected": "3.14.5"}], True),
        ([{"introduced": "0"}, {"last_affected": "3.14.4"}], False),
        ([{"introduced": "3.14.6"}], False),
        ([{"fixed": "3.0"}, {"introduced": "3.14.0"}, {"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "3.0"}, {"introduced": "3.14.0"}, {"fixed": "3.14.2"}], False),
        ([{"introduced": "0"}, {"fixed": "no version"}], True),
        ([{"introduced": "3.14.5rc1"}, {"fixed": "3.14.5.post1"}], True),
    ],
)
def test_a_version_is_affected_by_the_ranges_of_the_osv_schema(events, affected):
    (entry,) = advisory("aiohttp", *events)["affected"]
    assert is_affected(Version("3.14.5"), entry) is affected


def test_a_version_is_affected_by_being_listed():
    (entry,) = advisory(versions=["not a version", "3.14.5"])["affected"]
    assert is_affected(Version("3.14.5"), entry)
    assert not is_affected(Version("3.14.6"), entry)


def test_names_are_compared_as_packages_are_and_other_ecosystems_and_withdrawn_records_left_out():
    events = [{"introduced": "0"}, {"fixed": "9"}]
    npm = advisory("aiohttp", *events)
    npm["affected"][0]["package"]["ecosystem"] = "npm"
    told = [advisory("Typing_Extensions", *events), npm, advisory("aiohttp", *events, withdrawn="2026-01-01T00:00:00Z")]
    assert findings(PINS, told) == ([Finding("typing-extensions", "4.16.0", "PYSEC-1", ("9",))], 2)


def snapshot(folder, *special, count=FEWEST_RECORDS):
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README", "none of the records")
        for number in range(count):
            archive.writestr(f"PYSEC-{number}.json", json.dumps(advisory("something-else", {"introduced": "0"})))
        for number, record in enumerate(special):
            archive.writestr(f"special-{number}.json", json.dumps(record))
    return path


def test_a_whole_and_recent_snapshot_can_say_that_all_is_well(tmp_path):
    verdict = by_snapshot(PINS, snapshot(tmp_path), NOW)
    assert verdict.told(2) == "audited: none of 2 pinned packages has a known vulnerability"
    assert verdict.code(required=True) == 0


def test_a_snapshot_names_what_is_vulnerable_and_since_when_it_is_mended(tmp_path):
    verdict = by_snapshot(PINS, snapshot(tmp_path, advisory("aiohttp", {"introduced": "3"}, {"fixed": "3.15"})), NOW)
    assert verdict.told(2) == "VULNERABLE: aiohttp 3.14.5: PYSEC-1, fixed in 3.15"
    assert verdict.code(required=False) == 1


def test_a_folder_of_records_will_do_as_well(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.json").write_text(json.dumps(advisory("aiohttp", {"introduced": "0"})))
    assert [record["id"] for record in records(tmp_path)] == ["PYSEC-1"]


@pytest.mark.parametrize(
    ("make", "now", "said"),
    [
        (lambda folder: folder / "missing.zip", NOW, "is no snapshot of advisories (FileNotFoundError"),
        (lambda folder: snapshot(folder, count=3), NOW, "holds 3 records about Python, which is not all that is known"),
        (snapshot, NOW + timedelta(days=60), "ends 62 days ago"),
    ],
)
def test_a_snapshot_that_is_none_or_a_part_or_old_is_no_audit(tmp_path, make, now, said):
    verdict = by_snapshot(PINS, make(tmp_path), now)
    assert said in verdict.told(2)
    assert verdict.told(2).startswith("NOT AUDITED")
    assert (verdict.code(required=False), verdict.code(required=True)) == (0, 1)


def answer(*told):
    return json.dumps({"dependencies": told})


def test_what_pip_audit_could_not_ask_about_is_not_called_clean():
    skipped = [{"name": pin.name, "skip_reason": "not found"} for pin in PINS]
    verdict = by_answer(PINS, answer(*skipped))
    assert verdict.told(2).startswith(
        "NOT AUDITED for known vulnerabilities: no database told anything of 2 of 2 packages"
    )
    assert by_answer(PINS, "").told(2).startswith("NOT AUDITED")
    assert by_answer(PINS, answer()).code(required=True) == 1


def test_what_pip_audit_found_is_told_and_fails():
    fine = {"name": "typing-extensions", "version": "4.16.0", "vulns": []}
    bad = {"name": "aiohttp", "version": "3.14.5", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}
    assert by_answer(PINS, answer(fine, bad)).told(2) == "VULNERABLE: aiohttp 3.14.5: PYSEC-2, not fixed yet"
    assert by_answer(PINS, answer(fine, bad)).code(required=False) == 1
    assert by_answer(PINS, answer(fine, {**bad, "vulns": []})) == Verdict([])


def test_the_audit_runs_as_a_program_and_says_one_of_three_things(tmp_path, capsys):
    assert audit.main(["--advisories", str(tmp_path / "none")]) == 0
    assert capsys.readouterr().out.startswith("NOT AUDITED")
    assert audit.main(["--advisories", str(tmp_path / "none"), "--required"]) == 1

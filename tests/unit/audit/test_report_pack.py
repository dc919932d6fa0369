"""A pack made in one place, reckoned anew in another; and packs that somebody meddled with."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from netwatch.audit.ledger_key import signing_key
from netwatch.audit.ledger_read import reading
from netwatch.audit.prune_rows import prune_rows
from netwatch.audit.report.pack import ANNEXES, BASE, CHECKPOINT, INVENTORY, PROOF, REPORT, ROWS, Contents, write_pack
from netwatch.audit.report.proof import proof, readable_key
from netwatch.audit.report.recompute import PackError, recompute
from netwatch.audit.report.source import raw_annexes, raw_rows, read_link_usage, read_source
from netwatch.audit.store import Store
from netwatch.core.audit.ledger_row import canonical
from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.question import Question
from tests.unit.audit import report_ledger
from tests.unit.core.audit.report.city import T0

PERIOD = Period(from_ms=T0 * 1000, until_ms=(T0 + report_ledger.DAY) * 1000, zone="Asia/Seoul", label="2026-09-21")
USAGE_ROWS = 4
QUESTION = Question(period=PERIOD, days=(PERIOD,), as_of_ms=PERIOD.until_ms)


def packed(state: Path, into: Path, *, key=None, question=QUESTION, is_named=False) -> Path:
    with reading(state) as reader:
        source = read_source(reader)
        source = replace(source, fingerprint=source.inventory.fingerprint) if is_named else source
        usage = read_link_usage(reader.connection, source.inventory, question)
        report = source.report(question, usage)
        told = proof(canonical(report), source.checkpoint, key or readable_key(state))
        write_pack(
            into,
            Contents(
                raw_rows(reader, source.history.rows),
                raw_annexes(reader, question, with_usage=True),
                [text for _, text in source.texts(question.period)],
            ),
            source,
            report=canonical(report),
            proof=told,
        )
    return into


@pytest.fixture
def pack(tmp_path):
    return packed(report_ledger.write(tmp_path / "state"), tmp_path / "pack.zip")


def changed(pack: Path, name: str, change) -> Path:
    """The pack with one part replaced; `change` takes and gives bytes, or None to leave it out."""
    other = pack.with_name("changed.zip")
    with zipfile.ZipFile(pack) as old, zipfile.ZipFile(other, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            content = change(content) if part == name else content
            if content is not None:
                new.writestr(part, content)
    return other


def test_a_pack_follows_from_its_own_rows(pack):
    found = recompute(pack)
    assert (found.findings, found.is_signed) == ([], True)
    assert found.rows == found.attested == len(report_ledger.rows().rows) + USAGE_ROWS
    assert found.figures > 1000


def test_a_pack_of_an_inventory_that_was_named_follows_from_its_rows_and_from_none_that_was_not_in_force(tmp_path):
    pack = packed(report_ledger.write(tmp_path / "state"), tmp_path / "pack.zip", is_named=True)
    assert recompute(pack).findings == []
    (finding,) = recompute(changed(pack, INVENTORY, lambda raw: raw.replace(b"sw-1", b"sw-9"))).findings
    assert finding.endswith("this inventory was never in force while netwatch kept this record")


def test_elsewhere_in_another_zone_and_language_the_figures_are_the_same(pack, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    pack.rename(elsewhere / "p.zip")
    environ = {"PATH": os.environ["PATH"], "TZ": "America/St_Johns", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "7"}
    environ["PYTHONPATH"] = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-m", "netwatch.cli.main", "audit", "recompute", "p.zip", "--json"],
        cwd=elsewhere,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["sound"] is True


def test_the_same_ledger_gives_the_same_pack_to_the_byte(pack, tmp_path):
    assert packed(tmp_path / "state", tmp_path / "again.zip").read_bytes() == pack.read_bytes()


def test_a_changed_row_is_named_with_the_figures_that_follow_from_it(pack):
    found = recompute(changed(pack, ROWS, lambda rows: rows.replace(b'"state":"down"', b'"state":"degraded"')))
    assert found.attested == 0
    assert found.findings[0] == "rows.jsonl: of the last rows, up to 31, some are not as they were packed"
    assert found.findings[1] == "rows.jsonl: the first 31 rows are not those that the checkpoint signed for"
    assert any(
        one.startswith("accounts.device.") and ".raw.down: the pack says 3600000" in one for one in found.findings
    )


def test_a_row_taken_out_is_missed(pack):
    found = recompute(changed(pack, ROWS, lambda rows: rows[: rows.rstrip().rindex(b"\n") + 1]))
    assert any("rows are missing: the checkpoint signs for 31, here are 30" in one for one in found.findings)


def test_a_figure_that_was_embellished_is_named_with_what_follows_from_the_rows(pack):
    def better(raw):
        report = json.loads(raw)
        report["accounts"]["service"]["subjects"]["field_device:cam-2"]["raw"]["down"] = 0
        return json.dumps(report).encode()

    found = recompute(changed(pack, REPORT, better))
    assert found.findings == [
        "report.json was changed: its SHA-256 is not the one in proof.json",
        "accounts.service.subjects.field_device:cam-2.raw.down: the pack says 0, from the rows follows 3600000",
    ]


def test_what_links_carried_is_in_the_pack_and_held_against_its_rows(pack, tmp_path):
    with zipfile.ZipFile(pack) as opened:
        (link,) = json.loads(opened.read(REPORT))["usage"]
    assert link["link"] == "link-1"
    assert [round(way["mean_bps"] / 1e5) for way in link["ways"]] == [80, 8]
    annex = f"{ANNEXES}{len(report_ledger.rows().rows) + 2}"
    found = recompute(changed(pack, annex, lambda content: content[:-1] + bytes([content[-1] ^ 1])))
    assert len(found.findings) == 1
    assert "nothing can be reckoned from what is in it: " in found.findings[0]
    missing = recompute(changed(pack, annex, lambda _: None))
    assert [one.partition(":")[0] for one in missing.findings][:1] == ["usage[0].ways[0].missing"]


def test_a_pack_signed_by_another_key_throughout_is_found_by_who_knows_the_right_one(tmp_path):
    state = report_ledger.write(tmp_path / "state")
    right = signing_key(state).public_key().public_bytes_raw().hex()
    forged = packed(report_ledger.write(tmp_path / "forged"), tmp_path / "forged.zip")
    assert recompute(forged).findings == []  # it is whole in itself: the key is what tells them apart
    found = recompute(forged, key=right)
    assert len(found.findings) == 2
    assert all("signed by" in one for one in found.findings)
    assert recompute(packed(state, tmp_path / "pack.zip"), key=right).findings == []


def test_a_checkpoint_that_was_changed_and_a_signature_that_does_not_fit_are_named(pack):
    found = recompute(changed(pack, CHECKPOINT, lambda line: line.replace(b'"rows":31', b'"rows":30')))
    assert found.findings == ["checkpoint.json: its signature is not that of the key it names: it was changed"]

    def torn(raw):
        told = json.loads(raw)
        return json.dumps(told | {"signature": "00" * 64}).encode()

    assert recompute(changed(pack, PROOF, torn)).findings == ["proof.json: the signature does not fit"]


def test_another_inventory_was_never_in_force(pack):
    found = recompute(changed(pack, INVENTORY, lambda raw: raw.replace(b"sw-1", b"sw-9")))
    assert found.findings == [
        "nothing can be reckoned from what is in it: this inventory was never in force while netwatch kept this record"
    ]


def test_rows_that_nobody_signed_yet_are_said_to_be_so(tmp_path):
    pack = packed(report_ledger.write(tmp_path / "state", signed=False), tmp_path / "pack.zip")
    assert recompute(pack).findings == ["it has no checkpoint: nobody signed for these rows"]


@pytest.mark.parametrize("name", [REPORT, ROWS, PROOF, INVENTORY])
def test_a_part_that_is_missing_is_named(pack, name):
    with pytest.raises(PackError, match=f"{name} is missing"):
        recompute(changed(pack, name, lambda _: None))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"a spreadsheet"])
def test_what_is_no_pack_is_said_to_be_none(tmp_path, content):
    (tmp_path / "p.zip").write_bytes(content)
    with pytest.raises(PackError, match=r"p\.zip is no pack of netwatch, or damaged"):
        recompute(tmp_path / "p.zip")


@pytest.mark.parametrize(
    "rows", [b"", b"{}\n", b'{"at":1e400}\n', b"[" * 100_000 + b"\n", b"\xff\xfe\n"], ids=lambda rows: str(rows[:8])
)
def test_hostile_rows_are_a_finding_and_never_a_crash(pack, rows):
    assert recompute(changed(pack, ROWS, lambda _: rows)).findings


async def test_a_pack_of_a_record_whose_older_rows_were_pruned_proves_itself_from_where_they_begin(tmp_path):
    state = report_ledger.write(tmp_path / "state")
    later = Period(from_ms=(T0 + 32_000) * 1000, until_ms=PERIOD.until_ms, zone="Asia/Seoul", label="later")
    asked = Question(period=later, days=(later,), as_of_ms=later.until_ms)
    whole = json.loads(zipfile.ZipFile(packed(state, tmp_path / "whole.zip", question=asked)).read(REPORT))
    store = Store.open(state)
    went = await store.write(partial(prune_rows, T0 + 31_000))  # in the middle of an outage
    await store.checkpoint(signing_key(state), least=1)
    store.close()
    pack = packed(state, tmp_path / "pack.zip", question=asked)
    report = json.loads(zipfile.ZipFile(pack).read(REPORT))
    assert (went > 10, report["accounts"]) == (True, whole["accounts"])
    found = recompute(pack)
    assert (found.findings, found.rows == found.attested > went) == ([], True)
    states = f"{ANNEXES}{found.rows}"  # of the row that tells of the pruning, the last
    for part, change in ((BASE, lambda _: None), (states, lambda raw: raw + b"x"), (states, lambda _: None)):
        assert recompute(changed(pack, part, change)).findings != []
    with pytest.raises(PackError, match=r"base\.json is not what netwatch packs"):
        recompute(changed(pack, BASE, lambda raw: raw.replace(b'"peaks": "', b'"peaks": "00')))

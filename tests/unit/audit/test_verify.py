"""Whatever is done to a ledger behind our back is named: by itself, or by a checkpoint that was kept elsewhere."""

import contextlib
import hashlib

import apsw
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from netwatch.audit.checkpoint import sign
from netwatch.audit.ledger_key import KEY_NAME, signing_key
from netwatch.audit.store import Store
from netwatch.audit.verify_words import lines as words
from netwatch.core.audit.merkle import Tree
from netwatch.core.errors import StoreError
from tests.unit.audit.ledgers import T0, checkpoint, copy, event, forge, found, write, write_pruned

ROWS = 61  # the key, then 30 events and 30 intervals


@pytest.fixture
async def ledger(tmp_path):
    directory = tmp_path / "state"
    directory.mkdir()
    lines = await write(directory, 30)
    return directory, lines


def texts(report):
    return [finding.text for finding in report.findings]


async def test_a_sound_ledger_is_sound_and_says_what_it_rests_on(ledger):
    directory, lines = ledger
    report = found(directory, lines[-1])
    assert (report.findings, report.rows, report.checked) == ([], ROWS, len(lines) + 1)
    assert report.keys == [signing_key(directory).public_key().public_bytes_raw().hex()]
    assert report.root == report.attested_elsewhere.root
    assert (report.first_recorded_wall_s, report.last_recorded_wall_s) == (T0 + 1000, T0 + 1000)
    told = list(words(report))
    assert told[0] == f"{ROWS} rows read, recorded from 2023-11-14T22:30:00Z to 2023-11-14T22:30:00Z"
    assert told[2] == f"every row is as it was written; {len(lines) + 1} checkpoints agree"
    assert told[3] == f"attested from elsewhere: rows 1 to {ROWS}, as they were at 2023-11-14T22:30:00Z"
    assert "no hash can tell" in told[-1]


async def test_without_a_checkpoint_from_elsewhere_it_says_that_the_administrator_could_do_anything(ledger):
    told = "\n".join(words(found(ledger[0])))
    assert f"could have written all {ROWS} rows anew and signed them" in told
    older = "\n".join(words(found(ledger[0], ledger[1][0])))
    assert f"could still have rewritten rows 22 to {ROWS}" in older


@pytest.mark.parametrize(
    ("statement", "row", "text"),
    [
        ("UPDATE ledger SET row = replace(row, 'down', 'up') WHERE seq = 7", 7, "row 7 is not what was written"),
        ("UPDATE ledger SET chain = zeroblob(32) WHERE seq = 7", 7, "row 7 is not what was written"),
        ("UPDATE ledger SET chain = NULL WHERE seq = 7", None, "NOT NULL"),
        ("DELETE FROM ledger WHERE seq = 7", 7, "row 7 is missing"),
        ("DELETE FROM ledger WHERE seq BETWEEN 1 AND 9", 1, "rows 1 to 9 are missing"),
        ("DELETE FROM ledger WHERE seq > 50", 51, "rows 51 to 61 are missing"),
        ("INSERT INTO ledger SELECT 0, row, chain FROM ledger WHERE seq = 7", 0, "row 0 stands behind row 0"),
        (
            "UPDATE ledger SET row = (SELECT row FROM ledger l WHERE l.seq = 15 - ledger.seq) WHERE seq IN (7, 8)",
            7,
            "row 7 is not what was written",
        ),
    ],
)
async def test_rows_that_are_changed_deleted_reordered_or_cut_off_are_named(ledger, statement, row, text):
    directory, _ = ledger
    if row is None:
        with pytest.raises(apsw.ConstraintError, match=text):
            forge(directory, statement)
        return
    forge(directory, statement)
    report = found(directory)
    assert report.findings[0].row == row
    assert report.findings[0].text.startswith(text)
    assert next(iter(words(report))).startswith(f"WRONG: {text}")


async def test_who_also_mends_the_chain_and_the_numbers_is_found_by_the_checkpoints_in_the_store(ledger):
    directory, _ = ledger
    forge(directory, "UPDATE ledger SET row = replace(row, 'down', 'up') WHERE seq = 30", rechain=True)
    [finding] = found(directory).findings
    assert finding.row == 22
    assert finding.text.startswith("rows 22 to 41 are not those that the checkpoint of 2023-11-14T22:30:00Z was signed")


async def test_who_throws_the_checkpoints_away_too_is_found_by_one_kept_elsewhere(ledger):
    directory, lines = ledger
    change = "UPDATE ledger SET row = replace(row, 'down', 'up') WHERE seq = 30"
    forge(directory, change, "DELETE FROM checkpoint", rechain=True)
    assert found(directory).findings == []  # and it says so: see what an administrator could do
    [finding] = found(directory, *lines).findings
    assert finding.row == 22
    assert "(kept:2)" in finding.text


async def test_who_has_the_key_as_well_and_signs_anew_is_found_by_one_kept_elsewhere(ledger):
    directory, lines = ledger
    change = "UPDATE ledger SET row = replace(row, 'down', 'up') WHERE seq = 30"
    forge(directory, change, "DELETE FROM checkpoint", rechain=True)
    store = Store.open(directory)
    await store.checkpoint(signing_key(directory), least=1)
    store.close()
    assert found(directory).findings == []
    assert [finding.row for finding in found(directory, *lines).findings] == [22]


async def test_an_old_copy_put_back_is_found_by_a_checkpoint_kept_elsewhere(tmp_path):
    directory = tmp_path / "state"
    directory.mkdir()
    old = await write(directory, 10)
    before = copy(directory, "before")
    store = Store.open(directory)
    await store.commit([], [event(n) for n in range(100, 105)])
    newest = (await store.checkpoint(signing_key(directory), least=1)).line
    store.close()
    assert found(directory, *old, newest).findings == []
    [finding] = found(before, *old, newest).findings
    assert (finding.row, finding.text.startswith("rows 22 to 26 are missing: they were there at ")) == (22, True)


async def test_a_checkpoint_in_the_store_that_was_changed_is_told(ledger):
    directory, _ = ledger
    forge(directory, "UPDATE checkpoint SET note = replace(note, '\"rows\":21', '\"rows\":22')")
    [text] = texts(found(directory))
    assert text.startswith("the checkpoint over 21 rows in the store is not as it was written: its signature")
    other = copy(directory, "other")
    with apsw.Connection(str(other / "netwatch.db")) as connection:
        connection.execute("UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 41)")
    assert any(
        "over 61 rows in the store is not as it was written: it is for 41" in text for text in texts(found(other))
    )


async def test_a_checkpoint_by_another_key_counts_for_nothing(ledger):
    directory, lines = ledger
    honest = checkpoint(lines[0])
    stranger = Ed25519PrivateKey.generate()
    line = sign(honest.size, honest.root, at_wall_s=T0, key=stranger)
    [text] = texts(found(directory, line))
    assert text.endswith("(kept:1) is signed by a key that is not this ledger's")
    [text] = texts(found(directory, lines[0], key="00" * 32))
    assert "is signed by a key that is not this ledger's" in text
    assert found(directory, lines[0], key=honest.key.hex()).findings == []


async def test_a_new_key_is_told_in_the_ledger_and_both_count(ledger):
    directory, lines = ledger
    (directory / KEY_NAME).rename(directory / "old.key")
    store = Store.open(directory)
    key = signing_key(directory)
    await store.save_key(key)
    await store.save_key(key)
    newest = (await store.checkpoint(key, least=1)).line
    store.close()
    report = found(directory, *lines, newest)
    assert (report.findings, report.rows, len(report.keys)) == ([], ROWS + 1, 2)


async def test_a_root_is_that_of_the_rows_bytes_whoever_computes_it(ledger):
    directory, lines = ledger
    rows = [
        bytes(raw)
        for (raw,) in apsw.Connection(str(directory / "netwatch.db")).execute(
            "SELECT CAST(row AS BLOB) FROM ledger ORDER BY seq"
        )
    ]
    assert Tree().grown(rows[:21]).root == checkpoint(lines[0]).root
    assert Tree().grown(rows).root == found(directory).root


async def test_more_findings_than_anyone_reads_are_counted(ledger):
    forge(ledger[0], "UPDATE ledger SET row = row || ' '")
    report = found(ledger[0])
    assert (len(report.findings), report.left_out > 40) == (20, True)
    assert report.findings[0].row == 1


def test_what_is_no_store_with_a_ledger_is_said_in_a_sentence(tmp_path):
    with pytest.raises(StoreError, match=r"there is no .*which --state-dir"):
        found(tmp_path)
    connection = apsw.Connection(str(tmp_path / "netwatch.db"))
    connection.execute("CREATE TABLE t (c)")
    connection.close()
    with pytest.raises(StoreError, match="not one of netwatch's"):
        found(tmp_path)


async def test_a_store_that_is_written_to_meanwhile_is_read_as_of_one_moment(tmp_path):
    store = Store.open(tmp_path)
    await store.commit([], [event(1)])
    assert found(tmp_path).rows == 1
    await store.commit([], [event(2)])
    assert found(tmp_path).rows == 2
    store.close()


@pytest.mark.parametrize("step", [197, pytest.param(1, marks=pytest.mark.soak)])
async def test_each_byte_that_flips_is_named_or_told_as_damage_or_leaves_the_rows_as_they_were(tmp_path, step):
    directory = tmp_path / "state"
    directory.mkdir()
    await write_pruned(directory)
    path = directory / "netwatch.db"
    honest, sound = path.read_bytes(), found(directory)
    assert (sound.findings, sound.pruned > 0, sound.annexes) == ([], True, 6)
    outcomes = {"named": 0, "damage": 0, "unchanged": 0, "refused": 0}
    for place in range(0, len(honest), step):
        flipped = bytearray(honest)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        outcomes[_outcome(directory, sound)] += 1
    assert sum(outcomes.values()) == -(-len(honest) // step)
    assert min(outcomes["damage"], outcomes["unchanged"]) > 0


async def test_each_byte_of_the_rows_themselves_is_named(tmp_path):
    await write(tmp_path, 3, every=3)
    for seq, report in with_bytes_flipped(tmp_path, "TRUE"):
        assert report.findings[0].row == seq


async def test_what_a_changed_row_says_of_pruning_is_not_believed_and_the_row_is_named(tmp_path):
    await write_pruned(tmp_path)
    for seq, report in with_bytes_flipped(tmp_path, "row LIKE '%pruned.%'"):
        assert seq in {finding.row for finding in report.findings}


def with_bytes_flipped(directory, which):
    """Of these rows, every seventh byte: (number of the row, what is found then)."""
    path = directory / "netwatch.db"
    honest = path.read_bytes()
    connection = apsw.Connection(str(path))
    rows = connection.execute(f"SELECT seq, CAST(row AS BLOB), chain FROM ledger WHERE {which}").fetchall()
    connection.close()
    for seq, *contents in rows:
        for content in contents:
            start = honest.index(content)
            for place in range(start, start + len(content), 7):
                path.write_bytes(honest[:place] + bytes([honest[place] ^ 1]) + honest[place + 1 :])
                yield seq, found(directory)


REFUSALS = ("not one of netwatch's", "newer netwatch", "kept no ledger")


def _outcome(directory, sound):
    """Rows changed and none the wiser would be a failure: none of the four."""
    try:
        report = found(directory)
    except StoreError as error:
        return "refused" if any(words in str(error) for words in REFUSALS) else "?"
    if not report.findings:
        assert (report.rows, report.root, report.annexes) == (sound.rows, sound.root, sound.annexes)
        return "unchanged"
    return "damage" if "damaged" in report.findings[0].text else "named"


def test_the_key_is_made_once_and_nobody_else_reads_it(tmp_path):
    key = signing_key(tmp_path)
    assert signing_key(tmp_path).private_bytes_raw() == key.private_bytes_raw()
    assert (tmp_path / KEY_NAME).stat().st_mode & 0o777 == 0o600
    assert b"PUBLIC KEY" in (tmp_path / "ledger.pub").read_bytes()
    (tmp_path / KEY_NAME).write_text("nonsense")
    with pytest.raises(StoreError, match="is no key that signs checkpoints"):
        signing_key(tmp_path)


def test_a_checkpoint_comes_out_of_a_line_of_a_log_and_no_bit_of_it_can_be_changed():
    line = sign(5, hashlib.sha256(b"").digest(), at_wall_s=T0, key=Ed25519PrivateKey.generate())
    logged = checkpoint(f"<109>1 2023-11-14T22:13:20Z host netwatch 7 checkpoint - {line}\n")
    assert (logged.size, logged.at) == (5, "2023-11-14T22:13:20Z")
    for place in range(len(line)):
        for bit in (1, 4, 32):
            changed = line[:place] + chr(ord(line[place]) ^ bit) + line[place + 1 :]
            with contextlib.suppress(ValueError):  # refused
                assert checkpoint(changed) == logged  # a hexadecimal digit in upper case is the same digit
                assert changed.lower() == line.lower()

"""Backup and restore: what is in the file, what is refused, and that nothing is lost on the way."""

import asyncio
import datetime as dt
import io
import json
import os
import tarfile

import apsw
import pytest

from netwatch.audit.backup import Source, back_up
from netwatch.audit.backup_format import MANIFEST, STORE, BackupError, Manifest, is_safe
from netwatch.audit.ledger_key import signing_key
from netwatch.audit.ledger_read import reading
from netwatch.audit.restore import Places, examine, restore
from netwatch.audit.schema import MIGRATIONS
from netwatch.audit.store import Store
from netwatch.audit.verify import verify
from netwatch.core.audit.ledger_sentences import told
from netwatch.core.errors import InventoryError, StoreError
from netwatch.inventory import sources

NOON = dt.datetime(2026, 11, 22, 12, 0, 0, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 11, 23, 12, 0, 0, tzinfo=dt.UTC)
INVENTORY = """city: Yangju
timezone: Asia/Seoul
credentials:
  field: {version: 2c, community: {file: secrets/field}, insecure: true}
defaults: {snmp: {credential: field}}
sites: {hall: {name: 시청, district: 중앙동}}
include: [districts/*.yaml, OUTSIDE]
"""
DISTRICT = "devices: {sw-1: {site: hall, role: access, address: 192.0.2.10}}\n"
SECRET = b"velvet-otter"


@pytest.fixture
def source(tmp_path):
    """A store with one heartbeat in it, and an inventory of three files with a secret beside."""
    folder, outside = tmp_path / "etc", tmp_path / "gis.yaml"
    (folder / "districts").mkdir(parents=True)
    (folder / "secrets").mkdir()
    (folder / "secrets" / "field").write_bytes(SECRET)
    (folder / "districts" / "옥정동.yaml").write_text(DISTRICT)
    outside.write_text("sites: {pole: {name: 전주, district: 옥정동}}\n")
    (folder / "inventory.yaml").write_text(INVENTORY.replace("OUTSIDE", str(outside)))
    state = tmp_path / "state"
    beat(state, 1000.0)
    return described(state, folder / "inventory.yaml")


def described(state, inventory):
    return Source(state=state, inventory=inventory, contents=sources(inventory))


def beat(state, at_s):
    store = Store.open(state)
    asyncio.run(store.heartbeat(at_s))
    store.close()


def last_beat(state):
    store = Store.open(state)
    try:
        return store.load().last_heartbeat_wall_s
    finally:
        store.close()


def made(source, path, **options):
    return back_up(source, path, version="0.1.0", now=NOON, **options)


def rewritten(path, change):
    """The backup again, each member through `change(name, content)`; None leaves it out."""
    with tarfile.open(path) as tar:
        members = [(entry.name, tar.extractfile(entry).read()) for entry in tar]
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members:
            new = change(name, content)
            if new is not None:
                entry = tarfile.TarInfo(name)
                entry.size = len(new)
                tar.addfile(entry, io.BytesIO(new))
    return path


def told_otherwise(path, **changes):
    def change(name, content):
        return json.dumps(json.loads(content) | changes).encode() if name == MANIFEST else content

    return rewritten(path, change)


def content_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_holds_the_store_and_the_inventory_with_all_it_includes(source, tmp_path):
    backup = made(source, tmp_path / "today.tar.gz")
    with tarfile.open(backup.path) as tar:
        names = tar.getnames()
    outside = f"elsewhere{tmp_path}/gis.yaml"
    assert names == [MANIFEST, STORE, outside, "inventory/districts/옥정동.yaml", "inventory/inventory.yaml"]
    assert backup.manifest == examine(backup.path)
    assert (backup.manifest.made_at, backup.manifest.schema) == ("2026-11-22T12:00:00Z", len(MIGRATIONS))
    assert backup.size_bytes == backup.path.stat().st_size


def test_no_secret_is_in_a_backup_though_an_include_names_its_file(source, tmp_path):
    text = source.inventory.read_text().replace("include: [", "include: [{file: secrets/*, as: sites}, ")
    source.inventory.write_text(text)
    backup = made(described(source.state, source.inventory), tmp_path / "today.tar.gz")
    with tarfile.open(backup.path) as tar:
        contents = {entry.name: tar.extractfile(entry).read() for entry in tar}
    assert "inventory/districts/옥정동.yaml" in contents
    assert [name for name, content in contents.items() if SECRET in content or "secrets" in name] == []


def test_an_inventory_with_mistakes_is_backed_up_as_it_is(source, tmp_path):
    source.inventory.write_text(source.inventory.read_text() + "nonsense: 1\n")
    backup = made(described(source.state, source.inventory), tmp_path / "today.tar.gz")
    assert restored_into(backup.path, tmp_path / "new").read_bytes() == source.inventory.read_bytes()


def test_without_an_inventory_there_is_a_sentence_and_no_backup(source):
    with pytest.raises(InventoryError, match=r"none.yaml: cannot be read: no such file"):
        sources(source.inventory.with_name("none.yaml"))


def restored_into(path, folder):
    """Restore to where nothing is; the inventory's new place."""
    places = Places(state=folder / "state", inventory=folder / "etc" / "inventory.yaml")
    restore(path, places, now=LATER)
    return places.inventory


def test_a_backup_is_readable_by_its_maker_alone_and_leaves_nothing_beside(source, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    backup = made(source, folder)
    assert backup.path == folder / "netwatch-20261122T120000Z.tar.gz"
    assert backup.path.stat().st_mode & 0o777 == 0o600
    assert list(folder.iterdir()) == [backup.path]


def test_a_backup_replaces_another_only_when_told(source, tmp_path):
    path = tmp_path / "today.tar.gz"
    path.write_text("precious")
    with pytest.raises(BackupError, match="exists already"):
        made(source, path)
    assert path.read_text() == "precious"
    assert examine(made(source, path, force=True).path)


def test_without_a_store_there_is_nothing_to_back_up(source, tmp_path):
    empty = Source(state=tmp_path, inventory=source.inventory, contents=source.contents)
    with pytest.raises(StoreError, match="which --state-dir"):
        made(empty, tmp_path / "today.tar.gz")
    assert not (tmp_path / "today.tar.gz").exists()


def test_a_damaged_store_is_not_passed_on_as_a_backup(source, tmp_path):
    store = source.state / "netwatch.db"
    content = bytearray(store.read_bytes())
    content[4096:12288] = bytes(8192)
    store.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|cannot be copied"):
        made(source, tmp_path / "today.tar.gz")
    assert not (tmp_path / "today.tar.gz").exists()


def test_the_copy_has_what_is_committed_and_not_yet_checkpointed_and_waits_for_no_writer(source, tmp_path):
    store = Store.open(source.state)  # as the daemon holds it
    asyncio.run(store.heartbeat(2000.0))
    writer = apsw.Connection(str(source.state / "netwatch.db"))
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE heartbeat SET until_wall_s = 9999")
    backup = made(source, tmp_path / "today.tar.gz")
    writer.close(force=True)
    store.close()
    restored_into(backup.path, tmp_path / "new")
    assert last_beat(tmp_path / "new" / "state") == 2000.0


def test_what_is_restored_is_what_was_and_the_store_says_that_it_was_restored(source, tmp_path):
    backup = made(source, tmp_path / "today.tar.gz")
    inventory = restored_into(backup.path, tmp_path / "new")
    assert content_of(inventory.parent).keys() == {
        inventory.relative_to(inventory.parent),
        next((inventory.parent / "districts").iterdir()).relative_to(inventory.parent),
    }
    assert inventory.read_bytes() == source.inventory.read_bytes()
    assert last_beat(tmp_path / "new" / "state") == 1000.0
    stored = apsw.Connection(str(tmp_path / "new" / "state" / "netwatch.db"))
    ((key, value),) = stored.execute("SELECT * FROM meta").fetchall()
    stored.close()
    assert key == "restored 2026-11-23T12:00:00Z"
    assert json.loads(value) == {"backup_made_at": "2026-11-22T12:00:00Z", "made_by": "0.1.0"}
    modes = {path.name: path.stat().st_mode & 0o777 for path in (inventory, tmp_path / "new/state/netwatch.db")}
    assert modes == {"inventory.yaml": 0o640, "netwatch.db": 0o600}


def test_what_was_put_back_says_so_in_its_ledger_which_is_whole(source, tmp_path):
    before = verify(source.state, on_progress=lambda _done, _there: None)
    restored_into(made(source, tmp_path / "today.tar.gz").path, tmp_path / "new")
    after = verify(tmp_path / "new" / "state", on_progress=lambda _done, _there: None)
    assert (before.findings, after.findings, after.rows) == ([], [], before.rows + 1)
    with reading(tmp_path / "new" / "state") as ledger:
        *_, last = ledger.rows()
    assert told(last) == (
        "the record was put back from the backup of 2026-11-22T12:00:00Z: what came after is not in it"
    )


def test_the_key_that_signs_is_in_no_backup(source, tmp_path):
    key = signing_key(source.state).private_bytes_raw()
    path = made(source, tmp_path / "today.tar.gz").path
    with tarfile.open(path) as tar:
        content = {entry.name: tar.extractfile(entry).read() for entry in tar}
    assert not [name for name in content if "ledger" in name]
    assert all(key not in raw and b"PRIVATE KEY" not in raw for raw in content.values())


def test_files_from_outside_the_inventorys_folder_are_named_and_left_alone(source, tmp_path):
    backup = made(source, tmp_path / "today.tar.gz")
    (tmp_path / "gis.yaml").write_text("newer")
    places = Places(state=tmp_path / "new", inventory=tmp_path / "new" / "inventory.yaml")
    done = restore(backup.path, places, now=LATER)
    assert done.elsewhere == (str(tmp_path / "gis.yaml"),)
    assert (tmp_path / "gis.yaml").read_text() == "newer"


def test_nothing_is_replaced_unforced_and_the_refusal_names_all_that_would_be(source, tmp_path):
    backup = made(source, tmp_path / "today.tar.gz")
    source.inventory.write_text("city: another\n")
    before = content_of(tmp_path)
    with pytest.raises(BackupError) as refused:
        restore(backup.path, Places(state=source.state, inventory=source.inventory), now=LATER)
    assert str(source.state / "netwatch.db") in str(refused.value)
    assert str(source.inventory) in str(refused.value)
    assert "옥정동.yaml" not in str(refused.value)  # it is the same
    assert content_of(tmp_path) == before


def test_forced_it_replaces_and_keeps_the_old_beside(source, tmp_path):
    backup = made(source, tmp_path / "today.tar.gz")
    beat(source.state, 5000.0)
    source.inventory.write_text("city: another\n")
    source.inventory.chmod(0o604)
    done = restore(backup.path, Places(state=source.state, inventory=source.inventory), now=LATER, force=True)
    kept = source.inventory.with_name("inventory.yaml.replaced-20261123T120000Z")
    assert done.replaced[source.inventory] == kept
    assert kept.read_text() == "city: another\n"
    assert source.inventory.stat().st_mode & 0o777 == 0o604
    assert last_beat(source.state) == 1000.0
    old = apsw.Connection(str(done.replaced[source.state / "netwatch.db"]))
    assert old.execute("SELECT max(until_wall_s) FROM heartbeat").get == 5000.0
    old.close()


def test_the_log_of_the_old_store_goes_with_it(source, tmp_path):
    backup = made(source, tmp_path / "today.tar.gz")
    crashed = apsw.Connection(str(source.state / "netwatch.db"))
    crashed.pragma("wal_autocheckpoint", 0)
    crashed.execute("UPDATE heartbeat SET until_wall_s = 7000")
    log = (source.state / "netwatch.db-wal").read_bytes()
    crashed.close()
    (source.state / "netwatch.db-wal").write_bytes(log)  # as after a SIGKILL
    restore(backup.path, Places(state=source.state, inventory=source.inventory), now=LATER, force=True)
    assert (source.state / "netwatch.db.replaced-20261123T120000Z-wal").read_bytes() == log
    assert last_beat(source.state) == 1000.0


def test_a_mistyped_name_is_said_and_brings_no_state_directory_into_being(tmp_path):
    wanted = Places(state=tmp_path / "state", inventory=tmp_path / "inventory.yaml")
    for read in (lambda path: restore(path, wanted, now=LATER), examine):
        with pytest.raises(BackupError, match=r"^there is no file .*none\.tar\.gz$"):
            read(tmp_path / "none.tar.gz")
    assert list(tmp_path.iterdir()) == []


def test_a_running_daemon_is_not_restored_under(source, tmp_path):
    backup = made(source, tmp_path / "today.tar.gz")
    store = Store.open(source.state)
    with pytest.raises(StoreError, match=f"already running on .* \\(pid {os.getpid()}\\): stop it"):
        restore(backup.path, Places(state=source.state, inventory=source.inventory), now=LATER, force=True)
    store.close()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 2}, "format 2, this netwatch reads 1"),
        ({"schema": len(MIGRATIONS) + 1}, "of a newer netwatch"),
        ({"schema": len(MIGRATIONS) - 1}, "not what it says"),
        ({"files": []}, "does not hold one store and one inventory"),
        ({"files": None}, "what it says of itself is damaged"),
        ({"inventory": "other.yaml"}, "does not hold one store and one inventory"),
    ],
)
def test_what_it_says_of_itself_must_fit(source, tmp_path, change, sentence):
    path = told_otherwise(made(source, tmp_path / "today.tar.gz").path, **change)
    new = tmp_path / "new"
    for attempt in (lambda: examine(path), lambda: restored_into(path, new)):
        with pytest.raises(BackupError, match=sentence):
            attempt()
    assert set(content_of(new)) <= {(new / "state" / "netwatch.lock").relative_to(new)}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda name, content: None if name == STORE else content, "not whole: state/netwatch.db is missing"),
        (lambda name, content: content[:-1] + b"?" if name.endswith("inventory.yaml") else content, "its hash differs"),
        (lambda name, content: None if name == MANIFEST else content, "does not begin with"),
    ],
)
def test_a_backup_with_a_changed_file_is_refused(source, tmp_path, change, sentence):
    path = rewritten(made(source, tmp_path / "today.tar.gz").path, change)
    with pytest.raises(BackupError, match=f"today.tar.gz: .*{sentence}"):
        examine(path)


def test_what_is_no_backup_is_refused_in_a_sentence(source, tmp_path):
    whole = made(source, tmp_path / "today.tar.gz").path.read_bytes()
    path = tmp_path / "other"
    for content in (b"", b"hello", whole[:200], whole[:-200]):
        path.write_bytes(content)
        with pytest.raises(BackupError, match=r"other: it is (no backup of netwatch, or damaged|not whole)"):
            examine(path)


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "inventory/../../etc/passwd", "inventory", "inventory//a", "inventory/./a", "state/x", "", "a\0b"],
)
def test_no_name_in_a_backup_leads_out_of_its_folder(source, tmp_path, name):
    assert not is_safe(name)
    files = [{"name": name, "size_bytes": 1, "sha256": "0" * 64}]
    path = told_otherwise(made(source, tmp_path / "today.tar.gz").path, files=files)
    with pytest.raises(BackupError, match="names a file that no backup of netwatch has"):
        examine(path)


def test_a_link_in_the_tar_is_not_followed(source, tmp_path):
    path = made(source, tmp_path / "today.tar.gz").path
    with tarfile.open(path) as tar:
        members = [(entry.name, tar.extractfile(entry).read()) for entry in tar]
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            if name == STORE:
                entry.type, entry.linkname = tarfile.SYMTYPE, str(tmp_path / "etc" / "secrets" / "field")
                tar.addfile(entry)
            else:
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    with pytest.raises(BackupError, match="holds something that it does not speak of"):
        examine(path)


def test_what_a_manifest_says_is_read_back_as_it_was_written(source, tmp_path):
    manifest = made(source, tmp_path / "today.tar.gz").manifest
    assert Manifest.decode(manifest.encode()) == manifest

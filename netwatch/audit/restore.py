"""A backup -> the state directory and the inventory of a netwatch that does not run.

Everything is unpacked beside its place and checked against the hashes before the first name changes; what is replaced
stays beside the new file under a name of its own, because netwatch deletes nothing.
"""

import contextlib
import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

import apsw

from netwatch.audit.backup import sync_folder
from netwatch.audit.backup_format import (
    ELSEWHERE,
    INVENTORY,
    MANIFEST,
    MOST_MANIFEST_BYTES,
    STORE,
    BackupError,
    Manifest,
    Member,
)
from netwatch.audit.database import DATABASE_NAME
from netwatch.audit.ledger import DAEMON, append, has_ledger
from netwatch.audit.lock import LOCK_NAME, StateLock
from netwatch.audit.schema import APPLICATION_ID, MIGRATIONS
from netwatch.core.audit.ledger_row import Entry, EntryType, canonical
from netwatch.core.errors import StoreError
from netwatch.core.events import EventKind

PIECE_BYTES = 1 << 20
COMPANIONS = ("-wal", "-shm", "-journal")  # of an SQLite file that was not closed; they belong to the old one


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a backup goes to."""

    state: Path
    inventory: Path  # the file itself; what it includes goes beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done."""

    manifest: Manifest
    written: tuple[Path, ...]
    replaced: dict[Path, Path]  # what was there -> where it is kept now
    elsewhere: tuple[str, ...]  # in the backup, but outside the inventory's folder: put back by hand


def examine(path: Path) -> Manifest:
    """Read a backup through, check every hash and the store in it; nothing is written but a copy that goes again.

    BackupError: it is damaged, of another format, or of a newer netwatch.
    """
    _insist_on(path)
    with _reading(path), tempfile.TemporaryDirectory(prefix="netwatch-") as folder:
        return _unpack(path, Path(folder))


def restore(path: Path, places: Places, *, now: datetime, force: bool = False) -> Restored:
    """Put back what `path` holds. BackupError: it is not to be restored, or would replace what is there, unforced.

    StoreError: a daemon is running on the state directory, or the disk refuses. Until then nothing has changed.
    """
    _insist_on(path)
    lock = StateLock(places.state)
    try:
        _own(places.state / LOCK_NAME, like=places.state)
        with _reading(path), tempfile.TemporaryDirectory(prefix=".restore-", dir=places.state) as folder:
            staging = Path(folder)
            manifest = _unpack(path, staging)
            wanted = _wanted(manifest, staging, places.inventory)
            changed = [target for target, staged in wanted.items() if not _same(target, staged)]
            _refuse(places.state / DATABASE_NAME, changed, force=force)
            _note(staging / STORE, manifest, now)
            stamp = f"{now:%Y%m%dT%H%M%SZ}"
            replaced = _put_store(staging / STORE, places.state, stamp)
            for target in changed:
                replaced.update(_put_inventory(wanted[target], target, places.state, stamp=stamp))
    finally:
        lock.release()
    elsewhere = tuple(member.name.removeprefix(ELSEWHERE) for member in manifest.below(ELSEWHERE))
    return Restored(
        manifest=manifest, written=(places.state / DATABASE_NAME, *changed), replaced=replaced, elsewhere=elsewhere
    )


def _insist_on(path: Path) -> None:
    """For a mistyped name no state directory shall come into being."""
    if not path.is_file():
        raise BackupError(f"there is no file {path}")


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    """What goes wrong with the backup itself, as a sentence that begins with its name."""
    try:
        yield
    except BackupError as error:
        raise BackupError(f"{path}: {error}") from error
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{path}: it is no backup of netwatch, or damaged: {error}") from error
    except OSError as error:
        what = error.strerror or str(error)  # gzip's own errors bring no number
        raise StoreError(f"{error.filename or path}: {what}") from error


def _unpack(path: Path, folder: Path) -> Manifest:
    """Every file of the backup below `folder`, checked; the members of the tar that the manifest does not name stay."""
    with tarfile.open(path, mode="r|gz") as tar:
        manifest = _manifest(tar)
        missing = {member.name: member for member in manifest.files}
        while (entry := tar.next()) is not None:
            member = missing.pop(entry.name, None)
            content = tar.extractfile(entry) if entry.isreg() else None
            if member is None or content is None:
                raise BackupError(f"it holds something that it does not speak of: {entry.name!r}")
            _unpack_one(content, member, folder / member.name)
    if missing:
        raise BackupError(f"it is not whole: {min(missing)} is missing")
    _check_store(folder / STORE, manifest)
    return manifest


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    content = tar.extractfile(first) if first is not None and first.name == MANIFEST and first.isreg() else None
    if content is None or first is None or first.size > MOST_MANIFEST_BYTES:
        raise BackupError(f"it is no backup of netwatch: it does not begin with {MANIFEST}")
    manifest = Manifest.decode(content.read())
    if manifest.schema > len(MIGRATIONS):
        raise BackupError(
            f"its store is of a newer netwatch ({manifest.netwatch}, format {manifest.schema}; this one reads up to "
            f"{len(MIGRATIONS)}): install that version first"
        )
    return manifest


def _unpack_one(content: IO[bytes], member: Member, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size_bytes = hashlib.sha256(), 0
    with target.open("xb") as file:
        while piece := content.read(PIECE_BYTES):
            digest.update(piece)
            size_bytes += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if (size_bytes, digest.hexdigest()) != (member.size_bytes, member.sha256):
        raise BackupError(f"{member.name} in it is not what was backed up: its hash differs")


def _check_store(path: Path, manifest: Manifest) -> None:
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            identity = (int(connection.pragma("application_id")), int(connection.pragma("user_version")))
            verdict = str(connection.execute("PRAGMA integrity_check(1)").get)
        finally:
            connection.close(force=True)
    except apsw.Error as error:
        raise BackupError(f"the store in it cannot be read: {error}") from error
    if identity != (APPLICATION_ID, manifest.schema) or verdict != "ok":
        raise BackupError(f"the store in it is not what it says, or damaged: {verdict}")


def _wanted(manifest: Manifest, staging: Path, inventory: Path) -> dict[Path, Path]:
    """Where each file of the inventory goes -> where it lies now. The inventory itself takes the name asked for."""
    wanted = {}
    for member in manifest.below(INVENTORY):
        name = PurePosixPath(member.name).relative_to(INVENTORY)
        target = inventory if str(name) == manifest.inventory else inventory.parent / name
        wanted[target] = staging / member.name
    return wanted


def _same(target: Path, staged: Path) -> bool:
    return target.is_file() and target.read_bytes() == staged.read_bytes()


def _refuse(store: Path, changed: list[Path], *, force: bool) -> None:
    """A store that was not closed has its newest rows in the files beside it: they alone are something, too."""
    names = [store, *(store.with_name(store.name + suffix) for suffix in COMPANIONS), *changed]
    there = [name for name in names if os.path.lexists(name)]
    for name in there:
        if not name.is_file():
            raise BackupError(f"{name} is in the way, and no file")
    if there and not force:
        listed = ", ".join(map(str, there))
        raise BackupError(f"restoring it would replace {listed}; --force does, and keeps the old files beside")


def _note(store: Path, manifest: Manifest, now: datetime) -> None:
    """That this store was once put back is part of what it can prove."""
    connection = apsw.Connection(str(store), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.pragma("journal_mode", "delete")
        connection.pragma("synchronous", "full")
        made = {"backup_made_at": manifest.made_at, "made_by": manifest.netwatch}
        with connection:
            name = f"restored {now:%Y-%m-%dT%H:%M:%SZ}"
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, json.dumps(made)))
            if has_ledger(connection):  # else it is of a netwatch that kept none
                detail = canonical({"state": "restored", **made})
                entry = Entry(EntryType.EVENT, EventKind.STORE_STATE, DAEMON, now.timestamp(), detail)
                append(connection, [entry], now.timestamp())
    except apsw.Error as error:
        raise StoreError(f"{store} cannot be written: {error}") from error
    finally:
        connection.close(force=True)


def _put_store(staged: Path, state: Path, stamp: str) -> dict[Path, Path]:
    """Swap the store in; where the old one is kept. At no moment is there neither the old one nor the new one."""
    target = state / DATABASE_NAME
    kept = _keep(target, stamp)
    for suffix in COMPANIONS:
        companion = target.with_name(target.name + suffix)
        if companion.exists():  # SQLite finds it again by the name of its database
            companion.rename(target.with_name(f"{_kept_name(target, stamp)}{suffix}"))
    staged.chmod(0o600)
    _own(staged, like=state)
    staged.replace(target)
    sync_folder(state)
    return kept


def _put_inventory(staged: Path, target: Path, state: Path, *, stamp: str) -> dict[Path, Path]:
    """Swap one file in, with the owner and the rights of the old one; else root's and to be read by the daemon."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    kept = _keep(target, stamp)
    descriptor, name = tempfile.mkstemp(prefix=".restore-", dir=target.parent)
    ready = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(staged.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        if kept:
            ready.chmod(target.stat().st_mode & 0o777)
            _own(ready, like=target)
        else:
            ready.chmod(0o640)
            _own(ready, like=state, user=os.geteuid())
        ready.replace(target)
    except BaseException:
        ready.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)
    return kept


def _keep(target: Path, stamp: str) -> dict[Path, Path]:
    """A second name for what is there."""
    if not target.exists():
        return {}
    beside = target.with_name(_kept_name(target, stamp))
    os.link(target, beside)
    return {target: beside}


def _kept_name(target: Path, stamp: str) -> str:
    return f"{target.name}.replaced-{stamp}"


def _own(path: Path, *, like: Path, user: int | None = None) -> None:
    """Root restores what another user is to write: the files get the owner of the place they lie in."""
    if os.geteuid() == 0:
        status = like.stat()
        os.chown(path, status.st_uid if user is None else user, status.st_gid)

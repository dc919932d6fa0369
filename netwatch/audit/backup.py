"""A running netwatch -> one file that `netwatch.audit.restore` understands. Secrets are never read, let alone written.

SQLite's own online backup reads the store in one transaction, so the copy is the store of one moment, whatever the
daemon writes meanwhile; it waits for nobody and nobody waits for it.
"""

import contextlib
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import apsw

from netwatch.audit.backup_format import ELSEWHERE, INVENTORY, MANIFEST, STORE, BackupError, Manifest, Member
from netwatch.audit.database import DATABASE_NAME
from netwatch.audit.schema import identify
from netwatch.core.errors import StoreError

BUSY_TIMEOUT_MS = 10_000  # another program may hold the file for a moment; the daemon never does


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is to be backed up."""

    state: Path  # the state directory
    inventory: Path
    contents: Mapping[Path, bytes]  # of the inventory and all it includes


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished backup."""

    path: Path
    size_bytes: int
    manifest: Manifest


def back_up(source: Source, target: Path, *, version: str, now: datetime, force: bool = False) -> Made:
    """Write the backup to `target`, or into it under a name of its own where it is a folder; 0600, whole or not at all.

    BackupError: there is such a file already and `force` is not given. StoreError: no store, or it cannot be copied.
    """
    made_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    path = target / f"netwatch-{now:%Y%m%dT%H%M%SZ}.tar.gz" if target.is_dir() else target
    if path.exists() and not force:
        raise BackupError(f"{path} exists already: name another file, or replace it with --force")
    try:
        with tempfile.TemporaryDirectory(prefix=".netwatch-backup-", dir=path.parent) as folder:
            copy, packed = Path(folder, "store"), Path(folder, "packed")
            schema = _copy_store(source.state / DATABASE_NAME, copy)
            contents = {_member_name(file, source.inventory.parent): raw for file, raw in source.contents.items()}
            members = (_store_member(copy), *(Member.of(name, raw) for name, raw in sorted(contents.items())))
            manifest = Manifest(
                made_at=made_at, netwatch=version, schema=schema, inventory=source.inventory.name, files=members
            )
            _pack(packed, manifest, store=copy, contents=contents, mtime_s=int(now.timestamp()))
            size_bytes = packed.stat().st_size
            packed.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error
    return Made(path=path, size_bytes=size_bytes, manifest=manifest)


def _member_name(file: Path, folder: Path) -> str:
    """Below the inventory's folder by the name from there; `include` may lead out of it."""
    plain, home = Path(os.path.normpath(file.absolute())), Path(os.path.normpath(folder.absolute()))
    if plain.is_relative_to(home):
        return f"{INVENTORY}/{plain.relative_to(home).as_posix()}"
    return f"{ELSEWHERE}/{plain.relative_to('/').as_posix()}"


def _copy_store(path: Path, target: Path) -> int:
    """The store of this moment as one file of its own; the schema it has."""
    if not path.is_file():
        raise StoreError(f"there is no {path}: which --state-dir does netwatch run with?")
    try:
        with _opened(path, apsw.SQLITE_OPEN_READONLY) as source:
            identify(source, str(path))
            with _opened(target, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE) as copy:
                with copy.backup("main", source, "main") as backup:
                    while not backup.done:
                        backup.step(-1)
                copy.pragma("journal_mode", "delete")
                verdict = str(copy.execute("PRAGMA integrity_check(1)").get)
                schema = int(copy.pragma("user_version"))
    except apsw.FullError as error:
        where = target.parent.parent
        raise StoreError(f"no room in {where} for a copy of {path}: free some space, or back up elsewhere") from error
    except apsw.Error as error:
        raise StoreError(f"{path} cannot be copied: {error}") from error
    if verdict != "ok":
        raise StoreError(f"{path} is damaged ({verdict.splitlines()[-1]}): no backup was made of it")
    return schema


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[apsw.Connection]:
    connection = apsw.Connection(str(path), flags=flags)
    try:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        yield connection
    finally:
        connection.close(force=True)


def _store_member(copy: Path) -> Member:
    with copy.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Member(name=STORE, size_bytes=copy.stat().st_size, sha256=digest)


def _pack(packed: Path, manifest: Manifest, *, store: Path, contents: Mapping[str, bytes], mtime_s: int) -> None:
    descriptor = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6, format=tarfile.PAX_FORMAT) as tar:
            _add(tar, MANIFEST, io.BytesIO(manifest.encode()), mtime_s=mtime_s)
            with store.open("rb") as content:
                _add(tar, STORE, content, mtime_s=mtime_s)
            for name, raw in sorted(contents.items()):
                _add(tar, name, io.BytesIO(raw), mtime_s=mtime_s)
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, name: str, content: io.BufferedIOBase, *, mtime_s: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, io.SEEK_END)
    entry.mode, entry.mtime = 0o600, mtime_s
    content.seek(0)
    tar.addfile(entry, content)


def sync_folder(folder: Path) -> None:
    """The new name must survive a power loss as well."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

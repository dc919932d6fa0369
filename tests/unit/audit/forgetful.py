"""A disk that forgets what was not synced, and that can be full: a VFS of SQLite's below the real store.

In: everything the store writes. Out: what would be found after the power had gone at any moment: what was synced, and
of what was not, whatever subset chance leaves, down to half a sector's write.
"""

import contextlib
import random
from dataclasses import dataclass, field
from pathlib import Path

import apsw

SECTOR = 512


@dataclass
class Image:
    """A file as the platters have it, and what only the cache has."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # (place, bytes), or (size, None)

    def sync(self) -> None:
        for place, data in self.pending:
            self.apply(place, data)
        self.pending.clear()

    def apply(self, place: int, data: bytes | None) -> None:
        if data is None:
            del self.durable[place:]
            return
        self.durable.extend(bytes(max(0, place + len(data) - len(self.durable))))
        self.durable[place : place + len(data)] = data


class Disk(apsw.VFS):
    """Registered under `name` until `unregister`."""

    def __init__(self, name: str, chance: random.Random) -> None:
        self.name = name
        self.chance = chance
        self.images: dict[str, Image] = {}
        self.writes = 0
        self.cut_at: int | None = None  # after so many writes and syncs the power is gone
        self.is_full = False
        self.is_broken = False
        super().__init__(name, "")

    @property
    def is_dark(self) -> bool:
        return self.cut_at is not None and self.writes >= self.cut_at

    def xOpen(self, name, flags):  # noqa: N802 - SQLite's own name
        if self.is_dark:
            raise apsw.CantOpenError("the power is gone")
        return File(self, name, flags)

    def xDelete(self, filename, syncdir):  # noqa: N802
        self.touch()
        self.images.pop(filename, None)
        super().xDelete(filename, syncdir)

    def touch(self) -> None:
        """One more thing is asked of the disk."""
        if self.is_dark:
            raise apsw.IOError("the power is gone")
        self.writes += 1

    def leave(self, directory: Path) -> None:
        """Write what is found after the power has come back."""
        directory.mkdir()
        for name, image in self.images.items():
            for place, data in image.pending:
                for start in range(0, len(data or b"") or 1, SECTOR):
                    if self.chance.random() < 0.5:
                        image.apply(place + start, data if data is None else data[start : start + SECTOR])
            if image.durable or not name.endswith("-wal"):
                (directory / Path(name).name).write_bytes(image.durable)


class File(apsw.VFSFile):
    def __init__(self, disk: Disk, name, flags) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        self._image = disk.images.get(path)
        if self._image is None:
            self._image = disk.images[path] = Image(durable=bytearray(Path(path).read_bytes()))

    def xWrite(self, data, offset):  # noqa: N802
        self._disk.touch()
        if self._disk.is_full:
            raise apsw.FullError("no room")
        if self._disk.is_broken:
            raise apsw.IOError("a bad sector")
        super().xWrite(data, offset)
        self._image.pending.append((offset, bytes(data)))

    def xTruncate(self, newsize):  # noqa: N802
        self._disk.touch()
        super().xTruncate(newsize)
        self._image.pending.append((newsize, None))

    def xSync(self, flags):  # noqa: N802
        self._disk.touch()
        if self._disk.is_broken:
            raise apsw.IOError("a bad sector")
        self._image.sync()


def connections_on(disk: Disk, *, synchronous: str = ""):
    """In place of `apsw.Connection`. `synchronous` overrules what the store asks for."""

    class Connection(apsw.Connection):
        def __init__(self, path: str, flags: int = 0) -> None:
            super().__init__(path, flags=flags, vfs=disk.name)
            self.execute("PRAGMA locking_mode = exclusive")  # WAL without shared memory, which a VFS in Python has not

        def close(self, force=False):  # noqa: FBT002 - SQLite's own
            with contextlib.suppress(apsw.Error):  # apsw tells here what only a VFS in Python can raise
                super().close(force)

        def pragma(self, name, value=None, **more):
            if name == "synchronous" and synchronous:
                value = synchronous
            return super().pragma(name, value, **more) if value is not None else super().pragma(name, **more)

    return Connection

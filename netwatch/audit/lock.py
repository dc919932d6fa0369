"""One daemon per state directory: an advisory lock on STATE_DIR/netwatch.lock, which names its holder."""

import fcntl
import os
from pathlib import Path

from netwatch.core.errors import StoreError

LOCK_NAME = "netwatch.lock"


class StateLock:
    """Held from construction to `release`, or to the end of the process however it ends (flock(2))."""

    def __init__(self, directory: Path) -> None:
        """Create the directory (0700) where it is missing, and take the lock. StoreError where that is refused."""
        path = directory / LOCK_NAME
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(f"cannot use the state directory {directory}: {error.strerror}") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            holder = f"pid {pid}" if pid else "another process"
            raise StoreError(
                f"netwatch is already running on {directory} ({holder}): stop it, or choose another --state-dir"
            ) from error
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(self._descriptor)
            raise StoreError(f"cannot write {path}: {error.strerror}") from error

    def release(self) -> None:
        """Let another daemon in. The file stays: removing it would let two hold two locks of one name."""
        os.close(self._descriptor)

"""A store that somebody else holds."""

from contextlib import contextmanager

import apsw


@contextmanager
def held_by_another_program(directory):
    """A real failure: another connection keeps the write lock, so every commit ends in SQLITE_BUSY after a second."""
    other = apsw.Connection(str(directory / "netwatch.db"))
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()

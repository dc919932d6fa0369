"""The tables of netwatch.db and how an older file becomes today's. Forward only: a newer file is refused.

`PRAGMA user_version` is the number of steps of MIGRATIONS a file has been through; a released step is never edited.
`PRAGMA application_id` tells our file from any other SQLite database.
"""

from collections.abc import Callable

import apsw

from netwatch.audit.ledger_adoption import adopt
from netwatch.core.errors import StoreError

APPLICATION_ID = 0x4E575431  # "NWT1"

Step = str | tuple[str, Callable[[apsw.Connection], None], str]  # SQL; work that SQL cannot do between two pieces of it

MIGRATIONS: tuple[Step, ...] = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE verdict (
        subject TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, since_wall_s REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE device_memory (device TEXT PRIMARY KEY, document BLOB NOT NULL, saved_wall_s REAL NOT NULL) STRICT;
    CREATE TABLE event (
        seq INTEGER PRIMARY KEY,
        at_wall_s REAL NOT NULL,           -- UTC, of the first evidence
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL,              -- canonical JSON
        recorded_wall_s REAL NOT NULL,     -- when it was written down
        told_before_commit INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    -- one row per unbroken stretch of watching; what lies between two rows was not watched
    CREATE TABLE heartbeat (
        stretch INTEGER PRIMARY KEY, from_wall_s REAL NOT NULL, until_wall_s REAL NOT NULL, beats INTEGER NOT NULL
    ) STRICT;
    """,
    """
    -- every window of maintenance that was ever declared; one declared anew under its old id is another row
    CREATE TABLE maintenance (
        id TEXT NOT NULL,
        origin TEXT NOT NULL,              -- inventory or command
        declared_wall_s REAL NOT NULL,     -- when netwatch was told of it, UTC like all times here
        subject TEXT NOT NULL,
        from_wall_s REAL NOT NULL,
        until_wall_s REAL NOT NULL,
        reason TEXT NOT NULL,
        requested_by TEXT NOT NULL,
        approved_by TEXT NOT NULL,
        user TEXT NOT NULL,                -- the command's caller, as the kernel knows them
        ended_wall_s REAL,                 -- earlier than planned
        ended_by TEXT NOT NULL,
        told INTEGER NOT NULL,             -- 0 planned, 1 running, 2 over: what events have told
        PRIMARY KEY (id, origin, declared_wall_s)
    ) STRICT, WITHOUT ROWID;
    """,
    (
        """
        -- the record: what is in it stays as it is
        CREATE TABLE ledger (
            seq INTEGER PRIMARY KEY,
            row TEXT NOT NULL,             -- canonical JSON: the bytes that are hashed (netwatch.core.audit.ledger_row)
            chain BLOB NOT NULL            -- SHA-256(chain of the row before, row)
        ) STRICT;
        -- who is meant by the ids in the ledger; outside the chain, so that a name can be deleted
        CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT, WITHOUT ROWID;
        -- the inventory of the newest row that tells of one, to be compared with the next
        CREATE TABLE inventory_seen (only INTEGER PRIMARY KEY CHECK (only = 1), document TEXT NOT NULL) STRICT;
        -- signed roots of the tree over the first `size` rows, and where the tree goes on from there
        CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL, peaks BLOB NOT NULL) STRICT;
        """,
        adopt,
        """
        DROP TABLE event;
        CREATE VIEW event AS SELECT
            seq, row ->> '$.at' AS at_wall_s, row ->> '$.kind' AS kind, row ->> '$.subject' AS subject,
            row -> '$.detail' AS detail, row ->> '$.recorded' AS recorded_wall_s,
            coalesce(row ->> '$.told_before_commit', 0) AS told_before_commit
        FROM ledger WHERE row ->> '$.type' = 'event';
        CREATE TRIGGER ledger_is_never_edited BEFORE UPDATE ON ledger
            BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;
        CREATE TRIGGER ledger_is_never_cut BEFORE DELETE ON ledger
            BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;
        """,
    ),
    """
    -- what people did about faults: outside the ledger's chain, for a row names people
    CREATE TABLE fault_work (
        seq INTEGER PRIMARY KEY,
        fault TEXT NOT NULL,               -- id
        at_wall_s REAL NOT NULL,           -- UTC
        user TEXT NOT NULL,                -- the command's caller, as the kernel knows them
        did TEXT NOT NULL,                 -- acknowledged, withdrew, noted, assigned or ticketed
        text TEXT NOT NULL,                -- why, the note, whose it is now, or the ticket
        severity TEXT NOT NULL             -- the fault's at that moment
    ) STRICT;
    """,
    """
    -- bytes that a row of the ledger tells the SHA-256 of; they may be pruned before the row is
    CREATE TABLE annex (
        seq INTEGER PRIMARY KEY,           -- of the row
        kind TEXT NOT NULL,                -- of the row
        from_wall_s REAL NOT NULL,         -- UTC, what they are about
        until_wall_s REAL NOT NULL,
        content BLOB NOT NULL
    ) STRICT;
    CREATE INDEX annex_by_time ON annex (kind, from_wall_s);
    -- the last row that was pruned, and where the chain and the tree go on from
    CREATE TABLE pruned (size INTEGER PRIMARY KEY, chain BLOB NOT NULL, peaks BLOB NOT NULL) STRICT;
    -- which rows correct the record, so that nobody need search for them
    CREATE TABLE correction (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, withdrawn_seq INTEGER) STRICT, WITHOUT ROWID;
    DROP TRIGGER ledger_is_never_cut;
    CREATE TRIGGER ledger_is_never_cut BEFORE DELETE ON ledger
        WHEN old.seq > (SELECT coalesce(max(size), 0) FROM pruned)
        BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;
    """,
)


def identify(connection: apsw.Connection, path: str) -> None:
    """Raise StoreError, having changed nothing, where the file is not ours or newer than this program."""
    version = int(connection.pragma("user_version"))
    empty = version == 0 and connection.execute("SELECT count(*) FROM sqlite_schema").get == 0
    if not empty and int(connection.pragma("application_id")) != APPLICATION_ID:
        raise StoreError(f"{path} is a database, but not one of netwatch's: choose another --state-dir")
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{path} was written by a newer netwatch (format {version}, this one reads up to {len(MIGRATIONS)}): "
            "install that version again, or choose another --state-dir"
        )


def migrate(connection: apsw.Connection) -> None:
    """Bring an identified file to today's format in one transaction; a failure leaves it as it was."""
    version = int(connection.pragma("user_version"))
    if version == len(MIGRATIONS):
        return
    with connection:
        for step in MIGRATIONS[version:]:
            before, work, after = (step, None, "") if isinstance(step, str) else step
            connection.execute(before)
            if work is not None:
                work(connection)
                connection.execute(after)
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", len(MIGRATIONS))

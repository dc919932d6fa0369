"""Which profiles are in force is on record, and how they differ, by table and column."""

import json
import zlib
from dataclasses import replace

import apsw
import pytest

from netwatch.audit import ledger_profiles
from netwatch.audit.annex import read_annexes
from netwatch.audit.ledger_profiles import KIND, profile_document, write_profiles
from netwatch.audit.store import Store
from netwatch.profiles.load import load_profiles

PROFILES = {name: plan for name, plan in load_profiles().items() if name in ("standard", "moxa", "cisco")}
STANDARD = PROFILES["standard"]
SMALL = replace(STANDARD, tables=STANDARD.tables[:1])


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


async def put(store, profiles):
    told = profile_document(profiles)
    await store.write(lambda connection, now_wall_s: write_profiles(told, connection, now_wall_s))


def rows(directory):
    connection = apsw.Connection(str(directory / "netwatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
    found = list(read_annexes(connection, KIND))
    connection.close()
    return found


def with_column(plan, table, column, **changes):
    def changed(one):
        columns = tuple(replace(own, **changes) if own.name == column else own for own in one.columns)
        return replace(one, columns=columns) if one.name == table else one

    return replace(plan, tables=tuple(map(changed, plan.tables)))


async def test_the_same_profiles_are_one_row_and_its_annex_is_the_whole(store, tmp_path):
    await put(store, PROFILES)
    await put(store, dict(reversed(PROFILES.items())))
    [row] = rows(tmp_path)
    assert (row.detail["count"], row.detail["changes"], row.detail["first"]) == (len(PROFILES), [], True)
    assert json.loads(zlib.decompress(row.content)).keys() == PROFILES.keys()


async def test_a_change_is_told_by_profile_table_and_column(store, tmp_path):
    await put(store, PROFILES)
    table = STANDARD.tables[0]
    column = table.columns[0]
    changed = with_column(STANDARD, table.name, column.name, oid="1.3.6.1.9")
    others = {name: plan for name, plan in PROFILES.items() if name not in ("standard", "moxa")}
    await put(store, {**others, "standard": changed, "hfr": STANDARD})
    assert rows(tmp_path)[-1].detail["changes"] == [
        "profile:hfr: added",
        "profile:moxa: removed",
        f"profile:standard: tables.{table.name}.columns.{column.name}.oid: {column.oid} -> 1.3.6.1.9",
    ]


async def test_a_flood_of_changes_is_cut_and_says_by_how_many(store, tmp_path, monkeypatch):
    monkeypatch.setattr(ledger_profiles, "MOST_CHANGES", 3)
    await put(store, {f"p-{n}": SMALL for n in range(8)})
    await put(store, {"standard": SMALL})
    changes = rows(tmp_path)[-1].detail["changes"]
    assert (len(changes), changes[-1]) == (4, "and 6 more")

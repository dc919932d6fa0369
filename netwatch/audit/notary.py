"""What people declare about the record itself, put on it: corrections, reviews of who had access, names forgotten."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import apsw

from netwatch.audit.access_read import counted, month_rows
from netwatch.audit.access_rows import write_review
from netwatch.audit.correction_rows import write_correction, write_withdrawal
from netwatch.audit.ledger_key import signing_key
from netwatch.audit.ledger_read import reading
from netwatch.audit.persons import forget_name
from netwatch.audit.store import Store
from netwatch.core.audit.corrections import Asked
from netwatch.core.audit.periods import Period


class Notary:
    """Everything returns once it survives a power loss. StoreError: nothing was put on record."""

    def __init__(self, store: Store, directory: Path, *, on_forgotten: Callable[[str, str], None]) -> None:
        """`on_forgotten` is told a name and the id that stands in its place from now on."""
        self._store = store
        self._directory = directory
        self._on_forgotten = on_forgotten

    async def correct(self, asked: Asked) -> str:
        """The id of the correction."""
        key = await asyncio.to_thread(signing_key, self._directory)
        await self._store.save_key(key)
        return await self._store.write(partial(write_correction, asked, key), urgent=True)

    async def withdraw(self, told: Mapping[str, str]) -> str | None:
        """`told` has id, reason, by and user. The subject; None where no such correction stands."""
        key = await asyncio.to_thread(signing_key, self._directory)
        await self._store.save_key(key)
        return await self._store.write(partial(write_withdrawal, told, key), urgent=True)

    async def review(self, month: Period, *, user: str, note: str) -> tuple[int, int]:
        """The user has looked through a month of accesses; how many rows, and how many of them failures, there were."""
        rows, failures = await asyncio.to_thread(self._count, month)
        told: dict[str, str | int] = {
            "month": month.label,
            "user": user,
            "note": note,
            "rows": rows,
            "failures": failures,
        }
        await self._store.write(lambda connection, now_wall_s: write_review(connection, told, now_wall_s))
        return rows, failures

    async def forget(self, name: str) -> str | None:
        """Delete a name; the id that stands for it, None where nobody of that name is on record."""

        def forget(connection: apsw.Connection, _now_wall_s: float) -> str | None:
            return forget_name(connection, name)

        identity = await self._store.write(forget)
        if identity is not None:
            self._on_forgotten(name, identity)
        return identity

    def _count(self, month: Period) -> tuple[int, int]:
        with reading(self._directory) as reader:
            return counted(month_rows(reader, month))

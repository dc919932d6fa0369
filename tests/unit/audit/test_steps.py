"""A step that the store cannot take is said once, and tried again with the next."""

import asyncio
import logging

import pytest

from netwatch.audit.steps import step_for_ever
from netwatch.core.errors import StoreError
from tests.virtual_time import in_virtual_time


def test_what_fails_is_said_once_until_it_has_gone_well_again_and_anything_else_ends_it(caplog):
    outcomes = iter(
        [None, StoreError("no room"), StoreError("no room"), None, StoreError("a bad sector"), ValueError("x")]
    )

    async def step():
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome

    async def tried() -> float:
        with pytest.raises(ValueError, match="x"):
            await step_for_ever(step, failing="it waits")
        return asyncio.get_running_loop().time()

    with caplog.at_level(logging.ERROR):
        in_virtual_time(tried())
    assert [record.message for record in caplog.records] == ["it waits: no room", "it waits: a bad sector"]

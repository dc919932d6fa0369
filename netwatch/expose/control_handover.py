"""`/handover` on the control socket: what is on record of a shift, for those who may not read the store themselves.

In: since when, as `netwatch handover` was told. Out: `core.handover` of it, read beside the event loop.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from netwatch.core.errors import StoreError
from netwatch.expose.control import NotNow, Refused, Route


def handover_routes(read: Callable[[str], dict[str, Any]]) -> Mapping[tuple[str, str], Route]:
    """`read`: blocks; ValueError for what is no time, StoreError where the store cannot be read."""

    async def tell(body: object) -> dict[str, Any]:
        since = body.get("since") if isinstance(body, dict) else None
        if not isinstance(since, str):
            raise Refused("The request must tell 'since' as a text.")
        try:
            return await asyncio.to_thread(read, since)
        except ValueError as error:
            raise Refused(f"{error}.") from error
        except StoreError as error:
            raise NotNow(f"The record cannot be read: {error}.") from error

    return {("POST", "/handover"): tell}

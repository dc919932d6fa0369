"""What is remembered of one device over a restart: a document the engine fills and reads, and the store only keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from netwatch.core.model import NOTHING

JSON: TypeAlias = "str | int | float | bool | Sequence[JSON] | Mapping[str, JSON] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMemory:
    """Counter offsets, index map, batch size and engine identity of one device, as JSON; bytes as hexadecimal text."""

    device: str
    document: Mapping[str, JSON] = NOTHING

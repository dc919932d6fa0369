"""What a backup is: a gzipped tar whose first member says what the others are.

netwatch-backup.json       this module's `Manifest`: the format, who made it and when, size and SHA-256 of each file
state/netwatch.db          the store, one whole SQLite file
inventory/...              the inventory and what it includes, by their names from the inventory's folder
elsewhere/...              included files outside that folder, by their full names
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from netwatch.audit.database import DATABASE_NAME
from netwatch.core.errors import NetwatchError

FORMAT = 1
MANIFEST = "netwatch-backup.json"
MOST_MANIFEST_BYTES = 16 << 20
STORE = f"state/{DATABASE_NAME}"
INVENTORY = "inventory"
ELSEWHERE = "elsewhere"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BackupError(NetwatchError):
    """The backup is not one, or doing what was asked would replace something: the sentence says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of a backup."""

    name: str  # as in the tar
    size_bytes: int
    sha256: str

    @classmethod
    def of(cls, name: str, content: bytes) -> "Member":
        return cls(name=name, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str  # UTC, RFC 3339
    netwatch: str  # the version that made it
    schema: int  # of the store: the steps of MIGRATIONS it has been through
    inventory: str  # the file name of the inventory itself, without its folder
    files: tuple[Member, ...]

    def below(self, folder: str) -> tuple[Member, ...]:
        """The members in one of the folders named above."""
        return tuple(member for member in self.files if member.name.startswith(f"{folder}/"))

    def encode(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1).encode() + b"\n"

    @classmethod
    def decode(cls, raw: bytes) -> "Manifest":
        """BackupError where it is of another format, or not what `encode` writes."""
        try:
            told = json.loads(raw)
            if told["format"] != FORMAT:
                raise BackupError(
                    f"it is a backup of format {told['format']!r}, this netwatch reads {FORMAT}: "
                    "restore it with the netwatch that made it"
                )
            manifest = cls(
                made_at=str(told["made_at"]),
                netwatch=str(told["netwatch"]),
                schema=int(told["schema"]),
                inventory=str(told["inventory"]),
                files=tuple(map(_member, told["files"])),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError(f"what it says of itself is damaged: {error!r}") from error
        _check(manifest)
        return manifest


def _member(told: Mapping[str, Any]) -> Member:
    return Member(name=str(told["name"]), size_bytes=int(told["size_bytes"]), sha256=str(told["sha256"]))


def _check(manifest: Manifest) -> None:
    """A backup may come from anywhere: no name of it leads out of the folder it is restored to."""
    names = [member.name for member in manifest.files]
    for member in manifest.files:
        if not is_safe(member.name) or not _SHA256.fullmatch(member.sha256) or member.size_bytes < 0:
            raise BackupError(f"it names a file that no backup of netwatch has: {member.name!r}")
    if len(names) != len(set(names)) or not {STORE, f"{INVENTORY}/{manifest.inventory}"} <= set(names):
        raise BackupError("it does not hold one store and one inventory")


def is_safe(name: str) -> bool:
    """Whether this is the name of a member, and stays below its folder."""
    path = PurePosixPath(name)
    whole = str(path) == name and "\0" not in name and not path.is_absolute() and ".." not in path.parts
    return whole and (name == STORE or (path.parts[0] in (INVENTORY, ELSEWHERE) and len(path.parts) > 1))

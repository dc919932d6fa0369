"""Which pinned packages a snapshot of advisories names: records of the OSV schema, in a folder or a zip file.

In: JSON records as every database of that schema exports them for PyPI. Out: one finding for each record that is about
a pinned version. For places that no database can be reached from.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tests.project.lock import Pin


class Finding(NamedTuple):
    name: str
    version: str
    advisory: str
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        mended = f", fixed in {', '.join(self.fixed_in)}" if self.fixed_in else ", not fixed yet"
        return f"{self.name} {self.version}: {self.advisory}{mended}"


def records(snapshot: Path) -> Iterator[Mapping[str, Any]]:
    """Every record of the snapshot. OSError or ValueError where it is none."""
    if snapshot.is_dir():
        for path in sorted(snapshot.rglob("*.json")):
            yield json.loads(path.read_bytes())
        return
    with zipfile.ZipFile(snapshot) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json"):
                yield json.loads(archive.read(name))


def findings(found: Iterable[Pin], advisories: Iterable[Mapping[str, Any]]) -> tuple[list[Finding], int]:
    """(what is wrong, how many records there were that are about packages for Python)."""
    pinned: dict[str, list[Pin]] = {}
    for pin in found:
        pinned.setdefault(canonicalize_name(pin.name), []).append(pin)
    wrong: set[Finding] = set()
    count = 0
    for record in advisories:
        entries = [one for one in record.get("affected", ()) if one.get("package", {}).get("ecosystem") == "PyPI"]
        count += bool(entries)
        if record.get("withdrawn"):
            continue
        for entry in entries:
            for pin in pinned.get(canonicalize_name(entry["package"]["name"]), ()):
                if is_affected(Version(pin.version), entry):
                    wrong.add(Finding(pin.name, pin.version, record["id"], tuple(_fixes(entry))))
    return sorted(wrong), count


def is_affected(version: Version, entry: Mapping[str, Any]) -> bool:
    """By the list of versions, or by any range. Where the end of a range cannot be read, it has none."""
    if any(_parsed(one) == version for one in entry.get("versions", ())):
        return True
    return any(_in_range(version, one["events"]) for one in entry.get("ranges", ()) if one["type"] == "ECOSYSTEM")


def _in_range(version: Version, events: Iterable[Mapping[str, str]]) -> bool:
    inside = False
    for event in sorted(events, key=_moment):
        ((kind, text),) = list(event.items())[:1]
        at = _parsed(text)
        if kind == "introduced" and (text == "0" or at is None or version >= at):
            inside = True
        elif (kind == "fixed" and at is not None and version >= at) or (
            kind == "last_affected" and at is not None and version > at
        ):
            inside = False
    return inside


def _moment(event: Mapping[str, str]) -> tuple[Version, bool]:
    kind, text = next(iter(event.items()))
    return (_parsed(text) or Version("0")) if text != "0" else Version("0.dev0"), kind == "introduced"


def _parsed(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _fixes(entry: Mapping[str, Any]) -> Iterator[str]:
    for one in entry.get("ranges", ()):
        if one["type"] == "ECOSYSTEM":
            yield from (event["fixed"] for event in one["events"] if "fixed" in event)

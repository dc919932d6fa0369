"""What a lock pins: each package with its version, its hashes, and who wants it. Needs nothing but Python."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
RUNTIME, TEST = ROOT / "requirements.lock", ROOT / "requirements-test.lock"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:([0-9a-f]{64})(?: \\)?$")
WANTED = re.compile(r"^    #(?: via| +)? *(\S.*)?$")
OURSELVES = "netwatch"


class Pin(NamedTuple):
    name: str
    version: str
    marker: str  # on which systems; empty: on all
    hashes: tuple[str, ...]  # SHA-256, one of each file that may be installed
    wanted_by: tuple[str, ...]  # names of packages; `netwatch` for ourselves


def pins(lock: Path) -> list[Pin]:
    """In the order of the file. ValueError for a line that is none of a lock's."""
    found: list[Pin] = []
    for number, line in enumerate(lock.read_text(encoding="utf-8").splitlines(), start=1):
        if pin := PIN.match(line):
            found.append(Pin(pin[1].lower(), pin[2], pin[3] or "", (), ()))
        elif hashed := HASH.match(line):
            found[-1] = found[-1]._replace(hashes=(*found[-1].hashes, hashed[1]))
        elif wanted := WANTED.match(line):
            who = (wanted[1] or "").partition(" (")[0].partition("[")[0].removeprefix("via").strip().lower()
            if who:
                found[-1] = found[-1]._replace(wanted_by=(*found[-1].wanted_by, who))
        elif line.strip():
            raise ValueError(f"{lock.name}:{number} is no line of a lock: {line!r}")
    return found

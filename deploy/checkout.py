"""Which netwatch a checkout holds: its version, its time, and which pins of the lock the program itself needs."""

import os
import re
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==", re.MULTILINE)


class BuildError(Exception):
    """One sentence: why nothing was built."""


@dataclass(frozen=True)
class Checkout:
    """A folder with the sources of netwatch, under git or not."""

    root: Path

    @cached_property
    def project(self) -> Mapping[str, Any]:
        """`[project]` of pyproject.toml."""
        told = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        project: Mapping[str, Any] = told["project"]
        return project

    @cached_property
    def epoch_s(self) -> int:
        """The time every file in what is built shall have, so that the same sources give the same bytes."""
        given = os.environ.get("SOURCE_DATE_EPOCH") or self._git("log", "-1", "--format=%ct")
        if not given:
            raise BuildError("this is no git checkout: set SOURCE_DATE_EPOCH to the time of these sources")
        return int(given)

    @cached_property
    def debian_version(self) -> str:
        """That of pyproject.toml where it is tagged, or where there is no git; before, `0.1.0~` and the commit.

        A tilde sorts before the end (deb-version(7)), so each commit upgrades the one before and the release them all.
        """
        version = str(self.project["version"])
        commit = self._git("rev-parse", "--short=8", "HEAD")
        if not commit or f"v{version}" in self._git("tag", "--points-at", "HEAD").splitlines():
            return version
        at = datetime.fromtimestamp(int(self._git("log", "-1", "--format=%ct")), UTC)
        changed = "+local" if self._git("status", "--porcelain", "--untracked-files=no") else ""
        return f"{version}~{at:%Y%m%d%H%M%S}.{commit}{changed}"

    def runtime_pins(self) -> str:
        """The part of requirements.lock that the program needs: neither what builds it nor what tests it."""
        blocks = _blocks((self.root / "requirements.lock").read_text(encoding="utf-8"))
        needed = {_normal(re.split(r"[^\w.-]", wanted)[0]) for wanted in self.project["dependencies"]}
        unknown = needed - set(blocks)
        if unknown:
            raise BuildError(f"requirements.lock does not name {', '.join(sorted(unknown))}: run `make lock`")
        grown = True
        while grown:
            more = {name for name, block in blocks.items() if _parents(block) & needed} - needed
            needed |= more
            grown = bool(more)
        return "".join(blocks[name] for name in sorted(needed))

    def _git(self, *words: str) -> str:
        """What git answers; nothing where there is no git or no repository."""
        command = ["git", "-C", str(self.root), *words]
        try:
            asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - constant words
        except FileNotFoundError:
            return ""
        return asked.stdout.strip() if asked.returncode == 0 else ""


def _blocks(lock: str) -> dict[str, str]:
    """Each package's lines, comments included; one that is pinned twice (by marker) has both."""
    found = [(pin.start(), _normal(pin["name"])) for pin in PIN.finditer(lock)]
    ends = [start for start, _ in found[1:]] + [len(lock)]
    blocks: dict[str, str] = {}
    for (start, name), end in zip(found, ends, strict=True):
        blocks[name] = blocks.get(name, "") + lock[start:end]
    return blocks


def _parents(block: str) -> set[str]:
    """Who asked for it: the `via` comments."""
    words = re.findall(r"^ +#(?: +via)? +(\S+)", block, re.MULTILINE)
    return {_normal(word) for word in words}


def _normal(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()

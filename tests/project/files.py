"""Which files the project consists of, and the trees of its Python modules."""

import ast
import subprocess
from functools import cache
from pathlib import Path

from tests.tools import require_tool

ROOT = Path(__file__).parents[2]


@cache
def project_files() -> tuple[Path, ...]:
    """What is committed, and what is about to be: nothing that .gitignore names."""
    listed = subprocess.run(
        [require_tool("git"), "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    named = {ROOT / name for name in listed.stdout.split("\0") if name}
    return tuple(sorted(path for path in named if path.is_file()))


@cache
def modules(folder: str = "netwatch") -> tuple[tuple[Path, ast.Module], ...]:
    """Every module below a folder, parsed."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    return tuple((path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def words(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")

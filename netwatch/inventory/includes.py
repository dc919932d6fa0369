"""`include:` -> the sources it names, in a fixed order.

Patterns are relative to the inventory file; `*` does not cross folders, `**` is `*`. YAML files hold the same tables as
the inventory; CSV files fill the one table that `as` names. What is included includes nothing further.
"""

import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netwatch.inventory import csv_source, yaml_source
from netwatch.inventory.csv_source import Sheet, columns_of
from netwatch.inventory.findings import Findings, legible, quoted
from netwatch.inventory.nodes import Items, Node, Source, Table, Text
from netwatch.inventory.schema import CSV_SECTIONS, FREE_TEXTS, SECTIONS

YAML_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A file's bytes and what they say; `display` is how messages name it."""

    display: str
    content: bytes
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Include:
    """One entry of the list and the line it stands on."""

    fields: dict[str, Any]
    written: frozenset[str]  # its keys, the wrong ones too
    line: int
    where: str


class Includes:
    """Expands the entries of one inventory's `include:`."""

    def __init__(self, main: Path, *, charset: str, findings: Findings) -> None:
        self._main = main
        self._charset = charset
        self._findings = findings
        self._seen: dict[Path, str] = {}

    def load(self, entries: Iterable[dict[str, Any]], items: Items) -> list[Loaded]:
        """Every file the entries name, read. `items` is the list as it stands in the file."""
        found: list[Loaded] = []
        for (number, node), fields in zip(_readable(items), entries, strict=True):
            written = frozenset(node.entries) if isinstance(node, Table) else frozenset[str]()
            include = _Include(fields=fields, written=written, line=node.line, where=f"include[{number}]")
            sheet = self._sheet(include)
            for path in self._matches(include):
                loaded = self._load_one(path, include, sheet)
                if loaded is not None:
                    found.append(loaded)
        return found

    def _report(self, include: _Include, what: str) -> None:
        self._findings.incomplete = True
        self._findings.add(str(self._main), include.line, include.where, what)

    def _matches(self, include: _Include) -> list[Path]:
        pattern: str = include.fields.get("file", "")
        folder = self._main.parent
        try:
            names = sorted(glob.glob(pattern, root_dir=folder))  # noqa: PTH207 - Path.glob refuses absolute patterns
        except ValueError:  # a NUL in it
            names = []
        paths = [folder / name for name in names if os.path.isfile(folder / name)]  # noqa: PTH113 - never raises
        if not paths and pattern:
            self._report(include, f"{quoted(pattern)} matches no file")
        return paths

    def _sheet(self, include: _Include) -> Sheet | None:
        """How the include's CSV files are to be read; None for YAML files, and after a report."""
        fields = include.fields
        is_yaml = fields.get("file", "").endswith(YAML_SUFFIXES)
        if is_yaml and len(fields) > 1:
            self._report(include, "`as`, `columns`, `values` and `charset` are for CSV files; this is YAML")
        if not is_yaml and "as" not in include.written:
            self._report(include, f"a CSV file needs `as:`, the table it fills: {', '.join(CSV_SECTIONS)}")
        if is_yaml or "as" not in fields:
            return None
        columns, constants = fields.get("columns", {}), fields.get("values", {})
        known = columns_of(SECTIONS[fields["as"]].block)
        names = [*((f"columns.{title}", name) for title, name in columns.items())]
        names += [(f"values.{name}", name) for name in constants]
        for place, name in names:
            if name not in (*known, *FREE_TEXTS):
                what = f"{legible(place)}: unknown key {quoted(name)}{self._findings.suggestion(name, known)}"
                self._report(include, what)
        return Sheet(
            section=fields["as"],
            columns=columns,
            values=constants,
            charset=fields.get("charset", self._charset),
            charset_first="charset" in fields,
        )

    def _load_one(self, path: Path, include: _Include, sheet: Sheet | None) -> Loaded | None:
        if path.resolve() == self._main.resolve():
            self._report(include, "the inventory includes itself")
            return None
        earlier = self._seen.setdefault(path.resolve(), include.where)
        if earlier != include.where:
            self._report(include, f"{quoted(str(path))} is already included by {earlier}")
            return None
        try:
            content = read_file(path)
        except OSError as error:
            self._report(include, f"{quoted(str(path))} cannot be read: {error.strerror}")
            return None
        display = str(path)
        if sheet is not None:
            block = SECTIONS[sheet.section].block
            source = csv_source.rows(content, display, sheet, block=block, findings=self._findings)
        elif path.suffix in YAML_SUFFIXES:
            source = Source(display, yaml_source.compose(content, display, self._findings))
        else:
            return None
        return Loaded(display=display, content=content, source=source)


def read_file(path: Path) -> bytes:
    """The bytes, or one more than the cap, which the sources then refuse."""
    with path.open("rb") as file:
        return file.read(yaml_source.MOST_BYTES + 1)


def _readable(items: Items) -> list[tuple[int, Node]]:
    """The numbered items that the reader made something of: words and tables."""
    numbered = enumerate(items.values, start=1)
    return [(n, node) for n, node in numbered if isinstance(node, Table) or (isinstance(node, Text) and node.value)]

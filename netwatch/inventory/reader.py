"""Nodes + schema -> fields and records, with a sentence for everything that does not fit.

One Reader reads one file. It never stops at a mistake: what is wrong is reported and left out. The ids it meets go to
`references`, to be checked when every file has been read.
"""

import re
from typing import Any

from netwatch.core.model import PortRef, Secret
from netwatch.inventory.findings import Findings, Refused, legible, quoted
from netwatch.inventory.kinds import (
    Block,
    Kind,
    ListOf,
    Pairs,
    Port,
    Record,
    Ref,
    Reference,
    Scalar,
    SecretRef,
    Section,
    Subject,
)
from netwatch.inventory.nodes import Entry, Items, Node, Source, Table, Text, Unreadable
from netwatch.inventory.schema import FREE_TEXTS, SUBJECTS
from netwatch.inventory.secrets import FORMS, LITERAL, Vault
from netwatch.inventory.values import identifier, kept_text, port

_SEPARATORS = re.compile(r"[\s,;]+")


class _Absent(Exception):  # noqa: N818 - no error of its own: nothing is written here, or it is already reported
    pass


class Reader:
    """Reads the nodes of one file."""

    def __init__(self, source: Source, *, findings: Findings, vault: Vault, references: list[Reference]) -> None:
        self.file = source.file
        self._cells = source.cells
        self._findings = findings
        self._vault = vault
        self._references = references
        self._unreadable = 0  # met so far; a record with one of them is not to be built

    def fields(self, block: Block, table: Table, where: str) -> dict[str, Any]:
        """The block's fields as far as they are right; unknown and missing keys are reported."""
        fields: dict[str, Any] = {}
        for name, entry in table.entries.items():
            key = block.by_name.get(name)
            if key is not None:
                try:
                    fields[key.into] = self._value(
                        key.kind, entry.value, entry.line, f"{where}.{name}" if where else name
                    )
                except _Absent:
                    continue
            elif block.keeps_extra and (self._cells or name in FREE_TEXTS):
                self._keep_extra(name, entry, where, fields.setdefault("extra", {}))
            else:
                what = f"unknown key{self._findings.suggestion(name, block.names)}"
                self._report(entry.line, f"{where}.{legible(name)}" if where else legible(name), what)
        for key in block.keys:
            if key.required and _is_missing(table, key.name):
                self._report(table.line, f"{where}.{key.name}" if where else key.name, "is missing")
        return fields

    def records(self, name: str, section: Section, entry: Entry) -> list[Record]:
        """The records of one section; those with mistakes are marked `broken` and keep their id known."""
        try:
            table = self._table(entry.value, entry.line, name)
        except _Absent:
            return []
        return [self._record(name, section, identity, body) for identity, body in table.entries.items()]

    def _record(self, name: str, section: Section, identity: str, entry: Entry) -> Record:
        before = len(self._findings) + self._unreadable
        where = f"{name}.{legible(identity)}"
        fields: dict[str, Any] = {}
        table = Table({}, entry.line)
        try:
            self._parsed(identifier, identity, entry.line, where)
            table = Table(self._table(entry.value, entry.line, where).entries, entry.line)
            fields = self.fields(section.block, table, where)
        except _Absent:
            return Record(name, identity, self.file, entry.line, table, fields, broken=True)
        broken = len(self._findings) + self._unreadable != before
        return Record(name, identity, self.file, entry.line, table, fields, broken)

    def _report(self, line: int, where: str, what: str) -> None:
        self._findings.add(self.file, line, where, what)

    def _parsed(self, parse: Any, raw: str, line: int, where: str) -> Any:  # noqa: ANN401 - what a kind gives, its field takes
        try:
            return parse(raw)
        except Refused as refused:
            self._findings.refuse(self.file, line, where, refused)
            raise _Absent from refused

    def _value(self, kind: Kind, node: Node, line: int, where: str) -> Any:  # noqa: ANN401
        if type(node) is Unreadable:
            self._unreadable += 1
            raise _Absent
        match kind:
            case ListOf(item, count):
                return self._list(item, count, self._items(node, line, where), where)
            case Block():
                return self._block(kind, node, line, where)
            case Section():
                return self.records(where, kind, Entry(line, node))
            case SecretRef():
                return self._secret(node, line, where)
            case Pairs():
                return self._pairs(node, line, where)
            case _:
                return self._word(kind, self._text(node, line, where), line, where)

    def _word(self, kind: Scalar | Ref | Port | Subject, word: str, line: int, where: str) -> Any:  # noqa: ANN401
        match kind:
            case Scalar(parse):
                return self._parsed(parse, word, line, where)
            case Ref(section):
                self._references.append(Reference(self.file, line, where, section, word))
                return word
            case Port():
                ref: PortRef = self._parsed(port, word, line, where)
                self._references.append(Reference(self.file, line, where, "devices", ref.device))
                return ref
            case Subject():
                return self._subject(word, line, where)

    def _text(self, node: Node, line: int, where: str) -> str:
        """The text of a scalar; an empty value counts as not written."""
        if isinstance(node, Text):
            if node.value or node.quoted:
                return node.value
        elif not isinstance(node, Unreadable):
            self._report(line, where, f"must be one value, not a {'list' if isinstance(node, Items) else 'table'}")
        raise _Absent

    def _table(self, node: Node, line: int, where: str) -> Table:
        if isinstance(node, Table):
            return node
        if _is_empty(node):
            return Table({}, line)
        if not isinstance(node, Unreadable):
            # what stands here instead is not shown: it could be a secret that slipped out of its place
            self._report(line, where, "must be a table of keys and values")
        raise _Absent

    def _items(self, node: Node, line: int, where: str) -> Items:
        if isinstance(node, Items):
            return node
        if _is_empty(node):
            return Items([], line)
        if isinstance(node, Text) and self._cells:
            return Items([Text(word, line) for word in _SEPARATORS.split(node.value) if word], line)
        if not isinstance(node, Unreadable):
            self._report(line, where, "must be a list, in square brackets")
        raise _Absent

    def _list(self, item: Kind, count: int | None, items: Items, where: str) -> tuple[Any, ...]:
        if count is not None and len(items.values) != count:
            self._report(items.line, where, f"must be a list of {count}")
            raise _Absent
        read = []
        for number, node in enumerate(items.values, start=1):
            if _is_empty(node):
                self._report(node.line, f"{where}[{number}]", "is empty")
                continue
            try:
                read.append(self._value(item, node, node.line, f"{where}[{number}]"))
            except _Absent:
                continue
        return tuple(read)

    def _block(self, block: Block, node: Node, line: int, where: str) -> dict[str, Any] | None:
        if isinstance(node, Text) and node.value:
            if block.short:
                return self.fields(block, Table({block.short: Entry(node.line, node)}, node.line), where)
            if block.off and node.value == "off":
                return None
        return self.fields(block, Table(self._table(node, line, where).entries, line), where)

    def _keep_extra(self, name: str, entry: Entry, where: str, extra: dict[str, str]) -> None:
        place = f"{where}.{legible(name)}"
        try:
            extra[name] = self._parsed(kept_text, self._text(entry.value, entry.line, place), entry.line, place)
        except _Absent:
            return

    def _secret(self, node: Node, line: int, where: str) -> Secret:
        if not isinstance(node, Table):
            self._report(line, where, LITERAL)
            raise _Absent
        if len(node.entries) != 1 or not set(node.entries) <= {"file", "env", "credential"}:
            self._report(line, where, f"must be one of {FORMS}")
            raise _Absent
        form, entry = next(iter(node.entries.items()))
        if _is_empty(entry.value):
            self._report(entry.line, where, f"must be one of {FORMS}")
        name = self._text(entry.value, entry.line, f"{where}.{form}")
        secret: Secret = self._parsed(lambda raw: self._vault.fetch(form, raw), name, entry.line, where)
        return secret

    def _subject(self, raw: str, line: int, where: str) -> str:
        kind, colon, identity = raw.partition(":")
        if not colon or kind not in SUBJECTS or bool(identity) != (kind != "vantage"):
            known = ", ".join(f"{word}:ID" for word in SUBJECTS if word != "vantage")
            suggestion = self._findings.suggestion(kind, SUBJECTS) if colon else ""
            self._report(line, where, f"{quoted(raw)} is no subject; known are {known} and vantage:{suggestion}")
            raise _Absent
        if kind == "port":
            identity = self._parsed(port, identity, line, where).device
        if SUBJECTS[kind]:
            self._references.append(Reference(self.file, line, where, SUBJECTS[kind], identity))
        return raw

    def _pairs(self, node: Node, line: int, where: str) -> dict[str, str]:
        pairs = {}
        for name, entry in self._table(node, line, where).entries.items():
            try:
                pairs[name] = self._text(entry.value, entry.line, f"{where}.{legible(name)}")
            except _Absent:
                continue
        return pairs


def _is_empty(node: Node) -> bool:
    """`key:` with nothing behind it."""
    return isinstance(node, Text) and not node.value and not node.quoted


def _is_missing(table: Table, name: str) -> bool:
    entry = table.entries.get(name)
    return entry is None or _is_empty(entry.value)

"""The bytes of a YAML file -> nodes with lines; what could hide meaning or blow up is refused on the way.

Works on PyYAML's event stream (libyaml where there is one), so that nothing is ever expanded: an alias, an anchor or a
tag is reported where it stands (a 547-byte file of aliases can mean 2.8e11 values). Size, depth and the
number of values are capped, duplicate keys reported, every scalar left as text in NFC.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from netwatch.inventory.findings import Findings, nfc, quoted
from netwatch.inventory.nodes import Entry, Items, Node, Table, Text, Unreadable

MOST_BYTES = 64 * 1024 * 1024
MOST_DEPTH = 20
MOST_VALUES = 4_000_000  # 60,000 devices with 20 keys each are 2.4 million

_Loader: type[Any] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _Stop(Exception):  # noqa: N818 - no error: reading this file ends here, the reason is already reported
    pass


class _Open:
    """A table or list that is still being read."""

    __slots__ = ("entries", "key", "key_line", "line", "values")

    def __init__(self, line: int, *, table: bool) -> None:
        self.line = line
        self.entries: dict[str, Entry] | None = {} if table else None
        self.values: list[Node] = []
        self.key: str | None = None
        self.key_line = 0

    def closed(self) -> Node:
        return Items(self.values, self.line) if self.entries is None else Table(self.entries, self.line)


class _Composer:
    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._stack: list[_Open] = []
        self._count = 0
        self.root: Node | None = None
        self.documents = 0

    def report(self, line: int, what: str) -> None:
        self._findings.add(self._file, line, "", what)

    def take(self, event: Any) -> None:  # noqa: ANN401 - PyYAML's events have no common typed base
        """One event. Scalars first: they are most of a file."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            line = event.start_mark.line + 1
            if event.anchor is not None or event.tag is not None:
                self._refuse_marks(event, line)
            self._place(Text(nfc(event.value), line, bool(event.style)))
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            line = event.start_mark.line + 1
            self._refuse_marks(event, line)
            if len(self._stack) >= MOST_DEPTH:
                self.report(line, f"nested deeper than {MOST_DEPTH} levels; an inventory never is")
                raise _Stop
            self._stack.append(_Open(line, table=kind is yaml.MappingStartEvent))
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._place(self._stack.pop().closed())
        elif kind is yaml.AliasEvent:
            line = event.start_mark.line + 1
            self.report(line, "a YAML alias (`*name`) is refused; write the value out")
            self._findings.incomplete = True
            self._place(Unreadable(line))
        elif kind is yaml.DocumentStartEvent:
            self._start_document(event.start_mark.line + 1)

    def _start_document(self, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            self.report(line, "a second YAML document (`---`) is refused; one file is one document")
            raise _Stop

    def _refuse_marks(self, event: Any, line: int) -> None:  # noqa: ANN401
        if event.anchor is not None:
            self.report(line, "a YAML anchor (`&name`) is refused; write the value where it is used")
        if event.tag is not None:
            self.report(line, "a YAML tag (`!name`) is refused; values are read by what their key wants")

    def _place(self, node: Node) -> None:
        """Put a finished node where it belongs: the root, a list, a key, or a key's value."""
        self._count += 1
        if self._count > MOST_VALUES:
            self.report(node.line, f"more than {MOST_VALUES} values in one file")
            raise _Stop
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        if parent.entries is None:
            parent.values.append(node)
        elif parent.key is None:
            parent.key, parent.key_line = self._key(node), node.line
        else:
            first = parent.entries.setdefault(parent.key, Entry(parent.key_line, node))
            if first.value is not node:
                self.report(
                    parent.key_line, f"the key {quoted(parent.key)} stands here twice, first in line {first.line}"
                )
            parent.key = None

    def _key(self, node: Node) -> str:
        if isinstance(node, Text):
            return node.value
        self.report(node.line, "a key must be a word, not a list or a table")
        raise _Stop


def compose(content: bytes, file: str, findings: Findings) -> Table | None:
    """The file's root table (empty for an empty file), or None when it cannot be read; the reasons go to `findings`."""
    text = _decoded(content, file, findings)
    if text is None:
        findings.incomplete = True
        return None
    composer = _Composer(file, findings)
    try:
        for event in _events(text):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        composer.report(mark.line + 1 if mark else 0, _sentence(error))
    except yaml.reader.ReaderError as error:
        composer.report(_line_of_offset(content, int(error.position)), "a control character is not allowed in YAML")
    except _Stop:
        findings.incomplete = True
    else:
        return _as_table(composer, findings)
    findings.incomplete = True
    return None


def _as_table(composer: _Composer, findings: Findings) -> Table | None:
    root = composer.root
    if isinstance(root, Table):
        return root
    if root is None or (isinstance(root, Text) and not root.quoted and not root.value):
        return Table({}, 1)
    if not isinstance(root, Unreadable):
        composer.report(root.line, "this file is a table of keys, each with a colon and its value")
    findings.incomplete = True
    return None


def _events(text: str) -> Iterator[Any]:
    loader = _Loader(text)
    try:
        while (event := loader.get_event()) is not None:
            yield event
            if type(event) is yaml.StreamEndEvent:
                return
    finally:
        loader.dispose()


def _decoded(content: bytes, file: str, findings: Findings) -> str | None:
    if len(content) > MOST_BYTES:
        findings.add(file, 0, "", f"larger than {MOST_BYTES >> 20} MiB; split it with `include:`")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_of_offset(content, error.start)
        findings.add(file, line, "", "not UTF-8; save the file as UTF-8 (CSV files may be in the city's charset)")
        return None


def _line_of_offset(content: bytes, offset: int) -> int:
    return content.count(b"\n", 0, offset) + 1


def _sentence(error: yaml.MarkedYAMLError) -> str:
    """What libyaml says, never its excerpt of the file: a line of the inventory could hold a secret by mistake."""
    begun = f" begun in line {error.context_mark.line + 1}" if error.context_mark else ""
    context = f"{error.context}{begun}: " if error.context else ""
    return f"not valid YAML: {context}{error.problem}"

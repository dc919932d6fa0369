"""The whole way: a path in, a checked Inventory out, or an InventoryError with every mistake."""

import gc
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from netwatch.core.errors import InventoryError
from netwatch.core.model import Inventory, Secret, Settings, Vantage
from netwatch.inventory import build, checks, yaml_source
from netwatch.inventory.findings import Findings, legible
from netwatch.inventory.includes import Includes, Loaded, read_file
from netwatch.inventory.kinds import Record, Reference
from netwatch.inventory.nodes import Items, Source, Table
from netwatch.inventory.reader import Reader
from netwatch.inventory.schema import INCLUDED, MAIN, SECTIONS
from netwatch.inventory.secrets import Vault

DEFAULT_CHARSET = "utf-8"
T = TypeVar("T")


def load(
    path: Path, *, environ: Mapping[str, str], credentials_dir: Path | None, profiles: Collection[str] | None = None
) -> Inventory:
    """Read the inventory at `path` and everything it includes.

    `environ` and `credentials_dir` (systemd's `$CREDENTIALS_DIRECTORY`) are where `{env: ..}` and `{credential: ..}`
    are looked up; `{file: ..}` is relative to the inventory file. `profiles` are the names that a device's profile
    may have besides `auto`; None: any. Raises InventoryError with every problem, in file order.
    """
    findings = Findings()
    vault = Vault(folder=path.parent, environ=environ, credentials_dir=credentials_dir)
    loading = _Loading(path=path, findings=findings, vault=vault)
    with _collector_paused():
        inventory = loading.run()
        if profiles is not None:
            checks.profiles(inventory.devices, loading.records["devices"], known=profiles, findings=findings)
    if len(findings):
        raise InventoryError(findings.in_file_order(tuple(loaded.display for loaded in loading.files)))
    return inventory


def sources(path: Path) -> dict[Path, bytes]:
    """The inventory at `path` and every file it includes, as they are: right or wrong, and without its secrets.

    No file is among them that anything in them names as a secret's, and none of those is read. InventoryError where
    the inventory itself cannot be read.
    """
    findings, vault = Findings(), _ClosedVault(folder=path.parent, environ={}, credentials_dir=None)
    loading = _Loading(path=path, findings=findings, vault=vault)
    with _collector_paused():
        loading.run()
    if not path.is_file():
        raise InventoryError(findings.in_file_order((str(path),)))
    found = {Path(loaded.display): loaded.content for loaded in loading.files}
    return {file: content for file, content in found.items() if file.resolve() not in vault.named}


def records(path: Path) -> Mapping[str, Mapping[str, Record]]:
    """What the inventory at `path` says, by section and id, right or wrong, and without its secrets.

    InventoryError where the inventory itself cannot be read.
    """
    findings, vault = Findings(), _ClosedVault(folder=path.parent, environ={}, credentials_dir=None)
    loading = _Loading(path=path, findings=findings, vault=vault)
    with _collector_paused():
        loading.run()
    if loading.files[0].source.root is None:
        raise InventoryError(findings.in_file_order((str(path),)))
    return loading.records


class _ClosedVault(Vault):
    """Gives nothing out, and remembers which files were asked for."""

    def __init__(self, *, folder: Path, environ: Mapping[str, str], credentials_dir: Path | None) -> None:
        super().__init__(folder=folder, environ=environ, credentials_dir=credentials_dir)
        self.named: set[Path]
        object.__setattr__(self, "named", set())

    def fetch(self, form: str, name: str) -> Secret:
        if form == "file":
            self.named.add((self.folder / name).resolve())
        return Secret(b"-")


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A load makes millions of objects that live until its end; looking for cycles among them is 40 % of its time."""
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()


@dataclass(slots=True)
class _Loading:
    """One load, while it lasts: what has been read so far."""

    path: Path
    findings: Findings
    vault: Vault
    files: list[Loaded] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    records: dict[str, dict[str, Record]] = field(default_factory=lambda: {name: {} for name in SECTIONS})

    def run(self) -> Inventory:
        top = self._read_main()
        for name in SECTIONS:
            self._merge(top.pop(name, []))
        entry = self._main_table().entries.get("include")
        items = entry.value if entry is not None and isinstance(entry.value, Items) else Items([], 1)
        includes = Includes(self.path, charset=top.get("charset", DEFAULT_CHARSET), findings=self.findings)
        for loaded in includes.load(top.get("include", ()), items):
            self.files.append(loaded)
            for records in self._read_included(loaded.source).values():
                self._merge(records)
        inventory = self._build(top)
        checks.references(self.references, self.records, self.findings)
        return inventory

    def _reader(self, source: Source) -> Reader:
        return Reader(source, findings=self.findings, vault=self.vault, references=self.references)

    def _main_table(self) -> Table:
        root = self.files[0].source.root
        return root if root is not None else Table({}, 1)

    def _read_main(self) -> dict[str, Any]:
        display = str(self.path)
        content, root = b"", None
        try:
            if not self.path.is_file():  # a pipe would keep us waiting
                raise FileNotFoundError(2, "it is not a file" if self.path.exists() else "no such file")
            content = read_file(self.path)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no path"
            self.findings.add(display, 0, "", f"cannot be read: {reason}")
            self.findings.incomplete = True
        else:
            root = yaml_source.compose(content, display, self.findings)
        source = Source(display, root)
        self.files.append(Loaded(display=display, content=content, source=source))
        return self._reader(source).fields(MAIN, root, "") if root is not None else {}

    def _read_included(self, source: Source) -> dict[str, list[Record]]:
        if source.root is None:
            return {}
        entries = dict(source.root.entries)
        for name in [name for name in entries if name in MAIN.by_name and name not in INCLUDED.by_name]:
            what = "belongs in the inventory itself, not in a file it includes"
            self.findings.add(source.file, entries.pop(name).line, legible(name), what)
        return self._reader(source).fields(INCLUDED, Table(entries, source.root.line), "")

    def _merge(self, records: Iterable[Record]) -> None:
        """Take the records in; an id that another file has already given is reported, the first one stays."""
        for record in records:
            first = self.records[record.section].setdefault(record.id, record)
            if first is not record:
                what = f"the id is already given in {first.file}:{first.line}"
                self.findings.add(record.file, record.line, record.where, what)

    def _built(self, section: str, make: Callable[[Record], T | None]) -> Mapping[str, T]:
        """What `make` makes of the section's records without mistakes, closed to changes."""
        sound = ((record.id, make(record)) for record in self.records[section].values() if not record.broken)
        return MappingProxyType({identity: made for identity, made in sound if made is not None})

    def _build(self, top: dict[str, Any]) -> Inventory:
        zone = top.get("timezone")
        builder = build.Builder(
            defaults=top.get("defaults", {}), roles=top.get("roles", {}), zone=zone, findings=self.findings
        )
        builder.credentials(self.records["credentials"].values())
        devices = self._built("devices", builder.device)
        inventory = Inventory(
            city=top.get("city", ""),
            timezone=zone.key if zone is not None else "",
            charset=top.get("charset", DEFAULT_CHARSET),
            fingerprint=_fingerprint(self.files, self.path),
            files=tuple(loaded.display for loaded in self.files),
            settings=Settings(**top.get("settings", {})),
            vantage=Vantage(**top.get("vantage", {})),
            sites=self._built("sites", build.site),
            devices=devices,
            cables=self._built("cables", build.cable),
            links=self._built("links", build.link),
            rings=self._built("rings", build.ring),
            field_devices=self._built("field_devices", partial(builder.field_device, devices=devices)),
            services=self._built("services", build.service),
            contractors=self._built("contractors", build.contractor),
            maintenance=self._built("maintenance", builder.maintenance),
        )
        self._check(inventory)
        return inventory

    def _check(self, inventory: Inventory) -> None:
        records, findings = self.records, self.findings
        place = self._main_table().entries.get("settings")
        if place is not None:
            checks.settings(inventory.settings, place, str(self.path), findings)
        checks.sites(inventory.sites, records["sites"], findings)
        checks.devices(inventory.devices, records, findings)
        checks.field_devices(inventory.field_devices, inventory.devices, records=records, findings=findings)
        checks.ports(inventory.links, inventory.field_devices, records=records, findings=findings)
        core_counts = {identity: cable.cores for identity, cable in inventory.cables.items()}
        checks.cores(records["links"], core_counts, findings)
        checks.rings(inventory.rings, records["rings"], findings)


def _fingerprint(files: Iterable[Loaded], main: Path) -> str:
    """SHA-256 over each file's name (relative to the inventory's folder) and bytes. Secrets are not in them."""
    digest = hashlib.sha256()
    for loaded in files:
        path = Path(loaded.display)
        name = path.relative_to(main.parent) if path.is_relative_to(main.parent) else path
        for part in (str(name).encode("utf-8", "surrogateescape"), loaded.content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()

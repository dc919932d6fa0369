"""The bytes of a web configuration file -> WebConfig, or every mistake with its place.

The format is that of Prometheus' exporters (exporter-toolkit, `web.config.file`), so that one file can protect all of
them. What netwatch cannot do as the file says is a mistake too: nothing is passed over in silence.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from netwatch.core.accounts import Account
from netwatch.core.errors import WebConfigError
from netwatch.core.model import NOTHING
from netwatch.expose import web_accounts
from netwatch.expose.web_schema import SCHEMA, ClientCertificate, bcrypt_hash, user_name
from netwatch.inventory.findings import Findings, Refused, legible
from netwatch.inventory.nodes import Source, Table, Text
from netwatch.inventory.reader import Reader
from netwatch.inventory.secrets import Vault
from netwatch.inventory.yaml_source import compose

MOST_BYTES = 1 << 20

_TLS = "tls_server_config"
_USERS = "basic_auth_users"
_FILES = ("cert_file", "key_file", "client_ca_file")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """`tls_server_config`. `lines` tells where each key stands, for what only its files can tell."""

    cert_file: Path
    key_file: Path
    client_ca_file: Path | None = None
    client_certificate: ClientCertificate = ClientCertificate.NONE
    allowed_sans: tuple[str, ...] = ()  # empty: any certificate that the CA signed
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    ciphers: tuple[str, ...] = ()  # OpenSSL's names, for TLS 1.2; empty: Python's choice
    server_chooses: bool = True
    curves: tuple[str, ...] = ()  # OpenSSL's names, one at most
    lines: Mapping[str, int] = field(default=NOTHING, compare=False)

    @property
    def files(self) -> list[Path]:
        """All that is read beside the configuration itself."""
        return [file for file in (self.cert_file, self.key_file, self.client_ca_file) if file is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A token bucket: `burst` requests at once, one more each `interval_s`."""

    interval_s: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """What the file says. `users`: name (NFC) -> bcrypt hash; never shown. `accounts`: name -> what it may."""

    file: str = ""
    tls: TlsSettings | None = None
    users: Mapping[str, bytes] = field(default=NOTHING, repr=False)
    accounts: Mapping[str, Account] = NOTHING
    headers: Mapping[str, str] = NOTHING  # empty value: that header is left out
    rate: Rate | None = None

    @property
    def knows_who_asks(self) -> bool:
        """Nobody is served without a password or a certificate."""
        required = self.tls is not None and self.tls.client_certificate is ClientCertificate.REQUIRED
        return bool(self.users) or required


def parse(content: bytes, path: Path) -> WebConfig:
    """Relative paths in the file are relative to its own folder. WebConfigError with every mistake."""
    return _Parser(path).parse(content)


class _Parser:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = str(path)
        self._findings = Findings()

    def parse(self, content: bytes) -> WebConfig:
        root = self._root(content) or Table({}, 0)
        reader = self._reader(root)
        # a key of ours among upstream's; read by itself, for it goes by the names of two other sections
        shared = {name: entry for name, entry in root.entries.items() if name != web_accounts.SECTION}
        fields = reader.fields(SCHEMA, Table(shared, root.line), "")
        users = self._users(root)
        tls = self._tls(fields.get("tls") or {}, root)
        rate = self._rate(fields.get("rate") or {}, root)
        accounts = web_accounts.accounts(
            _table(root, web_accounts.SECTION),
            reader,
            self._findings,
            users=tuple(_table(root, _USERS).entries),
            proved=tls is not None and tls.client_certificate is ClientCertificate.REQUIRED,
        )
        self._end_of_problems()
        headers = (fields.get("http") or {}).get("headers") or {}
        return WebConfig(file=self._file, tls=tls, users=users, accounts=accounts, headers=headers, rate=rate)

    def _reader(self, root: Table) -> Reader:
        vault = Vault(folder=self._path.parent, environ={}, credentials_dir=None)
        return Reader(Source(self._file, root), findings=self._findings, vault=vault, references=[])

    def _end_of_problems(self) -> None:
        if problems := self._findings.in_file_order([self._file]):
            raise WebConfigError(problems)

    def _root(self, content: bytes) -> Table | None:
        if len(content) > MOST_BYTES:
            self._report(0, "", f"larger than {MOST_BYTES >> 20} MiB; a web configuration never is")
            return None
        return compose(content, self._file, self._findings)

    def _report(self, line: int, where: str, what: str) -> None:
        self._findings.add(self._file, line, where, what)

    def _users(self, root: Table | None) -> dict[str, bytes]:
        """Reported without the value: a password may stand there by mistake."""
        users: dict[str, bytes] = {}
        for name, entry in _table(root, _USERS).entries.items():
            where = f"{_USERS}.{legible(name)}"
            if not isinstance(entry.value, Text):
                continue  # reported already
            try:
                user = user_name(name)
                users[user] = bcrypt_hash(entry.value.value)
            except Refused as refused:
                self._report(entry.line, where, str(refused))
        return users

    def _tls(self, found: dict[str, Any], root: Table | None) -> TlsSettings | None:
        table = _table(root, _TLS)
        if not table.entries:
            return None  # as upstream: an empty section is no TLS
        lines = {name: entry.line for name, entry in table.entries.items()}
        for name in ("cert_file", "key_file"):
            if name not in found and name not in lines:
                self._report(table.line, f"{_TLS}.{name}", "is missing")
        if len(self._findings):
            return None
        found |= {name: self._path.parent / found[name] for name in _FILES if name in found}
        tls = TlsSettings(**found, lines=lines)
        for name, what in _contradictions(tls):
            self._report(lines.get(name, table.line), f"{_TLS}.{name}", what)
        return tls

    def _rate(self, found: dict[str, Any], root: Table | None) -> Rate | None:
        if not found.get("interval_s"):
            return None  # as upstream: no interval, or 0, is no limit
        if not found.get("burst"):
            self._report(
                _table(root, "rate_limit").line, "rate_limit.burst", "is missing, or 0, which would let nobody in"
            )
            return None
        return Rate(**found)


def _table(root: Table | None, name: str) -> Table:
    entry = root.entries.get(name) if root is not None else None
    return (
        entry.value if entry is not None and isinstance(entry.value, Table) else Table({}, entry.line if entry else 0)
    )


def _contradictions(tls: TlsSettings) -> list[tuple[str, str]]:
    """(key, sentence) for keys that are right by themselves and wrong together."""
    found = []
    verifies = tls.client_certificate is not ClientCertificate.NONE
    if verifies and tls.client_ca_file is None:
        found.append(("client_auth_type", "wants client_ca_file: the CA that clients' certificates are verified by"))
    if tls.client_ca_file is not None and not verifies:
        found.append(("client_ca_file", f"is of no use without client_auth_type: {ClientCertificate.REQUIRED}"))
    if tls.allowed_sans and tls.client_certificate is not ClientCertificate.REQUIRED:
        found.append(("client_allowed_sans", f"is of no use without client_auth_type: {ClientCertificate.REQUIRED}"))
    if tls.minimum > tls.maximum:
        found.append(("min_version", "is above max_version"))
    if len(tls.curves) > 1:
        found.append(("curve_preferences", "Python's ssl takes one curve; name one, or leave it out for all of them"))
    return found

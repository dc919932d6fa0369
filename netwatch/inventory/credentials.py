"""Records of credentials -> what `core.model` knows them as, and what is weak about them admitted.

v1 and v2c have a community; SNMPv3 has a user, and for more than noAuthNoPriv protocols with passwords.
"""

from collections.abc import Iterator
from typing import Any

from netwatch.core.model import Auth, CommunityCredential, Credential, Priv, SnmpVersion, UserCredential
from netwatch.inventory.findings import Findings
from netwatch.inventory.kinds import Record

SHORTEST_PASSWORD = 8  # octets (RFC 3414 §11.2), and what agents refuse below
OF_VERSION_3 = ("user", "auth", "priv", "context", "context_engine_id")


def credential(record: Record, findings: Findings) -> Credential | None:
    """None when something is wrong with it, which is reported."""
    if record.broken:
        return None
    fields = dict(record.fields)
    admitted = fields.pop("insecure", False) is True
    complaints = list(_complaints(fields))
    for key, what in complaints:
        findings.add(record.file, record.line_of(key), f"{record.where}.{key}", what)
    if complaints:
        return None
    built = _built(record.id, fields)
    if built.weaknesses and not admitted:
        findings.add(record.file, record.line, record.where, _admission(built))
        return None
    return built


def _complaints(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(key, what is wrong) of what does not belong together."""
    version = fields["version"]
    if version is not SnmpVersion.V3:
        if "community" not in fields:
            yield "community", "is missing"
        for key in OF_VERSION_3:
            if key in fields:
                yield key, f"belongs to SNMP 3; SNMP {version} has a community alone"
        return
    if "user" not in fields:
        yield "user", "is missing"
    if "community" in fields:
        yield "community", "belongs to SNMP 1 and 2c; SNMP 3 has a user"
    if "priv" in fields and "auth" not in fields:
        yield "priv", "is nothing without `auth`: SNMP 3 encrypts only what it authenticates"
    for key in ("auth", "priv"):
        if key in fields and len(fields[key]["password"].reveal()) < SHORTEST_PASSWORD:
            yield key, f"has a password of fewer than {SHORTEST_PASSWORD} characters, which agents refuse (RFC 3414)"


def _built(identity: str, fields: dict[str, Any]) -> Credential:
    if fields["version"] is not SnmpVersion.V3:
        return CommunityCredential(id=identity, **fields)
    auth, priv = fields.get("auth"), fields.get("priv")
    return UserCredential(
        id=identity,
        user=fields["user"],
        auth=Auth(**auth) if auth else None,
        priv=Priv(**priv) if priv else None,
        context=fields.get("context", ""),
        context_engine_id=fields.get("context_engine_id", b""),
    )


def _admission(built: Credential) -> str:
    if isinstance(built, CommunityCredential):
        what = f"SNMP {built.version} sends its community in clear text"
    elif built.auth is None:
        what = "SNMP 3 without `auth` believes whoever answers"
    else:
        what = f"{' and '.join(built.weaknesses)} can be broken"
    return f"{what}; write `insecure: true` to accept that"

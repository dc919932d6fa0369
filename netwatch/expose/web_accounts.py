"""`netwatch_accounts` of a web configuration: name -> role, districts, end; every mistake with its place.

The section is netwatch's own: other exporters refuse a file that has it. Without it every user of `basic_auth_users` is
an operator of the whole city; with it each of them must stand there, so that nobody has a role by being forgotten.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from netwatch.core.accounts import Account, Role
from netwatch.inventory.findings import Findings, Refused, legible, quoted
from netwatch.inventory.kinds import Block, Key, ListOf, Scalar
from netwatch.inventory.nodes import Table
from netwatch.inventory.reader import Reader

SECTION = "netwatch_accounts"


def accounts(
    table: Table, reader: Reader, findings: Findings, *, users: Collection[str], proved: bool
) -> dict[str, Account]:
    """The accounts of a file whose section is `table`. `proved`: clients prove their names by certificates as well."""
    if not table.entries:
        return {name: Account(name=name, role=Role.OPERATOR) for name in users}
    found: dict[str, Account] = {}
    for name, entry in table.entries.items():
        where = f"{SECTION}.{legible(name)}"
        fields = reader.fields(_ACCOUNT, entry.value, where) if isinstance(entry.value, Table) else {}
        if not isinstance(entry.value, Table):
            findings.add(reader.file, entry.line, where, "must be a table such as {role: operator}")
        elif name not in users and not proved:
            what = f"has no password in basic_auth_users{findings.suggestion(name, users)}"
            findings.add(reader.file, entry.line, where, what)
        elif complaint := _complaint(fields):
            findings.add(reader.file, entry.line, where, complaint)
        elif "role" in fields:
            found[name] = Account(name=name, **_limited(fields))
    for name in sorted(set(users) - set(table.entries)):
        what = f"gives no role to {quoted(name)} of basic_auth_users"
        findings.add(reader.file, table.line, SECTION, what)
    return found


def _limited(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"districts": frozenset(fields["districts"])} if "districts" in fields else fields


def _complaint(fields: Mapping[str, Any]) -> str:
    """What is right by itself and wrong together."""
    if fields.get("role") is not Role.CONTRACTOR:
        return "only a contractor is limited to districts" if "districts" in fields else ""
    missing = [name for name, into in (("districts", "districts"), ("until", "until_wall_s")) if not fields.get(into)]
    return f"a contractor needs {' and '.join(missing)}" if missing else ""


def _role(raw: str) -> Role:
    known = [role.value for role in Role]
    if raw not in known:
        raise Refused(f"{quoted(raw)} is no role; known are {', '.join(known)}", word=raw, among=known)
    return Role(raw)


def _end(raw: str) -> float:
    """A day is the last one, by this server's clock."""
    try:
        if len(raw) == len("2027-03-31"):
            return datetime.combine(date.fromisoformat(raw) + timedelta(days=1), time()).astimezone().timestamp()
        moment = datetime.fromisoformat(raw)
    except (ValueError, OverflowError) as error:
        raise Refused(f"{quoted(raw)} is neither a day such as 2027-03-31 nor a time with its offset") from error
    if moment.tzinfo is None:
        raise Refused(f"{quoted(raw)} needs an offset, such as +09:00")
    return moment.timestamp()


_ACCOUNT = Block(
    (
        Key(name="role", kind=Scalar(_role), into="role", required=True),
        Key(name="districts", kind=ListOf(Scalar(str)), into="districts"),
        Key(name="until", kind=Scalar(_end), into="until_wall_s"),
    )
)

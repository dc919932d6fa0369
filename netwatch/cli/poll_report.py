"""One polled device -> the table a person reads, or JSON."""

from collections.abc import Iterator
from typing import Any

from netwatch.cli import poll_sightings
from netwatch.cli.table import aligned
from netwatch.collect.once import Polled
from netwatch.core.device.ports import INTERFACE
from netwatch.core.device.record import DeviceState
from netwatch.core.device.uptime import uptime_s
from netwatch.core.model import PingMethod
from netwatch.core.observation import SnmpObservation

STATES = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "not present", 7: "lower down"}
DAY_S = 86400


def as_table(polled: Polled) -> str:
    """What was asked, what answered, how long it took; then what it means."""
    device = polled.device
    snmp = f"SNMP {device.snmp.credential.version}" if device.snmp else "no SNMP"
    title = "  ".join(filter(None, (device.id, device.name, polled.address or "has no address", snmp)))
    lanes = aligned([("lane", "asked", "answered", "took", "outcome"), *_lane_rows(polled)])
    return "\n".join([title, "", *lanes, *polled.complaints, "", *_meaning(polled), "", *_ports(polled.state)]).rstrip()


def as_json(polled: Polled) -> dict[str, Any]:
    """The same, and every value, for other programs. Octets are hexadecimal text where they are no UTF-8."""
    state = polled.state
    return {
        "device": polled.device.id,
        "address": polled.address,
        "state": state.verdict.value,
        "echo": None if polled.echo is None else {"rtt_seconds": polled.echo.rtt_s, "reason": polled.echo.reason},
        "complaints": list(polled.complaints),
        "identity": {
            "sys_name": state.identity.sys_name,
            "sys_descr": state.identity.sys_descr,
            "sys_object_id": state.identity.sys_object_id,
            "uptime_seconds": uptime_s(state.identity),
        },
        "lanes": [
            {
                "lane": seen.lane.value,
                "completeness": seen.completeness.value,
                "reason": seen.reason,
                "seconds": round(seen.finished_s - seen.started_s, 6),
                "scalars": {name: _plain(value) for name, value in seen.scalars.items()},
                "tables": {
                    name: {
                        "indexes": list(table.indexes),
                        "reason": table.reason,
                        "columns": {
                            column: [_plain(value) for value in cells] for column, cells in table.columns.items()
                        },
                    }
                    for name, table in seen.tables.items()
                },
            }
            for seen in polled.polls
        ],
        "sightings": poll_sightings.as_json(state.sightings),
        "ports": [dict(zip(_PORT_KEYS, row, strict=True)) for row in _port_values(state)],
    }


def _lane_rows(polled: Polled) -> Iterator[tuple[str, ...]]:
    echo = polled.echo
    if echo is not None:
        took = "" if echo.rtt_s is None else _milliseconds(echo.rtt_s)
        outcome = "answers" if echo.rtt_s is not None else str(echo.reason)
        yield "ping", "1 echo", "1" if echo.rtt_s is not None else "0", took, outcome
    elif polled.device.ping.method is PingMethod.OFF:
        yield "ping", "off", "", "", ""
    for seen in polled.polls:
        asked, answered = _values(seen)
        outcome = seen.completeness.value + (f": {seen.reason}" if seen.reason else "")
        took = _milliseconds(seen.finished_s - seen.started_s)
        yield seen.lane.value, _asked(seen, asked), f"{answered} values", took, outcome


def _values(seen: SnmpObservation) -> tuple[int, int]:
    """(values asked for, values that came)."""
    cells: list[Any] = list(seen.scalars.values())
    for table in seen.tables.values():
        for column in table.columns.values():
            cells.extend(column)
    return len(cells), sum(cell is not None for cell in cells)


def _asked(seen: SnmpObservation, values: int) -> str:
    tables = [
        f"{len(table.indexes)} {name.replace('_', ' ')}s × {len(table.columns)}"
        for name, table in seen.tables.items()
        if table.columns and (name == INTERFACE or len(seen.tables) == 1)
    ]
    others = sum(bool(table.indexes) for name, table in seen.tables.items() if name != INTERFACE)
    if others and len(seen.tables) > 1:
        tables.append(f"{others} other tables" if others > 1 else "1 other table")
    return f"{values} values" + (f" ({', '.join(tables)})" if tables else "")


def _meaning(polled: Polled) -> Iterator[str]:
    state, identity = polled.state, polled.state.identity
    rows = [("state", f"{state.verdict.value} (ICMP {state.icmp.answer.value}, SNMP {state.snmp.answer.value})")]
    if identity.sys_descr or identity.sys_name:
        rows.append(
            ("system", "  ".join(filter(None, (identity.sys_name, identity.sys_descr, identity.sys_object_id))))
        )
    up_s = uptime_s(identity)
    if up_s is not None:
        rows.append(("uptime", f"{up_s / DAY_S:.1f} days"))
    if state.interfaces.names:
        up = sum(oper == 1 for oper in state.status.oper)
        unknown = len(state.interfaces.names) - sum(oper is not None for oper in state.status.oper)
        told = [str(len(state.interfaces.names)), f"{up} up"]
        if unknown:
            told.append(f"{unknown} not known")
        if state.interfaces.dropped:
            told.append(f"{state.interfaces.dropped} beyond the cap left out")
        rows.append(("ports", ", ".join(told)))
    elif polled.polls:
        rows.append(("ports", "none were told of"))
    yield from aligned([*rows, *poll_sightings.in_words(state.sightings)])


_PORT_KEYS = ("port", "alias", "admin", "oper", "speed_bps", "receive_bytes", "transmit_bytes")


def _port_values(state: DeviceState) -> Iterator[tuple[Any, ...]]:
    status, totals = state.status, state.traffic.totals
    for row, name in enumerate(state.interfaces.names):
        yield (
            name,
            state.interfaces.aliases[row],
            STATES.get(status.admin[row] or 0) if status.admin else None,
            STATES.get(status.oper[row] or 0) if status.oper else None,
            status.speed_bps[row] if status.speed_bps else None,
            totals["receive_bytes"][row] if "receive_bytes" in totals else None,
            totals["transmit_bytes"][row] if "transmit_bytes" in totals else None,
        )


def _ports(state: DeviceState) -> list[str]:
    if not state.interfaces.names:
        return []
    rows = [
        (name, alias, admin or "?", oper or "?", _speed(speed), _count(received), _count(sent))
        for name, alias, admin, oper, speed, received, sent in _port_values(state)
    ]
    return aligned([("port", "alias", "admin", "oper", "speed", "received", "sent"), *rows], right=(4, 5, 6))


def _speed(bits_per_second: int | None) -> str:
    if bits_per_second is None:
        return "?"
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if bits_per_second >= size:
            return f"{bits_per_second / size:g}{unit}"
    return str(bits_per_second)


def _count(octets: int | None) -> str:
    return "?" if octets is None else f"{octets:,}"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _plain(value: object) -> object:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()

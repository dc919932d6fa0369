"""How long the month report of a large city takes, from its ledger to each format, and how much memory.

    python -m tests.bench.report [--switches 1100] [--field-devices 4000] [--intervals 200000] [--days-of-usage 31]

The ledger is written by netwatch's own code: intervals with their events and the checks of field devices beside them,
faults, windows of maintenance, what every port carried in each five minutes and the light by the hour. Each command
runs as a process of its own; figures are its CPU time and its peak memory.
"""

import os
import random
import sys
import tempfile
from array import array
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import apsw
import numpy as np

from netwatch.audit.checkpoint_rows import write_checkpoint
from netwatch.audit.ledger import append
from netwatch.audit.ledger_inventory import write_inventory
from netwatch.audit.ledger_key import signing_key
from netwatch.audit.store import Store
from netwatch.audit.usage_rows import LIGHT, TRAFFIC, Block, write_block
from netwatch.cli.simulate import DEFAULT_PORTS
from netwatch.cli.simulate import write_inventory as write_city
from netwatch.core.audit.ledger_row import Entry, EntryType, canonical
from netwatch.core.audit.periods import days
from netwatch.core.audit.usage_code import pack
from netwatch.core.audit.usage_count import COLUMNS, LIGHT_COLUMNS, LIGHT_MS, TRAFFIC_MS, WAYS, monitored
from netwatch.core.model import Inventory
from netwatch.core.records import replace
from netwatch.inventory import load
from netwatch.profiles.load import load_profiles_beside
from netwatch.simulate.growth import generate
from tests.bench.harness import arguments, note, table

ALLOWED_S, ALLOWED_BYTES = 10.0, 500 << 20
MONTH = days(date(2026, 10, 1), date(2026, 10, 31), ZoneInfo("Asia/Seoul"))
BEGIN_S, LENGTH_S = MONTH.from_ms / 1000, MONTH.length_ms / 1000
AT_ONCE = 5000


def city(folder: Path, switches: int, field_devices: int) -> Inventory:
    """A generated city with so many field devices; some of them stand several times on one port."""
    path = write_city(generate(switches=switches, seed=7), folder, ports=DEFAULT_PORTS, brisk=False)
    inventory = load(path, environ=os.environ, credentials_dir=None, profiles=load_profiles_beside(path))
    known = list(inventory.field_devices.values())
    there = {
        f"cam-{number:05}": replace(known[number % len(known)], id=f"cam-{number:05}")
        for number in range(field_devices)
    }
    return replace(inventory, field_devices=there)


def entries(inventory: Inventory, intervals: int) -> Iterator[Entry]:
    """In order of time: states that change, their events, and the checks that field devices were judged by."""
    dice = random.Random(11)
    devices, cameras, links = list(inventory.devices), list(inventory.field_devices), list(inventory.links)
    moments = sorted(BEGIN_S + dice.random() * LENGTH_S for _ in range(intervals))
    for number, at_s in enumerate(moments):
        what = dice.random()
        if what < 0.7:
            name = dice.choice(cameras)
            state = dice.choice(("fine", "fine", "fault device_hung", "unreachable upstream"))
            yield state_of("check.state", f"field_device:{name} ping", at_s, "down" if "fa" in state else "up")
            yield from changed("field_device", name, at_s, state)
        elif what < 0.9:
            yield from changed("device", dice.choice(devices), at_s, dice.choice(("up", "up", "down", "unreachable")))
        else:
            yield from changed("link", dice.choice(links), at_s, dice.choice(("up", "up", "down")))
        if number % 400 == 0:
            yield fault(f"f{number:08x}", at_s, dice.sample(devices, 3))


def changed(kind: str, name: str, at_s: float, state: str) -> Iterator[Entry]:
    detail = {"from": "up", "to": state.partition(" ")[0], "found_after_gap": False, "why": "an agent does not answer"}
    yield Entry(EntryType.EVENT, f"{kind}.state", f"{kind}:{name}", at_s, canonical(detail))
    yield state_of(f"{kind}.state", f"{kind}:{name}", at_s, state)


def state_of(kind: str, subject: str, at_s: float, state: str) -> Entry:
    return Entry(EntryType.STATE, kind, subject, at_s, canonical({"state": state}))


def fault(identity: str, at_s: float, devices: list[str]) -> Entry:
    told = {
        "kind": "device_power",
        "subject": f"device:{devices[0]}",
        "severity": "major",
        "affected": [["cctv", "중앙동", 12]],
        "crew": "electrician",
        "contractor": "hanbit",
        "place": "중앙동",
        "cleared": at_s + 7200,
        "devices": devices,
        "field_devices": [],
        "links": [],
    }
    return Entry(EntryType.STATE, "fault", f"fault:{identity}", at_s, canonical({"state": told}))


def window(number: int, device: str) -> Entry:
    begin_s = BEGIN_S + number * 3600
    told = {
        "id": f"m-{number}",
        "origin": "command",
        "declared": begin_s - 172_800,
        "declared_before": True,
        "from": begin_s,
        "until": begin_s + 14_400,
        "reason": "증설",
        "by": "kim",
        "approved_by": "lee",
        "user": "operator",
        "ended": None,
        "ended_by": "",
    }
    return Entry(EntryType.MAINTENANCE, "maintenance.window", f"device:{device}", begin_s, canonical(told))


def usage(inventory: Inventory, days_of_usage: int) -> Iterator[Block]:
    """What was carried: a level for each port, a tide of a day, noise of a tenth; and light that wavers."""
    dice, names = np.random.default_rng(11), tuple(map(str, monitored(inventory)))
    level, seen_s = dice.uniform(14e3, 26e3, len(names)), array("H", [TRAFFIC_MS // 1000] * len(names))
    columns = {
        f"{way}_{name}": {"bytes": 8400, "peak": 300, "packets": -800}.get(name, 0) for way in WAYS for name in COLUMNS
    }
    for from_s in range(int(BEGIN_S), int(BEGIN_S) + days_of_usage * 86_400, TRAFFIC_MS // 1000):
        now = level + 600 * np.sin(from_s / 86_400 * 2 * np.pi)
        cells = {
            name: array("H", (now + more + dice.normal(0, 150, len(names))).astype("uint16").tobytes())
            for name, more in columns.items()
            if more
        }
        quiet = {name: array("H", bytes(2 * len(names))) for name in columns if name.endswith("errors")}
        full = {name: seen_s for name in columns if name.endswith("seen_s")}
        block = pack({name: {**cells, **quiet, **full}[name] for name in columns})
        yield Block(kind=TRAFFIC, from_s=from_s, until_s=from_s + TRAFFIC_MS // 1000, names=names, content=block)
        if from_s % (LIGHT_MS // 1000) == 0:
            told = {
                name: array("H", dice.integers(8000, 8050, len(names)).astype("uint16").tobytes())
                for name in LIGHT_COLUMNS
            }
            yield Block(kind=LIGHT, from_s=from_s, until_s=from_s + LIGHT_MS // 1000, names=names, content=pack(told))


def write(directory: Path, inventory: Inventory, intervals: int, days_of_usage: int) -> int:
    """The ledger; how many rows it has."""
    Store.open(directory).close()
    key = signing_key(directory)
    connection = apsw.Connection(str(directory / "netwatch.db"))
    with connection:
        write_inventory(connection, inventory, BEGIN_S - 86_400)
        windows = [window(number, device) for number, device in enumerate(list(inventory.devices)[:500])]
        append(connection, windows, BEGIN_S - 172_800)
        begun = [*changed_all("device", inventory.devices, "up"), *changed_all("link", inventory.links, "up")]
        append(connection, [*begun, *changed_all("field_device", inventory.field_devices, "fine")], BEGIN_S - 3600)
        waiting: list[Entry] = []
        for entry in entries(inventory, intervals):
            waiting.append(entry)
            if len(waiting) == AT_ONCE:
                append(connection, waiting, waiting[-1].at_wall_s + 1)
                waiting = []
        append(connection, waiting, BEGIN_S + LENGTH_S + 1)
        for block in usage(inventory, days_of_usage):
            write_block(connection, block, BEGIN_S + LENGTH_S + 1)
        while write_checkpoint(connection, key, now_wall_s=BEGIN_S + LENGTH_S + 2, least=1).line:
            continue
    rows = int(str(connection.execute("SELECT count(*) FROM ledger").get))
    connection.close()
    return rows


def changed_all(kind: str, names: object, state: str) -> Iterator[Entry]:
    for name in names:  # type: ignore[attr-defined]
        yield state_of(f"{kind}.state", f"{kind}:{name}", BEGIN_S - 3600, state)


def run(*words: object) -> tuple[float, float, int]:
    """(CPU seconds, peak MiB, exit code) of a command and what it starts."""
    pid = os.posix_spawn(sys.executable, [sys.executable, "-m", "netwatch.cli.main", *map(str, words)], os.environ)
    _, status, usage = os.wait4(pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main() -> int:
    wanted = arguments(__doc__, switches=1100, field_devices=4000, intervals=200_000, days_of_usage=31)
    with tempfile.TemporaryDirectory(prefix="netwatch-bench-") as folder:
        state = Path(folder, "state")
        inventory = city(Path(folder), wanted.switches, wanted.field_devices)
        rows = write(state, inventory, wanted.intervals, wanted.days_of_usage)
        asked = ("audit", "report", "--month", "2026-10", "--state-dir", state)
        measured = [
            (form, *run(*asked, "--format", form, "-o", Path(folder, f"report.{form}")))
            for form in ("json", "html", "csv", "xlsx", "pdf")
        ]
        pack = Path(folder, "pack.zip")
        measured.append(("pack", *run(*asked, "--pack", pack)))
        measured.append(("recompute", *run("audit", "recompute", pack)))
    table(
        "A month's report",
        ("", "CPU s", "MiB", "exit"),
        [(name, round(s, 1), round(mib), code) for name, s, mib, code in measured],
    )
    note(f"{len(inventory.devices):,} switches, {len(inventory.field_devices):,} field devices, {rows:,} rows")
    slowest = max(s for name, s, _, _ in measured if name in ("json", "html", "csv"))
    largest = max(mib for name, _, mib, _ in measured if name in ("json", "html", "csv")) * 2**20
    return slowest > ALLOWED_S or largest > ALLOWED_BYTES or any(code for *_, code in measured)


if __name__ == "__main__":
    raise SystemExit(main())

"""What the benches have in common: cores, the CPU and memory of processes, simulated agents in their own, tables.

Figures are CPU time, not wall clock: other work on the machine slows a bench down, but hardly changes its figures.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@cache
def cores() -> tuple[int, int]:
    """The core of what is measured, and the core of everything else; the same one where there is only one.

    Remembered from the first call on, which comes before this process holds itself to one of them.
    """
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


def cpu_s(pid: int) -> float:
    """User and system time a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def rss_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


def busy_s() -> float:
    """Time any core of the machine was not idle, in core-seconds: what else was going on."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return (sum(map(int, fields)) - int(fields[3]) - int(fields[4])) / TICKS_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """Simulated switches in a process of their own: 28 ports each, ifIndex 1 to 28, on 127.1.0.1 and so on."""

    process: "subprocess.Popen[str]"
    devices: int
    snmp_port: int
    echo_port: int
    inventory: Path

    @property
    def addresses(self) -> list[str]:
        return [f"127.{1 + n // 62_500}.{n // 250 % 250}.{n % 250 + 1}" for n in range(self.devices)]

    def tell(self, line: str) -> dict[str, Any]:
        """One control line of `agents`, such as `silence 500`; its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def simulated_agents(devices: int, *, awake: bool = True) -> Iterator[Agents]:
    """Agents on the other core, until the block ends; never asleep where the CPU of who asks them is measured."""
    with tempfile.TemporaryDirectory(prefix="netwatch-bench-") as folder:
        command = [sys.executable, "-m", "tests.bench.agents", str(devices), folder, *(["--awake"] if awake else [])]
        process = subprocess.Popen(
            on_core(cores()[1], command), cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            if not said:
                raise RuntimeError("the simulated agents did not start")
            yield Agents(process=process, devices=devices, inventory=Path(folder, "inventory.yaml"), **json.loads(said))
        finally:
            process.kill()
            process.wait()


def on_core(core: int, command: Sequence[str]) -> list[str]:
    """The command, held to one core."""
    return ["taskset", "--cpu-list", str(core), *command]


def stay_on_core() -> None:
    """Hold this process to the measured core."""
    os.sched_setaffinity(0, {cores()[0]})


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print one table, its first column to the left and the others to the right."""
    cells = [list(heads), *([_told(cell) for cell in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    print(f"\n{title}")
    for row in cells:
        first, *others = (
            cell.ljust(width) if not at else cell.rjust(width) for at, (cell, width) in _counted(row, widths)
        )
        print("  " + "  ".join([first, *others]).rstrip())
    sys.stdout.flush()


def note(sentence: str) -> None:
    print(f"  {sentence}", flush=True)


def arguments(description: str | None, **defaults: int) -> argparse.Namespace:
    """The bench's options: whole numbers with their defaults."""
    parser = argparse.ArgumentParser(description=description)
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"default: {default}")
    return parser.parse_args()


def _counted(row: Sequence[str], widths: Sequence[int]) -> Iterator[tuple[int, tuple[str, int]]]:
    return enumerate(zip(row, widths, strict=True))


def _told(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)

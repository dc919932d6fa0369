"""Every bench with its default size, one after the other; the city takes eight minutes of the quarter of an hour.

Meant for a machine that does nothing else: figures are CPU time, but a shared cache makes everybody slower.
"""

import subprocess
import sys

from tests.bench.harness import ROOT

BENCHES = (
    "pipeline",
    "secured",
    "page",
    "surroundings",
    "echo",
    "simulate",
    "dark",
    "faults",
    "availability",
    "report",
    "ledger",
    "city",
)


def main() -> int:
    """Each in a process of its own: what one leaves in memory would slow the next."""
    print(__doc__)
    runs = {
        name: subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], cwd=ROOT, check=False) for name in BENCHES
    }
    failed = [name for name, run in runs.items() if run.returncode]
    for name in failed:
        print(f"tests.bench.{name} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

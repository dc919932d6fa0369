"""Time that processes lost to others: they were ready to run, and had no processor.

What is promised within a second is promised of a machine that has the second. A bound on it leaves this out: it is as
strict as ever where the machine is free, and a busy one is neither a failure nor an excuse.
"""

import os
from pathlib import Path

HERTZ = os.sysconf("SC_CLK_TCK")


def lost_s(*pids: int) -> float:
    """Seconds that these processes and we have lost so far, by all threads; and what the host took from the machine."""
    waits = [_waited_s(path) for pid in (*pids, os.getpid()) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    stolen = Path("/proc/stat").read_text().split("\n", 1)[0].split()[8]  # proc(5)
    return sum(waits) + int(stolen) / HERTZ


def _waited_s(schedstat: Path) -> float:
    try:
        return int(schedstat.read_text().split()[1]) / 1e9  # sched-stats: on the run queue
    except OSError:  # the thread has ended
        return 0.0

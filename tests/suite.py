"""The whole suite, and a second look, alone, at one or two tests that failed among real processes: `make test`.

A test that talks to a real snmpd, Prometheus or browser while others do the same may fail for what the machine did. It
is asked again when nothing else runs: a defect fails again, and whatever passed only then is named at the end, with its
first failure above, for somebody to read. What runs in virtual time, and three failures or more, get no second look.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

LIVE = tuple(f"tests/{folder}/" for folder in ("contract", "deploy", "e2e", "rules", "snmpd"))
MOST = 2  # failures that may be the machine's
SOME_FAILED = 1  # pytest's exit code
FAILED = Path(".pytest_cache/v/cache/lastfailed")

Pytest = Callable[[Sequence[str]], int]


def run(arguments: Sequence[str], pytest: Pytest, say: Callable[[str], None]) -> int:
    """pytest's exit code for these arguments; 0 too when what failed may be looked at again, and passes then."""
    ended = pytest(["--cache-clear", *arguments])
    if ended != SOME_FAILED:
        return ended
    failed = sorted(json.loads(FAILED.read_text()))
    if not 0 < len(failed) <= MOST or not all(one.startswith(LIVE) for one in failed):
        return ended
    say(f"A second look, alone, at: {', '.join(failed)}")
    ended = pytest(failed)
    if ended == 0:
        say(f"PASSED ONLY WHEN LOOKED AT AGAIN, ALONE: {', '.join(failed)}. The first failure stands above: read it.")
    return ended


def _pytest(arguments: Sequence[str]) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], _pytest, lambda line: print(line, flush=True)))

"""The one rule about missing tools: a laptop skips and says why, CI fails."""

import os
import shutil
from pathlib import Path

import pytest

SYSTEM_PATHS = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
RECORDINGS = Path(os.environ.get("NETWATCH_RECORDINGS", "../shared/recordings"))


def missing(what: str) -> None:
    """Skip on a laptop; fail where CI is set."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and this is CI")
    pytest.skip(f"{what} is missing")


def require_tool(name: str) -> str:
    """The full path of a program, or the test ends here."""
    found = shutil.which(name) or shutil.which(name, path=SYSTEM_PATHS)
    if found is None:
        missing(f"the program {name}")
        raise AssertionError
    return found


def require_root(what: str) -> None:
    """Skip or fail, in one sentence, where the test is run by somebody who may not do this."""
    if os.geteuid() != 0:
        missing(f"the right to {what} (root)")


def require_recordings() -> Path:
    """The folder of recorded devices. It lies outside the repository, so its absence is a skip everywhere."""
    if not RECORDINGS.is_dir():
        pytest.skip(f"no recordings at {RECORDINGS}; set NETWATCH_RECORDINGS")
    return RECORDINGS

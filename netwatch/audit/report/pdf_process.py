"""HTML -> PDF, by a process that may fail without us."""

import subprocess
import sys

from netwatch.core.errors import NetwatchError

TIMEOUT_S = 600.0


def pdf_of(html: str) -> bytes:
    """NetwatchError: this machine cannot make one, and what it lacks."""
    command = [sys.executable, "-m", "netwatch.audit.report.pdf"]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, input=html.encode(), capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NetwatchError(f"the PDF was not made within {TIMEOUT_S:.0f} s: print the HTML instead") from error
    if done.returncode:
        why = (done.stderr.decode(errors="replace").strip().splitlines() or ["it ended without a word"])[-1]
        raise NetwatchError(
            f"no PDF can be made here ({why}): it needs WeasyPrint and Debian's libpango-1.0-0, libpangoft2-1.0-0 and "
            "fonts-noto-cjk; or print the HTML"
        )
    return done.stdout

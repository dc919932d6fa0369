"""A real systemd with a real journald, in a container of this host's /usr and nothing else. Needs root.

systemd-nspawn boots it in under two seconds: /usr as it is here, everything else empty and gone afterwards, and the
network that of this host, so that a test's simulated agents on the loopback are there too.
"""

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.process import ROOT, until
from tests.tools import missing, require_root, require_tool

# Not the venv's own python: that may be a link into a home, and the unit sees none.
NETWATCH = """#!/bin/sh
PYTHONPATH=/opt/src:/opt/packages PYTHONDONTWRITEBYTECODE=1 {library} exec {python} -c \
'import sys; from netwatch.cli.main import main; sys.exit(main())' "$@"
"""
START_S = 120.0


class Machine:
    """`binds`: path inside -> path here, to be read only. netwatch is installed where its unit expects it."""

    def __init__(self, folder: Path, binds: Mapping[str, Path]) -> None:
        require_root("boot a systemd in a container")
        self._enter = require_tool("nsenter")
        program = folder / "opt" / "bin" / "netwatch"
        program.parent.mkdir(parents=True)
        python = Path(sys.executable).resolve()
        base = Path(sys.base_prefix).resolve()
        library = ""
        if not base.is_relative_to("/usr"):
            python, binds = Path("/opt/base") / python.relative_to(base), {"/opt/base": base, **binds}
            library = "LD_LIBRARY_PATH=/opt/base/lib"
        program.write_text(NETWATCH.format(python=python, library=library))
        program.chmod(0o755)
        places = {
            "/opt/netwatch": folder / "opt",
            "/opt/packages": Path(sysconfig.get_path("purelib")),
            "/opt/src": ROOT,
            "/etc/systemd/system/netwatch.service": ROOT / "deploy" / "netwatch.service",
            "/etc/sysusers.d/netwatch.conf": ROOT / "deploy" / "sysusers.d" / "netwatch.conf",
            **binds,
        }
        self._log = folder / "nspawn.log"
        command = [require_tool("systemd-nspawn"), "--quiet", "--register=no", "--keep-unit", "--directory=/"]
        command += ["--volatile=yes", "--console=pipe", f"--machine=netwatch-{os.getpid()}"]
        command += [f"--bind-ro={here}:{there}" for there, here in places.items()]
        command += ["--boot", "systemd.unit=basic.target", "systemd.mask=systemd-firstboot.service"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def boot(self) -> "Machine":
        """Wait until it is up; the test ends here where this host lets nobody boot one."""
        try:
            until(self._is_up, within_s=START_S, what="the machine")
        except AssertionError:
            missing(f"the right to boot a systemd (systemd-nspawn said: {self._log.read_text().strip() or 'nothing'})")
        return self

    def _is_up(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()
        return bool(self._init()) and self("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def _init(self) -> str:
        """The process id, here, of its process 1."""
        pid = self._process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().strip()

    def __call__(self, *words: str, within_s: float = 180.0) -> subprocess.CompletedProcess[str]:
        """Run a command inside, as root."""
        inside = [self._enter, "--target", self._init(), "--mount", "--pid", "--ipc", "--uts", "--root", "--wd=/"]
        return subprocess.run(
            [*inside, *words],
            env={"PATH": "/usr/bin:/usr/sbin", "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )

    def shows(self, unit: str, *properties: str) -> dict[str, str]:
        """What `systemctl show` says of a unit."""
        told = self("systemctl", "show", unit, f"--property={','.join(properties)}").stdout
        return dict(line.split("=", 1) for line in told.splitlines())

    def journal(self, unit: str) -> list[dict[str, str]]:
        """The entries of a unit with all their fields."""
        told = self("journalctl", "--output=json", "--no-pager", f"--unit={unit}").stdout
        return [json.loads(line) for line in told.splitlines()]

    def shut_down(self) -> None:
        """Halt it; within some seconds, or by force."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()  # and with it all that ran inside
            self._process.wait()

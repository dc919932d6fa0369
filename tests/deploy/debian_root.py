"""A fresh Debian of this machine's own release, booted with its own systemd. Needs root and a mirror.

The mirror is the one this machine installs from (apt's own settings), and it is used for nothing but this release.
"""

import os
import re
import subprocess
from pathlib import Path

from tests.e2e.process import until
from tests.tools import missing, require_root, require_tool

START_S = 60.0
INSTALL_S = 600.0
QUIET = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "HOME": "/root",
}


def release() -> str:
    """The codename, such as bookworm."""
    found = re.search(r"^VERSION_CODENAME=(\S+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    if found is None:
        missing("a Debian release")
        raise AssertionError
    return found[1]


def mirror() -> str:
    """Where this machine's apt finds the main archive of its release."""
    told = subprocess.run(
        [
            require_tool("apt-get"),
            "indextargets",
            "--format",
            "$(REPO_URI) $(RELEASE) $(CODENAME)",
            "Created-By: Packages",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    for line in told.stdout.splitlines():
        uri, *names = line.split()
        if release() in names:
            return uri
    missing(f"an apt source for {release()}")
    raise AssertionError


class DebianRoot:
    """`make`, then `boot`; afterwards a call runs a command inside, as root. The loopback is that of this machine."""

    def __init__(self, folder: Path) -> None:
        require_root("make a root file system")
        self._enter = require_tool("nsenter")
        self._nspawn = require_tool("systemd-nspawn")
        self._debootstrap = require_tool("debootstrap")
        self.path = folder / "root"
        self._log = folder / "nspawn.log"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> "DebianRoot":
        """The smallest Debian that boots: what netwatch needs besides, its own package has to ask for."""
        command = [self._debootstrap, "--variant=minbase", "--include=systemd-sysv", release(), self.path, mirror()]
        made = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, check=False, env=os.environ | QUIET
        )
        assert made.returncode == 0, made.stdout[-2000:] + made.stderr
        return self

    def boot(self) -> "DebianRoot":
        command = [
            self._nspawn,
            "--quiet",
            "--register=no",
            "--keep-unit",
            f"--directory={self.path}",
            "--console=pipe",
        ]
        command += [f"--machine=netwatch-deb-{os.getpid()}", "--resolv-conf=copy-host", "--boot"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            until(self._is_up, within_s=START_S, what="the machine")
        except AssertionError:
            missing(f"the right to boot a systemd (systemd-nspawn said: {self._log.read_text()[-1000:] or 'nothing'})")
        return self

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "it has ended"
        return bool(self._init()) and self("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def _init(self) -> str:
        """The process id, here, of its process 1."""
        assert self._process is not None
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        return children.read_text().strip() if children.exists() else ""

    def __call__(self, *words: object, within_s: float = INSTALL_S) -> subprocess.CompletedProcess[str]:
        inside = [self._enter, "--target", self._init(), "--mount", "--pid", "--ipc", "--uts", "--root", "--wd=/"]
        return subprocess.run(
            [*inside, *map(str, words)], env=QUIET, capture_output=True, text=True, timeout=within_s, check=False
        )

    def said(self, *words: object) -> str:
        """What a command that must succeed wrote."""
        done = self(*words)
        assert done.returncode == 0, f"{words}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def shows(self, unit: str, name: str) -> str:
        return self.said("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def shut_down(self) -> None:
        """Halt it; within some seconds, or by force."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

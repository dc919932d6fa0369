"""netwatch as its shipped unit runs it, all restrictions in force, by a systemd whose network is the vantage's."""

from pathlib import Path

from tests.e2e.machine import Machine
from tests.e2e.process import ROOT, until

UNIT, TRAPS = "netwatch.service", "netwatch-trap.socket"
DROP_IN = "[Service]\nLoadCredential=field:/etc/netwatch/secrets/field\n"  # as deploy/README.md says
PAGES = "http://127.0.0.1:9780"


class Service:
    """The unit and nothing else of netwatch is here; its pages are where the shipped configuration looks for them."""

    def __init__(self, folder: Path, inventory: Path, *, hears: bool, around):
        """`inventory`: names its community by a file `field` beside it. `hears`: traps, at port 162."""
        secrets = folder / "etc" / "secrets"
        secrets.mkdir(parents=True)
        (folder / "etc").chmod(0o755)
        (secrets / "field").write_text((inventory.parent / "field").read_text())
        told = inventory.read_text().replace("{file: field}", "{credential: field}")
        (folder / "etc" / "inventory.yaml").write_text(told)
        (folder / "test.conf").write_text(DROP_IN)
        binds = {
            "/etc/netwatch": folder / "etc",
            f"/etc/systemd/system/{UNIT}.d/test.conf": folder / "test.conf",
            f"/etc/systemd/system/{TRAPS}": ROOT / "deploy" / TRAPS,
        }
        self._around = around
        with around():
            self.machine = Machine(folder, binds)
        self.machine.boot()
        if hears:
            self._systemctl("enable", TRAPS)

    def start(self):
        self._systemctl("start", UNIT)

    def stop(self):
        self._systemctl("stop", UNIT)

    def restart(self):
        self._systemctl("restart", UNIT)

    def kill(self):
        """SIGKILL, and what systemd does then: a new one after five seconds."""
        before = self.pid
        self.machine("kill", "-KILL", before)
        until(lambda: self.pid not in ("0", before), what="netwatch started again")

    def shut_down(self):
        self.machine.shut_down()

    def shows(self, *properties):
        return self.machine.shows(UNIT, *properties)

    @property
    def pid(self):
        return self.shows("MainPID")["MainPID"]

    def restrictions(self):
        """What the kernel holds it to: a field of /proc/PID/status -> its value."""
        told = self.machine("cat", f"/proc/{self.pid}/status").stdout.splitlines()
        return dict(line.split(":\t", 1) for line in told)

    def use(self):
        """(resident bytes, open descriptors) of the running process."""
        told = self.machine("sh", "-c", f"cat /proc/{self.pid}/statm && ls /proc/{self.pid}/fd | wc -l").stdout.split()
        return int(told[1]) * 4096, int(told[-1])

    def journal(self):
        return "\n".join(str(entry.get("MESSAGE")) for entry in self.machine.journal(UNIT))

    def _systemctl(self, *words):
        done = self.machine("systemctl", *words)
        assert done.returncode == 0, done.stderr + self.journal()

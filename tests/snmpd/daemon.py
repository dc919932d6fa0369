"""Debian's net-snmp agent on loopback, with its own configuration in a test's folder. No root, nothing left behind."""

import subprocess
from pathlib import Path

from netwatch.snmp.ciphers import PrivProtocol
from netwatch.snmp.digests import AuthProtocol
from netwatch.snmp.errors import SnmpError
from netwatch.snmp.keys import User
from netwatch.snmp.message import Version
from netwatch.snmp.mux import Mux
from netwatch.snmp.target import Target
from netwatch.snmp.template import Kind, Template
from tests.ports import free_udp_port
from tests.tools import require_tool

NAME = "교차로-7"
UPTIME = Template(("1.3.6.1.2.1.1.3.0",), (Kind.NUMBER,))
USER = User(
    name=b"netwatch",
    auth=AuthProtocol.SHA256,
    auth_password=b"auth-canary-41",
    priv=PrivProtocol.AES128,
    priv_password=b"priv-canary-42",
)
CONFIGURATION = f"""\
rocommunity public
rocommunity6 public
rocommunity onlytwo 127.0.0.2
sysName {NAME}
sysLocation okjeong-3
sysContact kim
maxGetbulkResponses 5000
createUser netwatch SHA-256 auth-canary-41 AES priv-canary-42
rouser netwatch priv
"""


class Snmpd:
    """One snmpd; `start` returns once it answers."""

    def __init__(self, folder: Path, *, more: str = "", host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.host = host  # where it listens
        self.port = free_udp_port()
        self.process: subprocess.Popen[bytes] | None = None
        (folder / "agent.conf").write_text(f"{CONFIGURATION}{more}\n")  # snmpd writes a snmpd.conf of its own beside it

    def target(self, **changes) -> Target:
        who = {"user": USER} if changes.get("version") is Version.V3 else {"community": b"public"}
        return Target(**({"host": "127.0.0.1", "port": self.port, "timeout_s": 5.0} | who | changes))

    async def start(self) -> None:
        self.process = self._spawn(require_tool("snmpd"))
        mux = Mux()
        try:
            for _ in range(600):
                if self.process.poll() is not None:
                    break
                if await _answers(mux, self.target(timeout_s=0.1, retries=0)):
                    return
        finally:
            mux.close()
        log = (self.folder / "log").read_text(errors="replace") if (self.folder / "log").exists() else ""
        raise AssertionError(f"snmpd does not answer: {log[:2000]}")

    def _spawn(self, program: str) -> "subprocess.Popen[bytes]":
        listen = f"udp:{self.host}:{self.port},udp6:[::1]:{self.port}"
        return subprocess.Popen(
            [program, "-f", "-Lf", self.folder / "log", "-C", "-c", self.folder / "agent.conf", "-I-smux", listen],
            env={"SNMP_PERSISTENT_DIR": str(self.folder), "MIBS": "", "PATH": "/usr/sbin:/usr/bin"},
            stdin=subprocess.DEVNULL,
        )

    async def kill(self) -> None:
        """As by a power cut."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


async def _answers(mux: Mux, target: Target) -> bool:
    try:
        await mux.get(target, UPTIME)
    except SnmpError:
        return False
    return True

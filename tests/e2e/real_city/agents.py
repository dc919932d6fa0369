"""The agent of a switch: net-snmp's snmpd, and lldpd feeding it the LLDP-MIB over AgentX. Its files are its own."""

import socket
import sys
from pathlib import Path

from tests.e2e.process import until
from tests.e2e.real_city import bridge_mib, paper
from tests.e2e.real_city.workshop import Workshop
from tests.tools import require_tool

AGENTX = ("127.0.0.1", 705)  # the namespace's own loopback
HELD_S = 3  # net-snmp reads the kernel's interfaces again when what it has is so old (nsCacheTimeout of ifTable)


class Agent:
    """Both daemons of one switch."""

    def __init__(self, workshop: Workshop, switch: str, *, place: int, folder: Path):
        self._workshop, self.switch, self._place, self._folder = workshop, switch, place, folder
        self._snmpd = self._lldpd = None
        folder.mkdir(mode=0o755)
        (folder / "agent.conf").write_text(_snmpd_conf(switch))
        (folder / "lldpd.conf").write_text(_lldpd_conf(switch))

    def start_snmpd(self):
        if self._snmpd is None:
            self._snmpd = self._run("snmpd", *self._snmpd_words())

    def start_lldpd(self):
        """Once snmpd takes subagents: lldpd asks at its start and then every 15 s."""
        if self._lldpd is None:
            until(self._takes_subagents, what=f"the AgentX socket of {self.switch}")
            self._lldpd = self._run("lldpd", *self._lldpd_words())

    def kill(self):
        """snmpd alone: the switch goes on switching and telling its neighbours, and answers no more."""
        if self._snmpd is not None:
            self._snmpd.kill()
            self._snmpd = None

    def lose_power(self):
        self.kill()
        if self._lldpd is not None:
            self._lldpd.kill()
            self._lldpd = None

    def log(self):
        return "\n".join(path.read_text(errors="replace") for path in sorted(self._folder.glob("*.log")))

    def _takes_subagents(self):
        assert not self._snmpd.has_ended, self.log()
        with self._workshop.inside(self._place), socket.socket() as client:
            return client.connect_ex(AGENTX) == 0

    def _run(self, name, *words):
        own = {"SNMP_PERSISTENT_DIR": str(self._folder), "MIBS": ""}
        return self._workshop.spawn(
            self._place, (require_tool(name), *words), log=self._folder / f"{name}.log", environ=own
        )

    def _snmpd_words(self):
        listen = f"udp:{paper.address_of(self.switch)}:161"
        return "-f", "-LE", "4", "-C", "-c", self._folder / "agent.conf", "-I-smux", listen  # warnings to its log

    def _lldpd_words(self):
        """-C: the chassis id is ge1's MAC; without a physical port lldpd takes the host name, here the same for all."""
        folder = self._folder
        return "-d", "-x", "-X", _agentx(), "-C", "ge1", "-u", folder / "lldpd.socket", "-O", folder / "lldpd.conf"


def _agentx():
    return f"tcp:{AGENTX[0]}:{AGENTX[1]}"


def _snmpd_conf(switch):
    return f"""\
rocommunity {paper.COMMUNITY}
sysName {switch}
sysLocation site-{switch}
master agentx
agentXSocket {_agentx()}
maxGetbulkResponses 5000
pass_persist .{".".join(map(str, bridge_mib.ROOT))} {sys.executable} -I -S {bridge_mib.__file__}
"""


def _lldpd_conf(switch):
    return f"""\
configure lldp tx-interval 1
configure lldp portidsubtype ifname
configure system hostname {switch}
configure system interface pattern ge*
"""

"""The agent of a switch: net-snmp's snmpd, and lldpd feeding it the LLDP-MIB over AgentX. Its files are its own.

If it is to, it tells of its ports as net-snmp does: its DISMAN-EVENT-MIB (RFC 2981) asks itself each second.
"""

import socket
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from tests.e2e.process import until
from tests.e2e.real_city import bridge_mib, paper
from tests.e2e.real_city.workshop import Workshop
from tests.tools import require_tool

AGENTX = ("127.0.0.1", 705)  # the namespace's own loopback
IF_TABLE = (1, 3, 6, 1, 2, 1, 2, 2)
IF_INDEX, IF_ADMIN, IF_OPER = (".".join(map(str, (*IF_TABLE, 1, column))) for column in (1, 7, 8))
LINK_DOWN, LINK_UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"  # RFC 2863
# nsCacheTimeout of ifTable: net-snmp reads the kernel's interfaces again when what it has is so old, 3 s if nobody asks
HELD = f"1.3.6.1.4.1.8072.1.5.3.1.2.{'.'.join(map(str, IF_TABLE))}"
HELD_S = 1
INNER = "inner"  # who the agent is to itself


class Sink(StrEnum):
    """How it tells, in the words of snmpd.conf(5)."""

    NONE = ""
    TRAP = "trap2sink"
    INFORM = "informsink"


class Agent:
    """Both daemons of one switch."""

    def __init__(self, workshop: Workshop, switch: str, *, place: int, folder: Path, sink: Sink = Sink.NONE):
        self._workshop, self.switch, self._place, self._folder = workshop, switch, place, folder
        self._sink, self._snmpd, self._lldpd = sink, None, None
        folder.mkdir(mode=0o755)
        (folder / "agent.conf").write_text(_snmpd_conf(switch) + (_telling(switch, sink) if sink else ""))
        (folder / "lldpd.conf").write_text(_lldpd_conf(switch))

    def start_snmpd(self):
        if self._snmpd is None:
            self._snmpd = self._run("snmpd", *self._snmpd_words())
            if self._sink:
                self._look_more_often()

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

    def _look_more_often(self):
        """A switch knows its own ports; what net-snmp says of them must not be older than what it told."""
        words = [require_tool("snmpset"), "-v2c", "-c", INNER, "-r9", paper.address_of(self.switch), HELD, "i", HELD_S]
        with self._workshop.inside(self._place):
            subprocess.run([*map(str, words)], check=True, capture_output=True, env={"MIBS": ""})

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


def _telling(switch, sink):
    of_port = " ".join(f"-o .{column}" for column in (IF_INDEX, IF_ADMIN, IF_OPER))
    return f"""\
rwcommunity {INNER} {paper.address_of(switch)}
createUser {INNER} SHA-256 {paper.COMMUNITY}
rouser {INNER} auth
iquerySecName {INNER}
{sink} {paper.OTHERS[paper.VANTAGE].address} {paper.COMMUNITY}
notificationEvent lit .{LINK_UP} {of_port}
notificationEvent dark .{LINK_DOWN} {of_port}
monitor -S -r {HELD_S} -e lit "lit" .{IF_OPER} != 2
monitor -S -r {HELD_S} -e dark "dark" .{IF_OPER} == 2
"""


def _lldpd_conf(switch):
    return f"""\
configure lldp tx-interval 1
configure lldp portidsubtype ifname
configure system hostname {switch}
configure system interface pattern ge*
"""

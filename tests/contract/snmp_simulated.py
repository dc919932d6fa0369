"""Our own simulated agent behind the same face as `tests.snmpd.daemon.Snmpd`, so that one suite runs against both."""

from pathlib import Path

from netwatch.simulate.server import Ports, Simulation, serve_recordings
from netwatch.snmp.target import Target
from tests.snmpd.daemon import NAME

TREE = {
    "1.3.6.1.2.1.1.1.0": (4, "a simulated switch"),
    "1.3.6.1.2.1.1.2.0": (6, "1.3.6.1.4.1.8072.3.2.10"),
    "1.3.6.1.2.1.1.3.0": (67, "99"),
    "1.3.6.1.2.1.1.4.0": (4, "kim"),
    "1.3.6.1.2.1.1.5.0": ("4x", NAME.encode().hex()),
    "1.3.6.1.2.1.1.6.0": (4, "okjeong-3"),
}
COLUMNS = {"2.2.1.2": (4, "eth{}"), "2.2.1.7": (2, "1"), "2.2.1.8": (2, "1"), "31.1.1.1.1": (4, "eth{}")}
MANY = {f"1.3.6.1.4.1.8072.9999.{n}.0": (4, "x" * 60) for n in range(1, 2001)}


def recording() -> str:
    """The agent's tree as snmprec lines, in order."""
    interfaces = {
        f"1.3.6.1.2.1.{column}.{port}": (syntax, text.format(port))
        for column, (syntax, text) in COLUMNS.items()
        for port in (1, 2)
    }
    lines = {**TREE, **interfaces, **MANY}
    return "".join(f"{oid}|{syntax}|{text}\n" for oid, (syntax, text) in lines.items())


class Simulated:
    """A simulated agent on a free port of this process."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "switch.snmprec"
        self._file.write_text(recording())
        self.port = 0
        self._simulation: Simulation | None = None

    def target(self, **changes) -> Target:
        return Target(**({"host": "127.0.0.1", "port": self.port, "community": b"public", "timeout_s": 5.0} | changes))

    async def start(self) -> None:
        ports = Ports(snmp=self.port, echo=None, tcp=None)
        self._simulation = serve_recordings({"127.0.0.1": self._file}, ports=ports)
        self._simulation.start()
        self.port = self._simulation.snmp_port

    async def kill(self) -> None:
        if self._simulation is not None:
            self._simulation.stop()
            self._simulation = None

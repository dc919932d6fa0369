"""Who asks a device: our own mux, or pysnmp where the inventory says `engine: pysnmp`."""

from importlib import import_module

from netwatch.collect.asking import Asking
from netwatch.snmp.mux import Mux
from netwatch.snmp.port import CommandGenerator


class Generators:
    """Both of them, the slow one made when it is first needed. Needs a running loop, as `Mux` does."""

    def __init__(self) -> None:
        self.mux = Mux()
        self._slow: CommandGenerator | None = None

    def of(self, asking: Asking) -> CommandGenerator:
        """The one for a device that is asked like this."""
        if not asking.slow:
            return self.mux
        if self._slow is None:
            # imported now and by name: pysnmp costs 24 MB and a fifth of a second, which nearly nobody needs
            module = import_module("netwatch.snmp.slow")
            made: CommandGenerator = module.SlowMux(self.mux.outcomes)
            self._slow = made
        return self._slow

    def close(self) -> None:
        """Close the sockets of both."""
        self.mux.close()
        if self._slow is not None:
            self._slow.close()

"""A city of real parts: kernel bridges, snmpd, lldpd and hosts in namespaces; netwatch runs in the middle of it."""

import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.e2e.process import Daemon
from tests.e2e.real_city import paper
from tests.e2e.real_city.agents import Agent, Sink
from tests.e2e.real_city.echoes import answering
from tests.e2e.real_city.plant import NETMASK, Plant
from tests.e2e.real_city.rtsp import Stream
from tests.e2e.real_city.workshop import Workshop
from tests.tools import require_tool

TOOLS = ("ip", "bridge", "snmpd", "snmpwalk", "lldpd", "setpriv", "unshare")


class NearDaemon(Daemon):
    """`netwatch run` in the vantage's namespace; its pages are read from inside, its control socket from anywhere."""

    def __init__(self, inventory, state, *, workshop, place):
        super().__init__(inventory, state)
        self._workshop, self._place = workshop, place

    def start(self):
        with self._workshop.inside(self._place):
            return super().start()

    def fetch(self, path):
        with self._workshop.inside(self._place):
            return super().fetch(path)


class RealCity:
    """A context manager. Every verb returns when the deed is done, not when netwatch has noticed."""

    def __init__(self, pace: paper.Pace = paper.QUICK, *, tells: bool = False):
        """`tells`: the switches send traps and informs to the vantage."""
        for tool in TOOLS:
            require_tool(tool)
        self._pace, self._tells = pace, tells
        self._stack = ExitStack()
        self._streams: dict[str, Stream] = {}

    def __enter__(self):
        with ExitStack() as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nw-real-")))
            self.folder.chmod(0o711)  # lldpd looks for its socket as a user of its own
            self.workshop = Workshop()
            stack.callback(self.workshop.close)
            stack.callback(self._silence_all)
            self.inventory = paper.write_inventory(self.folder, self._pace)
            self.plant = Plant(self.workshop)
            self.plant.build()
            with self.workshop.inside(self.plant.places[paper.VANTAGE]):
                self.workshop.permit_icmp()
            self._agents = {switch: self._agent(switch) for switch in paper.SWITCHES}
            self.restore()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def watch(self, *, state="state"):
        """A daemon, not yet started, on this inventory; it is gone when the city is."""
        place = self.plant.places[paper.VANTAGE]
        daemon = NearDaemon(self.inventory, self.folder / state, workshop=self.workshop, place=place)
        self._stack.callback(daemon.__exit__)
        return daemon

    def cut(self, *wires):
        """No light at both ends of these; a field host's wire has its id."""
        self.plant.cut.update(wires)
        self.plant.light()

    def mend(self, *wires):
        self.plant.cut.difference_update(wires)
        self.plant.light()

    def kill_agent(self, switch):
        self._agents[switch].kill()

    def start_agent(self, switch):
        """It answers at once; lldpd comes back to it within 15 s, as it does."""
        self._agents[switch].start_snmpd()

    def power_off(self, switch):
        self._agents[switch].lose_power()
        self.plant.dark.add(switch)
        self.plant.light()

    def power_on(self, switch):
        self.plant.dark.discard(switch)
        self.plant.light()
        self._agents[switch].start_snmpd()
        self._agents[switch].start_lldpd()

    def stop_host(self, host):
        """Its power goes, and the light at the switch's port with it."""
        self.plant.dark.add(host)
        self.plant.light()

    def start_host(self, host):
        self.plant.dark.discard(host)
        self.plant.light()

    def hang_host(self, host):
        """It keeps its link and answers nothing any more."""
        self.plant.configure(host, f"address flush dev eth0 to {paper.HOSTS[host].address}")

    def wake_host(self, host):
        self.plant.configure(host, f"address replace {paper.HOSTS[host].address}/{NETMASK} dev eth0")

    def stop_stream(self, host):
        """It answers echoes; nothing listens for RTSP."""
        if host in self._streams:
            self._streams.pop(host).close()

    def start_stream(self, host):
        if paper.HOSTS[host].is_camera and host not in self._streams:
            with self.workshop.inside(self.plant.places[host]):
                self._streams[host] = Stream(paper.HOSTS[host].address, paper.RTSP)

    def replace_mac(self, host, mac):
        """Another box in its place, with its address."""
        self.plant.put(host, mac)

    def restore(self):
        """Everything as on paper, whatever was done to it."""
        self.plant.cut.clear()
        self.plant.dark.clear()
        self.plant.light()
        for host in paper.HOSTS.values():
            self.plant.put(host.id, host.mac)
            self.wake_host(host.id)
            self.start_stream(host.id)
        for agent in self._agents.values():
            agent.start_snmpd()
        for agent in self._agents.values():
            agent.start_lldpd()

    def light(self, node, port):
        """(not shut by its administrator, has light), as the kernel of that node has it."""
        flags = self.plant.flags(node, port)
        return "UP" in flags, "LOWER_UP" in flags

    def answering(self):
        """The switches and field hosts that answer an echo of the vantage now."""
        addresses = {paper.address_of(switch): switch for switch in paper.SWITCHES}
        addresses |= {host.address: host.id for host in paper.HOSTS.values()}
        with self.workshop.inside(self.plant.places[paper.VANTAGE]):
            return {addresses[each] for each in answering(addresses)}

    def walk(self, switch, oid):
        """index -> value, as snmpwalk of the vantage is told them; nothing where no agent answers."""
        words = ["snmpwalk", "-v2c", "-c", paper.COMMUNITY, "-r1", "-t1", "-On", "-Oe", "-OQ"]
        with self.workshop.inside(self.plant.places[paper.VANTAGE]):
            done = subprocess.run(
                [*words, paper.address_of(switch), oid], capture_output=True, text=True, check=False, env={"MIBS": ""}
            )
        pairs = (line.split(" = ", 1) for line in done.stdout.splitlines() if line.startswith(f".{oid}."))
        return {index.removeprefix(f".{oid}."): value.strip('" ') for index, value in pairs}

    def agent_log(self, switch):
        return self._agents[switch].log()

    def _agent(self, switch):
        sink = Sink.NONE
        if self._tells:
            sink = Sink.TRAP if switch in paper.RINGED else Sink.INFORM
        place = self.plant.places[switch]
        return Agent(self.workshop, switch, place=place, folder=self.folder / switch, sink=sink)

    def _silence_all(self):
        for stream in self._streams.values():
            stream.close()

"""Switches, hosts and the fibre between them, of Linux bridges and veth pairs in namespaces of their own.

A fibre is two veth pairs whose far ends lie in a namespace of its own and are joined there by a bridge that passes all,
LLDP too. Both far ends down: no light at either end, and neither end was shut by its administrator.
"""

import json
import socket

from tests.e2e.real_city import paper
from tests.e2e.real_city.workshop import Workshop

PASS_LLDP = "group_fwd_mask 0x4000"  # 01-80-C2-00-00-0E, which a bridge keeps otherwise (IEEE 802.1Q, 8.6.3)
WIRE = f"type bridge ageing_time 0 mcast_snooping 0 {PASS_LLDP}"  # learns nothing: in at one end, out at the other
NETMASK = 24
DISCARD = 9  # RFC 863


class Plant:
    """What lies in the street. `light()` lets reality follow `cut` and `dark`."""

    def __init__(self, workshop: Workshop):
        self._workshop = workshop
        self._ducts = workshop.new()
        self.places = {node: workshop.new() for node in (*paper.SWITCHES, *paper.HOSTS, *paper.OTHERS)}
        self.cut: set[str] = set()  # wires
        self.dark: set[str] = set()  # nodes without power
        self._lit: set[str] = set()
        self._macs: dict[str, str] = {}  # of the boxes that were swapped
        self._is_switched = False  # the ring: does its protection link carry traffic

    def build(self):
        for switch in paper.SWITCHES:
            mac = paper.base_mac(switch)
            self.configure(switch, f"link add name br0 address {mac} type bridge mcast_snooping 0", "link set br0 up")
        self._workshop.configure(self._ducts, *(line for wire in paper.WIRES.values() for line in self._lay(wire)))
        for switch in paper.SWITCHES:
            self._equip(switch)
        for host in (paper.HOSTS | paper.OTHERS).values():
            self.configure(host.id, f"address add {host.address}/{NETMASK} dev eth0", "link set eth0 up")
        self.light()

    def configure(self, node, *lines):
        self._workshop.configure(self.places[node], *lines)

    def flags(self, node, port):
        """Of an interface, as ip(8) names them."""
        return json.loads(self._workshop.tell(self.places[node], "-json", "link", "show", "dev", port))[0]["flags"]

    def light(self):
        """Bring the light of every wire, and the ring's protection, to what `cut` and `dark` say.

        Dark first, then the protection, then light: there is never a loop.
        """
        whole = {wire.id for wire in paper.WIRES.values() if wire.id not in self.cut and not self.dark & {*wire.nodes}}
        self._set(self._lit - whole, "down")
        self._protect(not whole.issuperset(paper.RING))
        self._set(whole - self._lit, "up")
        self._lit = whole

    def put(self, host, mac):
        """A box with this MAC in a host's place. The port's light goes out meanwhile, and with it the learned MAC."""
        if mac == self._macs.get(host, paper.HOSTS[host].mac):
            return
        self.cut.add(host)
        self.light()
        self.configure(host, "link set eth0 down", f"link set eth0 address {mac}", "link set eth0 up")
        self._macs[host] = mac
        self.cut.discard(host)
        self.light()
        # what boots speaks first: its ARP request tells the vantage of its new MAC, again for 3 s if nobody hears it
        with self._workshop.inside(self.places[host]), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hello:
            hello.sendto(b"", (paper.OTHERS[paper.VANTAGE].address, DISCARD))

    def _lay(self, wire):
        yield f"link add name {wire.id} {WIRE}"
        for side, (node, port) in (("a", wire.a), ("b", wire.b)):
            mac, there = _mac(node, port), self._workshop.path(self.places[node])
            yield f"link add name {wire.id}.{side} type veth peer name {port} address {mac} netns {there}"
            yield f"link set {wire.id}.{side} master {wire.id}"
        yield f"link set {wire.id} up"

    def _equip(self, switch):
        ports = paper.ports_of(switch)
        with self._workshop.inside(self.places[switch]):
            # a port outside the bridge is the blocked one: it must not answer for the bridge's address
            self._workshop.sysctl("net.ipv4.conf.all.arp_ignore", "1")
        self.configure(
            switch,
            *(f"link set {port} master br0" for port, wire in ports.items() if not _is_blocked(switch, wire)),
            *(f"link set {port} up" for port in ports),
            f"address add {paper.address_of(switch)}/{NETMASK} dev br0",
        )

    def _set(self, wires, state):
        if wires:
            lines = [f"link set {wire}.{side} {state}" for wire in sorted(wires) for side in "ab"]
            self._workshop.configure(self._ducts, *lines)

    def _protect(self, is_broken):
        """Open the protection link when the ring is broken, else block it, as G.8032 does; forget learned places."""
        if is_broken == self._is_switched:
            return
        owner, port = paper.FIBRES[paper.PROTECTION].b
        self.configure(owner, f"link set {port} {'master br0' if is_broken else 'nomaster'}")
        for switch in {node for wire in paper.RING for node in paper.FIBRES[wire].nodes}:
            self.configure(switch, "link set br0 type bridge fdb_flush")
        self._is_switched = is_broken


def _is_blocked(switch, wire):
    return wire == paper.PROTECTION and paper.FIBRES[wire].b[0] == switch


def _mac(node, port):
    if node in paper.SWITCHES:
        return f"{paper.base_mac(node)[:-2]}{int(port.removeprefix('ge')):02x}"
    return (paper.HOSTS | paper.OTHERS)[node].mac

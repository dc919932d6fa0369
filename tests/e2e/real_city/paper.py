"""The real city on paper: switches, fibres, hosts; addresses and MACs that follow from their names; the inventory.

A ring s1-s2-s3-s4, a chain s2-c1-c2 and a chain s4-d1-d2. netwatch stands in `nw` at s1, beside the canary `gate`.
"""

from dataclasses import dataclass
from pathlib import Path

COMMUNITY = "c0mmun1ty-canary-5d1f"
SWITCHES = ("s1", "s2", "s3", "s4", "c1", "c2", "d1", "d2")
RING = ("r12", "r23", "r34", "r41")
RINGED = SWITCHES[:4]
PROTECTION = "r41"  # carries nothing while the rest of the ring is whole; its owner is s1 (ITU-T G.8032: RPL owner)
VANTAGE, CANARY = "nw", "gate"
RTSP = 554


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often netwatch looks: `every` of the defaults, and `settings`, as the inventory writes them."""

    every: str
    settings: str


# what a test can wait for, and the pace of the core of a city
QUICK = Pace(
    every="{ping: 1s, status: 2s, traffic: 2s, health: 5s, discovery: 5s}",
    settings="{field_ping_every: 1s, field_tcp_every: 3s, field_rtsp_every: 3s}",
)
CORE = Pace(
    every="{ping: 5s, status: 5s, traffic: 30s, health: 60s, discovery: 15m}",
    settings="{field_ping_every: 5s, field_tcp_every: 10s, field_rtsp_every: 10s}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fibre:
    """One link in one cable: `k-` and its id. An end is a node and its port's name."""

    id: str
    a: tuple[str, str]
    b: tuple[str, str]

    @property
    def cable(self) -> str:
        return f"k-{self.id}"

    @property
    def nodes(self) -> tuple[str, str]:
        return self.a[0], self.b[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Something on an edge port: it answers echoes, and RTSP where it is a camera."""

    id: str
    switch: str
    port: str
    address: str
    mac: str
    is_camera: bool = True

    @property
    def fibre(self) -> Fibre:
        return Fibre(id=self.id, a=(self.switch, self.port), b=(self.id, "eth0"))


def _fibre(identity: str, a: str, b: str) -> Fibre:
    (a_node, a_port), (b_node, b_port) = a.split(), b.split()
    return Fibre(id=identity, a=(a_node, a_port), b=(b_node, b_port))


def _camera(number: int, switch: str, port: str, *, is_camera: bool = True) -> Host:
    name = f"{'cam' if is_camera else 'sign'}-{switch}"
    mac = f"00:40:8c:77:00:{number:02x}"  # Axis Communications, by the IEEE's list
    return Host(id=name, switch=switch, port=port, address=f"10.77.0.{100 + number}", mac=mac, is_camera=is_camera)


FIBRES = {
    fibre.id: fibre
    for fibre in (
        _fibre("r12", "s1 ge1", "s2 ge1"),
        _fibre("r23", "s2 ge2", "s3 ge1"),
        _fibre("r34", "s3 ge2", "s4 ge1"),
        _fibre("r41", "s4 ge2", "s1 ge2"),
        _fibre("c-near", "s2 ge3", "c1 ge1"),
        _fibre("c-far", "c1 ge2", "c2 ge1"),
        _fibre("d-near", "s4 ge3", "d1 ge1"),
        _fibre("d-far", "d1 ge2", "d2 ge1"),
    )
}
HOSTS = {
    host.id: host
    for host in (
        _camera(1, "s2", "ge4"),
        _camera(2, "s3", "ge3", is_camera=False),
        _camera(3, "c1", "ge3"),
        _camera(4, "c2", "ge2"),
        _camera(5, "d1", "ge3", is_camera=False),
        _camera(6, "d2", "ge2"),
    )
}
# What is plugged into s1 and is in no list of field devices.
OTHERS = {
    VANTAGE: Host(id=VANTAGE, switch="s1", port="ge3", address="10.77.0.1", mac="02:77:01:00:00:01", is_camera=False),
    CANARY: Host(id=CANARY, switch="s1", port="ge4", address="10.77.0.254", mac="02:77:01:00:00:fe", is_camera=False),
}
WIRES = FIBRES | {host.id: host.fibre for host in (HOSTS | OTHERS).values()}  # everything that can be cut, by its id


def address_of(switch: str) -> str:
    return f"10.77.0.{11 + SWITCHES.index(switch)}"


def base_mac(switch: str) -> str:
    """The bridge's own; port geN has N as its last octet."""
    return f"02:77:00:00:{SWITCHES.index(switch) + 1:02x}:00"


def ports_of(switch: str) -> dict[str, str]:
    """Port -> the wire in it."""
    ends = {port: wire.id for wire in WIRES.values() for node, port in (wire.a, wire.b) if node == switch}
    return dict(sorted(ends.items()))


def behind(wire: str) -> set[str]:
    """The switches and field hosts that netwatch loses by this wire alone. A ring's link darkens nobody."""
    reached, frontier = {VANTAGE}, [VANTAGE]
    while frontier:
        here = frontier.pop()
        for other in WIRES.values():
            if other.id == wire or here not in other.nodes:
                continue
            there = other.nodes[1] if other.nodes[0] == here else other.nodes[0]
            if there not in reached:
                reached.add(there)
                frontier.append(there)
    return {*SWITCHES, *HOSTS} - reached


def write_inventory(folder: Path, pace: Pace) -> Path:
    """The truth about this city."""
    secret = folder / "field"
    secret.write_text(COMMUNITY)
    secret.chmod(0o600)
    path = folder / "inventory.yaml"
    path.write_text("\n".join((*_head(pace), *_network(), *_field(), "")))
    return path


def _head(pace):
    yield "city: 실물"
    yield "timezone: Asia/Seoul"
    yield f"vantage: {{attached_to: [s1], canaries: [{OTHERS[CANARY].address}]}}"
    yield "credentials:"
    yield "  field: {version: 2c, community: {file: field}, insecure: true}"
    yield "defaults:"
    yield "  snmp: {credential: field, timeout: 500ms, retries: 1}"
    yield f"  every: {pace.every}"
    yield f"settings: {pace.settings}"
    yield "services:"
    yield "  cctv: {name: 방범 CCTV, target: 99.9%, anchors: [s1], up_means: rtsp}"
    yield "  signs: {name: 안내 전광판, anchors: [s1]}"


def _network():
    yield "sites:"
    for switch in SWITCHES:
        yield f"  site-{switch}: {{name: {switch} 함체, district: {'북부' if switch[0] == 's' else '남부'}}}"
    yield "devices:"
    for switch in SWITCHES:
        role = "aggregation" if switch in RINGED else "access"
        yield f"  {switch}: {{site: site-{switch}, role: {role}, address: {address_of(switch)}}}"
    yield "cables:"
    for fibre in FIBRES.values():
        yield f"  {fibre.cable}: {{cores: 12, length: 800m}}"
    yield "rings:"
    yield "  ring-s: {protocol: erps}"
    yield "links:"
    for fibre in FIBRES.values():
        ends = f"a: {' '.join(fibre.a)}, b: {' '.join(fibre.b)}"
        ring = ", ring: ring-s" if fibre.id in RING else ""
        yield f"  {fibre.id}: {{{ends}, capacity: 10G{ring}, fibre: [{{cable: {fibre.cable}, cores: [1, 2]}}]}}"


def _field():
    yield "field_devices:"
    for host in HOSTS.values():
        what = "kind: cctv, service: cctv" if host.is_camera else "kind: sign, service: signs"
        checks = f"[ping, tcp/{RTSP}, rtsp]" if host.is_camera else "[ping]"
        where = f"site: site-{host.switch}, port: {host.switch} {host.port}"
        yield f'  {host.id}: {{{what}, {where}, address: {host.address}, mac: "{host.mac}", checks: {checks}}}'

"""How much one core of the simulator answers: values per second of its CPU, for GETs of a poller's usual sizes."""

import socket
import time

from netwatch.snmp.template import Kind, Template
from tests.bench.harness import Agents, arguments, cpu_s, simulated_agents, stay_on_core, table
from tests.bench.pipeline import CREDENTIALS, OIDS

IN_FLIGHT = 100


def ask(agents: Agents, *, values_per_pdu: int, seconds: float) -> tuple[float, float]:
    """Values and datagrams answered per second of wall clock, with as many under way as keep the simulator busy."""
    runs = [OIDS[at : at + values_per_pdu] for at in range(0, len(OIDS), values_per_pdu)]
    datagrams = [
        (Template(tuple(run), (Kind.NUMBER,) * len(run)).encode(CREDENTIALS, bytes([0x10, 0, 0, at])), len(run))
        for at, run in enumerate(runs)
    ]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        udp.settimeout(5)
        under_way = values = answers = 0
        begun_s = time.monotonic()
        while time.monotonic() < begun_s + seconds:
            for address in agents.addresses:
                for datagram, count in datagrams:
                    udp.sendto(datagram, (address, agents.snmp_port))
                    under_way += 1
                    values += count
                    answers += 1
                while under_way > IN_FLIGHT:
                    udp.recv(65535)
                    under_way -= 1
        for _ in range(under_way):
            udp.recv(65535)
        passed_s = time.monotonic() - begun_s
    return values / passed_s, answers / passed_s


def main() -> None:
    chosen = arguments(__doc__, devices=1000, seconds=4)
    stay_on_core()
    rows = []
    with simulated_agents(chosen.devices) as agents:
        for size in (50, 200):
            ask(agents, values_per_pdu=size, seconds=1)  # every request once: what it asks is remembered
            before_s, begun_s = cpu_s(agents.process.pid), time.monotonic()
            values, answers = ask(agents, values_per_pdu=size, seconds=chosen.seconds)
            share = (cpu_s(agents.process.pid) - before_s) / (time.monotonic() - begun_s)
            rows.append((f"GETs of {size} values", values / share, answers / share))
    title = f"The simulator on one core, {chosen.devices} switches, per CPU-second"
    table(title, ("", "values", "replies"), rows)


if __name__ == "__main__":
    main()

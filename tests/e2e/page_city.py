"""A simulated city whose operator's page is open: the network, the daemon, and a password for kim."""

import contextlib
import tempfile
from pathlib import Path
from types import SimpleNamespace

from netwatch.expose.control_client import request
from netwatch.simulate.city_text import SECRET_FILE, inventory_files
from netwatch.simulate.server import Ports, simulate_city
from tests.e2e.network import COMMUNITY, Network
from tests.e2e.process import Daemon
from tests.ports import free_tcp_port
from tests.web import basic, hashed, users


@contextlib.contextmanager
def watched(built, *, brisk=True, ready_s=90):
    """`network` and `daemon` of the generated city, which is ready."""
    ports = Ports(snmp=0, echo=0, tcp=free_tcp_port())
    network = Network(lambda: simulate_city(built, ports=ports, community=COMMUNITY.encode()))
    try:
        with tempfile.TemporaryDirectory(prefix="nw-") as name:
            folder = Path(name)
            served = Ports(snmp=network.snmp_port, echo=network.echo_port, tcp=ports.tcp)
            inventory = _write(built, served, folder, brisk=brisk)
            web = folder / "web.yaml"
            web.write_text(users(kim=hashed()))
            listen = f"127.0.0.1:{free_tcp_port()}"  # still free after a restart
            with Daemon(inventory, folder / "state", listen=listen, more=["--web-config", web]) as daemon:
                daemon.headers = basic("kim")
                yield SimpleNamespace(network=network, daemon=daemon.ready(ready_s))
    finally:
        network.close()


def _write(built, served, folder, *, brisk):
    for name, text in inventory_files(built, ports=served, community=COMMUNITY, brisk=brisk).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / SECRET_FILE).chmod(0o600)
    return folder / "inventory.yaml"


def faults(city):
    """Those that are open, as the control socket tells them."""
    return request(city.daemon.state / "control.sock", "GET", "/fault").body["faults"]


def log_of(city, fault):
    """What was done about one."""
    return request(city.daemon.state / "control.sock", "POST", "/fault/show", body={"id": fault}).body["log"]

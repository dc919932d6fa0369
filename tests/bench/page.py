"""A /metrics page of 364,000 samples over HTTP: CPU of the serving process, against prometheus_client on the same."""

import asyncio
import subprocess
import sys
import time
from array import array
from collections.abc import Iterable

import uvloop
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from netwatch.core.device.record import InterfaceTraffic
from netwatch.expose.fragments import DeviceFragments, DeviceView
from netwatch.expose.http import Front, HttpServer
from netwatch.expose.pages import Pages
from netwatch.expose.selection import EVERYTHING
from netwatch.expose.summary import Summary
from netwatch.expose.totals import TRAFFIC_FAMILIES
from tests.bench.harness import arguments, cores, note, on_core, stay_on_core, table
from tests.unit.expose.city import SITE, STAMP_MS, make_device, make_state, telling

PORTS = tuple(f"Gi1/0/{number}" for number in range(1, 29))
FAMILIES = (*TRAFFIC_FAMILIES, "netwatch_interface_up")  # 13 samples a port
TIMES = 5
CLIENT = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as server:
    server.sendall(b"GET /metrics HTTP/1.1\\r\\nHost: bench\\r\\nConnection: close\\r\\n\\r\\n")
    size = 0
    while piece := server.recv(1 << 20):
        size += len(piece)
print(size)
"""


class Same:
    """The page's own samples, as a collector of prometheus_client."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def fragments(device: int) -> DeviceFragments:
    """What one device of 28 ports contributes: counters unlike the others', packed as a fold leaves them."""

    def give_up(error: Exception) -> None:
        raise error

    counters = make_state(PORTS).traffic.totals
    totals = {
        column: array("Q", [(total or 0) * 977 + device * 10_007 for total in cells])
        for column, cells in counters.items()
    }
    traffic = InterfaceTraffic(totals=totals, stamp_ms=[STAMP_MS + device] * len(PORTS))
    rendered = DeviceView(make_device(f"acc-{device:05d}"), SITE).render(make_state(PORTS, traffic=traffic), give_up)
    return telling({family: rendered[family] for family in FAMILIES})


async def serve_page(pages: Pages) -> tuple[float, float, int]:
    """CPU seconds of a page (the best of a few), the worst lateness of the loop meanwhile, and the page's octets."""
    told = Summary(city="bench", version="0")
    server = HttpServer(Front(pages=pages, summary=lambda: told, complaint=str, on_cut=lambda _cut: None))
    await server.start("127.0.0.1", 0)
    spent, worst_s, size = [], 0.0, 0
    loop = asyncio.get_running_loop()

    async def watch() -> None:
        nonlocal worst_s
        while True:
            due_s = loop.time() + 0.001
            await asyncio.sleep(0.001)
            worst_s = max(worst_s, loop.time() - due_s)

    for attempt in range(TIMES + 1):
        watcher = loop.create_task(watch()) if attempt == TIMES else None
        client = await asyncio.create_subprocess_exec(
            *on_core(cores()[1], [sys.executable, "-c", CLIENT, str(server.addresses[0][1])]), stdout=subprocess.PIPE
        )
        begun_s = time.process_time()
        said, _ = await client.communicate()
        if watcher is None:
            spent.append(time.process_time() - begun_s)
        else:
            watcher.cancel()
        size = int(said)
    await server.stop()
    return min(spent), worst_s, size


def main() -> None:
    chosen = arguments(__doc__, devices=1000)
    stay_on_core()
    pages = Pages(own=CollectorRegistry())
    for device in range(chosen.devices):
        pages.publish_device(f"acc-{device:05d}", site=SITE.id, fragments=fragments(device))
    ours_s, worst_s, size = uvloop.run(serve_page(pages))
    text = b"".join(pages.stream(EVERYTHING)).decode()
    samples = sum(not line.startswith("#") for line in text.splitlines())
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Same(text_string_to_metric_families(text)))
    begun_s = time.process_time()
    generate_latest(registry)
    theirs_s = time.process_time() - begun_s
    rows = [
        ("netwatch, over HTTP", f"{ours_s:.3f}", ""),
        ("prometheus_client.generate_latest, no HTTP", f"{theirs_s:.3f}", f"{theirs_s / ours_s:.0f}"),
    ]
    title = f"A page of {samples:,} samples and {size / 1e6:.0f} MB, CPU seconds"
    table(title, ("", "CPU s", "netwatch is x times faster"), rows)
    note(f"the event loop was at most {worst_s * 1e3:.1f} ms late while the page went out")


if __name__ == "__main__":
    main()

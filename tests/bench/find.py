"""`netwatch find` among 10,000 switches and 50,000 field devices: what each question costs, and making the catalogue.

`python -m tests.bench.find [SWITCHES]`. Lag is how late a task of the event loop gets its turn meanwhile; on a machine
that does other work, as much of it is theirs.
"""

import asyncio
import gc
import sys
import tempfile
import time
from pathlib import Path

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState
from netwatch.daemon import SWITCH_S
from netwatch.expose.control_find import Finder
from netwatch.inventory import load
from netwatch.simulate.city_text import inventory_files
from netwatch.simulate.growth import generate
from tests.contract.known import Known

PORTS = InterfaceMap(
    names=tuple(f"Gi1/0/{number}" for number in range(28)),
    indexes=tuple(map(str, range(28))),
    descriptions=("",) * 28,
    aliases=tuple(f"방범 카메라 {number}" for number in range(28)),
)
QUESTIONS = (
    *("cam-04123", "cam 4123", "cma-04123", "옥정동 4번", "ㅇㅈㄷ", "옥정도 함체", "hanbit", "c", "cctv"),
    *("127.16.0.0/16", "127.16.4.9", "00:40:8c", "02:00:00:00:00:01", "acc-0017 1/1", "c-0017 core 1", "zzzzzzzz"),
)


def known_city(switches):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in inventory_files(generate(switches=switches, cameras_per_switch=5.2)).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
        inventory = load(Path(folder) / "inventory.yaml", environ={}, credentials_dir=None)
    known = Known(states={name: DeviceState(interfaces=PORTS) for name in inventory.devices})
    known.city.use(inventory, known.states)
    return known, inventory


async def measure(switches):
    known, inventory = known_city(switches)
    print(f"{len(inventory.devices)} devices, {len(inventory.field_devices)} field devices")
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_S)
    late_s = []
    watching = asyncio.create_task(watch(late_s))
    finder = Finder(known)
    for text in ("(making the catalogue)", *QUESTIONS):
        late_s.clear()
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        answer = await finder.find(text)
        cpu_ms, wall_ms = 1e3 * (time.process_time() - cpu_s), 1e3 * (time.perf_counter() - wall_s)
        lag_ms = 1e3 * max(late_s, default=0.0)
        print(f"{text:24} {answer['total']:6} hits  {cpu_ms:6.0f} ms CPU  {wall_ms:6.0f} ms  lag {lag_ms:5.1f} ms")
    watching.cancel()


async def watch(late_s):
    while True:
        due_s = time.perf_counter() + 0.001
        await asyncio.sleep(0.001)
        late_s.append(time.perf_counter() - due_s)


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))

"""A small town around a real engine: real pages, real store, and hints that are written down instead of followed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import apsw
from prometheus_client import CollectorRegistry

from netwatch.audit.committer import Committer, Patience
from netwatch.audit.store import Store
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.model import Check, Device, FieldDevice, Inventory, Lane, PortRef, Settings, Site, Vantage
from netwatch.core.observation import CheckObservation, SnmpObservation
from netwatch.engine import Engine
from netwatch.expose.pages import Pages
from netwatch.expose.selection import EVERYTHING
from tests.unit.core.polled import SITE, WALL_S, Switch, make_device
from tests.unit.expose.reading import samples_of

CANARY = "10.20.0.254"
FAR_SITE = Site(id="city-hall", name="시청")


def inventory(*devices: Device, cameras: tuple[FieldDevice, ...] = (), **changes: object) -> Inventory:
    told = {
        "city": "Yangju",
        "timezone": "Asia/Seoul",
        "charset": "cp949",
        "fingerprint": "",
        "files": (),
        "settings": Settings(),
        "sites": {SITE.id: SITE, FAR_SITE.id: FAR_SITE},
        "devices": {one.id: one for one in devices},
        "field_devices": {one.id: one for one in cameras},
    }
    return Inventory(**{**told, **changes})


def town(*names: str, **changes: object) -> Inventory:
    return inventory(*(make_device(name, address=f"10.20.1.{turn}") for turn, name in enumerate(names)), **changes)


def camera(name: str = "cam-1", **changes: object) -> FieldDevice:
    port = PortRef(device="acc-1", interface="Gi1/0/1")
    told = {
        "id": name,
        "kind": "cctv",
        "site": SITE.id,
        "port": port,
        "address": "10.30.4.12",
        "checks": (Check(kind="tcp", port=554),),
    }
    return FieldDevice(**{**told, **changes})


WITH_CANARY = Vantage(canaries=(CANARY,))


@dataclass
class Hints:
    """Everything the engine asked of `collect`."""

    echoes: list[tuple[str, float, int]] = field(default_factory=list)
    looks: list[tuple[str, Lane]] = field(default_factory=list)
    rows: dict[str, InterfaceMap] = field(default_factory=dict)

    def echo_again(self, subject: str, *, in_s: float, attempt: int) -> None:
        self.echoes.append((subject, in_s, attempt))

    def look_now(self, device: str, lane: Lane) -> None:
        self.looks.append((device, lane))

    def use_rows(self, device: str, interfaces: InterfaceMap) -> None:
        self.rows[device] = interfaces

    def pace_s(self, _device: str) -> Mapping[Lane, float]:
        return {}


class Town:
    """An engine over a state directory. `at(now_s, ...)` offers observations and ticks."""

    def __init__(
        self,
        directory: Path,
        city: Inventory,
        *,
        patience: Patience | None = None,
        pages: Pages | None = None,
        cpu_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.directory = directory
        self.store = Store.open(directory)
        self.pages = pages or Pages(own=CollectorRegistry())
        self.hints = Hints()
        self.committer = Committer(self.store, patience=patience or Patience(commit_s=10.0))
        self.engine = Engine(pages=self.pages, committer=self.committer, hints=self.hints, cpu_s=cpu_s)
        self.engine.use(city)
        self.switches = {name: Switch() for name in city.devices}

    async def at(self, now_s: float, *observations, wall_s: float = WALL_S) -> None:
        for observation in observations:
            self.engine.offer(observation)
        await self.engine.tick(now_s, now_s + wall_s)

    async def discovered(self, at_s: float, *names: str) -> None:
        """The devices with their rows, states and counters known."""
        for name in names:
            await self.at(at_s, self.polled(name, Lane.DISCOVERY, at_s))
            await self.at(at_s + 0.2, self.polled(name, Lane.STATUS, at_s + 0.1))
            await self.at(at_s + 0.4, self.polled(name, Lane.TRAFFIC, at_s + 0.3))

    def polled(self, name: str, lane: Lane, at_s: float) -> SnmpObservation:
        switch = self.switches[name]
        epoch = self.engine.states[name].interfaces.epoch
        polls = {Lane.STATUS: switch.status, Lane.TRAFFIC: switch.traffic}
        seen = polls[lane](at_s, epoch) if lane in polls else switch.discovery(at_s)
        return replace(seen, device=name)

    def page(self) -> bytes:
        return b"".join(self.pages.stream(EVERYTHING))

    def told(self, name: str, **labels: str) -> list[float]:
        """The values on the page of every series of this name that has these labels."""
        return [
            sample.value
            for sample in samples_of(self.page())
            if sample.name == name and labels.items() <= sample.labels.items()
        ]

    def verdict(self, device: str) -> str:
        (state,) = (
            sample.labels["state"]
            for sample in samples_of(self.page())
            if sample.name == "netwatch_device_state" and sample.labels["device"] == device and sample.value
        )
        return state

    def recorded(self, kind: str | None = None) -> list[tuple[str, str, dict]]:
        """(kind, subject, detail) of what the ledger has."""
        return [row for row in recorded(self.directory) if kind in (None, row[0])]


def recorded(directory: Path) -> list[tuple[str, str, dict]]:
    connection = apsw.Connection(str(directory / "netwatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
    rows = connection.execute("SELECT kind, subject, detail FROM event ORDER BY seq").fetchall()
    connection.close()
    return [(kind, subject, json.loads(detail)) for kind, subject, detail in rows]


def checked(at_s: float, *, name: str = "cam-1", ok: bool = True) -> CheckObservation:
    return CheckObservation(
        subject=f"field_device:{name}", check="tcp/554", at_s=at_s, wall_s=WALL_S, duration_s=0.02 if ok else None
    )

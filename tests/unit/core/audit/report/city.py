"""A small city, as the ledger keeps inventories and rows: two switches in a ring, four cameras, two services."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from netwatch.core.audit.ledger_row import Entry, EntryType, canonical, encode

T0 = 1_790_000_000
FINGERPRINT = "f" * 64

PACES = {"ping": 5.0, "status": 10.0, "traffic": 30.0, "health": 60.0, "discovery": 900.0}
CAMERAS = {  # id -> switch, site, service
    "cam-1": ("sw-1", "hall", "cctv"),
    "cam-2": ("sw-2", "park", "cctv"),
    "cam-3": ("sw-2", "park", "cctv"),
    "sig-1": ("sw-2", "park", "its"),
}
SITES = {"hall": "중앙동", "park": "옥정동"}
SWITCHES = {"sw-1": "hall", "sw-2": "park"}
LINKS = {"link-1": ("sw-1 Te1", "sw-2 Te1"), "link-2": ("sw-1 Te2", "sw-2 Te2")}
TARGETS = {"cctv": 0.999, "its": None}


def document(**changed: Any) -> dict[str, Any]:
    """The whole inventory; `changed` replaces tables."""
    return {
        "city": "양주",
        "timezone": "Asia/Seoul",
        "charset": "cp949",
        "settings": {
            "field_ping_every_s": 30.0,
            "field_tcp_every_s": 300.0,
            "field_rtsp_every_s": 300.0,
            "field_onvif_every_s": 300.0,
            "ping_timeout_s": 1.0,
        },
        "vantage": {"attached_to": ["sw-1"], "canaries": []},
        "sites": {
            name: {"id": name, "name": f"{name}동", "district": district, "location": [37.7, 127.0], "extra": {}}
            for name, district in SITES.items()
        },
        "devices": {
            name: {
                "id": name,
                "site": site,
                "address": f"10.20.0.{name[-1]}",
                "name": "",
                "role": "access",
                "profile": "auto",
                "every_s": PACES,
                "contractor": None,
                "extra": {"institution": "시청", "registration": "2020-1"} if name == "sw-1" else {},
            }
            for name, site in SWITCHES.items()
        },
        "cables": {
            "c-1": _cable("c-1", cores=72, length_m=3200.0, extra={"registration": "2020-1"}),
            "c-2": _cable("c-2", cores=24, length_m=800.0, extra={}),
        },
        "links": {
            name: {
                "id": name,
                "a": a,
                "b": b,
                "medium": "fibre",
                "capacity_bps": 10**9,
                "ring": "ring-a",
                "fibre": [{"cable": f"c-{name[-1]}", "cores": [1, 2]}],
                "members": [],
                "backup": False,
                "over": None,
                "extra": {},
            }
            for name, (a, b) in LINKS.items()
        },
        "rings": {"ring-a": {"id": "ring-a", "protocol": "erps", "parent": None, "name": "", "extra": {}}},
        "field_devices": {name: _camera(name, *place) for name, place in CAMERAS.items()},
        "services": {
            name: {"id": name, "name": name, "target": target, "anchors": [], "up_means": "rtsp", "extra": {}}
            for name, target in TARGETS.items()
        },
        "contractors": {
            "hanbit": {"id": "hanbit", "name": "x" * 16, "phone": "x" * 16, "skills": ["fibre"], "extra": "x" * 16}
        },
        **changed,
    }


def _cable(name: str, **told: Any) -> dict[str, Any]:
    return {"id": name, "duct": None, "contractor": "hanbit", **told}


def _camera(name: str, switch: str, site: str, service: str) -> dict[str, Any]:
    return {
        "id": name,
        "kind": "cctv",
        "site": site,
        "service": service,
        "port": f"{switch} Gi{name[-1]}",
        "address": f"10.30.0.{name[-1]}",
        "mac": f"00:40:8c:00:00:0{name[-1]}",
        "checks": [{"kind": "ping", "port": 0}, {"kind": "rtsp", "port": 0}],
        "shared": False,
        "contractor": None,
        "name": "",
        "extra": {},
    }


def digest(inventory: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(inventory).encode()).hexdigest()


@dataclass
class Ledger:
    """Rows as the daemon would have written them. Times are seconds after T0."""

    rows: list[bytes] = field(default_factory=list)

    def add(self, kind: str, subject: str, at: float, detail: Mapping[str, Any], *, recorded: float) -> None:
        """`kind` with the type of the row before it: `state device.state`."""
        type_, _, kind = kind.partition(" ")
        entry = Entry(EntryType(type_), kind, subject, T0 + at, canonical(detail))
        self.rows.append(encode(entry, len(self.rows) + 1, T0 + recorded).encode())

    def state(self, subject: str, at: float, state: Any, recorded: float | None = None) -> None:
        kind = f"state {subject.partition(':')[0]}.state"
        self.add(kind, subject, at, {"state": state}, recorded=at if recorded is None else recorded)

    def unknown(self, subject: str, at: float) -> None:
        detail = {"from": "up", "to": "unknown", "why": "its agent does not answer"}
        self.add(f"event {subject.partition(':')[0]}.state", subject, at, detail, recorded=at)

    def inventory(self, at: float, inventory: Mapping[str, Any], changes: Iterable[str] = ()) -> None:
        detail = {
            "fingerprint": FINGERPRINT,
            "document_sha256": digest(inventory),
            "counts": {},
            "changes": list(changes),
            "first": not changes,
        }
        self.add("inventory inventory.fingerprint", "daemon:", at, detail, recorded=at)

    def gap(self, begin: float, end: float | None, cause: str = "monitor_down") -> None:
        until = None if end is None else T0 + end
        told = {"cause": cause, "from": T0 + begin, "until": until}
        self.add("gap watching", "daemon:", begin, told, recorded=begin if end is None else end)

    def beat(self, at: float) -> None:
        self.add("heartbeat watching", "daemon:", at, {"from": T0, "until": T0 + at}, recorded=at)

    def window(self, identity: str, subject: str, begin: float, end: float, **more: Any) -> None:
        declared = more.pop("declared", begin - 90_000)
        ended = more.pop("ended", None)
        detail = {
            "id": identity,
            "origin": "command",
            "declared": T0 + declared,
            "declared_before": declared < begin,
            "from": T0 + begin,
            "until": T0 + end,
            "reason": "증설",
            "by": "kim",
            "approved_by": "lee",
            "user": "operator",
            "ended": None if ended is None else T0 + ended,
            "ended_by": "",
            **more,
        }
        recorded = declared if ended is None else ended
        self.add("maintenance maintenance.window", subject, begin, detail, recorded=recorded)

    def fault(self, identity: str, since: float, cleared: float | None, **more: Any) -> None:
        told = {
            "kind": "device_power",
            "subject": "device:sw-2",
            "cause_since": T0 + since,
            "severity": "critical",
            "affected": [["cctv", "옥정동", 2]],
            "crew": "electrician",
            "contractor": "hanbit",
            "place": "옥정동",
            "cleared": None if cleared is None else T0 + cleared,
            "left": {},
            "settled": False,
            "links": [],
            "stopped": [],
            "devices": [],
            "field_devices": [],
            "weakened": [],
            "ambiguous_with": [],
            "evidence": [],
            "contributing": [],
            **more,
        }
        recorded = since if cleared is None else cleared
        self.add("state fault", f"fault:{identity}", since, {"state": told}, recorded=recorded)

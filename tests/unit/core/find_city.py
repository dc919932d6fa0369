"""A city with everything that people look for: numbers, names in two languages, ports, cores, contractors."""

import tempfile
from functools import cache
from pathlib import Path

from netwatch.core.search.question import Catalogue, Search
from netwatch.core.search.seen import Sayings
from netwatch.core.topology.graph import Topology
from netwatch.inventory import load

INVENTORY = """\
city: Yangju
timezone: Asia/Seoul
vantage: {attached_to: [core-1]}
sites:
  city-hall: {name: 시청 관제센터, district: 중앙동}
  okjeong-1: {name: 옥정사거리, district: 옥정동, location: [37.8213, 127.0925]}
  okjeong-2: {name: 옥정 근린공원, district: 옥정동}
  deokgye-3: {name: 덕계역, district: 덕계동}
contractors:
  hanbit: {name: 한빛통신, phone: 031-000-0000, skills: [fibre]}
  saebyeok: {name: 새벽전기, phone: 031-000-0001}
services:
  cctv: {name: 방범 CCTV, anchors: [core-1]}
devices:
  core-1: {site: city-hall, role: core, address: 10.20.0.1}
  acc-1: {site: okjeong-1, role: access, address: 10.20.1.1, name: 옥정 접속 1, asset_no: A-0017, contractor: saebyeok}
  acc-2: {site: okjeong-2, role: access, address: "2001:db8::2"}
  acc-17: {site: deokgye-3, role: access, address: sw17.city.example}
cables:
  c-1: {cores: 72, duct: d-1, contractor: hanbit}
  c-2: {cores: 24, duct: d-1, contractor: hanbit}
  c-017: {cores: 12, contractor: hanbit}
rings:
  ring-a: {protocol: erps, name: 옥정 링}
links:
  ring-a-1: {a: core-1 Te1, b: acc-1 Gi1, ring: ring-a, fibre: [{cable: c-1, cores: [1, 2]}]}
  ring-a-2: {a: acc-1 Gi2, b: acc-2 Gi1, ring: ring-a, fibre: [{cable: c-2, cores: [1, 2]}]}
  ring-a-3: {a: acc-2 Gi2, b: core-1 Te2, ring: ring-a, fibre: [{cable: c-1, cores: [5, 6]}]}
  chain-1: {a: acc-2 GigabitEthernet1/0/3, b: acc-17 Gi1, fibre: [{cable: c-017, cores: [3]}]}
  spare: {a: acc-17 Lte0, b: core-1 Lte0, over: oob}
field_devices:
  cam-0012: {kind: cctv, service: cctv, site: okjeong-1, port: acc-1 Gi9, address: 10.30.1.12,
    mac: "00:40:8c:11:22:33", name: 옥정사거리 방범 12, asset_no: B2026-0412, serial: AXC8E-7731, note: 폴 교체 예정}
  cam-0013: {kind: cctv, service: cctv, site: okjeong-2, port: acc-2 Gi9, address: 10.30.1.13,
    mac: "00:40:8c:11:22:44", name: 근린공원 입구, contractor: saebyeok}
  cam-0120: {kind: cctv, service: cctv, site: deokgye-3, port: acc-17 Gi1/0/3, address: 10.30.2.120,
    mac: "e0:00:00:aa:bb:cc", name: 덕계역 광장}
  vms-1: {kind: vms, site: deokgye-3, port: acc-17 Gi1/0/4, address: 10.30.2.9}
"""


@cache
def inventory():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inventory.yaml"
        path.write_text(INVENTORY, encoding="utf-8")
        return load(path, environ={}, credentials_dir=None)


@cache
def catalogue():
    return Catalogue.of(Topology(inventory()))


def find(text, *, states=None, limit=10):
    """The hits of one question."""
    sayings = Sayings()
    sayings.look(states or {})
    return Search(catalogue(), states or {}, sayings).find(text, limit).hits


def first(text, **seen):
    """The subject of the likeliest hit; None where nothing fits."""
    hits = find(text, **seen)
    return hits[0].subject if hits else None

"""An inventory on disk: a ring of three switches, a chain behind it, cameras, and two crews to send."""

INVENTORY = """\
city: Yangju
timezone: Asia/Seoul
vantage: {attached_to: [core-1], canaries: [10.20.0.254]}
sites:
  city-hall: {name: 시청, district: 중앙동}
  okjeong-1: {name: 옥정 1, district: 옥정동}
  okjeong-2: {name: 옥정 2, district: 옥정동}
  okjeong-3: {name: 옥정 3, district: 옥정동}
contractors:
  hanbit: {name: 한빛통신, phone: 031-000-0000}
  saebyeok: {name: 새벽전기}
services:
  cctv: {name: 방범 CCTV, anchors: [core-1]}
  its: {name: 교통정보, anchors: [core-1]}
devices:
  core-1: {site: city-hall, role: core, address: 10.20.0.1}
  acc-1: {site: okjeong-1, role: access, address: 10.20.1.1}
  acc-2: {site: okjeong-2, role: access, address: 10.20.1.2}
  acc-3: {site: okjeong-3, role: access, address: 10.20.1.3, contractor: saebyeok}
cables:
  c-1: {duct: d-1, contractor: hanbit}
  c-2: {duct: d-2, contractor: hanbit}
  c-3: {duct: d-1, contractor: hanbit}
  c-4: {duct: d-4, contractor: hanbit}
rings:
  ring-a: {protocol: erps}
links:
  ring-a-1: {a: core-1 Te1, b: acc-1 Gi1, ring: ring-a, fibre: [{cable: c-1}]}
  ring-a-2: {a: acc-1 Gi2, b: acc-2 Gi1, ring: ring-a, fibre: [{cable: c-2}]}
  ring-a-3: {a: acc-2 Gi2, b: core-1 Te2, ring: ring-a, fibre: [{cable: c-3}]}
  chain-1: {a: acc-2 Gi3, b: acc-3 Gi1, fibre: [{cable: c-4}]}
field_devices:
  cam-1: {kind: cctv, service: cctv, site: okjeong-1, port: acc-1 Gi9, address: 10.30.1.1, checks: [ping]}
  cam-2: {kind: cctv, service: cctv, site: okjeong-2, port: acc-2 Gi9, address: 10.30.1.2, checks: [ping]}
  cam-3: {kind: cctv, service: cctv, site: okjeong-3, port: acc-3 Gi9, address: 10.30.1.3, checks: [ping]}
  cam-4: {kind: cctv, service: cctv, site: okjeong-3, port: acc-3 Gi10, address: 10.30.1.4, checks: [ping]}
  sign-1: {kind: vms, service: its, site: okjeong-3, port: acc-3 Gi11, address: 10.30.1.5, checks: [ping]}
  odd-1: {kind: sensor, site: city-hall, port: core-1 Gi30, address: 10.30.1.6, checks: [ping]}
"""


def write_city(folder):
    """The path of the inventory."""
    path = folder / "inventory.yaml"
    path.write_text(INVENTORY, encoding="utf-8")
    return path

"""Small sheets for tests, and what becomes of them."""

import io

import openpyxl

from netwatch.inventory.importing.doubt import Why
from netwatch.inventory.importing.planning import Asked, plan, read_grids
from netwatch.inventory.importing.world import Known, World

CITY = World(
    records={
        "devices": {
            "acc-17": Known(
                place="inventory.yaml:9", texts={"site": "hall", "name": "옥정동 현장", "asset_no": "A-17"}
            ),
            "acc-18": Known(place="inventory.yaml:10", texts={"site": "hall", "address": "10.20.0.18"}),
        },
        "field_devices": {
            "old-1": Known(
                place="inventory.yaml:20",
                texts={"kind": "cctv", "device": "acc-18", "interface": "1/8", "mac": "00:40:8c:00:00:99"},
            )
        },
        "sites": {
            "hall": Known(place="inventory.yaml:5", texts={"name": "시청", "latitude": "37.7", "longitude": "127"})
        },
    },
    is_there=True,
)
HEADER = ("관리번호", "스위치명", "포트", "MAC")


def xlsx(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def planned(content, name="cams.csv", *, world=CITY, accept=(), **asked):
    """A CSV as text, or the bytes of any file -> the plan."""
    content = content.encode() if isinstance(content, str) else content
    settled = Asked(**{"values": {"kind": "cctv"}, "accept": frozenset(map(Why, accept)), **asked})
    return plan(read_grids(content, name, charset="cp949"), settled, world)


def doubts(found):
    """place and kind of each."""
    return [(doubt.place, doubt.why.value) for doubt in found.doubts]

"""The forms in which spreadsheets and other systems save the same list."""

import codecs
import datetime as dt
import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.inventory.importing import workbook
from netwatch.inventory.importing.grid import ImportRefused, Stored
from netwatch.inventory.importing.planning import Asked, plan, read_grids
from netwatch.inventory.importing.world import World
from tests.unit.inventory.importing.sheets import planned, xlsx

TABLE = "관리번호,카메라명,스위치명,포트\ncam-1,옥정 사거리,acc-17,1/1\n"
TABBED, PARTED = TABLE.replace(",", "\t"), TABLE.replace(",", ";")
CAMERA = {"cam-1": {"kind": "cctv", "name": "옥정 사거리", "device": "acc-17", "interface": "1/1"}}


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        codecs.BOM_UTF8 + TABLE.encode(),
        TABLE.replace("\n", "\r\n").encode("cp949"),
        PARTED.encode("cp949"),
        codecs.BOM_UTF16_LE + TABBED.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TABBED.encode("utf-16-be"),
        TABBED.encode("utf-16-le"),
        ("양주시 CCTV 현황\n2026-11-22\n" + TABLE).encode("cp949"),
        ("양주시, 방범 CCTV\n" + PARTED).encode(),
        xlsx(*(line.split(",") for line in TABLE.splitlines())),
    ],
)
def test_every_form_in_which_a_spreadsheet_saves_a_table_gives_the_same(content):
    assert planned(content).records == {"field_devices": CAMERA}


def test_the_place_of_a_row_is_where_it_stands_in_its_file():
    rows = TABLE + 'cam-2,"두 줄\n이름",acc-17,1/2\ncam-3,x,acc-99,1/3\n'
    assert [doubt.place for doubt in planned(rows).doubts] == ["cams.csv:5"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0 old", "save it as .xlsx"),
        (b"PK\x03\x04 no zip", "cannot be read as an Excel workbook"),
        (b'id,name\n"a', "cams.csv:2 is not valid CSV"),
        ("관리번호,카메라명".encode("euc-kr") + b"\n\xff\xff", "cams.csv:2 is neither UTF-8 nor cp949"),
        (b"\r\n", "^cams.csv is empty$"),
        (b"a,b\n1,2\n", "no column title of cams.csv is known"),
        (b"{broken", "is not valid JSON"),
        (b'{"status": "ok"}', "no list of devices that is known"),
        (b"<html/>", "no export of Zabbix"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><zabbix_export/>', "declares entities"),
        (b"zabbix_export: &a {hosts: *a}", "anchor"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(content, said):
    with pytest.raises(ImportRefused, match=said):
        planned(content)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 1000)
    with pytest.raises(ImportRefused, match="unpacks to more than is read"):
        planned(xlsx(["관리번호", "포트"]))


def test_a_hidden_sheet_is_not_read_and_one_of_nothing_known_is_named():
    book = openpyxl.Workbook()
    for row in TABLE.splitlines():
        book.active.append(row.split(","))
    book.create_sheet("표지").append(["CCTV 현황", "2026"])
    hidden = book.create_sheet("old")
    hidden.append(["관리번호", "스위치명"])
    hidden.append(["cam-9", "acc-17"])
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    found = planned(out.getvalue(), "cams.xlsx")
    assert (found.records, found.left_out) == ({"field_devices": CAMERA}, ("cams.xlsx!표지",))


def test_a_number_shown_with_leading_zeros_has_them_and_a_merged_cell_is_that_of_all_its_rows():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("관리번호", "스위치명", "포트"), (412, "acc-17", "1/1"), (413, None, "1/2")):
        sheet.append(row)
    for cell in ("A2", "A3"):
        sheet[cell].number_format = "00000"
    sheet.merge_cells("B2:B3")
    out = io.BytesIO()
    book.save(out)
    cameras = planned(out.getvalue()).records["field_devices"]
    assert {name: texts["device"] for name, texts in cameras.items()} == {"00412": "acc-17", "00413": "acc-17"}


def test_each_cell_is_known_by_how_the_file_keeps_it():
    (grid,) = read_grids(
        xlsx(("a", 1, 1.5, 1.2e17, dt.date(2026, 1, 3), dt.time(1, 30), True)), "x.xlsx", charset="cp949"
    )
    assert [(cell.text, cell.stored) for cell in grid.rows[0]] == [
        ("a", Stored.TEXT),
        ("1", Stored.NUMBER),
        ("1.5", Stored.NUMBER),
        ("1.2e+17", Stored.NUMBER),
        ("2026-01-03", Stored.DATE),
        ("01:30:00", Stored.TIME),
        ("true", Stored.TEXT),
    ]


def test_formulas_without_a_stored_result_are_told_of():
    content = xlsx(("관리번호", "스위치명", "포트"), ("cam-1", "acc-17", '="1/"&1'))
    assert "1 formulas have no result in the file" in planned(content).notes[0]


LIBRENMS = {
    "status": "ok",
    "devices": [
        {
            "hostname": "10.20.0.17",
            "sysName": "acc-17",
            "location": "옥정 사거리",
            "lat": 37.71,
            "lng": 127.01,
            "serial": "S17",
            "port": 161,
            "disabled": 0,
            "purpose": "field access",
            "community": "canary",
        },
        {"hostname": "acc-18.city.kr", "sysName": "", "location": "시청", "disabled": 1, "purpose": None},
    ],
}
ZABBIX_HOST = {
    "host": "acc-17",
    "name": "옥정동 현장",
    "interfaces": [
        {"type": "1", "main": "1", "useip": "1", "ip": "10.9.9.9", "dns": "", "port": "10050"},
        {"type": "2", "main": "1", "useip": "1", "ip": "10.20.0.17", "dns": "", "port": "1161"},
    ],
    "inventory": {"location": "옥정 사거리", "location_lat": "37.71", "location_lon": "127.01", "serialno_a": "S17"},
    "status": "0",
}
ZABBIX_YAML = """\
zabbix_export:
  version: '7.0'
  hosts:
    - host: acc-17
      name: '옥정동 현장'
      interfaces:
        - type: SNMP
          ip: 10.20.0.17
          port: '1161'
          details: {community: canary}
      inventory: {location: '옥정 사거리', location_lat: '37.71', location_lon: '127.01', serialno_a: S17}
"""
ZABBIX_XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<zabbix_export><version>6.0</version><hosts><host><host>acc-17</host><name>옥정동 현장</name>
<interfaces><interface><type>SNMP</type><ip>10.20.0.17</ip><port>1161</port>
<details><community>canary</community></details></interface></interfaces>
<inventory><location>옥정 사거리</location><location_lat>37.71</location_lat><location_lon>127.01</location_lon>
<serialno_a>S17</serialno_a></inventory></host></hosts></zabbix_export>
"""
NETBOX = {
    "count": 1,
    "next": None,
    "results": [
        {
            "name": "acc-17",
            "role": {"slug": "access-switch"},
            "site": {"name": "옥정 사거리", "slug": "okjeong"},
            "primary_ip": {"address": "10.20.0.17/24"},
            "latitude": 37.71,
            "longitude": 127.01,
            "serial": "S17",
            "asset_tag": None,
            "status": {"value": "active"},
            "device_type": {"model": "E4020"},
        }
    ],
}


def of_system(content, **asked):
    found = plan(read_grids(content, "export", charset="cp949"), Asked(**asked), World())
    assert "canary" not in repr(found)
    return found


@pytest.mark.parametrize(
    ("content", "more"),
    [
        (json.dumps(LIBRENMS), {"role": "access"}),
        (json.dumps({"result": [ZABBIX_HOST]}), {"name": "옥정동 현장", "snmp.port": "1161"}),
        (json.dumps({"zabbix_export": {"hosts": [ZABBIX_HOST]}}), {"name": "옥정동 현장", "snmp.port": "1161"}),
        (ZABBIX_YAML, {"name": "옥정동 현장", "snmp.port": "1161"}),
        (ZABBIX_XML, {"name": "옥정동 현장", "snmp.port": "1161"}),
        (json.dumps(NETBOX), {"role": "access"}),
        (json.dumps(NETBOX["results"]), {"role": "access"}),
    ],
)
def test_the_devices_of_another_system_come_with_their_places_and_without_their_credentials(content, more):
    found = of_system(content.encode())
    assert found.records["devices"] == {
        "acc-17": {"address": "10.20.0.17", "serial": "S17", "site": "옥정-사거리", **more}
    }
    assert found.records["sites"] == {
        "옥정-사거리": {"name": "옥정 사거리", "latitude": "37.71", "longitude": "127.01"}
    }


def test_what_the_other_system_does_not_watch_is_in_doubt():
    found = of_system(json.dumps(LIBRENMS).encode())
    assert [(doubt.place, doubt.why.value, doubt.id) for doubt in found.doubts] == [
        ("export:#2", "out-of-service", "acc-18.city.kr")
    ]
    accepted = of_system(json.dumps(LIBRENMS).encode(), accept=frozenset(doubt.why for doubt in found.doubts))
    assert accepted.records["devices"]["acc-18.city.kr"] == {"address": "acc-18.city.kr", "site": "시청"}


def test_a_role_that_is_none_of_ours_is_in_doubt():
    strange = json.loads(json.dumps(NETBOX))
    strange["results"][0]["role"]["slug"] = "camera"
    doubts = of_system(json.dumps(strange).encode()).doubts
    assert [(doubt.why.value, doubt.proposal) for doubt in doubts] == [("refused", "other")]


def test_a_csv_of_another_systems_devices_is_read_by_its_titles():
    content = "hostname,ip,location,Serial Number\nacc-17,10.20.0.17,옥정 사거리,S17\n"
    found = of_system(content.encode())
    assert found.records["devices"]["acc-17"] == {"address": "10.20.0.17", "serial": "S17", "site": "옥정-사거리"}


def test_merged_cells_without_end_do_not_keep_anybody_waiting(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_MERGED", 5)
    book = openpyxl.Workbook()
    for row in (("관리번호", "포트"), *((f"cam-{number}", "1/1") for number in range(9))):
        book.active.append(row)
    book.active.merge_cells("B2:B10")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(ImportRefused, match="more merged cells than"):
        planned(out.getvalue())


def test_an_archive_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x", "y")
    with pytest.raises(ImportRefused, match="cannot be read as an Excel workbook"):
        planned(out.getvalue())


def sentence(content):
    """What a file is refused with; None where it is read."""
    try:
        found = planned(content)
    except ImportRefused as refused:
        return str(refused)
    assert found.rows >= len({doubt.place for doubt in found.doubts})
    return None


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([b"", TABLE.encode(), TABBED.encode("utf-16-le"), ZABBIX_XML.encode(), ZABBIX_YAML.encode()]),
    st.binary(max_size=40),
    st.integers(0, 400),
)
def test_whatever_bytes_a_file_holds_it_is_read_or_refused(content, wild, at):
    assert sentence(content[:at] + wild + content[at:]) != ""


SHEET = xlsx(*(line.split(",") for line in TABLE.splitlines()))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SHEET) - 1), st.binary(min_size=1, max_size=8))
def test_a_workbook_that_was_damaged_on_its_way_is_read_or_refused(at, wild):
    assert "cams.csv" in (sentence(SHEET[:at] + wild + SHEET[at + len(wild) :]) or "cams.csv")

"""Districts in files of their own, and the lists a city already keeps in its spreadsheets."""

import codecs
import unicodedata

import pytest

from netwatch.core.errors import InventoryError
from netwatch.core.model import FibreRun, PortRef
from netwatch.inventory import load

HEAD = """\
city: Yangju
timezone: Asia/Seoul
charset: cp949
sites: {hall: {}}
devices: {sw-1: {site: hall, address: 10.0.0.1}}
"""
CAMERAS = HEAD + (
    "include: [{file: cameras/*.csv, as: field_devices, values: {kind: cctv},"
    " columns: {관리번호: id, 스위치명: device, 포트: interface, MAC주소: mac}}]\n"
)
CSV_TABLES = "contractors, services, sites, devices, cables, links, rings, field_devices, maintenance"
SHEET = "관리번호,스위치명,포트,MAC주소,설치년도\ncam-1,sw-1,Gi1/0/1,00-40-8C-11-22-33,2019\ncam-2,sw-1,Gi1/0/2,,\n"


def test_a_district_in_its_own_file_is_part_of_the_city(read):
    inventory = read(
        HEAD + "include: [districts/*.yaml]\n",
        files={
            "districts/a.yaml": "sites: {a: {district: 옥정동}}\n",
            "districts/b.yml": "sites: {never: {}}\n",
            "districts/c.yaml": "devices: {sw-2: {site: a, address: 10.0.0.2}}\n",
        },
    )
    assert set(inventory.sites) == {"hall", "a"}
    assert inventory.devices["sw-2"].site == "a"
    assert inventory.files == ("inventory.yaml", "districts/a.yaml", "districts/c.yaml")


def test_rows_of_a_sheet_are_cameras_on_ports(read):
    cameras = read(CAMERAS, files={"cameras/a.csv": SHEET}).field_devices
    assert cameras["cam-1"].port == PortRef(device="sw-1", interface="Gi1/0/1")
    assert cameras["cam-1"].mac == "00:40:8c:11:22:33"
    assert cameras["cam-1"].kind == "cctv"
    assert cameras["cam-1"].site == "hall", "taken from the switch, since the sheet names none"
    assert cameras["cam-2"].mac is None, "an empty cell is an absent value"


def test_a_column_nobody_mapped_is_kept_under_its_header(read):
    cameras = read(CAMERAS, files={"cameras/a.csv": SHEET}).field_devices
    assert cameras["cam-1"].extra == {"설치년도": "2019"}
    assert cameras["cam-2"].extra == {}


ENCODINGS = {
    "utf-8": SHEET.encode(),
    "utf-8 with BOM": codecs.BOM_UTF8 + SHEET.encode(),
    "utf-16 little endian": codecs.BOM_UTF16_LE + SHEET.encode("utf-16-le"),
    "utf-16 big endian": codecs.BOM_UTF16_BE + SHEET.encode("utf-16-be"),
    "cp949": SHEET.encode("cp949"),
    "semicolons": SHEET.replace(",", ";").encode(),
    "tabs": SHEET.replace(",", "\t").encode(),
    "line ends of Windows": SHEET.replace("\n", "\r\n").encode(),
    "blanks around headers and cells": SHEET.replace(",", " , ").encode(),
    "empty rows and trailing delimiters": SHEET.replace("\n", ",,\n,,\n").encode(),
    "jamo of a Mac": unicodedata.normalize("NFD", SHEET).encode(),
}


@pytest.mark.parametrize("content", ENCODINGS.values(), ids=ENCODINGS)
def test_however_a_spreadsheet_saves_it_the_rows_are_the_same(read, content):
    plain = read(CAMERAS, files={"cameras/a.csv": SHEET}).field_devices
    assert read(CAMERAS, files={"cameras/a.csv": content}).field_devices == plain


def test_a_named_charset_goes_before_utf_8(read):
    text = "id,name\nsite-1,Café\n"
    include = HEAD + "include: [{file: a.csv, as: sites, charset: latin-1}]\n"
    assert read(include, files={"a.csv": text.encode("latin-1")}).sites["site-1"].name == "Café"


def test_a_line_break_inside_quotes_stays_in_a_note_and_the_next_row_keeps_its_line(mistakes, read):
    sheet = 'id,name,note\ns-1,가,"첫 줄\n둘째 줄"\ns-2,나,\n'
    include = HEAD + "include: [{file: a.csv, as: sites}]\n"
    assert read(include, files={"a.csv": sheet}).sites["s-1"].extra["note"] == "첫 줄\n둘째 줄"
    broken = sheet + "s 3,다,\n"
    assert mistakes(include, files={"a.csv": broken}) == [
        "a.csv:5 sites.s 3: 's 3' is not an id; ids are letters, digits, '.', '_' and '-'"
    ]


def test_a_switch_list_may_hold_snmp_and_locations(read):
    text = HEAD + (
        "credentials: {field: {version: 1, community: {file: secrets/field}, insecure: true}}\n"
        "include: [{file: sw.csv, as: devices,"
        " columns: {IP: address, 국소: site, 커뮤니티: snmp.credential, 포트: snmp.port}},"
        " {file: sites.csv, as: sites, columns: {위도: latitude, 경도: longitude}}]\n"
    )
    inventory = read(
        text,
        files={
            "sw.csv": "id,IP,국소,커뮤니티,포트\nsw-9,10.0.0.9,s-1,field,1161\n",
            "sites.csv": "id,위도,경도\ns-1,37.5,127.0\n",
        },
    )
    assert inventory.devices["sw-9"].snmp.port == 1161
    assert inventory.devices["sw-9"].snmp.credential.id == "field"
    assert inventory.sites["s-1"].location == (37.5, 127.0)


def test_a_cell_may_list_several_checks(read):
    sheet = 'id,kind,site,address,checks\nc-1,cctv,hall,10.1.0.1,"ping, tcp/554 rtsp"\n'
    cameras = read(HEAD + "include: [{file: a.csv, as: field_devices}]\n", files={"a.csv": sheet}).field_devices
    assert [str(check) for check in cameras["c-1"].checks] == ["ping", "tcp/554", "rtsp"]


BROKEN = {
    "an_item_that_is_no_file_shifts_no_line": (
        "include:\n  - [a]\n  - b.yaml",
        {},
        [
            "inventory.yaml:7 include[1]: must be a table of keys and values",
            "inventory.yaml:8 include[2]: 'b.yaml' matches no file",
        ],
    ),
    "a_pattern_that_matches_nothing": (
        "include: [districts/*.yaml]",
        {},
        ["inventory.yaml:6 include[1]: 'districts/*.yaml' matches no file"],
    ),
    "the_inventory_itself": (
        "include:\n  - '*.yaml'",
        {},
        ["inventory.yaml:7 include[1]: the inventory includes itself"],
    ),
    "one_file_twice": (
        "include: [a.yaml, '?.yaml']",
        {"a.yaml": ""},
        ["inventory.yaml:6 include[2]: 'a.yaml' is already included by include[1]"],
    ),
    "an_include_in_an_included_file": (
        "include: [a.yaml]",
        {"a.yaml": "sites: {}\ninclude: [b.yaml]"},
        ["a.yaml:2 include: belongs in the inventory itself, not in a file it includes"],
    ),
    "defaults_in_an_included_file": (
        "include: [a.yaml]",
        {"a.yaml": "defaults: {ping: off}"},
        ["a.yaml:1 defaults: belongs in the inventory itself, not in a file it includes"],
    ),
    "one_id_in_two_files": (
        "include: [a.yaml]",
        {"a.yaml": "devices:\n  sw-1: {site: hall, address: 10.0.0.7}"},
        ["a.yaml:2 devices.sw-1: the id is already given in inventory.yaml:5"],
    ),
    "one_id_in_two_rows": (
        "include: [{file: a.csv, as: sites}]",
        {"a.csv": "id\ns-1\ns-1\n"},
        ["a.csv:3 sites.s-1: the id stands in this file twice, first in line 2"],
    ),
    "a_csv_file_without_the_table_it_fills": (
        "include: [cameras.csv]",
        {"cameras.csv": "id\n"},
        [f"inventory.yaml:6 include[1]: a CSV file needs `as:`, the table it fills: {CSV_TABLES}"],
    ),
    "credentials_in_a_spreadsheet": (
        "include: [{file: a.csv, as: credentials}]",
        {"a.csv": "id\n"},
        [f"inventory.yaml:6 include[1].as: 'credentials' is no table that a CSV file can fill; known are {CSV_TABLES}"],
    ),
    "columns_for_a_yaml_file": (
        "include: [{file: a.yaml, as: sites}]",
        {"a.yaml": ""},
        ["inventory.yaml:6 include[1]: `as`, `columns`, `values` and `charset` are for CSV files; this is YAML"],
    ),
    "a_column_mapped_to_no_key": (
        "include: [{file: a.csv, as: sites, columns: {이름: nmae}}]",
        {"a.csv": "id,이름\n"},
        ["inventory.yaml:6 include[1]: columns.이름: unknown key 'nmae'; did you mean 'name'?"],
    ),
    "a_column_that_the_file_does_not_have": (
        "include: [{file: a.csv, as: sites, columns: {관리번호: id}}]",
        {"a.csv": "관리 번호,이름\n1,가\n"},
        [
            "a.csv:1 sites: the file has no column '관리번호'; did you mean '관리 번호'?",
            "a.csv:1 sites: no column is the id; name it in `columns:`, as in {관리 번호: id}",
        ],
    ),
    "two_columns_for_one_key": (
        "include: [{file: a.csv, as: sites, columns: {이름: name}}]",
        {"a.csv": "id,이름,name\ns-1,a,b\n"},
        ["a.csv:1 sites: two columns are 'name'"],
    ),
    "a_file_without_a_header": (
        "include: [{file: a.csv, as: sites}]",
        {"a.csv": "\n\n"},
        ["a.csv sites: the file holds no header row"],
    ),
    "a_row_without_an_id": (
        "include: [{file: a.csv, as: sites}]",
        {"a.csv": "id,name\n,hall\n"},
        ["a.csv:2 sites: the row has no id"],
    ),
    "a_row_with_more_cells_than_headers": (
        "include: [{file: a.csv, as: sites}]",
        {"a.csv": "id,name\ns-1,hall,room 3\n"},
        ["a.csv:2 sites: the row has 3 cells, the header only 2"],
    ),
    "a_switch_without_its_port": (
        "include: [{file: a.csv, as: field_devices}]",
        {"a.csv": "id,kind,site,device,interface\nc-1,cctv,hall,sw-1,\n"},
        ["a.csv:2 field_devices.c-1: has a device but no interface"],
    ),
    "a_quote_that_never_closes": (
        "include: [{file: a.csv, as: sites}]",
        {"a.csv": 'id,name\ns-1,"hall\ns-2,b\n'},
        ["a.csv:2: not valid CSV: unexpected end of data"],
    ),
    "an_excel_workbook": (
        "include: [{file: a.xlsx, as: sites}]",
        {"a.xlsx": b"PK\x03\x04...."},
        ["a.xlsx: an Excel workbook, not a CSV file; save it as 'CSV UTF-8'"],
    ),
    "bytes_in_no_known_charset": (
        "include: [{file: a.csv, as: sites}]",
        {"a.csv": b"id,name\ns-1,a\ns-2,\xff\xff\n"},
        ["a.csv:3: cannot be read as utf-8 or cp949; name its `charset:` in the include"],
    ),
    "a_wrong_value_in_a_cell_has_the_row_as_its_line": (
        "include: [{file: a.csv, as: devices}]",
        {"a.csv": "id,site,address\nsw-2,hall,10.0.0.2\nsw-3,hall,10.0.0.300\n"},
        ["a.csv:3 devices.sw-3.address: '10.0.0.300' is not an IPv4 or IPv6 address"],
    ),
    "a_name_in_a_cell_that_nothing_has": (
        "include: [{file: a.csv, as: devices}]",
        {"a.csv": "id,site,address\nsw-2,hal,10.0.0.2\n"},
        ["a.csv:2 devices.sw-2.site: there is no 'hal' among the sites; did you mean 'hall'?"],
    ),
    "an_unknown_column_of_a_table_without_free_text": (
        "include: [{file: a.csv, as: maintenance}]",
        {"a.csv": "id,subject,from,until,비고\nm-1,site:hall,2026-01-01T00:00,2026-01-01T01:00,x\n"},
        ["a.csv:2 maintenance.m-1.비고: unknown key"],
    ),
}


@pytest.mark.parametrize(("text", "files", "sentences"), BROKEN.values(), ids=BROKEN)
def test_a_broken_include_is_told_with_its_place(mistakes, text, files, sentences):
    assert mistakes(HEAD + text + "\n", files=files) == sentences


def test_names_that_may_stand_in_an_unreadable_file_are_not_called_missing(mistakes):
    text = HEAD + "include: [a.yaml]\nservices: {cctv: {anchors: [in-a]}}\n"
    assert mistakes(text, files={"a.yaml": "devices: {in-a: ["}) == [
        "a.yaml:2: not valid YAML: while parsing a flow node begun in line 2: did not find expected node content"
    ]


LINKS = """\
city: Yangju
timezone: Asia/Seoul
sites: {hall: {}}
devices:
  sw-1: {site: hall, address: 10.0.0.1}
  sw-2: {site: hall, address: 10.0.0.2}
cables: {c-017: {cores: 12}}
include: [{file: links.csv, as: links}]
"""


@pytest.mark.parametrize(
    ("fibre", "said"),
    [
        ('"[{cable: c-017, cores: [1, 2]}]"', None),
        ('"[{cable: c-017, cores: [1, 13]}]"', "links.l-1.fibre[1].cores: the cable c-017 has 12 cores, not 13"),
        ('"[{cable: c-018}]"', "links.l-1.fibre[1].cable: there is no 'c-018' among the cables; did you mean 'c-017'?"),
        ("c-017", "links.l-1.fibre[1]: must be a table of keys and values"),
        ('"[{cable: c-017"', "links.l-1.fibre: is no list of tables; write it like [{cable: c-017, cores: [1, 2]}]"),
        (
            '"[&a {cable: c-017}]"',
            "links.l-1.fibre: is no list of tables; write it like [{cable: c-017, cores: [1, 2]}]",
        ),
    ],
)
def test_a_links_fibre_may_stand_in_a_cell(tmp_path, fibre, said):
    (tmp_path / "inventory.yaml").write_text(LINKS)
    (tmp_path / "links.csv").write_text(f"id,a,b,fibre\nl-1,sw-1 1,sw-2 1,{fibre}\n")
    if said is None:
        link = load(tmp_path / "inventory.yaml", environ={}, credentials_dir=None).links["l-1"]
        assert link.fibre == (FibreRun(cable="c-017", cores=(1, 2)),)
        return
    with pytest.raises(InventoryError) as refused:
        load(tmp_path / "inventory.yaml", environ={}, credentials_dir=None)
    assert [str(problem) for problem in refused.value.problems] == [f"{tmp_path / 'links.csv'}:2 {said}"]

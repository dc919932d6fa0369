"""Which column is which: proposed from its title, settled by a file, told where it is not sure."""

import pytest

from netwatch.inventory.importing.grid import ImportRefused
from netwatch.inventory.importing.headers import meaning
from netwatch.inventory.importing.mapping import as_yaml, read_mapping
from tests.unit.inventory.importing.sheets import planned

MAPPING = """\
sheets:
  '*':
    as: field_devices
    columns: {번호: id, 장비: device, 구멍: interface, 이름: null}
    values: {kind: cctv}
""".encode()


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("관리번호", "id"),
        ("카메라 명", "name"),
        ("스위치명", "device"),
        ("포트", "interface"),
        ("IP 주소", "address"),
        ("IP_Address", "address"),
        ("ＭＡＣ", "mac"),
        ("Mac Addres", "mac"),
        ("설치장소(지번)", "place"),
        ("CCTV 설치장소", "place"),
        ("위도", "latitude"),
        ("Longitude", "longitude"),
        ("행정동", "district"),
        ("유지보수업체", "contractor"),
        ("비 고", "note"),
        ("보존기간", ""),
        ("순번", ""),
        ("번호", ""),
        ("", ""),
    ],
)
def test_a_title_in_korean_or_english_means_its_key(title, key):
    assert meaning(title, "field_devices")[0] == key


def test_what_is_only_near_is_told_as_likely_and_what_is_unknown_is_kept_under_its_own_name():
    found = planned("관리번호,스위치 명칭,포트,보존기간,순번\ncam-1,acc-17,1/1,30일,1\n")
    (by,) = found.maps.values()
    assert by.near == {"스위치 명칭"}
    assert found.records["field_devices"]["cam-1"]["보존기간"] == "30일"
    assert "순번" not in found.records["field_devices"]["cam-1"]


def test_the_second_column_of_one_meaning_is_kept_under_its_own_name():
    found = planned("관리번호,스위치명,포트,IP,IP주소\ncam-1,acc-17,1/1,10.1.1.1,10.9.9.9\n")
    assert found.records["field_devices"]["cam-1"]["address"] == "10.1.1.1"
    assert found.records["field_devices"]["cam-1"]["IP주소"] == "10.9.9.9"


def test_a_mapping_is_written_and_read_back_and_decides():
    first = planned("번호,이름,장비,구멍\ncam-1,x,acc-17,1/1\n", mapping=read_mapping(MAPPING, "mapping.yaml"))
    assert first.records["field_devices"]["cam-1"] == {"kind": "cctv", "device": "acc-17", "interface": "1/1"}
    again = read_mapping(as_yaml(first.maps).encode(), "mapping.yaml")
    second = planned("머리글\n번호,이름,장비,구멍\ncam-1,x,acc-17,1/1\n", mapping=again)
    assert second.records == first.records


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x: 1", "is missing: this is no mapping"),
        (b"sheets: {a: {as: cameras, columns: {}}}", "sheets.a.as: must be one of"),
        (b"sheets: [", "not valid YAML"),
        (b"sheets: {a: {as: maintenance, columns: {x: subjekt}}}", "unknown key 'subjekt'; did you mean 'subject'"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_in_sentences(content, said):
    with pytest.raises(ImportRefused, match=said):
        read_mapping(content, "mapping.yaml")


def test_a_sheet_without_a_column_of_its_mapping_is_refused_with_the_nearest():
    mapping = read_mapping(b"sheets: {'*': {as: field_devices, columns: {camera: id, swich: device}}}", "m.yaml")
    with pytest.raises(ImportRefused, match="the sheet has no column 'swich'; did you mean 'switch'"):
        planned("camera,switch\ncam-1,acc-17\n", mapping=mapping)


def test_what_no_row_tells_is_said_once():
    with pytest.raises(ImportRefused, match="no column tells the kind"):
        planned("관리번호,스위치명,포트\ncam-1,acc-17,1/1\n", values={})


def test_a_sheet_of_switches_is_known_from_one_of_cameras():
    found = planned("스위치명,관리IP,설치장소,역할\nacc-20,10.20.0.20,시청,access\n", values={})
    assert found.records["devices"] == {"acc-20": {"address": "10.20.0.20", "role": "access", "site": "hall"}}

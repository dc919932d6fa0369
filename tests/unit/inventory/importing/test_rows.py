"""What one row, or two, can have wrong with them."""

import datetime as dt

import pytest

from tests.unit.inventory.importing.sheets import HEADER, doubts, planned, xlsx

HEAD = "관리번호,스위치명,포트,MAC,IP\n"


def test_a_sound_row_is_taken_with_its_mac_in_its_one_form():
    found = planned(HEAD + "cam-1,acc-17,Gi1/0/3,0040.8C11.2233,10.1.1.1\n")
    assert found.records == {
        "field_devices": {
            "cam-1": {
                "kind": "cctv",
                "device": "acc-17",
                "interface": "Gi1/0/3",
                "mac": "00:40:8c:11:22:33",
                "address": "10.1.1.1",
            }
        }
    }
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("row", "why", "proposal"),
    [
        ("cam-1,acc-17,3-Jan,,", "date", "1/3"),
        ("cam-1,acc-17,2026-01-03,,", "date", "1/3"),
        ("cam-1,acc-17,1월 3일,,", "date", "1/3"),
        ("cam-1,acc-17,1:30:00,,", "date", None),
        ("cam-1,acc-17,1/3,1.2E+11,", "scientific", None),
        ("cam-1,acc-17,1/3,00:40:8c:1:22:33,", "refused", "00:40:8c:01:22:33"),
        ("cam-1,acc-17,1/3,00:40:8c:11:22,", "refused", None),
        ("cam-1,acc-17,1/3,00:40-8c:11:22:33,", "refused", "00:40:8c:11:22:33"),
        ("cam-1,acc-17,1/3,00:00:00:00:00:00,", "refused", None),
        ("cam-1,acc-17,1/3,,10.1.1.256", "refused", None),
        ("cam-1,acc-17,1/3,,010.1.1.2", "refused", "10.1.1.2"),
        ("cam-1,acc-17,1/3,,10.1.1.2/24", "refused", "10.1.1.2"),
        ("1023.0,acc-17,1/3,,", "number", "1023"),
        ("cam 1,acc-17,1/3,,", "refused", "cam-1"),
        (",acc-17,1/3,,", "no-id", None),
        ("cam-1,acc-71,1/3,,", "unknown", "acc-17"),
        ("cam-1,switch,1/3,,", "unknown", None),
        ("cam-1,acc-17,,,", "missing", None),
        ("cam-1,,1/3,,", "missing", None),
        ("cam-1,,,,10.1.1.1", "missing", None),
        ("cam-1,acc-17,#N/A,,", "formula", None),
        ("cam-1,acc-18,1/8,,", "taken", None),
        ("cam-1,acc-17,1/3,00-40-8C-00-00-99,", "taken", None),
        ("cam-1,acc-17,1/3,,10.20.0.18", "taken", None),
        ("old-1,acc-18,1/7,,", "elsewhere", None),
    ],
)
def test_a_row_in_doubt_is_named_with_its_place_and_not_taken(row, why, proposal):
    found = planned(HEAD + row + "\n")
    assert (doubts(found), found.doubts[0].proposal) == ([("cams.csv:2", why)], proposal)
    assert found.records == {}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (("cam-1,acc-17,1/3,,", "cam-1,acc-17,1/4,,"), "twice"),
        (("cam-1,acc-17,1/3,,", "CAM-1,acc-17,1/4,,"), "twice"),
        (("cam-1,acc-17,1/3,,", "cam-2,acc-17,1/3,,"), "taken"),
        (("cam-1,acc-17,1/3,00:40:8c:11:22:33,", "cam-2,acc-17,1/4,00408C112233,"), "taken"),
        (("cam-1,acc-17,1/3,,10.1.1.1", "cam-2,acc-17,1/4,,10.1.1.1"), "taken"),
    ],
)
def test_of_two_rows_that_cannot_both_be_right_neither_is_taken(rows, why):
    found = planned(HEAD + "\n".join(rows))
    assert doubts(found) == [("cams.csv:2", why), ("cams.csv:3", why)]
    assert found.records == {}


def test_a_row_that_stands_twice_word_for_word_is_taken_once():
    row = "cam-1,acc-17,1/3,,\n"
    found = planned(HEAD + row + row)
    assert doubts(found) == [("cams.csv:3", "twice")]
    assert list(found.records["field_devices"]) == ["cam-1"]


def test_a_row_that_the_inventory_has_already_is_not_written_a_second_time():
    found = planned(HEAD + "old-1,acc-18,1/8,00:40:8C:00:00:99,\n")
    assert (found.doubts, found.records, found.same_elsewhere) == ((), {}, 1)


def test_a_switch_may_be_called_by_its_name_or_its_asset_number():
    found = planned(HEAD + "cam-1,옥정동 현장,1/3,,\ncam-2,a-17,1/4,,\n")
    assert [texts["device"] for texts in found.records["field_devices"].values()] == ["acc-17", "acc-17"]


@pytest.mark.parametrize(
    ("row", "kind", "key", "taken"),
    [
        ("cam-1,acc-17,3-Jan,,", "date", "interface", "1/3"),
        ("cam-1,acc-71,1/3,,", "unknown", "device", "acc-17"),
        ("cam-1,acc-17,1/3,,010.1.1.2", "refused", "address", "10.1.1.2"),
    ],
)
def test_what_is_proposed_is_taken_where_the_operator_says_so(row, kind, key, taken):
    found = planned(HEAD + row, accept=[kind])
    assert (found.records["field_devices"]["cam-1"][key], found.doubts) == (taken, ())
    assert dict(found.accepted) == {kind: 1}


def test_two_cameras_share_a_port_where_the_operator_says_so():
    found = planned(HEAD + "cam-1,acc-17,1/3,,\ncam-2,acc-17,1/3,,\n", accept=["taken"])
    assert [texts["shared"] for texts in found.records["field_devices"].values()] == ["true", "true"]


def test_a_dash_is_nothing_and_a_name_is_left_as_people_write_it():
    found = planned("관리번호,카메라명,스위치명,포트,IP\ncam-1,1-3,acc-17,1/3,-\n")
    assert found.records["field_devices"]["cam-1"] == {
        "kind": "cctv",
        "name": "1-3",
        "device": "acc-17",
        "interface": "1/3",
    }


def test_a_ditto_mark_is_in_doubt_and_means_what_stands_above():
    rows = HEAD + "cam-1,acc-17,1/3,,\ncam-2,〃,1/4,,\n"
    assert [doubt.proposal for doubt in planned(rows).doubts] == ["acc-17"]
    assert planned(rows, accept=["ditto"]).records["field_devices"]["cam-2"]["device"] == "acc-17"


def test_a_date_that_may_have_had_three_parts_is_not_guessed_at():
    found = planned(HEAD + "cam-1,acc-17,1/0/3,,\ncam-2,acc-17,2003-01-02,,\n")
    assert (doubts(found), found.doubts[0].proposal) == ([("cams.csv:3", "date")], None)


def test_a_port_is_proposed_with_what_parts_the_others_of_its_column():
    found = planned(xlsx(HEADER, ("cam-1", "acc-17", "1-4", None), ("cam-2", "acc-17", dt.date(2026, 1, 3), None)))
    assert found.doubts[0].proposal == "1-3"
    assert doubts(found) == [("cams.csv!Sheet:R3", "date")]


def test_numbers_are_ids_where_all_are_and_in_doubt_where_zeros_were_lost():
    head = ("관리번호", "스위치명", "포트")
    assert list(planned(xlsx(head, (1023, "acc-17", 1), (1024, "acc-17", 2))).records["field_devices"]) == [
        "1023",
        "1024",
    ]
    found = planned(xlsx(head, ("0412", "acc-17", 1), ("0413", "acc-17", 2), (414, "acc-17", 3)))
    assert [doubt.proposal for doubt in found.doubts] == ["0414"]
    assert doubts(planned(xlsx(head, ("cam-1", "acc-17", 1.1)))) == [("cams.csv!Sheet:R2", "number")]


def test_places_become_sites_that_the_inventory_has_or_new_ones():
    head = "관리번호,IP,설치장소,행정동,위도,경도\n"
    found = planned(
        head + "cam-1,10.1.1.1,시청,중앙동,37.7001,127.0001\ncam-2,10.1.1.2,옥정 사거리,옥정동,37.71,127.01\n"
    )
    assert [texts["site"] for texts in found.records["field_devices"].values()] == ["hall", "옥정-사거리"]
    assert found.records["sites"] == {
        "옥정-사거리": {"name": "옥정 사거리", "district": "옥정동", "latitude": "37.71", "longitude": "127.01"}
    }


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (("cam-1,10.1.1.1,시청,37.8,127.0",), ["cams.csv:2"]),  # 11 km from where the inventory has it
        (("cam-1,10.1.1.1,A,37.71,127.0", "cam-2,10.1.1.2,A,37.72,127.0"), ["cams.csv:2", "cams.csv:3"]),
        (
            ("cam-1,10.1.1.1,A,37.71,127", "cam-2,10.1.1.2,A,37.71,127", "cam-3,10.1.1.3,A,37.17,127"),
            ["cams.csv:4"],
        ),
        (
            ("cam-1,10.1.1.1,A,37.71,127", "cam-2,10.1.1.2,B,37.72,127", "cam-3,10.1.1.3,C,27.71,127"),
            ["cams.csv:4"],
        ),
        (("cam-1,10.1.1.1,A,127.0,37.7",), ["cams.csv:2"]),
    ],
)
def test_a_place_in_two_spots_or_far_from_everything_is_in_doubt(rows, places):
    found = planned("관리번호,IP,설치장소,위도,경도\n" + "\n".join(rows))
    assert [(doubt.place, doubt.why.value) for doubt in found.doubts] == [(place, "place") for place in places]


SITED = "관리번호,IP,현장코드,설치장소,행정동,위도,경도\n"


def test_a_site_that_rows_number_themselves_is_made_under_that_number_with_what_they_tell_of_it():
    found = planned(
        SITED + "cam-1,10.1.1.1,S-12,옥정 사거리,옥정동,37.71,127.01\ncam-2,10.1.1.2,S-12,옥정 사거리,옥정동,,\n"
    )
    assert found.records["sites"] == {
        "S-12": {"name": "옥정 사거리", "district": "옥정동", "latitude": "37.71", "longitude": "127.01"}
    }
    assert [texts["site"] for texts in found.records["field_devices"].values()] == ["S-12", "S-12"]


def test_at_a_site_that_is_known_the_place_is_kept_as_people_call_it():
    found = planned(SITED + "cam-1,10.1.1.1,hall,정문 전주 3번,,37.7001,127.0001\n")
    assert found.records == {
        "field_devices": {"cam-1": {"kind": "cctv", "address": "10.1.1.1", "site": "hall", "place": "정문 전주 3번"}}
    }


def test_one_number_of_a_site_with_two_names_and_two_districts_is_one_site_and_a_doubt():
    rows = ("cam-1,10.1.1.1,S-1,A,옥정동,,", "cam-2,10.1.1.2,S-1,B,옥정동,,", "cam-3,10.1.1.3,S-1,A,회천동,,")
    found = planned(SITED + "\n".join(rows))
    assert found.records["sites"] == {"S-1": {"name": "A", "district": "옥정동"}}
    assert [texts.get("place") for texts in found.records["field_devices"].values()] == [None, "B"]
    assert doubts(found) == [("cams.csv:4", "place")]


def test_a_site_of_which_nothing_is_told_or_known_is_in_doubt():
    found = planned(SITED + "cam-1,10.1.1.1,hal,,,,\n")
    assert [(doubt.why.value, doubt.proposal) for doubt in found.doubts] == [("unknown", "hall")]


def test_a_district_without_a_place_is_kept():
    found = planned("관리번호,스위치명,포트,행정동\ncam-1,acc-17,1/1,옥정동\n")
    assert found.records["field_devices"]["cam-1"]["district"] == "옥정동"
    assert "sites" not in found.records


def test_a_row_that_lost_its_letters_or_was_read_in_the_wrong_charset_is_in_doubt():
    wrong = "옥정동".encode("cp949").decode("latin-1")
    found = planned(f"관리번호,카메라명,스위치명,포트\ncam-1,{wrong},acc-17,1/1\ncam-2,\ufffd동,acc-17,1/2\n")
    assert [(doubt.why.value, doubt.proposal) for doubt in found.doubts] == [("letters", "옥정동"), ("letters", None)]

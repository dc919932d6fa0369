"""Where LLDP neighbours say that they are managed, by lldpRemManAddrTable of both editions of the standard."""

import pytest

from netwatch.core.model import Lane
from netwatch.core.observation import Completeness, SnmpObservation
from netwatch.core.survey.management import Heard, heard
from tests.unit.core.tables import reading

MAC = bytes.fromhex("02004c000001")
COLUMNS = "chassis chassis_subtype system_name"


def discovery(**tables):
    return SnmpObservation(
        device="core-1",
        lane=Lane.DISCOVERY,
        epoch=0,
        started_s=0.0,
        finished_s=1.0,
        read_s=1.0,
        wall_s=0.0,
        completeness=Completeness.COMPLETE,
        tables=tables,
    )


def told(rows, cells=(MAC, 4, b"agg-1")):
    poll = discovery(lldp_neighbour=reading(COLUMNS, {"0.5.1": cells}))
    return heard(poll, {"lldp_neighbour": rows}, "cp949")


def test_an_address_stands_in_the_index_behind_the_neighbours_own_key():
    assert told(["0.5.1.1.4.10.20.0.9"]) == (
        Heard(chassis_id="02:00:4c:00:00:01", system_name="agg-1", addresses=("10.20.0.9",)),
    )


def test_several_addresses_keep_the_neighbours_own_order_and_ipv6_is_one_of_them():
    six = ".".join(map(str, bytes.fromhex("20010db8000000000000000000000009")))
    (one,) = told([f"0.5.1.2.16.{six}", "0.5.1.1.4.10.20.0.9", "0.5.1.1.4.10.20.0.9"])
    assert one.addresses == ("2001:db8::9", "10.20.0.9")


@pytest.mark.parametrize(
    "index",
    [
        "0.6.1.1.4.10.20.0.9",  # of another neighbour
        "0.5.1.6.6.2.0.76.0.0.1",  # a MAC address (IANA family 6)
        "0.5.1.1.4.10.20.0",  # cut short
        "0.5.1.1.5.10.20.0.9.1",
        "0.5.1.1.4.10.20.0.300",
        "0.5.1",
        "0",
    ],
)
def test_what_is_no_ip_address_of_this_neighbour_is_left_out(index):
    assert told([index])[0].addresses == ()


def test_a_chassis_that_is_an_address_is_one_to_ask_at():
    (one,) = told([], cells=(b"\x01\x0a\x14\x00\x09", 5, "옥정".encode("cp949")))
    assert one == Heard(chassis_id="10.20.0.9", system_name="옥정", addresses=("10.20.0.9",))


def test_the_newer_table_has_one_number_more_in_its_key():
    poll = discovery(lldp_v2_neighbour=reading(COLUMNS, {"0.7.1.2": (MAC, 4, b"agg-2")}))
    (one,) = heard(poll, {"lldp_v2_neighbour": ["0.7.1.2.1.4.10.20.0.9"]}, "utf-8")
    assert (one.system_name, one.addresses) == ("agg-2", ("10.20.0.9",))

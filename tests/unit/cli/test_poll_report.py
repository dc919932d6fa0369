"""What `netwatch poll` tells a person, and what it tells a program."""

import json

import pytest

from netwatch.cli.poll_report import as_json, as_table
from netwatch.collect.once import Polled
from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, DeviceVerdict, InterfaceStatus, InterfaceTraffic
from netwatch.core.errors import Reason
from netwatch.core.model import Lane, Ping, PingMethod
from netwatch.core.neighbours.sightings import MACS, NEIGHBOURS, Neighbour, PoeStatus, Sightings
from netwatch.core.observation import Completeness, PingObservation, SnmpObservation, TableReading
from tests.unit.expose.city import make_device, make_interfaces, make_state


def echo(**changes):
    return PingObservation(**{"subject": "device:acc-17", "at_s": 1.0, "wall_s": 0.0, "rtt_s": 0.0012, **changes})


def poll(lane=Lane.STATUS, **changes):
    told = {
        "device": "acc-17",
        "lane": lane,
        "epoch": 1,
        "started_s": 1.0,
        "finished_s": 1.0053,
        "read_s": 1.005,
        "wall_s": 0.0,
        "completeness": Completeness.COMPLETE,
        **changes,
    }
    return SnmpObservation(**told)


def reading(indexes, columns):
    rows = len(indexes)
    return TableReading(indexes=indexes, columns=columns, at_s=(1.0,) * rows, uptime_ticks=(None,) * rows)


def polled(**changes):
    told = {"device": make_device(), "address": "10.20.0.17", "echo": echo(), "complaints": (), "polls": ()}
    return Polled(**{**told, "state": make_state(), **changes})


def line(text, start):
    return next(line for line in text.splitlines() if line.startswith(start))


def test_the_first_line_says_which_device_where_and_how_it_is_asked():
    assert as_table(polled()).splitlines()[0] == "acc-17  옥정 함체  10.20.0.17  SNMP 2c"
    nameless = polled(device=make_device(name="", snmp=None), address=None)
    assert "has no address  no SNMP" in as_table(nameless).splitlines()[0]


def test_a_lane_says_what_was_asked_what_came_how_long_it_took_and_what_became_of_it():
    table = reading(indexes=("1", "2"), columns={"oper": (1, None), "admin": (1, 1)})
    seen = poll(
        scalars={"sys_uptime": 5},
        tables={"interface": table},
        completeness=Completeness.PARTIAL,
        reason=Reason.ABSENT,
    )
    told = line(as_table(polled(polls=(seen,))), "status")
    assert told.split("  ") == ["status", "5 values (2 interfaces × 2)", "4 values", "5.3 ms", "partial: absent"]


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (echo(), "ping  1 echo  1         1.2 ms  answers"),
        (echo(rtt_s=None, reason=Reason.TIMEOUT), "ping  1 echo  0               timeout"),
    ],
)
def test_an_echo_is_answered_or_says_why_not(seen, told):
    assert line(as_table(polled(echo=seen)), "ping") == told


def test_a_device_that_is_not_pinged_says_so():
    assert line(as_table(polled(device=make_device(ping=Ping(method=PingMethod.OFF)), echo=None)), "ping").split() == [
        "ping",
        "off",
    ]


def test_what_this_machine_lacks_is_said_below_the_lanes():
    text = as_table(polled(echo=echo(rtt_s=None, reason=Reason.LOCAL), complaints=("ICMP echoes cannot be sent: x",)))
    lines = text.splitlines()
    assert lines[lines.index("ICMP echoes cannot be sent: x") - 1].endswith("local")


def test_ports_stand_under_each_other_also_where_hangul_takes_two_places():
    state = make_state(("Gi1/0/1", "광1"), interfaces=make_interfaces(("Gi1/0/1", "광1"), aliases=("옥정", "camera 7")))
    head, first, second = as_table(polled(state=state)).splitlines()[-3:]
    assert head.split() == ["port", "alias", "admin", "oper", "speed", "received", "sent"]
    assert first.startswith("Gi1/0/1  옥정      up     up    ")
    assert second.startswith("광1      camera 7  up     up    ")


def test_what_is_not_known_is_a_question_mark_and_never_a_zero():
    state = make_state(
        ("Gi1/0/1",),
        status=InterfaceStatus(admin=(1,), oper=(None,), speed_bps=(None,)),
        traffic=InterfaceTraffic(totals={"receive_bytes": (None,), "transmit_bytes": (0,)}, stamp_ms=(0,)),
    )
    text = as_table(polled(state=state))
    assert text.splitlines()[-1].split() == ["Gi1/0/1", "camera", "0", "up", "?", "?", "?", "0"]
    assert line(text, "ports").endswith(" 1, 0 up, 1 not known")


def test_a_status_that_was_never_read_leaves_every_port_unknown():
    text = as_table(polled(state=make_state(status=InterfaceStatus(), traffic=InterfaceTraffic())))
    assert "2, 0 up, 2 not known" in line(text, "ports")


@pytest.mark.parametrize(
    ("speed_bps", "told"),
    [(400_000_000_000, "400G"), (2_500_000_000, "2.5G"), (100_000_000, "100M"), (64_000, "64k"), (0, "0")],
)
def test_speeds_are_told_as_engineers_say_them(speed_bps, told):
    state = make_state(("Gi1/0/1",), status=InterfaceStatus(admin=(1,), oper=(1,), speed_bps=(speed_bps,)))
    assert as_table(polled(state=state)).splitlines()[-1].split()[5] == told


def test_a_silent_device_gets_a_state_and_no_table_of_ports():
    silent = DeviceState(
        verdict=DeviceVerdict.DOWN,
        icmp=Reachability(answer=Answer.SILENT),
        snmp=Reachability(answer=Answer.SILENT),
    )
    seen = poll(Lane.DISCOVERY, completeness=Completeness.FAILED, reason=Reason.TIMEOUT)
    text = as_table(polled(echo=echo(rtt_s=None, reason=Reason.TIMEOUT), polls=(seen,), state=silent))
    assert line(text, "state") == "state  down (ICMP silent, SNMP silent)"
    assert text.splitlines()[-1] == "ports  none were told of"


def test_json_holds_everything_and_survives_a_round_trip():
    table = reading(indexes=("7",), columns={"alias": ("옥정".encode("cp949"),), "oper": (None,)})
    scalars = {"sys_name": "스위치".encode(), "engine_id": b"\x80\x00\xff"}
    seen = poll(scalars=scalars, tables={"interface": table})
    told = json.loads(json.dumps(as_json(polled(polls=(seen,), complaints=("x",)))))
    assert told["lanes"][0] == {
        "lane": "status",
        "completeness": "complete",
        "reason": None,
        "seconds": 0.0053,
        "scalars": {"sys_name": "스위치", "engine_id": "8000ff"},
        "tables": {
            "interface": {
                "indexes": ["7"],
                "reason": None,
                "columns": {"alias": ["옥정".encode("cp949").hex()], "oper": [None]},
            }
        },
    }
    assert told["ports"][1] == {
        "port": "Gi1/0/2",
        "alias": "camera 1",
        "admin": "up",
        "oper": "up",
        "speed_bps": 1_000_000_000,
        "receive_bytes": 10_000_000_001,
        "transmit_bytes": 70_000_000_001,
    }
    assert (told["state"], told["echo"], told["complaints"]) == ("up", {"rtt_seconds": 0.0012, "reason": None}, ["x"])
    assert "canary-secret" not in json.dumps(told)


AROUND = Sightings(
    chassis_id="00:d0:cb:00:00:11",
    neighbours=(
        Neighbour(interface="Gi1/0/1", chassis_id="00:12:a4:bc:00:01", port_id="1/1/9", system_name="hall"),
        Neighbour(interface="Gi1/0/1", chassis_id="00:12:a4:bc:00:02", port_id="1/1/9"),
    ),
    macs={"Gi1/0/1": frozenset(), "Gi1/0/2": frozenset({"00:40:8c:00:00:02", "00:40:8c:00:00:01"})},
    poe={"Gi1/0/1": PoeStatus.SEARCHING, "Gi1/0/2": PoeStatus.OTHER_FAULT},
    addresses={"10.20.0.9": "00:40:8c:00:00:01"},
    poe_interfaces={"1.1": "Gi1/0/1", "1.2": "Gi1/0/2", "1.3": "Gi1/0/3"},
    reasons={MACS: Reason.TIMEOUT},
    unmapped={NEIGHBOURS: 3},
)


def test_what_a_device_sees_is_told_in_counts_with_what_is_missing():
    text = as_table(polled(state=make_state(sightings=AROUND)))
    assert line(text, "neighbours") == "neighbours  2 on 1 ports; 3 on ports that are no interface for sure"
    assert line(text, "stations") == "stations    2 on 1 of 2 bridge ports; not read to the end: timeout"
    assert line(text, "power") == "power       1 searching, 1 other fault, 1 not read"
    assert line(text, "addresses") == "addresses   1 IP neighbours"


def test_a_device_that_tells_nothing_of_its_surroundings_gets_no_line_for_them():
    text = as_table(polled())
    assert not any(one.startswith(("neighbours", "stations", "power", "addresses")) for one in text.splitlines())


def test_an_empty_table_beside_the_interfaces_is_not_listed():
    tables = {
        "interface": reading(indexes=("7",), columns={"name": (b"a",)}),
        "poe_port": reading(indexes=(), columns={"admin": ()}),
        "bridge_port": reading(indexes=("1",), columns={"interface": (7,)}),
    }
    assert "(1 interfaces × 1, 1 other table)" in as_table(polled(polls=(poll(tables=tables),)))


def test_json_holds_everything_that_is_seen_around():
    told = json.loads(json.dumps(as_json(polled(state=make_state(sightings=AROUND)))))["sightings"]
    assert told["neighbours"][0]["system_name"] == "hall"
    assert told["macs"] == {"Gi1/0/1": [], "Gi1/0/2": ["00:40:8c:00:00:01", "00:40:8c:00:00:02"]}
    assert told["poe"] == {"Gi1/0/1": "searching", "Gi1/0/2": "other_fault"}
    assert (told["reasons"], told["unmapped"]) == ({"macs": "timeout"}, {"neighbours": 3})
    assert as_json(polled())["sightings"]["neighbours"] is None

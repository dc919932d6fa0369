"""What the log says of events: of a fault, a sentence to get up for."""

import io
import logging

import pytest

from netwatch.core.events import Event, EventKind
from netwatch.expose.event_log import log_events
from netwatch.expose.journal import LineWriter, LogHandler
from netwatch.expose.log_limit import LogLimit

DETAIL = {
    "fault": "1f00",
    "fault_kind": "cable_cut",
    "severity": "major",
    "ambiguous_with": "link:l-1, device:acc-17",
    "evidence": "agg-1 3 towards acc-17 has no light; acc-17 is silent",
    "devices": 3,
    "field_devices": 12,
    "send": "fibre crew",
}


def fault(kind=EventKind.FAULT_OPENED, **changes):
    return Event(kind=kind, subject="cable:c-017", at_wall_s=1.0, detail={**DETAIL, **changes})


@pytest.fixture
def told(caplog):
    caplog.set_level(logging.INFO)

    def tell(*events):
        caplog.clear()
        log_events(events)
        return [(record.levelno, record.getMessage()) for record in caplog.records]

    return tell


def test_a_fault_is_one_sentence_with_its_cost_its_reason_and_whom_to_send(told):
    assert told(fault()) == [
        (
            logging.ERROR,
            (
                "fault opened: major cable_cut cable:c-017 (devices dark: 3, field devices out of service: 12);"
                " send: fibre crew; seen: agg-1 3 towards acc-17 has no light; acc-17 is silent;"
                " could also be link:l-1, device:acc-17 [1f00]"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        ("critical", logging.ERROR),
        ("major", logging.ERROR),
        ("minor", logging.WARNING),
        ("warning", logging.WARNING),
    ],
)
def test_a_fault_is_as_loud_as_it_is_bad(told, severity, level):
    assert [one for one, _ in told(fault(severity=severity))] == [level]


def test_what_is_certain_bears_no_doubt_and_what_is_back_says_so(told):
    ((_, sentence),) = told(fault(ambiguous_with="", again=True))
    assert sentence.startswith("fault opened again: ")
    assert "could also be" not in sentence


def test_a_fault_that_is_over_is_no_alarm_and_says_whether_it_was_a_part_of_another(told):
    (well,), (merged,) = told(fault(EventKind.FAULT_CLEARED)), told(fault(EventKind.FAULT_CLEARED, merged_into="2a"))
    assert well == (logging.INFO, "fault cleared: cable_cut cable:c-017; all it was about is well again [1f00]")
    assert merged == (logging.INFO, "fault cleared: cable_cut cable:c-017; it is a part of 2a [1f00]")


def test_what_is_no_fault_is_a_sentence_too(told):
    turned = {"from": "up", "to": "down", "icmp": "silent"}
    assert told(Event(kind=EventKind.DEVICE_STATE, subject="device:a", at_wall_s=1.0, detail=turned)) == [
        (logging.INFO, "device:a is down, was up: icmp silent")
    ]


def test_a_flood_of_one_kind_holds_back_no_other_and_says_of_what_it_was(caplog):
    caplog.set_level(logging.INFO)
    flood = [Event(kind=EventKind.CHECK_STATE, subject=f"field_device:{n}", at_wall_s=1.0) for n in range(30)]
    log_events([*flood, Event(kind=EventKind.DEVICE_STATE, subject="device:a", at_wall_s=1.0), fault()])
    lines = io.StringIO()
    handler = LogHandler(LineWriter(lines), otherwise=LineWriter(lines), limit=LogLimit())
    for record in caplog.records:
        handler.emit(record)
    handler.close()
    told = lines.getvalue().splitlines()
    assert [line.partition(" event=")[2].partition(" ")[0] for line in told[-3:-1]] == ["device.state", "fault.opened"]
    assert told[-1].endswith("20 more like this were not written: check.state")
    assert len(told) == 13

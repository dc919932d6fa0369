"""What the log and the ledger say of an event is a sentence; what there is none for is told as it stands."""

import pytest

from netwatch.core.audit.ledger_row import EntryType, LedgerRow
from netwatch.core.audit.ledger_sentences import told
from netwatch.core.event_sentences import sentence
from netwatch.core.events import EventKind

FAULT = {
    "severity": "major",
    "fault_kind": "cable_cut",
    "devices": 2,
    "field_devices": 6,
    "send": "fibre crew",
    "evidence": "both ends lost light",
    "ambiguous_with": "link:l1",
    "fault": "1f",
}
WINDOW = {"id": "m-1", "reason": "splicing", "by": "kim", "approved_by": "lee", "declared_before": False}


@pytest.mark.parametrize(
    ("kind", "subject", "detail", "expected"),
    [
        (
            "device.state",
            "device:a",
            {"from": "up", "to": "down", "icmp": "silent"},
            "device:a is down, was up: icmp silent",
        ),
        ("link.state", "link:l", {"from": "up", "to": "one_end", "why": ""}, "link:l is one_end, was up"),
        ("check.state", "field_device:c", {"check": "ping", "up": True, "reason": None}, "field_device:c ping answers"),
        (
            "fault.opened",
            "cable:c",
            {**FAULT, "again": True},
            (
                "fault opened again: major cable_cut cable:c (devices dark: 2, field devices out of service: 6); "
                "send: fibre crew; seen: both ends lost light; could also be link:l1 [1f]"
            ),
        ),
        ("fault.cleared", "cable:c", FAULT, "fault cleared: cable_cut cable:c; all it was about is well again [1f]"),
        (
            "fault.cleared",
            "cable:c",
            {**FAULT, "merged_into": "2e"},
            "fault cleared: cable_cut cable:c; it is a part of 2e [1f]",
        ),
        (
            "maintenance.ended",
            "site:s",
            {**WINDOW, "ended_by": "kim"},
            (
                "maintenance m-1 of site:s ended by kim: splicing "
                "(asked for by kim, approved by lee; declared after it had begun)"
            ),
        ),
        ("daemon.stopped", "daemon:", {}, "netwatch stopped in good order"),
        (
            "inventory.changed",
            "daemon:",
            {"fingerprint": "ab" * 32, "change": "1 devices added"},
            "another inventory is in force, abababababab: 1 devices added",
        ),
        (
            "store.state",
            "daemon:",
            {"state": "failed", "reason": "no room"},
            "records could no longer be written in time: no room",
        ),
        (
            "store.state",
            "daemon:",
            {"state": "recovered", "told_before_commit": 3},
            "records are written again; 3 events were told before they were",
        ),
        (
            "store.state",
            "daemon:",
            {"state": "gap", "lost": 3},
            "3 events were lost, because records could not be written",
        ),
        ("store.state", "daemon:", {"state": "new"}, "daemon: state new"),
        ("of.tomorrow", "device:a", {"x": 1, "y": None}, "device:a x 1"),
        (
            "device.rebooted",
            "device:a",
            {"engine_boots": 7, "uptime_seconds": 3.5},
            "device:a has restarted, boot 7, up for 3.5 s",
        ),
        ("device.rebooted", "device:a", {"engine_boots": None, "uptime_seconds": None}, "device:a has restarted"),
        (
            "engine.changed",
            "device:a",
            {
                "change": "reset",
                "engine_id": "80",
                "boots": 1,
                "time": 9,
                "before_engine_id": "80",
                "before_boots": 4,
                "before_time": 2,
            },
            "the SNMPv3 engine of device:a: reset; it is 80, boot 1, time 9, was 80, boot 4, time 2",
        ),
        ("interface.added", "port:a 1/1/3", {}, "port:a 1/1/3 is new"),
        ("interface.removed", "device:a", {"count": 2, "ports": "1, 2"}, "2 ports of device:a are there no more: 1, 2"),
        (
            "port.unmatched",
            "port:a 9",
            {"match": "absent"},
            "port:a 9 stands in the inventory, and no port of the device is called so",
        ),
        (
            "flapping",
            "port:a 1",
            {"of": "interface.state", "changes": 5, "within_s": 8.1},
            "port:a 1 flaps: 5 times interface.state within 8.1 s; no more is told until it keeps still",
        ),
        (
            "settled",
            "port:a 1",
            {"from": "up", "to": "down", "of": "interface.state", "changes": 3},
            "port:a 1 is down, was up [it keeps still again, after 3 changes that were not told]",
        ),
        ("vantage.state", "vantage:", {"lit": False}, "our own uplink is dark: nothing beyond it can be seen"),
        (
            "mac.unregistered",
            "port:a 1",
            {"mac": "00:11", "first_sight": True},
            "registered with no field device: 00:11 on port:a 1",
        ),
        (
            "topology.drift",
            "link:l",
            {"kind": "missing", "differs": True, "declared": "a 1 – b 1", "seen": "", "evidence": "a 1 hears nobody"},
            "link:l is not as the inventory has it, missing: declared a 1 – b 1, seen nowhere (a 1 hears nobody)",
        ),
    ],
)
def test_an_event_is_told_in_words(kind, subject, detail, expected):
    assert sentence(kind, subject, detail) == expected


@pytest.mark.parametrize("kind", list(EventKind))
def test_each_kind_has_a_sentence_of_its_own_also_where_a_detail_is_missing(kind):
    detail = {**FAULT, "state": "failed"} if kind.value.startswith(("fault.", "store.")) else {}
    assert sentence(kind, "device:a", detail) != sentence("of.tomorrow", "device:a", detail)


@pytest.mark.parametrize(
    ("type_", "detail", "expected"),
    [
        ("state", {"state": "down"}, "device:a is down from here on"),
        ("state", {"state": None}, "device:a is watched no more"),
        ("state", {"state": {"kind": "cable_cut"}}, 'device:a is {"kind": "cable_cut"} from here on'),
        ("heartbeat", {"from": 60.0, "until": 120.0}, "watched without a break since 1970-01-01T00:01:00Z"),
        (
            "gap",
            {"cause": "monitor_down", "from": 60.0, "until": 120.0},
            (
                "nobody watched from 1970-01-01T00:01:00Z to 1970-01-01T00:02:00Z: "
                "netwatch did not run, or could not write"
            ),
        ),
        (
            "gap",
            {"cause": "of another release", "from": 60.0, "until": None},
            "nobody watched from 1970-01-01T00:01:00Z to now, and it goes on: of another release",
        ),
        (
            "profiles",
            {"document_sha256": "cd" * 32, "changes": []},
            "profiles cdcdcdcdcdcd: the first that is recorded",
        ),
        (
            "usage",
            {"from": 60.0, "until": 360.0},
            "what was carried from 1970-01-01T00:01:00Z to 1970-01-01T00:06:00Z",
        ),
        (
            "correction",
            {"withdraws": "k-1", "by": "kim", "user": "root", "reason": "it was right"},
            "the correction k-1 of device:a no longer counts, says kim (entered by root): it was right",
        ),
        (
            "access",
            {"account": "", "peer": "", "action": "login", "outcome": "refused", "times": 2, "until": 60.0},
            "somebody unknown: login device:a: refused, 2 times until 1970-01-01T00:01:00Z",
        ),
        (
            "pruned",
            {"rows": 7, "recorded_until": 60.0},
            (
                "figures of usage of rows up to 7 were older than is kept, and are gone: "
                "recorded up to 1970-01-01T00:01:00Z"
            ),
        ),
        (
            "inventory",
            {"fingerprint": "ab" * 32, "changes": ["device:a: added", "x"]},
            "inventory abababababab: device:a: added; x",
        ),
        ("key", {"key": "ab"}, "checkpoints are signed by ab from here on"),
        (
            "maintenance",
            {**WINDOW, "ended": 5.0, "ended_by": "kim"},
            (
                "the window as it now stands: maintenance m-1 of device:a ended by kim: splicing "
                "(asked for by kim, approved by lee; declared after it had begun)"
            ),
        ),
    ],
)
def test_every_type_of_row_is_told_in_words(type_, detail, expected):
    row = LedgerRow(
        seq=1, type=EntryType(type_), kind="k", subject="device:a", at_wall_s=0.0, recorded_wall_s=0.0, detail=detail
    )
    assert told(row) == expected


def test_no_type_of_row_is_without_words():
    detail = {"from": 1.0, "until": 2.0, "cause": "own_loss", "recorded_until": 1.0}
    for type_ in EntryType:
        row = LedgerRow(
            seq=1, type=type_, kind="k", subject="device:a", at_wall_s=0.0, recorded_wall_s=0.0, detail=detail
        )
        assert told(row)

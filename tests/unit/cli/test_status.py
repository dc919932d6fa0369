"""`netwatch status`: how it is told on a terminal and in a pipe, and how it ends."""

import io
import json
import unicodedata

import pytest

from netwatch.cli import status as command
from netwatch.cli.main import main
from netwatch.cli.status_report import as_text, span
from netwatch.expose.control_client import ControlError, Reply

FAULT = {
    "id": "01a60fd2d44d",
    "kind": "cable_cut",
    "subject": "cable:c-4",
    "severity": "critical",
    "ambiguous_with": ["link:chain-1", "device:acc-3"],
    "affected": {"cctv": 19, "its": 4},
    "affected_in": [
        {"service": "cctv", "district": "옥정동", "field_devices": 19},
        {"service": "its", "district": "", "field_devices": 4},
    ],
    "devices": ["acc-3", "acc-4"],
    "contributing": ["cable:c-1"],
    "evidence": ["acc-2 Gi3 towards acc-3 has no light", "2 devices are silent"],
    "district": "옥정동",
    "send": {"crew": "fibre crew", "contractor": "hanbit", "name": "한빛통신", "phone": "031-000-0000"},
    "since": "2026-11-30T11:59:00+09:00",
    "since_s": 1.0,
    "cleared": None,
    "cleared_s": None,
    "lasts_s": 60.0,
    "maintenance": False,
    "seen_again": True,
    "settled": "",
    "acknowledged": None,
    "assigned": None,
    "ticket": None,
    "notes": 0,
}
RING = {"ring": "ring-a", "name": "", "state": "intact", "since": None, "since_s": None, "unprotected_s": 0.0}
RING |= {"breaks": [], "why": [], "maintenance": False}
SWITCHED = RING | {
    "ring": "링-나",
    "state": "switched",
    "since": "2026-11-30T11:00:00+09:00",
    "since_s": 5.0,
    "unprotected_s": 3660.0,
    "breaks": [{"link": "ring-b-1", "since": None, "since_s": None, "admin_down": False}],
}
STATUS = {
    "city": "Yangju",
    "timezone": "Asia/Seoul",
    "at": "2026-11-30T12:00:00+09:00",
    "at_s": 1.0,
    "faults": [],
    "cleared": [],
    "rings": [RING],
    "shared_sides": [],
    "services": [],
    "devices": {"up": 3, "down": 0},
    "links": {"up": 2},
    "degraded_links": [],
    "drift": [],
    "vantage": {"lit": True, "canaries": {"10.20.0.254": "answers"}},
    "maintenance": [],
}


def told(**changes):
    return as_text({**STATUS, **changes})


def test_a_city_that_is_well_is_told_in_a_few_lines():
    assert told() == (
        "Yangju, 2026-11-30 12:00:00 Asia/Seoul\n\n"
        "no fault is open\n\n"
        "rings: 1 of 1 intact\n\n"
        "devices: up 3\nlinks: up 2\ncanaries: 10.20.0.254 answers"
    )


def test_a_fault_tells_everything_that_whoever_is_sent_must_know():
    head, block = told(faults=[FAULT]).split("\n\n")[1:3]
    assert head == "1 fault open"
    assert block.splitlines() == [
        "critical  cable_cut  cable:c-4  since 2026-11-30 11:59:00, for 1 min  [01a60fd2d44d]",
        "  could also be   link:chain-1, device:acc-3",
        "  send            fibre crew: 한빛통신 031-000-0000",
        "  dark            2 devices: acc-3, acc-4",
        "  out of service  cctv 19, its 4",
        "  where           옥정동 cctv 19, - its 4",
        "  because also    cable:c-1",
        "  evidence        acc-2 Gi3 towards acc-3 has no light",
        "                  2 devices are silent",
    ]


def test_maintenance_and_a_fault_not_seen_again_are_said_with_it():
    assert "for 1 min, in maintenance, not seen again since the restart" in told(
        faults=[FAULT | {"maintenance": True, "seen_again": False}]
    )


def test_a_dark_vantage_is_the_first_thing_said():
    dark = {"lit": False, "canaries": {"10.20.0.254": "silent"}}
    assert told(vantage=dark).splitlines()[1].startswith("the canaries are dark: nothing can be known")


def test_rings_without_reserve_are_shown_the_worst_first_and_the_intact_counted():
    split = SWITCHED | {"ring": "ring-c", "state": "split"}
    block = told(rings=[RING, SWITCHED, split]).split("\n\n")[2].splitlines()
    assert block[0] == "rings: 1 of 3 intact"
    assert block[2].split() == ["ring-c", "split", "2026-11-30", "11:00:00", "1", "h", "1", "min", "ring-b-1"]
    assert block[3].startswith("  링-나   switched")


def columns(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def test_columns_stand_under_each_other_in_hangul_too():
    states = {"fine": 10, "fault": 1, "unreachable": 0, "unknown": 0}
    services = [
        {"service": "cctv", "name": "방범 CCTV", "field_devices": states, "districts": {}},
        {"service": "its", "name": "ITS", "field_devices": states, "districts": {}},
    ]
    block = told(services=services).split("\n\n")[3].splitlines()
    assert block[0].split() == ["service", "name", "fine", "fault", "unreachable", "unknown"]
    assert len({columns(line) for line in block}) == 1


def test_long_lists_say_how_many_are_left_out():
    risks = [{"ring": f"ring-{n}", "kind": "duct", "id": "d", "links": ["a", "b"]} for n in range(14)]
    assert "  and 4 more; --json has them all" in told(shared_sides=risks)


def test_every_other_part_is_shown_where_there_is_something():
    window = {
        "id": "m-1",
        "subject": "ring:ring-a",
        "until": "2026-12-01T05:00:00+09:00",
        "by": "kim",
        "reason": "증설",
    }
    text = told(
        cleared=[FAULT | {"cleared": "2026-11-30T11:59:30+09:00", "settled": "it lost its power"}],
        degraded_links=[{"link": "up-1", "since": None, "since_s": None, "why": ["100 Mb/s instead of 1 Gb/s"]}],
        drift=[{"kind": "moved", "subject": "link:up-1", "declared": "a", "seen": "b", "evidence": []}],
        maintenance=[window],
    )
    assert "2026-11-30 11:59:30  1 min   cable_cut  cable:c-4  it lost its power" in text
    assert "degraded links\n  up-1  100 Mb/s instead of 1 Gb/s" in text
    assert "the inventory says otherwise than the network" in text
    assert "in maintenance\n  m-1  ring:ring-a  until 2026-12-01 05:00:00  kim  증설" in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3725, "1 h 2 min"),
        (86400, "1 d"),
        (86460, "1 d"),
        (90000, "1 d 1 h"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(seconds, words):
    assert span(seconds) == words


def test_colours_are_for_those_who_ask_and_change_no_column():
    status = {**STATUS, "faults": [FAULT], "rings": [RING, SWITCHED]}
    plain, coloured = as_text(status), as_text(status, in_colour=True)
    assert "\x1b[" not in plain
    assert "\x1b[1;31mcritical  cable_cut  cable:c-4\x1b[0m" in coloured
    assert coloured.replace("\x1b[0m", "").replace("\x1b[1;31m", "").replace("\x1b[33m", "") == plain


class Screen(io.StringIO):
    """Where it is written, as a terminal or a pipe."""

    def __init__(self, *, is_terminal):
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self):
        return self._is_terminal


@pytest.fixture
def daemon(monkeypatch):
    """A daemon that answers what it is given, and a Ctrl-C when that is used up."""
    answers = []

    def request(_socket, method, path, **_):
        assert (method, path) == ("GET", "/status")
        answer = answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def sleep(_seconds):
        if not answers:
            raise KeyboardInterrupt

    monkeypatch.setattr(command, "request", request)
    monkeypatch.setattr(command.time, "sleep", sleep)
    return answers


def run(monkeypatch, *words, is_terminal=False):
    screen = Screen(is_terminal=is_terminal)
    monkeypatch.setattr("sys.stdout", screen)
    return main(["status", *words]), screen.getvalue()


def test_watching_draws_the_screen_anew_until_ctrl_c_and_that_is_no_error(daemon, monkeypatch):
    daemon += [Reply(status=200, body=STATUS), Reply(status=200, body={**STATUS, "faults": [FAULT]})]
    code, said = run(monkeypatch, "--watch", is_terminal=True)
    assert code == 0
    assert said.count("\x1b[H\x1b[2J") == 2
    assert said.index("no fault is open") < said.index("1 fault open")


def test_watching_as_json_is_one_object_a_line(daemon, monkeypatch):
    daemon += [Reply(status=200, body=STATUS)] * 3
    code, said = run(monkeypatch, "--watch", "0.5", "--json")
    assert code == 0
    assert [json.loads(line) for line in said.splitlines()] == [STATUS] * 3


def test_watching_outlives_a_restart_of_the_daemon_and_says_once_that_it_is_gone(daemon, monkeypatch, capsys):
    gone = ControlError("No netwatch is running here.")
    daemon += [Reply(status=200, body=STATUS), gone, gone, Reply(status=200, body=STATUS)]
    code, said = run(monkeypatch, "--watch")
    assert code == 0
    assert said.count("no fault is open") == 2
    assert capsys.readouterr().err == "netwatch: No netwatch is running here.\n"


def test_no_color_is_respected_and_a_pipe_has_none(daemon, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    daemon += [Reply(status=200, body={**STATUS, "faults": [FAULT]})] * 3
    assert "\x1b[1;31m" in run(monkeypatch, is_terminal=True)[1]
    assert "\x1b[" not in run(monkeypatch)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run(monkeypatch, is_terminal=True)[1]


def test_a_daemon_that_cannot_answer_is_3_and_one_sentence(daemon, monkeypatch, capsys):
    daemon += [ControlError("No netwatch is running here."), Reply(status=403, body={"error": "You may not."})]
    assert run(monkeypatch)[0] == 3
    assert run(monkeypatch)[0] == 3
    assert capsys.readouterr().err == "netwatch: No netwatch is running here.\nnetwatch: You may not.\n"


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon", "1e9"])
def test_an_interval_that_is_none_is_a_usage_error(seconds, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["status", f"--watch={seconds}"])
    assert "is no number of seconds from 0.1 to 86400" in capsys.readouterr().err


def test_whoever_has_taken_note_of_a_fault_is_told_with_whose_it_is():
    taken = {
        "at": "2026-11-30T11:59:30+09:00",
        "at_s": 1.0,
        "user": "kim",
        "did": "acknowledged",
        "text": "crew called",
    }
    fault = FAULT | {"acknowledged": taken, "assigned": taken | {"text": "hanbit"}, "ticket": taken | {"text": "SR-1"}}
    lines = [line.split(maxsplit=1) for line in told(faults=[fault]).splitlines()]
    assert ["acknowledged", "by kim, 2026-11-30 11:59:30: crew called"] in lines
    assert {"whose": "hanbit", "ticket": "SR-1"}.items() <= {one[0]: one[1] for one in lines if len(one) == 2}.items()

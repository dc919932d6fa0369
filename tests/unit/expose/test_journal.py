import io
import logging
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.expose.journal import (
    FIELD_LIMIT,
    JournalWriter,
    LineWriter,
    LogHandler,
    datagram,
    fields_of,
    is_the_journal,
    make_handler,
    severity,
)
from netwatch.expose.log_limit import LogLimit


def parse(data: bytes) -> dict[str, str]:
    """A datagram as journald reads it, from the description of its native protocol."""
    fields, rest = {}, data
    while rest:
        line, _, after = rest.partition(b"\n")
        if b"=" in line:
            name, _, value = line.partition(b"=")
            rest = after
        else:
            name, size = line, int.from_bytes(after[:8], "little")
            value = after[8 : 8 + size]
            assert after[8 + size : 9 + size] == b"\n"
            rest = after[9 + size :]
        assert name.decode() not in fields
        fields[name.decode()] = value.decode()
    return fields


class Kept(list):
    """A writer that keeps the fields."""

    def __call__(self, fields: Mapping[str, str]) -> None:
        self.append(dict(fields))

    def close(self) -> None:
        self.append({"MESSAGE": "closed"})

    @property
    def messages(self) -> list[str]:
        return [fields["MESSAGE"] for fields in self]


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Broken(Kept):
    def __call__(self, fields: Mapping[str, str]) -> None:
        raise ConnectionRefusedError("journald is gone")


def make_record(message: str, *arguments: object, level: int = logging.WARNING, **extra: object) -> logging.LogRecord:
    record = logging.LogRecord("netwatch.collect", level, "/src/poller.py", 41, message, arguments, None, "poll")
    vars(record).update(extra)
    return record


@pytest.fixture
def logged() -> Iterator[tuple[logging.Logger, Kept, Clock]]:
    """A logger of its own that writes into a list, three of a kind a minute."""
    kept, clock = Kept(), Clock()
    handler = LogHandler(kept, otherwise=Kept(), limit=LogLimit(burst=3, period_s=60), clock=clock)
    logger = logging.getLogger("netwatch.test")
    logger.addHandler(handler)
    yield logger, kept, clock
    logger.removeHandler(handler)
    handler.close()


def test_a_record_becomes_the_journals_fields():
    fields = fields_of(make_record("%s is silent", "acc-17", netwatch_device="acc-17", other="not ours"))
    assert fields == {
        "MESSAGE": "acc-17 is silent",
        "PRIORITY": "4",
        "SYSLOG_IDENTIFIER": "netwatch",
        "NETWATCH_LOGGER": "netwatch.collect",
        "NETWATCH_DEVICE": "acc-17",
        "CODE_FILE": "/src/poller.py",
        "CODE_LINE": "41",
        "CODE_FUNC": "poll",
    }


@pytest.mark.parametrize(
    ("level", "number"),
    [(logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.DEBUG, 7), (5, 7)],
)
def test_levels_are_syslog_severities(level, number):
    assert severity(level) == number


HOSTILE = st.text(alphabet=st.characters(exclude_categories=()) | st.sampled_from("\n\r\x1b\x00=\udc80\u2028\u202e"))


@given(HOSTILE, HOSTILE)
def test_nothing_a_device_says_makes_a_second_line_or_field(message, device):
    fields = fields_of(make_record("%s", message, netwatch_device=device))
    read = parse(datagram(fields))
    assert set(read) == set(fields)
    assert "\n" not in read["MESSAGE"]
    assert len((read["MESSAGE"] + read["NETWATCH_DEVICE"]).splitlines()) <= 1
    assert "\x1b" not in read["MESSAGE"] + read["NETWATCH_DEVICE"]


@given(st.dictionaries(st.sampled_from(["MESSAGE", "NETWATCH_A", "B"]), st.text(), min_size=1))
def test_a_datagram_reads_back_as_it_was_with_newlines_in_values_too(fields):
    assert parse(datagram(fields)) == {
        name: value.encode("utf-8", "backslashreplace").decode() for name, value in fields.items()
    }


def test_a_traceback_stays_within_its_message_each_line_indented():
    error = ValueError("first\n12:00:00 error: forged")
    record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "it broke", (), (ValueError, error, None))
    first, *rest = fields_of(record)["MESSAGE"].split("\n")
    assert first == "it broke"
    assert all(line.startswith("    ") for line in rest)
    assert any("forged" in line for line in rest)


def test_a_message_of_a_megabyte_is_cut():
    assert len(fields_of(make_record("x" * 1_000_000))["MESSAGE"]) == FIELD_LIMIT


def test_a_real_datagram_socket_gets_the_fields(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journald:
        journald.bind(str(tmp_path / "journal"))
        writer = JournalWriter(tmp_path / "journal")
        writer(fields_of(make_record("두 줄\n")))
        writer.close()
        assert parse(journald.recv(65536))["MESSAGE"] == "두 줄\\n"


def test_lines_for_people_say_when_how_bad_what_and_about_whom():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    LineWriter(stream, clock=lambda: 0.0)(fields_of(make_record("silent", netwatch_device="acc-17")))
    stream.seek(0)
    assert stream.read().endswith(" warning: silent device=acc-17\n")


def test_a_terminal_that_knows_no_hangul_gets_escapes():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    LineWriter(stream, clock=lambda: 0.0)(fields_of(make_record("양주")))
    assert raw.getvalue().endswith(b" warning: \\uc591\\uc8fc\n")


def test_too_many_of_one_kind_are_held_back_and_their_number_is_told_when_the_period_ends(logged):
    logger, kept, clock = logged
    for number in range(10):
        logger.warning("junk from %s", number)
    logger.warning("something else")
    assert kept.messages == ["junk from 0", "junk from 1", "junk from 2", "something else"]
    clock.now_s = 61
    logger.warning("junk from %s", 10)
    assert kept.messages[4:] == ["7 more like this were not written: junk from %s", "junk from 10"]


def test_what_is_still_held_back_is_told_at_the_end(logged):
    logger, kept, _ = logged
    for _ in range(5):
        logger.error("no")
    logger.handlers[0].close()
    assert kept.messages[3:5] == ["2 more like this were not written: no", "closed"]


def test_the_same_words_from_another_logger_are_counted_apart():
    limit = LogLimit(burst=1)
    assert [limit.admits(logger, "x", 0) for logger in ("a", "a", "b")] == [True, False, True]


def test_templates_without_number_do_not_fill_the_memory():
    limit = LogLimit(burst=1, kinds=100)
    for number in range(10_000):
        assert list(limit.ended(0.0)) == []
        limit.admits("x", f"template {number}", 0.0)
    assert len(limit._windows) <= 101


def test_a_journal_that_is_gone_is_counted_and_the_record_goes_to_stderr():
    kept = Kept()
    handler = LogHandler(Broken(), otherwise=kept, limit=LogLimit())
    handler.emit(make_record("still here"))
    assert handler.failures == 1
    assert kept.messages == ["still here"]


def test_a_record_that_cannot_be_formatted_hurts_nobody_but_is_counted(capsys):
    handler = LogHandler(Kept(), otherwise=Kept(), limit=LogLimit())
    handler.emit(make_record("%d", "not a number"))
    assert handler.failures == 1
    assert "not a number" in capsys.readouterr().err


def test_the_journal_is_known_by_the_device_and_inode_of_stderr():
    with tempfile.TemporaryFile() as stream:
        stat = os.fstat(stream.fileno())
        assert is_the_journal({"JOURNAL_STREAM": f"{stat.st_dev}:{stat.st_ino}"}, stream.fileno())
        assert not is_the_journal({"JOURNAL_STREAM": f"{stat.st_dev}:{stat.st_ino + 1}"}, stream.fileno())
        assert not is_the_journal({}, stream.fileno())


def test_outside_systemd_lines_go_to_stderr():
    with tempfile.TemporaryFile("w+", encoding="utf-8") as stream:
        handler = make_handler({}, stream)
        handler.emit(make_record("plain"))
        handler.close()
        stream.seek(0)
        assert stream.read().endswith("warning: plain\n")

"""A recording takes its place when it is whole; where it cannot, that is known before minutes have passed."""

import io

import pytest

from netwatch.cli.options import InputError
from netwatch.cli.record import EVERY, show_progress, written_at_the_end
from netwatch.core.errors import NetwatchError
from netwatch.simulate.record import Progress


def test_a_file_appears_only_when_all_went_well(tmp_path):
    path = tmp_path / "x.snmprec"
    with written_at_the_end(path) as output:
        output.write(b"1.3.6.1|4|x\n")
        assert not path.exists()
    assert path.read_bytes() == b"1.3.6.1|4|x\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ended_by", [NetwatchError("it does not answer"), KeyboardInterrupt()])
def test_what_came_to_nothing_leaves_the_file_before_as_it_was(tmp_path, ended_by):
    path = tmp_path / "x.snmprec"
    path.write_bytes(b"before")

    def begin_and_end():
        with written_at_the_end(path) as output:
            output.write(b"half")
            raise ended_by

    with pytest.raises(type(ended_by)):
        begin_and_end()
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_known_before_the_first_request(tmp_path):
    path = tmp_path / "missing" / "x.snmprec"
    with pytest.raises(NetwatchError, match=r"x\.snmprec cannot be written: No such file or directory$"):
        written_at_the_end(path).__enter__()


def test_what_is_no_file_is_not_replaced(tmp_path):
    with pytest.raises(InputError, match="is there and is no file"):
        written_at_the_end(tmp_path).__enter__()


def test_the_bar_moves_and_stays_on_its_line(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    for objects in range(1, 3 * EVERY + 1):
        show_progress(Progress(objects, "1.3.6.1.2.1.2.2.1.10.1"))
    drawn = screen.getvalue().split("\r")[1:]
    assert len(drawn) == 3
    assert "\n" not in screen.getvalue()
    assert [one.index("■") for one in drawn] == [2, 3, 4]
    assert f"{3 * EVERY:>7} objects, at 1.3.6.1.2.1.2.2.1.10.1" in drawn[-1]
    assert len({len(one) for one in drawn}) == 1

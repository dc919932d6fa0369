"""What notifications mean is data: read, checked, refused where it stands."""

import pytest

from netwatch.core.errors import ProfileError
from netwatch.core.notices import ANY_ARC, Meaning
from netwatch.profiles.traps import load_notices

LINK_DOWN = (1, 3, 6, 1, 6, 3, 1, 1, 5, 3)
GOOD = "link_down: {oid: 1.3.6.1.6.3.1.1.5.3, means: port, port: '1.3.6.1.2.1.2.2.1.*'}\n"


@pytest.fixture
def written(tmp_path):
    def write(text, name="some.yaml"):
        (tmp_path / name).write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("1.3.6.1.6.3.1.1.5.1", Meaning.STARTED),
        ("1.3.6.1.6.3.1.1.5.2", Meaning.STARTED),
        ("1.3.6.1.6.3.1.1.5.3", Meaning.PORT),
        ("1.3.6.1.6.3.1.1.5.4", Meaning.PORT),
        ("1.3.6.1.6.3.1.1.5.5", Meaning.REFUSED),
        ("1.3.6.1.4.1.9.9.548.0.1.1", Meaning.PORT),  # cErrDisableInterfaceEvent, and its revision
        ("1.3.6.1.4.1.9.9.548.0.2", Meaning.PORT),
        ("1.3.6.1.2.1.105.0.1", Meaning.POWER),
        ("1.3.6.1.4.1.7800.100.11.0.3", Meaning.DEVICE),
        ("1.3.6.1.4.1.9.9.601.0.1", Meaning.DEVICE),  # a REP segment that broke
        ("1.3.6.1.4.1.2011.5.25.256.4.1", Meaning.DEVICE),
        ("1.3.6.1.4.1.1916.1.18.0.1", Meaning.DEVICE),
    ],
)
def test_netwatch_comes_with_the_generic_ones_and_those_of_makers(kind, meaning):
    notice = load_notices().of(tuple(map(int, kind.split("."))))
    assert notice is not None
    assert notice.meaning is meaning


def test_a_link_trap_has_its_port_behind_any_column_of_the_interfaces():
    notice = load_notices().of(LINK_DOWN)
    assert notice.port == (1, 3, 6, 1, 2, 1, 2, 2, 1, ANY_ARC)


def test_what_nobody_told_of_means_nothing():
    assert load_notices().of((1, 3, 6, 1, 4, 1, 99999, 1)) is None
    assert load_notices().of((1, 3, 6, 1, 6, 3, 1, 1, 5)) is None


def test_a_folder_is_read_as_a_whole(written):
    folder = written(GOOD)
    written("cold_start: {oid: 1.3.6.1.6.3.1.1.5.1, means: started}\n", "other.yaml")
    assert len(load_notices(folder).by_root) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            GOOD + "again: {oid: 1.3.6.1.6.3.1.1.5.3, means: port}\n",
            "some.yaml:2 again: its oid is that of 'link_down'",
        ),
        ("x: {oid: 1.3.6.1.6.3.1.1.5.3, means: prot}\n", "unknown meaning 'prot'; did you mean 'port'?"),
        (
            "x: {oid: 1.3.6.1.6.3.1.1.5.3, means: port, prt: 1.3}\n",
            "some.yaml:1 x.prt: unknown key; did you mean 'port'?",
        ),
        ("x: {oid: 1.3.six, means: port}\n", "some.yaml:1 x.oid: '1.3.six' is not a dotted OID"),
        ("x: {oid: 1.3.6.1.4.1.*, means: port}\n", "is not a dotted OID"),
        ("x: {oid: 1.3.6.1, means: port}\n", "too short"),
        ("x: {oid: 1.3.6.1.6.3.1.1.5.1, means: started, port: 1.3.6.1.2.1.2}\n", "what means 'started' has no port"),
        ("X-1: {oid: 1.3.6.1.6.3.1.1.5.1, means: started}\n", "a name is small letters"),
        ("x: {oid: 1.3.6.1.6.3.1.1.5.1}\n", "'means' is missing"),
        ("x: [1]\n", "a list has no meaning here"),
    ],
)
def test_what_cannot_be_used_is_refused_where_it_stands(written, text, said):
    with pytest.raises(ProfileError, match=r"some\.yaml") as refused:
        load_notices(written(text))
    assert said in str(refused.value)

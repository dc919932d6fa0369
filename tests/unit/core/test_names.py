import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.names import NoMatch, match, name_rows

# few letters, and suffixes that look like ours: collisions are the rule here
NASTY = st.one_of(
    st.sampled_from(["", " ", "A", "B", "A (1)", "A (2)", "A (1) (1)", "B (3)", "if1", "if2", "if1 (1)"]),
    st.builds("{} ({})".format, st.sampled_from(["A", "B", "if1", "A (1)"]), st.integers(1, 6)),
)


def named(*rows):
    """Rows of (index, ifName, ifDescr, ifAlias)."""
    return name_rows(*zip(*rows, strict=True))


def test_a_port_is_called_by_ifname_else_ifdescr_else_ifalias_else_its_index():
    assert named(
        ("1", "Gi1", "GigabitEthernet1", "camera"),
        ("2", "", "GigabitEthernet2", "camera"),
        ("3", "", "  ", "camera"),
        ("4", " ", "", ""),
    ) == ("Gi1", "GigabitEthernet2", "camera", "if4")


def test_only_the_rows_that_share_a_name_get_their_index():
    assert named(("1", "eth", "", ""), ("2", "eth", "", ""), ("3", "mgmt", "", "")) == ("eth (1)", "eth (2)", "mgmt")


def test_a_device_whose_own_name_looks_like_a_suffixed_one_still_gets_distinct_names():
    names = named(("1", "A", "", ""), ("2", "A", "", ""), ("3", "A (1)", "", ""))
    assert names == ("A (1) (1)", "A (2)", "A (1) (3)")


@given(st.lists(st.tuples(NASTY, NASTY, NASTY), max_size=12))
def test_names_are_unique_and_never_empty_whatever_the_device_says(texts):
    indexes = [str(row + 1) for row in range(len(texts))]
    names = name_rows(indexes, *([text[column] for text in texts] for column in range(3)))
    assert len(set(names)) == len(texts)
    assert all(name.strip() == name != "" for name in names)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=8), max_size=20))
def test_a_name_that_only_one_row_has_is_left_alone(texts):
    indexes = [str(row + 1) for row in range(len(texts))]
    names = name_rows(indexes, texts, [""] * len(texts), [""] * len(texts))
    for text, name in zip(texts, names, strict=True):
        if text.strip() and [other.strip() for other in texts].count(text.strip()) == 1 and " (" not in "".join(texts):
            assert name == text.strip() or text.strip().startswith("if")


PORTS = InterfaceMap(
    indexes=("1", "2", "3", "4", "5", "6"),
    names=("Gi1", "Gi2", "eth (3)", "eth (4)", "Gi5", "Gi6"),
    descriptions=("Ethernet Port 1", "Gi1", "slot", "slot", "Ethernet Port 5 ", "x"),
    aliases=("to ring", "", "", "Gi2", "camera", "camera"),
)


@pytest.mark.parametrize(
    ("port", "meant"),
    [
        ("Gi1", 0),
        ("Gi2", 1),
        ("Ethernet Port 1", 0),
        ("Ethernet Port 5", 4),
        ("to ring", 0),
        ("eth (4)", 3),
        ("eth", NoMatch.AMBIGUOUS),
        ("slot", NoMatch.AMBIGUOUS),
        ("camera", NoMatch.AMBIGUOUS),
        ("Gi7", NoMatch.ABSENT),
        ("gi1", NoMatch.ABSENT),
    ],
)
def test_the_inventory_means_an_ifname_else_an_ifdescr_else_an_ifalias(port, meant):
    assert match(port, PORTS) == meant


def test_the_other_rows_of_a_shared_ifname_are_not_guessed_by_their_ifdescr():
    ports = InterfaceMap(
        indexes=("1", "2", "3"), names=("A (1)", "A (2)", "B"), descriptions=("", "", "A"), aliases=("", "", "")
    )
    assert match("A", ports) is NoMatch.AMBIGUOUS


def test_a_borrowed_name_gives_way_to_the_port_whose_own_it_is():
    assert name_rows(("1", "2"), ("4/1", ""), ("x", "4/1"), ("", "")) == ("4/1", "4/1 (2)")

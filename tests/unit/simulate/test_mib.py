"""The order of objects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.simulate.mib import MibView
from netwatch.snmp import ber
from netwatch.snmp.errors import Malformed

names = st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 3), max_size=5).map(lambda arcs: (1, 3, *arcs))


def content(arcs):
    return ber.oid_content(".".join(map(str, arcs)))


@given(st.sets(names, min_size=1), names)
def test_the_next_object_is_the_smallest_greater_one(objects, asked):
    view = MibView(objects)
    greater = sorted(arcs for arcs in objects if arcs > asked)
    behind = view.after(content(asked))
    assert (view.arcs[behind] if behind < len(view) else None) == (greater[0] if greater else None)


@given(st.sets(names, min_size=1))
def test_a_walk_visits_every_object_once_in_order(objects):
    view = MibView(objects)
    visited, at = [], view.after(content((0, 0)))
    while at < len(view):
        visited.append(view.arcs[at])
        at = view.after(view.names[at])
    assert visited == sorted(objects)


@given(st.sets(names, min_size=1), names)
def test_an_object_is_found_exactly_where_it_stands(objects, asked):
    view = MibView(objects)
    position = view.position(content(asked))
    assert (asked in objects) == (position is not None)
    assert position is None or view.arcs[position] == asked


def test_septets_do_not_order_objects():
    """16384 is encoded 81 80 00 and 16383 ff 7f: octet order would be wrong."""
    view = MibView([(1, 3, 16383), (1, 3, 16384)])
    assert view.after(content((1, 3, 16383))) == 1


def test_siblings_tell_a_missing_instance_from_a_missing_object():
    view = MibView([(1, 3, 6, 5, 1)])
    assert view.has_siblings(content((1, 3, 6, 5, 9)))
    assert not view.has_siblings(content((1, 3, 6, 6, 1)))


def test_a_name_that_ends_inside_a_number_is_malformed():
    with pytest.raises(Malformed):
        MibView([(1, 3)]).after(b"\x2b\x81")

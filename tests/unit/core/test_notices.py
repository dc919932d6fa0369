from netwatch.core.notices import ANY_ARC, Meaning, Notice, Notices

IF_ENTRY = (1, 3, 6, 1, 2, 1, 2, 2, 1)


def notice(*root, name="one", port=()):
    return Notice(name=name, root=root, meaning=Meaning.PORT, port=port)


def test_the_longest_root_counts():
    notices = Notices(by_root={(1, 3, 6): notice(1, 3, 6, name="all"), (1, 3, 6, 5): notice(1, 3, 6, 5, name="own")})
    told = {kind: notices.of(kind) for kind in ((1, 3, 6, 5, 1), (1, 3, 6, 5), (1, 3, 6, 4), (1, 3, 7), (1,))}
    assert [one and one.name for one in told.values()] == ["own", "own", "all", None, None]


def test_the_port_is_what_stands_behind_the_pattern():
    link_down = notice(1, port=(*IF_ENTRY, ANY_ARC))
    assert link_down.index_in([(1, 3, 6, 1, 2, 1, 1, 3, 0), (*IF_ENTRY, 8, 17)]) == 17
    assert link_down.index_in([(*IF_ENTRY, 1, 3), (*IF_ENTRY, 8, 17)]) == 3


def test_a_table_by_port_and_more_is_told_by_its_first_arc():
    assert notice(1, port=(1, 3, 9, 2)).index_in([(1, 3, 9, 2, 10101, 0)]) == 10101


def test_no_variable_of_the_pattern_is_no_port():
    link_down = notice(1, port=(*IF_ENTRY, ANY_ARC))
    assert link_down.index_in([]) is None
    assert link_down.index_in([(*IF_ENTRY, 8), (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1, 5)]) is None
    assert notice(1).index_in([(*IF_ENTRY, 8, 17)]) is None

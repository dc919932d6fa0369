from netwatch.core.nothing import Nothing


def test_nothing_has_no_entries_and_gives_the_default_of_whoever_asks():
    nothing = Nothing()
    assert (nothing.get("any"), nothing.get("any", 7)) == (None, 7)
    assert ("any" in nothing, dict(nothing), nothing == {}) == (False, {}, True)

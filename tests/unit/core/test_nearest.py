from netwatch.core.nearest import nearest

SWITCHES = [f"acc-{number:04d}" for number in range(1, 40)]


def test_a_mistyped_word_is_taken_for_the_nearest_and_of_equals_for_the_first():
    assert nearest("acc-001", SWITCHES) == "acc-0001"
    assert nearest("core", [*SWITCHES, "core-1", "core-2"]) == "core-1"


def test_what_is_near_nothing_is_taken_for_nothing():
    assert (nearest("zzz", SWITCHES), nearest("", SWITCHES), nearest("acc-0001", [])) == ("", "", "")

"""Which failures are looked at again, and what their second outcome is worth."""

import json

import pytest

from tests import suite

LIVE = "tests/e2e/test_demo.py::test_it_is_up"
PURE = "tests/unit/core/test_rings.py::test_a_ring"


@pytest.fixture
def outcome(tmp_path, monkeypatch):
    """Run it where these tests fail at first, and pytest ends with these codes; its code, and what was asked again."""
    monkeypatch.chdir(tmp_path)

    def of(failed, *codes):
        suite.FAILED.parent.mkdir(parents=True, exist_ok=True)
        suite.FAILED.write_text(json.dumps(dict.fromkeys(failed, True)))
        asked, said, ending = [], [], iter(codes)

        def pytest_of(arguments):
            asked.append(list(arguments))
            return next(ending)

        return suite.run(["-n", "3", "tests"], pytest_of, said.append), asked[1:], said

    return of


@pytest.mark.parametrize("code", [0, 2, 3, 4, 5])
def test_what_is_no_failed_test_ends_as_pytest_does(outcome, code):
    assert outcome([LIVE], code) == (code, [], [])


def test_what_passes_alone_is_let_pass_and_named(outcome):
    code, again, said = outcome([LIVE], 1, 0)
    assert (code, again) == (0, [[LIVE]])
    assert said[-1].startswith(f"PASSED ONLY WHEN LOOKED AT AGAIN, ALONE: {LIVE}.")


def test_what_fails_again_has_failed(outcome):
    code, again, said = outcome([LIVE, LIVE + "_too"], 1, 1)
    assert (code, again, len(said)) == (1, [[LIVE, LIVE + "_too"]], 1)


@pytest.mark.parametrize(
    "failed", [[PURE], [LIVE, PURE], [LIVE, LIVE + "_2", LIVE + "_3"], []], ids=["virtual", "both", "many", "none"]
)
def test_nothing_else_is_looked_at_again(outcome, failed):
    assert outcome(failed, 1) == (1, [], [])


def test_every_folder_that_is_live_is_there():
    assert [folder for folder in suite.LIVE if not (suite.Path(__file__).parents[2] / folder).is_dir()] == []

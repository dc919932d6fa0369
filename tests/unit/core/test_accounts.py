"""What each role may do, and when an account is over."""

import pytest

from netwatch.core.accounts import ALLOWS, NOBODY, Account, Act, Role

NOW = 1_760_000_000.0


def test_every_role_is_allowed_something_and_no_role_everything():
    assert set(ALLOWS) == set(Role)
    assert all(ALLOWS.values())
    assert not any(allowed == set(Act) for allowed in ALLOWS.values())


@pytest.mark.parametrize(
    ("act", "roles"),
    [
        (Act.SCRAPE, {Role.SCRAPER, Role.VIEWER, Role.OPERATOR, Role.AUDITOR}),
        (Act.LOOK, {Role.CONTRACTOR, Role.VIEWER, Role.OPERATOR, Role.AUDITOR}),
        (Act.NOTE, {Role.CONTRACTOR, Role.OPERATOR}),
        (Act.WORK, {Role.OPERATOR}),
        (Act.AUDIT, {Role.AUDITOR}),
    ],
)
def test_each_act_is_for_these_roles_alone(act, roles):
    assert {role for role in Role if Account(name="kim", role=role).may(act)} == roles


def test_an_account_is_over_from_its_end_on():
    account = Account(name="hanbit", role=Role.CONTRACTOR, districts=frozenset({"옥정동"}), until_wall_s=NOW)
    assert not account.has_ended(NOW - 1)
    assert account.has_ended(NOW)
    assert not Account(name="kim", role=Role.OPERATOR).has_ended(NOW * 100)


def test_whoever_is_not_known_may_look_and_change_nothing():
    assert NOBODY.may(Act.LOOK)
    assert not any(NOBODY.may(act) for act in (Act.NOTE, Act.WORK, Act.AUDIT))

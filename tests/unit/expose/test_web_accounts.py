"""Accounts as operators write them into a web configuration."""

import pytest

from netwatch.core.accounts import Account, Role
from tests.unit.expose.test_web_config import HASH, mistakes, read

USERS = f"basic_auth_users: {{kim: {HASH}, hanbit: {HASH}}}\n"


def test_without_the_section_every_user_is_an_operator_of_the_whole_city():
    assert read(USERS).accounts == {name: Account(name=name, role=Role.OPERATOR) for name in ("kim", "hanbit")}
    assert not read("").accounts


def test_each_account_has_its_role_its_districts_and_its_end():
    config = read(f"""{USERS}
netwatch_accounts:
  kim: {{role: auditor}}
  hanbit: {{role: contractor, districts: [옥정동, 덕계동], until: 2027-03-31T18:00+09:00}}
""")
    assert config.accounts["kim"] == Account(name="kim", role=Role.AUDITOR)
    hanbit = config.accounts["hanbit"]
    assert (hanbit.role, hanbit.districts) == (Role.CONTRACTOR, {"옥정동", "덕계동"})
    assert hanbit.until_wall_s == 1_806_483_600.0


def test_a_day_is_the_last_one(monkeypatch):
    text = f"{USERS}netwatch_accounts: {{kim: {{role: viewer, until: {{}}}}, hanbit: {{role: scraper}}}}\n"
    ends = [read(text.replace("{}", day)).accounts["kim"].until_wall_s for day in ("2027-03-30", "2027-03-31")]
    assert ends[1] - ends[0] == 86_400.0


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ("kim: {role: operater}, hanbit: {role: viewer}", "kim.role: 'operater' is no role; known are scraper, "),
        ("kim: {role: operator}", ": gives no role to 'hanbit' of basic_auth_users"),
        (
            "kim: {role: viewer}, hanbit: {role: viewer}, hanbitt: {role: viewer}",
            ".hanbitt: has no password in basic_auth_users; did you mean 'hanbit'?",
        ),
        ("kim: operator, hanbit: {role: viewer}", ".kim: must be a table such as {role: operator}"),
        ("kim: {role: viewer}, hanbit: {role: contractor}", ".hanbit: a contractor needs districts and until"),
        (
            "kim: {role: viewer, districts: [옥정동]}, hanbit: {role: viewer}",
            ".kim: only a contractor is limited to districts",
        ),
        (
            "kim: {role: viewer, until: 2027-03-31T18:00}, hanbit: {role: viewer}",
            ".kim.until: '2027-03-31T18:00' needs an offset, such as +09:00",
        ),
        (
            "kim: {role: viewer, until: next year}, hanbit: {role: viewer}",
            ".kim.until: 'next year' is neither a day such as 2027-03-31 nor a time with its offset",
        ),
        ("kim: {districts: []}, hanbit: {role: viewer}", ".kim.role: is missing"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(section, sentence):
    told = mistakes(f"{USERS}netwatch_accounts: {{{section}}}\n")
    assert any(sentence in mistake for mistake in told), told


def test_a_name_may_be_proved_by_a_certificate_instead_of_a_password():
    tls = (
        "tls_server_config: {cert_file: a, key_file: b, client_ca_file: c, "
        "client_auth_type: RequireAndVerifyClientCert}\n"
    )
    config = read(f"{tls}netwatch_accounts: {{monitor@city.example: {{role: scraper}}}}\n")
    assert config.accounts["monitor@city.example"].role is Role.SCRAPER

"""Web configurations as operators write them: each mistake is one sentence with its place."""

import re
import ssl
from pathlib import Path

import pytest

from netwatch.core.errors import WebConfigError
from netwatch.expose.web_config import Rate, parse
from netwatch.expose.web_schema import ClientCertificate
from tests.web import CLIENTS, TLS, hashed, users

FILE = Path("/etc/netwatch/web.yaml")
HASH = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG"


def read(text):
    return parse(text.encode(), FILE)


def mistakes(text):
    with pytest.raises(WebConfigError) as caught:
        read(text)
    return [str(problem).removeprefix(f"{FILE}") for problem in caught.value.problems]


def test_an_empty_file_protects_nothing_and_is_no_mistake():
    config = read("")
    assert (config.tls, dict(config.users), dict(config.headers), config.rate) == (None, {}, {}, None)
    assert not config.knows_who_asks


def test_everything_that_upstream_knows_and_python_can_do_is_read():
    config = read(f"""
tls_server_config:
  cert_file: tls/web.crt
  key_file: /run/credentials/netwatch.service/web.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: tls/ca.crt
  client_allowed_sans: [prometheus.city, '0:0:0:0:0:0:0:1']
  min_version: TLS12
  max_version: TLS13
  cipher_suites:
    - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    - TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
  prefer_server_cipher_suites: false
  curve_preferences: [CurveP256]
http_server_config:
  http2: false
  headers:
    Strict-Transport-Security: max-age=31536000
    X-Frame-Options: deny
    Content-Security-Policy: ''
basic_auth_users:
  prometheus: {HASH}
  'kim.옥정': '{HASH}'
rate_limit: {{interval: 1m0.5s, burst: 20}}
""")
    assert config.tls.cert_file == FILE.parent / "tls/web.crt"
    assert config.tls.key_file == Path("/run/credentials/netwatch.service/web.key")
    assert config.tls.client_ca_file == FILE.parent / "tls/ca.crt"
    assert config.tls.client_certificate is ClientCertificate.REQUIRED
    assert config.tls.allowed_sans == ("prometheus.city", "::1")
    assert (config.tls.minimum, config.tls.maximum) == (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    assert config.tls.ciphers == ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305")
    assert (config.tls.server_chooses, config.tls.curves) == (False, ("prime256v1",))
    assert dict(config.users) == {"prometheus": HASH.encode(), "kim.옥정": HASH.encode()}
    assert dict(config.headers) == {
        "Strict-Transport-Security": "max-age=31536000",
        "X-Frame-Options": "deny",
        "Content-Security-Policy": "",
    }
    assert config.rate == Rate(interval_s=60.5, burst=20)


@pytest.mark.parametrize(
    ("text", "knows"),
    [
        (TLS, False),
        (TLS + users(a=HASH), True),
        (users(a=HASH), True),
        (TLS + CLIENTS, True),
        (TLS + CLIENTS.replace("RequireAndVerify", "Verify").replace("Cert\n", "CertIfGiven\n"), False),
        ("basic_auth_users:\n", False),
        ("tls_server_config: {}\n", False),
    ],
)
def test_who_asks_is_known_by_a_password_or_a_certificate_that_must_be_shown(text, knows):
    assert read(text).knows_who_asks is knows


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tls_config: {}", ":1 tls_config: unknown key; did you mean 'tls_server_config'?"),
        (TLS + "  certfile: a", ":4 tls_server_config.certfile: unknown key; did you mean 'cert_file'?"),
        ("- a\n", ":1: this file is a table of keys"),
        ("tls_server_config: [a]\n", ":1 tls_server_config: must be a table of keys and values"),
        (TLS + "  min_version: TLS10\n", ":4 tls_server_config.min_version: 'TLS10' is broken (RFC 8996)"),
        (TLS + "  max_version: SSL3\n", ":4 tls_server_config.max_version: 'SSL3' is no version of TLS"),
        (
            TLS + "  min_version: TLS13\n  max_version: TLS12\n",
            ":4 tls_server_config.min_version: is above max_version",
        ),
        (
            TLS + "  client_auth_type: RequireAnyClientCert\n",
            ":4 tls_server_config.client_auth_type: 'RequireAnyClient",
        ),
        (TLS + "  client_auth_type: yes\n", ":4 tls_server_config.client_auth_type: 'yes' is no client_auth_type"),
        (
            TLS + "  client_auth_type: VerifyClientCertIfGiven\n",
            ":4 tls_server_config.client_auth_type: wants client_ca_file",
        ),
        (TLS + "  client_ca_file: a\n", ":4 tls_server_config.client_ca_file: is of no use without client_auth_type"),
        (TLS + "  client_allowed_sans: [a]\n", ":4 tls_server_config.client_allowed_sans: is of no use without"),
        (
            TLS + "  cipher_suites: [TLS_AES_128_GCM_SHA256]\n",
            ":4 tls_server_config.cipher_suites[1]: 'TLS_AES_128_GCM_SHA256' belongs to TLS 1.3",
        ),
        (
            TLS + "  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n",
            ":4 tls_server_config.cipher_suites[1]: 'TLS_RSA_WITH_RC4_128_SHA' is no cipher suite that Go",
        ),
        (
            TLS + "  curve_preferences: [X25519, CurveP256]\n",
            ":4 tls_server_config.curve_preferences: Python's ssl takes one curve",
        ),
        (TLS + "  curve_preferences: [P256]\n", ":4 tls_server_config.curve_preferences[1]: 'P256' is no curve"),
        ("http_server_config: {http2: true}\n", ":1 http_server_config.http2: netwatch speaks HTTP/1.1 only"),
        (
            "http_server_config:\n  headers:\n    Set-Cookie: a\n",
            ":3 http_server_config.headers.Set-Cookie: unknown key",
        ),
        (
            "http_server_config:\n  headers:\n    X-Frame-Options: DENY\n",
            ":3 http_server_config.headers.X-Frame-Options: 'DENY' is no value of X-Frame-Options; known are deny",
        ),
        (
            'http_server_config:\n  headers:\n    Content-Security-Policy: "a\\r\\nSet-Cookie: b"\n',
            ":3 http_server_config.headers.Content-Security-Policy: must be one line of ASCII",
        ),
        ("rate_limit: {interval: 1s}\n", ":1 rate_limit.burst: is missing, or 0"),
        ("rate_limit: {interval: 1s, burst: 0}\n", ":1 rate_limit.burst: is missing, or 0"),
        ("rate_limit: {interval: fast, burst: 1}\n", ":1 rate_limit.interval: 'fast' is not a duration"),
        ("basic_auth_users:\n  'a:b': x\n", ":2 basic_auth_users.a:b: a user's name is not empty and holds no colon"),
        ("basic_auth_users:\n  a:\n    b: x\n", ":2 basic_auth_users.a: must be one value, not a table"),
        (users(a=HASH.replace("$10$", "$15$")), ":2 basic_auth_users.a: a bcrypt cost of 15"),
        ("rate_limit: &x {interval: 0}\n", ":1: a YAML anchor"),
        ("basic_auth_users: {\n", ":2: not valid YAML"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(text, said):
    told = mistakes(text)
    assert [one[: len(said)] for one in told] == [said], told


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file():
    told = mistakes("basic_auth_users: {a: b}\nrate_limit: {burst: x}\nnonsense: 1\ntls_server_config: {key_file: a}\n")
    assert [one.split(" ")[0] for one in told] == [":1", ":2", ":3", ":4"]


@pytest.mark.parametrize("key", ["cert", "key", "client_ca"])
def test_what_upstream_takes_inline_is_wanted_in_a_file_and_never_repeated(key):
    (told,) = mistakes(TLS + f"  {key}: |\n    -----BEGIN SECRET-----\n")
    assert told == f":4 tls_server_config.{key}: netwatch reads this from a file; write {key}_file with its path"


def test_a_password_written_where_its_hash_belongs_is_in_no_sentence_and_no_repr():
    (told,) = mistakes("basic_auth_users:\n  kim: hunter2\n")
    assert told.startswith(":2 basic_auth_users.kim: must be a bcrypt hash")
    assert "hunter2" not in told
    assert HASH not in repr(read(users(kim=HASH)))


@pytest.mark.parametrize("kind", ["$2a$", "$2b$", "$2y$"])
def test_every_kind_of_bcrypt_that_tools_write_is_taken(kind):
    assert read(users(kim=kind + hashed()[4:])).users["kim"].startswith(kind.encode())


@pytest.mark.parametrize("page", ["README.md", "deploy/README.md"])
def test_what_the_pages_show_an_operator_is_a_configuration_that_can_be_taken(page):
    text = (Path(__file__).parents[3] / page).read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml\n(tls_server_config:.*?)^```$", text, re.MULTILINE | re.DOTALL)
    config = read(shown)
    assert config.tls.client_certificate is ClientCertificate.REQUIRED
    assert list(config.users) == ["prometheus"]


def test_a_file_too_large_for_a_web_configuration_is_refused_unread():
    assert mistakes("#" * (1 << 20) + "\n") == [": larger than 1 MiB; a web configuration never is"]

"""The keys of a web configuration file, and how the value of each is read.

In: texts. Out: values, or `Refused` with the sentence. The keys are those of exporter-toolkit; a value that Python's
ssl cannot do as Go's does is refused here by name.
"""

import re
import ssl
from collections.abc import Callable, Mapping
from enum import StrEnum
from ipaddress import ip_address

from netwatch.inventory.findings import Refused, quoted
from netwatch.inventory.kinds import Block, Key, ListOf, Pairs, Scalar
from netwatch.inventory.values import boolean, integer

COSTLIEST = 14  # of bcrypt: a second on this year's processors


class ClientCertificate(StrEnum):
    """Whether a client must prove who it is, by the names of Go's crypto/tls."""

    NONE = "NoClientCert"
    IF_GIVEN = "VerifyClientCertIfGiven"
    REQUIRED = "RequireAndVerifyClientCert"


_UNVERIFIED = ("RequestClientCert", "RequireAnyClientCert", "RequireClientCert")
_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_OLD_VERSIONS = ("TLS10", "TLS11")
_CURVES = {"CurveP256": "prime256v1", "CurveP384": "secp384r1", "CurveP521": "secp521r1", "X25519": "X25519"}
# those of Go's crypto/tls that it holds for secure, below TLS 1.3
_SUITES = {
    f"TLS_ECDHE_{signed}_WITH_{go}": f"ECDHE-{signed}-{openssl}"
    for signed in ("ECDSA", "RSA")
    for go, openssl in (
        ("AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
        ("AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
        ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"),
        ("CHACHA20_POLY1305", "CHACHA20-POLY1305"),
        ("AES_128_CBC_SHA", "AES128-SHA"),
        ("AES_256_CBC_SHA", "AES256-SHA"),
    )
}
_NEWEST_SUITES = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
_HEADER_VALUES: Mapping[str, tuple[str, ...]] = {
    "Strict-Transport-Security": (),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("deny", "sameorigin"),
    "X-XSS-Protection": (),
    "Content-Security-Policy": (),
}
_BCRYPT = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}", re.ASCII)
_DURATION = re.compile(r"(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h))+", re.ASCII)
_DURATION_PART = re.compile(r"([\d.]+)(\D+)", re.ASCII)
_UNITS_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_HTTP_2 = "netwatch speaks HTTP/1.1 only; write false, or leave it out"
_INLINE = "netwatch reads this from a file; write {} with its path"


def user_name(raw: str) -> str:
    """A name that basic authentication can carry, in NFC as the reader of the file gives it."""
    if not raw or ":" in raw:
        raise Refused("a user's name is not empty and holds no colon (RFC 7617)")
    return raw


def bcrypt_hash(raw: str) -> bytes:
    """A bcrypt hash; what stands there instead is never repeated."""
    found = _BCRYPT.fullmatch(raw)
    if found is None:
        raise Refused(
            "must be a bcrypt hash such as `htpasswd -nBC 10 NAME` prints, in quotes; it begins with $2y$ or $2b$"
        )
    if not 4 <= int(found[1]) <= COSTLIEST:
        raise Refused(f"a bcrypt cost of {found[1]}: from 04 to {COSTLIEST} is taken, and 10 or 12 is usual")
    return raw.encode("ascii")


def _path(raw: str) -> str:
    if not raw or "\0" in raw:
        raise Refused("must be the path of a file")
    return raw


def _inline(file_key: str) -> Callable[[str], str]:
    def refuse(_raw: str) -> str:
        raise Refused(_INLINE.format(file_key))

    return refuse


def _client_certificate(raw: str) -> ClientCertificate:
    if raw in _UNVERIFIED:
        raise Refused(f"{quoted(raw)} takes certificates that nobody verified; take {ClientCertificate.REQUIRED}")
    known = [policy.value for policy in ClientCertificate]
    if raw and raw not in known:
        raise Refused(f"{quoted(raw)} is no client_auth_type; known are {', '.join(known)}")
    return ClientCertificate(raw or ClientCertificate.NONE)


def _version(raw: str) -> ssl.TLSVersion:
    if raw in _OLD_VERSIONS:
        raise Refused(f"{quoted(raw)} is broken (RFC 8996); TLS12 and TLS13 are taken")
    if raw not in _VERSIONS:
        raise Refused(f"{quoted(raw)} is no version of TLS; TLS12 and TLS13 are taken")
    return _VERSIONS[raw]


def _suite(raw: str) -> str:
    if raw in _NEWEST_SUITES:
        raise Refused(f"{quoted(raw)} belongs to TLS 1.3, whose suites are always on; leave it out")
    if raw not in _SUITES:
        raise Refused(f"{quoted(raw)} is no cipher suite that Go holds for secure", word=raw, among=_SUITES)
    return _SUITES[raw]


def _curve(raw: str) -> str:
    if raw not in _CURVES:
        raise Refused(f"{quoted(raw)} is no curve; known are {', '.join(_CURVES)}")
    return _CURVES[raw]


def san(raw: str) -> str:
    """A subject alternative name; an address in its usual form, so that ::1 and 0:0:0:0:0:0:0:1 are one."""
    try:
        return str(ip_address(raw))
    except ValueError:
        return raw


def _http_1_only(raw: str) -> bool:
    if boolean(raw):
        raise Refused(_HTTP_2)
    return False


def _header(name: str, values: tuple[str, ...]) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if not raw.isascii() or (raw and not raw.isprintable()):
            raise Refused("must be one line of ASCII")
        if values and raw and raw not in values:
            raise Refused(f"{quoted(raw)} is no value of {name}; known are {', '.join(values)}")
        return raw

    return parse


def _duration_s(raw: str) -> float:
    if raw == "0":
        return 0.0
    if not _DURATION.fullmatch(raw):
        raise Refused(f"{quoted(raw)} is not a duration such as 500ms, 1s or 1m30s")
    return sum(float(number) * _UNITS_S[unit] for number, unit in _DURATION_PART.findall(raw))


def _key(name: str, parse: Callable[[str], object], into: str = "") -> Key:
    return Key(name=name, kind=Scalar(parse), into=into or name)


_TLS = Block(
    (
        _key("cert_file", _path),
        _key("key_file", _path),
        _key("client_ca_file", _path),
        _key("cert", _inline("cert_file")),
        _key("key", _inline("key_file")),
        _key("client_ca", _inline("client_ca_file")),
        _key("client_auth_type", _client_certificate, "client_certificate"),
        Key(name="client_allowed_sans", kind=ListOf(Scalar(san)), into="allowed_sans"),
        _key("min_version", _version, "minimum"),
        _key("max_version", _version, "maximum"),
        Key(name="cipher_suites", kind=ListOf(Scalar(_suite)), into="ciphers"),
        _key("prefer_server_cipher_suites", boolean, "server_chooses"),
        Key(name="curve_preferences", kind=ListOf(Scalar(_curve)), into="curves"),
    )
)
_HEADERS = Block(tuple(_key(name, _header(name, values)) for name, values in _HEADER_VALUES.items()))
_HTTP = Block((_key("http2", _http_1_only), Key(name="headers", kind=_HEADERS, into="headers")))
_RATE = Block((_key("interval", _duration_s, "interval_s"), _key("burst", integer(0, 1_000_000))))

SCHEMA = Block(
    (
        Key(name="tls_server_config", kind=_TLS, into="tls"),
        Key(name="http_server_config", kind=_HTTP, into="http"),
        # whoever reads the file reads this one by itself: each hash with its line
        Key(name="basic_auth_users", kind=Pairs(), into="users"),
        Key(name="rate_limit", kind=_RATE, into="rate"),
    )
)

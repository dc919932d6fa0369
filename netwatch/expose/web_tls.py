"""TlsSettings -> what a handshake needs: an SSLContext, who is let in, and when the certificate ends.

Reads the files that the settings name. Whatever is wrong with one of them is a Refused with the key's name.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from netwatch.expose.web_config import TlsSettings
from netwatch.expose.web_schema import ClientCertificate, san

MOST_BYTES = 1 << 20

_VERIFY = {
    ClientCertificate.NONE: ssl.CERT_NONE,
    ClientCertificate.IF_GIVEN: ssl.CERT_OPTIONAL,
    ClientCertificate.REQUIRED: ssl.CERT_REQUIRED,
}


class FileRefused(ValueError):  # noqa: N818 - reads as what it says
    """A file that cannot be used: the `key` that names it, and the sentence."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """One state of certificates and rules. Another state is another object, so connections can be told apart by it."""

    context: ssl.SSLContext
    not_after_s: float  # wall time at which the first certificate of the chain ends
    allowed_sans: frozenset[str] = frozenset()

    def lets_in(self, connection: ssl.SSLObject) -> bool:
        """Whether the client's certificate, verified already, names somebody who is allowed."""
        if not self.allowed_sans:
            return True
        return not self.allowed_sans.isdisjoint(names(connection))


def names(connection: ssl.SSLObject | None) -> list[str]:
    """The subject alternative names of the client's certificate, verified already; none where it gave none."""
    certificate = connection.getpeercert() if connection is not None else None
    found = (certificate or {}).get("subjectAltName", ())
    return [san(str(name)) for kind_and_name in found for name in kind_and_name[1:]]


def build(settings: TlsSettings) -> Tls:
    """Read certificate, key and CA. Raises FileRefused."""
    not_after_s = _not_after_s(settings.cert_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = settings.minimum, settings.maximum
    context.options |= ssl.OP_NO_RENEGOTIATION  # else one connection could ask for one handshake after the other
    context.set_alpn_protocols(["http/1.1"])
    if not settings.server_chooses:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    if settings.ciphers:
        context.set_ciphers(":".join(settings.ciphers))
    for curve in settings.curves:
        context.set_ecdh_curve(curve)
    _load_chain(context, settings)
    if settings.client_ca_file is not None:
        _load_ca(context, settings.client_ca_file)
    context.verify_mode = _VERIFY[settings.client_certificate]
    return Tls(context=context, not_after_s=not_after_s, allowed_sans=frozenset(settings.allowed_sans))


def _read(path: Path, key: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileRefused(key, f"{path} cannot be read: {error.strerror or error}") from error
    if len(content) > MOST_BYTES:
        raise FileRefused(key, f"{path} is larger than {MOST_BYTES >> 20} MiB")
    return content


def _not_after_s(path: Path) -> float:
    try:
        chain = x509.load_pem_x509_certificates(_read(path, "cert_file"))
    except FileRefused:
        raise
    except ValueError as error:
        raise FileRefused("cert_file", f"{path} holds no certificate in PEM form") from error
    return min(certificate.not_valid_after_utc.timestamp() for certificate in chain)


def _load_chain(context: ssl.SSLContext, settings: TlsSettings) -> None:
    key = settings.key_file
    _read(key, "key_file")  # told apart from the certificate, which ssl does not

    def refuse() -> str:
        raise FileRefused("key_file", f"{key} is encrypted, and nobody is there to type its passphrase")

    try:
        context.load_cert_chain(settings.cert_file, key, password=refuse)
    except ssl.SSLError as error:
        what = (
            "belongs to another certificate"
            if error.reason == "KEY_VALUES_MISMATCH"
            else "holds no private key in PEM form"
        )
        if error.reason in ("EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"):
            raise FileRefused("cert_file", f"{settings.cert_file} is too weak for this OpenSSL") from error
        raise FileRefused("key_file", f"{key} {what}") from error
    except OSError as error:
        raise FileRefused("key_file", f"{key} cannot be read: {error.strerror or error}") from error


def _load_ca(context: ssl.SSLContext, path: Path) -> None:
    content = _read(path, "client_ca_file")
    try:
        context.load_verify_locations(cadata=content.decode("ascii", "replace"))
    except ssl.SSLError as error:
        raise FileRefused("client_ca_file", f"{path} holds no certificate in PEM form") from error

"""Certificates made for one test, and the web configurations that name them."""

import base64
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bcrypt
import trustme

CHEAP = 4  # the least cost of bcrypt, for tests that are not about time
PASSWORD = "옥정 a:b"  # a colon and letters beyond ASCII are both allowed in one


def hashed(password=PASSWORD, cost=CHEAP):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(cost)).decode().replace("$2b$", "$2y$")


ENDS = datetime(2037, 1, 1, tzinfo=UTC)


class Authority:
    """A CA with a folder. What it issues lies there as NAME.crt and NAME.key."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._ca = trustme.CA()
        self.file = folder / "ca.crt"
        self._ca.cert_pem.write_to_path(str(self.file))

    def issue(self, name, *identities, days=0):
        certificate = self._ca.issue_cert(*identities, not_after=ENDS + timedelta(days=days))
        certificate.private_key_pem.write_to_path(str(self.folder / f"{name}.key"))
        chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
        (self.folder / f"{name}.crt").write_bytes(chain)
        return self

    def client(self, name=""):
        """A context that trusts this CA, with the certificate of that name."""
        context = ssl.create_default_context(cafile=str(self.file))
        if name:
            context.load_cert_chain(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        return context


def authority(folder):
    """A CA, the certificate of a server on loopback, and those of two clients."""
    return (
        Authority(folder)
        .issue("web", "127.0.0.1", "localhost")
        .issue("prometheus", "prometheus.city", "monitor@city.example")
        .issue("stranger", "stranger.city")
    )


TLS = "tls_server_config:\n  cert_file: web.crt\n  key_file: web.key\n"
CLIENTS = "  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n"


def basic(user, password=PASSWORD):
    """The header that curl and Prometheus send."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def users(**hashes):
    return "basic_auth_users:\n" + "".join(f"  {name}: '{value}'\n" for name, value in hashes.items())

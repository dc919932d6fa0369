"""Every pair of authentication and privacy, with a user for it, and who proves that we speak it as others do."""

import pysnmp.hlapi.v3arch.asyncio as hlapi

from netwatch.snmp.ciphers import PrivProtocol
from netwatch.snmp.digests import AuthProtocol
from netwatch.snmp.keys import User

NET_SNMP_AUTH = {protocol: protocol.value for protocol in AuthProtocol} | {AuthProtocol.SHA1: "SHA"}
NET_SNMP_PRIV = {  # Cisco's stretching of keys is not compiled into Debian's
    PrivProtocol.DES: "DES",
    PrivProtocol.AES128: "AES",
    PrivProtocol.AES192: "AES-192",
    PrivProtocol.AES256: "AES-256",
}
PYSNMP_AUTH = {
    AuthProtocol.MD5: hlapi.usmHMACMD5AuthProtocol,
    AuthProtocol.SHA1: hlapi.usmHMACSHAAuthProtocol,
    AuthProtocol.SHA224: hlapi.usmHMAC128SHA224AuthProtocol,
    AuthProtocol.SHA256: hlapi.usmHMAC192SHA256AuthProtocol,
    AuthProtocol.SHA384: hlapi.usmHMAC256SHA384AuthProtocol,
    AuthProtocol.SHA512: hlapi.usmHMAC384SHA512AuthProtocol,
}
PYSNMP_PRIV = {
    PrivProtocol.DES: hlapi.usmDESPrivProtocol,
    PrivProtocol.AES128: hlapi.usmAesCfb128Protocol,
    PrivProtocol.AES192: hlapi.usmAesBlumenthalCfb192Protocol,
    PrivProtocol.AES256: hlapi.usmAesBlumenthalCfb256Protocol,
    PrivProtocol.AES192C: hlapi.usmAesCfb192Protocol,
    PrivProtocol.AES256C: hlapi.usmAesCfb256Protocol,
}


def _user(auth, priv):
    name = "-".join(("user", *(one.value for one in (auth, priv) if one is not None)))
    return User(
        name=name.encode(),
        auth=auth,
        auth_password=f"auth of {name}".encode() if auth else b"",
        priv=priv,
        priv_password=f"priv of {name}".encode() if priv else b"",
    )


PAIRS = (_user(None, None), *(_user(auth, priv) for auth in AuthProtocol for priv in (None, *PrivProtocol)))
NET_SNMP_PAIRS = tuple(user for user in PAIRS if user.priv is None or user.priv in NET_SNMP_PRIV)


def net_snmp_configuration():
    """The users as snmpd.conf creates them."""
    for user in NET_SNMP_PAIRS:
        auth = f' {NET_SNMP_AUTH[user.auth]} "{user.auth_password.decode()}"' if user.auth else ""
        priv = f' {NET_SNMP_PRIV[user.priv]} "{user.priv_password.decode()}"' if user.priv else ""
        yield f"createUser {user.name.decode()}{auth}{priv}"
        yield f"rouser {user.name.decode()} {'noauth' if not user.auth else 'priv' if user.priv else 'auth'}"


def table():
    """Rows of privacy by columns of authentication: the peers each pair is tried against in the test suite."""
    yield "", *(auth.value for auth in AuthProtocol)
    for priv in (None, *PrivProtocol):
        peers = "net-snmp, pysnmp" if priv is None or priv in NET_SNMP_PRIV else "pysnmp"
        yield "no privacy" if priv is None else priv.value, *(peers for _ in AuthProtocol)

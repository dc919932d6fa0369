"""A device of the inventory -> how its SNMP agent is asked: version, credential, timeouts, and the socket's way out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from netwatch.core.model import (
    CommunityCredential,
    Credential,
    Device,
    Lane,
    SnmpEngine,
    SnmpSettings,
    SnmpVersion,
    UserCredential,
)
from netwatch.core.nothing import NOBODY
from netwatch.snmp.ciphers import PrivProtocol
from netwatch.snmp.digests import AuthProtocol
from netwatch.snmp.keys import User
from netwatch.snmp.message import Version
from netwatch.snmp.target import Target

VERSIONS = {SnmpVersion.V1: Version.V1, SnmpVersion.V2C: Version.V2C, SnmpVersion.V3: Version.V3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a device is asked, but for the address that its name stands for at the moment."""

    address: str  # numeric, or a DNS name
    version: Version
    target: Callable[[str], Target]  # a numeric address -> where to ask
    every_s: Mapping[Lane, float]
    slow: bool = False  # by pysnmp


def asking(device: Device, snmp: SnmpSettings) -> Asking:
    """How the inventory wants this device to be asked."""
    return Asking(
        address=snmp.address or device.address,
        version=VERSIONS[snmp.credential.version],
        target=partial(_target, snmp, _who(snmp.credential)),
        every_s=device.every_s,
        slow=snmp.engine is SnmpEngine.PYSNMP,
    )


@dataclass(frozen=True, slots=True)
class _Who:
    """A credential as `Target` wants it. One object for all polls: the user's keys are known by it."""

    community: bytes = field(default=b"", repr=False)
    user: User | None = None
    context: bytes = b""
    context_engine_id: bytes = b""


def _who(credential: Credential) -> _Who:
    if isinstance(credential, CommunityCredential):
        return _Who(community=credential.community.reveal())
    return _Who(
        user=user_of(credential), context=credential.context.encode(), context_engine_id=credential.context_engine_id
    )


def _target(snmp: SnmpSettings, who: _Who, address: str) -> Target:
    return Target(
        host=address,
        port=snmp.port,
        version=VERSIONS[snmp.credential.version],
        community=who.community,
        user=who.user,
        context=who.context,
        context_engine_id=who.context_engine_id,
        timeout_s=snmp.timeout_s,
        retries=snmp.retries,
        accept_from=frozenset(map(str, snmp.accept_from)) or NOBODY,
        source=str(snmp.source) if snmp.source else None,
        interface=snmp.interface,
    )


def user_of(credential: UserCredential) -> User:
    """The user as the wire knows it."""
    auth, priv = credential.auth, credential.priv
    return User(
        name=credential.user.encode(),
        auth=AuthProtocol(auth.protocol) if auth is not None else None,
        auth_password=auth.password.reveal() if auth is not None else b"",
        priv=PrivProtocol(priv.protocol) if priv is not None else None,
        priv_password=priv.password.reveal() if priv is not None else b"",
    )

"""Notifications by SNMPv3 as octets, as a switch that knows the user's passwords would send them."""

from netwatch.snmp.ciphers import PrivProtocol
from netwatch.snmp.digests import AuthProtocol
from netwatch.snmp.keys import KeyRing, User
from netwatch.snmp.usm import Stamp, context, scope, seal
from tests.traps import COLD_START, INFORM, LINK_DOWN, V2_TRAP, pdu, port

ENGINE = bytes.fromhex("80001f8804636162696e6574")
AUTH_PASSWORD, PRIV_PASSWORD = "auth-canary-81d2", "priv-canary-5a0e"
BOOTS, TIME_S = 7, 90_000
AUTH = {"auth": AuthProtocol.SHA256, "auth_password": AUTH_PASSWORD.encode()}
PRIV = {"priv": PrivProtocol.AES128, "priv_password": PRIV_PASSWORD.encode()}
USER = User(name=b"netwatch", **AUTH, **PRIV)
RING = KeyRing()


def signed(body, *, engine_id=ENGINE, boots=BOOTS, time_s=TIME_S, user=USER, level=None, number=1, reportable=False):
    """A message with this PDU in it."""
    keys = RING.keys(user, engine_id)
    level = user.level if level is None else level
    stamp = Stamp(number.to_bytes(4, "big"), boots, time_s, level, reportable=reportable)
    return seal(scope(context(engine_id, b""), body), stamp, keys)


def signed_trap(kind=LINK_DOWN, *more, **stamp):
    """Of the switch's own engine."""
    return signed(pdu(V2_TRAP, kind, *(more or (port(3),))), **stamp)


def inform(own, time_s, kind=COLD_START, **stamp):
    """To our engine `own`, at its time."""
    told = {"engine_id": own.id, "boots": own.boots, "time_s": time_s, "reportable": True, **stamp}
    return signed(pdu(INFORM, kind), **told)

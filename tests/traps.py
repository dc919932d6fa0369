"""Notifications as octets, and inventories whose devices may send them."""

from netwatch.core.model import (
    CommunityCredential,
    Device,
    Inventory,
    Lane,
    Secret,
    Settings,
    Site,
    SnmpSettings,
    SnmpVersion,
)
from netwatch.snmp import ber
from netwatch.snmp.message import VarBind, encode_varbind

COLD_START, WARM_START, LINK_DOWN, LINK_UP, REFUSED = (f"1.3.6.1.6.3.1.1.5.{n}" for n in range(1, 6))
IF_INDEX = "1.3.6.1.2.1.2.2.1.1"
V1_TRAP, INFORM, V2_TRAP = 0xA4, 0xA6, 0xA7
EVERY_S = {Lane.PING: 5.0, Lane.STATUS: 30.0, Lane.TRAFFIC: 30.0, Lane.HEALTH: 60.0, Lane.DISCOVERY: 900.0}


def bound(oid, syntax, value):
    return encode_varbind(VarBind(ber.oid_content(oid), syntax, value))


def port(index):
    """What a linkDown says of its port."""
    return bound(f"{IF_INDEX}.{index}", ber.INTEGER, index)


def message(version, community, body):
    return ber.tlv(ber.SEQUENCE, ber.integer(version) + ber.octets(community) + body)


def pdu(tag, kind, *more, request_id=7):
    """SNMPv2-Trap-PDU or InformRequest-PDU."""
    head = bound("1.3.6.1.2.1.1.3.0", ber.TIME_TICKS, 4711)
    head += bound("1.3.6.1.6.3.1.1.4.1.0", ber.OBJECT_ID, ber.oid_content(kind))
    bindings = ber.tlv(ber.SEQUENCE, head + b"".join(more))
    return ber.tlv(tag, ber.integer(request_id) + ber.integer(0) + ber.integer(0) + bindings)


def trap(kind=LINK_DOWN, *more, tag=V2_TRAP, community=b"public", request_id=7, version=1):
    """A trap, or an inform by its tag, of SNMPv2c."""
    return message(version, community, pdu(tag, kind, *more, request_id=request_id))


def v1_trap(
    generic=2,
    *more,
    specific=0,
    enterprise="1.3.6.1.4.1.6296.1",
    agent=b"\x0a\x00\x00\x01",
    community=b"public",
    version=0,
):
    """RFC 1157's own."""
    body = ber.oid(enterprise) + ber.octets(agent, ber.IP_ADDRESS) + ber.integer(generic) + ber.integer(specific)
    body += ber.unsigned(4711, ber.TIME_TICKS) + ber.tlv(ber.SEQUENCE, b"".join(more))
    return message(version, community, ber.tlv(V1_TRAP, body))


def device(name, address, *, community=b"public", agent=None, accept_from=()):
    credential = CommunityCredential(id="field", version=SnmpVersion.V2C, community=Secret(community))
    snmp = SnmpSettings(credential=credential, address=agent, accept_from=tuple(accept_from))
    return Device(id=name, site="hall", address=address, snmp=snmp, every_s=EVERY_S)


def inventory(*devices, **changes):
    told = {
        "city": "Yangju",
        "timezone": "Asia/Seoul",
        "charset": "cp949",
        "fingerprint": "",
        "files": (),
        "settings": Settings(),
        "sites": {"hall": Site(id="hall", name="hall")},
        "devices": {one.id: one for one in devices},
    }
    return Inventory(**{**told, **changes})

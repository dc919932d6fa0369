"""What somebody between netwatch and a switch can do to SNMPv3, one function each: an exchange in, forgeries out.

Some of them know the user's keys, which no attacker does: then only the one thing that is wrong can refuse the message.
Every forged response says that the device is called FORGED.
"""

from netwatch.snmp import ber, usm
from netwatch.snmp.errors import Outcome
from netwatch.snmp.keys import KeyRing, Keys, Level
from netwatch.snmp.message import Message, PduType, VarBind, Version, decode_body, decode_pdu_header, encode_pdu
from tests.secured import NOT_IN_TIME, UNKNOWN_ENGINE, UNKNOWN_USER, WRONG_DIGEST, Engine
from tests.snmpd.daemon import NAME, USER

FORGED = "FORGED"[: len(NAME.encode())].ljust(len(NAME.encode()), "!")
RING = KeyRing()
FOREIGN_ENGINE = bytes.fromhex("80001f88040badc0ffee")


def flipped(data, at, bit=0):
    return data[:at] + bytes((data[at] ^ 1 << bit,)) + data[at + 1 :]


def patched(data, at, octets):
    return data[:at] + octets + data[at + len(octets) :]


def answered(exchange):
    """The envelope of a response to a request of the user; None for the Reports of a first contact."""
    envelope = usm.parse(exchange.answer)
    return envelope if envelope.level is Level.AUTH_PRIV else None


def pdu_of(exchange, envelope):
    """The true answer's PDU with another name in it."""
    keys = RING.keys(USER, envelope.engine_id)
    octets = usm.unseal(exchange.answer, envelope, keys)
    scoped = usm.read_scoped(octets)
    message = decode_body(octets, decode_pdu_header(octets, scoped.pdu_at, scoped.end))
    varbinds = tuple(
        VarBind(one.oid, one.syntax, FORGED.encode()) if one.value == NAME.encode() else one for one in message.varbinds
    )
    assert varbinds != message.varbinds or message.pdu_type is not PduType.RESPONSE
    return encode_pdu(
        Message(
            version=Version.V3,
            community=b"",
            pdu_type=PduType.RESPONSE,
            request_id=message.request_id,
            varbinds=varbinds,
        )
    )


def sealed(exchange, *, level=Level.AUTH_PRIV, boots=0, time_s=0, engine_id=None, context=None, user=None):
    """The forged PDU by whoever knows the keys; `boots` and `time_s` are added to the true ones."""
    envelope = answered(exchange)
    if envelope is None:
        return []
    engine_id = engine_id or envelope.engine_id
    keys = RING.keys(USER, engine_id) if user is None else user
    scoped = usm.scope(context or usm.context(envelope.engine_id, b""), pdu_of(exchange, envelope))
    number = envelope.message_id.to_bytes(4, "big")
    stamp = usm.Stamp(number, envelope.boots + boots, max(0, envelope.time_s + time_s), level, reportable=False)
    return [usm.seal(scoped, stamp, keys)]


def report(exchange, stat, *, engine_id=None, boots=0, time_s=0):
    """A Report that nobody signed."""
    envelope = usm.parse(exchange.request)
    claimed = Engine(engine_id or envelope.engine_id, [], boots=envelope.boots + boots, time_s=envelope.time_s + time_s)
    return [claimed.report(envelope.message_id.to_bytes(4, "big"), stat)]


def a_zeroed_digest(_proxy, exchange):
    envelope = answered(exchange)
    return [patched(exchange.answer, envelope.digest_at, bytes(len(envelope.digest)))] if envelope else []


def a_digest_of_one_wrong_bit(_proxy, exchange):
    envelope = answered(exchange)
    return [flipped(exchange.answer, envelope.digest_at + 23)] if envelope else []


def no_digest_at_all(_proxy, exchange):
    """msgAuthenticationParameters of no octets, all lengths put right."""
    envelope = answered(exchange)
    if envelope is None:
        return []
    keys = Keys(USER, envelope.engine_id, privacy=RING.keys(USER, envelope.engine_id).privacy)
    keys.level, keys.mac_octets = Level.AUTH_PRIV, 0
    return sealed(exchange, user=keys)


def one_bit_of_the_ciphertext(_proxy, exchange):
    envelope = answered(exchange)
    if envelope is None:
        return []
    middle = (envelope.data_at + envelope.end) // 2
    return [flipped(exchange.answer, at) for at in (envelope.data_at, middle, envelope.end - 1)]


def one_bit_of_the_salt(_proxy, exchange):
    envelope = answered(exchange)
    return [flipped(exchange.answer, exchange.answer.index(envelope.salt))] if envelope else []


def a_time_moved_by_a_second(_proxy, exchange):
    """In the header of the true answer, whose digest covers it."""
    envelope = answered(exchange)
    if envelope is None:
        return []
    time_at = envelope.digest_at - 2 - len(ber.octets(envelope.user)) - 1
    return [flipped(exchange.answer, time_at)]


def plain_text_that_nobody_signed(_proxy, exchange):
    return sealed(exchange, level=Level.NO_AUTH_NO_PRIV)


def plain_text_rightly_signed(_proxy, exchange):
    return sealed(exchange, level=Level.AUTH_NO_PRIV)


def a_response_of_before(proxy, exchange):
    """The last answer once more, with the msgID of this request."""
    before = [one for one in proxy.exchanges[:-1] if answered(one)]
    if answered(exchange) is None or not before:
        return []
    old, number = before[-1].answer, usm.message_id_of(exchange.answer)
    return [old, patched(old, old.index(usm.message_id_of(old)), number)]


def a_response_of_another_boot(_proxy, exchange):
    return sealed(exchange, boots=-1)


def another_engine_rightly_signed(_proxy, exchange):
    return sealed(exchange, engine_id=FOREIGN_ENGINE)


def another_context(_proxy, exchange):
    return sealed(exchange, context=usm.context(answered(exchange).engine_id, b"vlan-7")) if answered(exchange) else []


def an_unsigned_report_of_a_new_time(_proxy, exchange):
    return report(exchange, NOT_IN_TIME, boots=7, time_s=5_000) if answered(exchange) else []


def an_unsigned_report_of_an_unknown_user(_proxy, exchange):
    return report(exchange, UNKNOWN_USER) if answered(exchange) else []


def an_unsigned_report_of_a_wrong_digest(_proxy, exchange):
    return report(exchange, WRONG_DIGEST) if answered(exchange) else []


def an_unsigned_report_of_another_engine(_proxy, exchange):
    return report(exchange, UNKNOWN_ENGINE, engine_id=FOREIGN_ENGINE) if answered(exchange) else []


def the_first_half(_proxy, exchange):
    return [exchange.answer[: len(exchange.answer) // 2]] if answered(exchange) else []


ATTACKS = {
    a_zeroed_digest: Outcome.WRONG_DIGEST,
    a_digest_of_one_wrong_bit: Outcome.WRONG_DIGEST,
    no_digest_at_all: Outcome.WRONG_DIGEST,
    one_bit_of_the_ciphertext: Outcome.WRONG_DIGEST,
    one_bit_of_the_salt: Outcome.WRONG_DIGEST,
    a_time_moved_by_a_second: Outcome.WRONG_DIGEST,
    plain_text_that_nobody_signed: Outcome.WRONG_SECURITY_LEVEL,
    plain_text_rightly_signed: Outcome.WRONG_SECURITY_LEVEL,
    a_response_of_before: Outcome.WRONG_DIGEST,
    a_response_of_another_boot: Outcome.NOT_IN_TIME_WINDOW,
    another_engine_rightly_signed: Outcome.WRONG_ENGINE,
    another_context: Outcome.WRONG_CONTEXT,
    an_unsigned_report_of_a_new_time: Outcome.UNAUTHENTICATED_REPORT,
    an_unsigned_report_of_an_unknown_user: Outcome.UNAUTHENTICATED_REPORT,
    an_unsigned_report_of_a_wrong_digest: Outcome.UNAUTHENTICATED_REPORT,
    an_unsigned_report_of_another_engine: Outcome.ENGINE_DISCOVERY,
    the_first_half: Outcome.MALFORMED,
}

"""What is asked and what comes of it: the records `mux` works with."""

import asyncio
import math
from functools import lru_cache
from typing import NamedTuple

from netwatch.snmp import ber
from netwatch.snmp.layout import Layout, LayoutSlot
from netwatch.snmp.message import Header, Message, PduType, VarBind, Version, decode_body, encode_varbind
from netwatch.snmp.sign import Sign
from netwatch.snmp.target import Target
from netwatch.snmp.template import Template, Value

SMALLEST_ID, LARGEST_ID = 0x0080_0000, 0x7FFF_FFFF  # request-ids that take four octets and have no sign


class Reply(NamedTuple):
    """What a template's GET brought. Times are time.monotonic().

    `sent_s` is the last send before the reply. After a retry it may still be the first one that was answered, so the
    agent read its counters at some time between `first_sent_s` and `received_s`.
    """

    values: list[Value]
    sent_s: float
    received_s: float
    wrong_type: tuple[int, ...]  # positions whose value is None because its syntax was not the expected one
    size: int  # octets of the reply
    attempts: int  # 1 unless the request was repeated
    first_sent_s: float


class Question(NamedTuple):
    """A request written out, `oids` as content octets: for walks, where no template is worth making.

    With GET_BULK every object is a repeater. `known` is the sign of an answer that was read before: where it comes
    again, it is not read again.
    """

    pdu_type: PduType
    oids: tuple[bytes, ...]
    max_repetitions: int = 0
    known: Sign | None = None

    def encode(self, version: Version, community: bytes, request_id: int) -> bytes:
        """The datagram of SNMPv1 or SNMPv2c; of SNMPv3 the PDU alone."""
        asked = _asked(self.max_repetitions, self.oids)
        if version is not Version.V3 and SMALLEST_ID <= request_id <= LARGEST_ID:  # those of the mux
            return _before_id(version, community, self.pdu_type, len(asked)) + request_id.to_bytes(4, "big") + asked
        pdu = ber.tlv(self.pdu_type, ber.integer(request_id) + asked)
        if version is Version.V3:
            return pdu
        return ber.tlv(ber.SEQUENCE, ber.integer(version) + ber.octets(community) + pdu)

    def read(self, data: bytes, header: Header) -> Message | None:
        """The message behind this header; None when it cannot answer. Malformed when it is none."""
        body = data[header.at : header.end]
        if self.known is not None and self.known.is_borne_by(body):
            version, community, pdu_type, request_id, *_ = header
            return Message(
                version=version,
                community=community,
                pdu_type=pdu_type,
                request_id=request_id,
                body=body,
                is_known=True,
            )
        message = decode_body(data, header, body=body)
        return message if self.fits(message.varbinds) else None

    def fits(self, varbinds: tuple[VarBind, ...]) -> bool:
        """Whether these variables can answer: the objects asked, or as many successors as were asked at most."""
        if self.pdu_type is PduType.GET_BULK:  # the agent may cut the reply short anywhere
            return len(varbinds) <= len(self.oids) * self.max_repetitions
        if self.pdu_type is PduType.GET:
            return self.oids == tuple(varbind.oid for varbind in varbinds)
        return len(varbinds) == len(self.oids)


@lru_cache(maxsize=1024)
def _before_id(version: Version, community: bytes, pdu_type: PduType, asked: int) -> bytes:
    """All octets of a datagram before those of a request-id of four, behind which so many follow."""
    pdu = ber.tlv(pdu_type, ber.integer(SMALLEST_ID) + bytes(asked))
    return ber.tlv(ber.SEQUENCE, ber.integer(version) + ber.octets(community) + pdu)[: -asked - 4]


@lru_cache(maxsize=1024)
def _asked(max_repetitions: int, oids: tuple[bytes, ...]) -> bytes:
    """What follows the request-id. Switches of one make are walked by the same questions."""
    varbinds = b"".join([encode_varbind(VarBind(oid)) for oid in oids])
    return ber.integer(0) + ber.integer(max_repetitions) + ber.tlv(ber.SEQUENCE, varbinds)


class Sealing:
    """What SNMPv3 adds to a request in flight. The last three are of one attempt."""

    __slots__ = ("claim", "message_ids", "pdu", "probed", "synchronizations", "waits_from_s")

    def __init__(self, pdu: bytes) -> None:
        self.pdu = pdu
        self.message_ids: list[bytes] = []  # one for every datagram sent
        self.claim = ""  # why the agent, or whoever speaks for it, says that it does not answer
        self.probed: tuple[bytes, ...] = ()  # engines that Reports named
        self.synchronizations = 0
        self.waits_from_s = 0.0  # the attempt begins anew where a proven Report made the request possible

    def attempt(self, now_s: float) -> None:
        """Begin one."""
        self.probed = ()
        self.synchronizations = 0
        self.waits_from_s = now_s


class Request:
    """One request in flight. `left` counts the retries still allowed; it ends by `until_s`, a time.monotonic()."""

    __slots__ = (
        "attempts",
        "datagram",
        "first_sent_s",
        "future",
        "key",
        "layout",
        "left",
        "sealing",
        "sent_s",
        "slot",
        "target",
        "until_s",
        "what",
    )

    def __init__(self, key: bytes, target: Target, what: Template | Question, retries: int | None) -> None:
        self.key = key
        self.target = target
        self.what = what
        self.left = target.retries if retries is None else retries
        self.attempts = 0
        self.until_s = math.inf
        self.sent_s = self.first_sent_s = 0.0
        self.datagram = b""
        self.slot: LayoutSlot | None = None
        self.layout: Layout | None = None
        self.sealing: Sealing | None = None  # of SNMPv3
        self.future: asyncio.Future[Reply | Message]

    def reply(self, values: list[Value], received_s: float, wrong_type: tuple[int, ...], size: int) -> Reply:
        """The reply that ends this request."""
        return Reply(values, self.sent_s, received_s, wrong_type, size, self.attempts, self.first_sent_s)

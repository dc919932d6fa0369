"""pysnmp and pyasn1 as independent peers: they read what we write, and we read what they write."""

from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from netwatch.snmp import ber
from netwatch.snmp.message import COMMUNITY_VERSIONS, Message, PduType, VarBind, Version, decode, encode
from netwatch.snmp.template import Kind, Template
from tests.unit.snmp.strategies import oids, varbinds

PROTOCOLS = {
    Version.V1: api.PROTOCOL_MODULES[api.SNMP_VERSION_1],
    Version.V2C: api.PROTOCOL_MODULES[api.SNMP_VERSION_2C],
}
V2C = PROTOCOLS[Version.V2C]
# pysnmp takes object identifiers of two arcs for mistakes, and keeps Null and exceptions apart in a way of its own
plain = varbinds.filter(lambda varbind: len(varbind.oid) > 1 and varbind.syntax not in (ber.UINTEGER32, ber.NULL))


TYPES = {
    ber.INTEGER: V2C.Integer32,
    ber.COUNTER32: V2C.Counter32,
    ber.GAUGE32: V2C.Gauge32,
    ber.TIME_TICKS: V2C.TimeTicks,
    ber.COUNTER64: V2C.Counter64,
    ber.OCTET_STRING: V2C.OctetString,
    ber.OPAQUE: V2C.Opaque,
    ber.IP_ADDRESS: lambda value: V2C.IpAddress(".".join(map(str, value))),
    ber.OBJECT_ID: lambda value: V2C.ObjectIdentifier(ber.oid_to_dotted(value)),
    ber.NO_SUCH_OBJECT: lambda _: V2C.NoSuchObject(""),
    ber.NO_SUCH_INSTANCE: lambda _: V2C.NoSuchInstance(""),
    ber.END_OF_MIB_VIEW: lambda _: V2C.EndOfMibView(""),
}


def pysnmp_response(community, request_id, bindings):
    pdu = V2C.ResponsePDU()
    V2C.apiPDU.set_defaults(pdu)
    V2C.apiPDU.set_request_id(pdu, request_id)
    V2C.apiPDU.set_varbinds(pdu, [(ber.oid_to_dotted(oid), TYPES[syntax](value)) for oid, syntax, value in bindings])
    message = V2C.Message()
    V2C.apiMessage.set_defaults(message)
    V2C.apiMessage.set_community(message, community)
    V2C.apiMessage.set_pdu(message, pdu)
    return encoder.encode(message)


@settings(deadline=None, max_examples=150)
@given(st.binary(min_size=1, max_size=30), st.integers(1, 2**31 - 1), st.lists(plain, min_size=1, max_size=8))
def test_we_read_what_pysnmp_writes(community, request_id, bindings):
    message = decode(pysnmp_response(community, request_id, bindings))
    assert message == Message(
        version=Version.V2C,
        community=community,
        pdu_type=PduType.RESPONSE,
        request_id=request_id,
        varbinds=tuple(bindings),
    )


@settings(deadline=None, max_examples=150)
@given(st.binary(min_size=1, max_size=30), st.integers(1, 2**31 - 1), st.lists(plain, min_size=1, max_size=8))
def test_we_write_a_response_to_the_octet_as_pysnmp_does(community, request_id, bindings):
    ours = Message(
        version=Version.V2C,
        community=community,
        pdu_type=PduType.RESPONSE,
        request_id=request_id,
        varbinds=tuple(bindings),
    )
    theirs = pysnmp_response(community, request_id, bindings)
    assert decode(theirs) == decode(encode(ours))
    read, rest = decoder.decode(encode(ours), asn1Spec=V2C.Message())
    assert (rest, V2C.apiPDU.get_request_id(V2C.apiMessage.get_pdu(read))) == (b"", request_id)


@settings(deadline=None)
@given(
    st.sampled_from(COMMUNITY_VERSIONS),
    st.binary(min_size=1, max_size=30),
    st.integers(2**24, 2**31 - 1),
    st.lists(oids.filter(lambda oid: oid.count(".") > 1), min_size=1, max_size=30),
)
def test_pysnmp_reads_the_requests_of_our_templates(version, community, request_id, asked):
    template = Template(tuple(asked), (Kind.ANY,) * len(asked))
    credentials = ber.integer(version) + ber.octets(community)
    data = template.encode(credentials, request_id.to_bytes(4, "big"))
    protocol = PROTOCOLS[version]
    message, rest = decoder.decode(data, asn1Spec=protocol.Message())
    pdu = protocol.apiMessage.get_pdu(message)
    assert rest == b""
    assert int(message["version"]) == version
    assert bytes(protocol.apiMessage.get_community(message)) == community
    assert protocol.apiPDU.get_request_id(pdu) == request_id
    assert pdu.isSameTypeWith(protocol.GetRequestPDU())
    assert [str(name) for name, _ in protocol.apiPDU.get_varbinds(pdu)] == asked
    assert encoder.encode(message) == data


@settings(deadline=None)
@given(st.lists(oids.filter(lambda oid: oid.count(".") > 1), min_size=1, max_size=8), st.integers(0, 200))
def test_pysnmp_reads_our_getbulk(asked, repetitions):
    ours = Message(
        version=Version.V2C,
        community=b"public",
        pdu_type=PduType.GET_BULK,
        request_id=1,
        error_index=repetitions,
        varbinds=tuple(VarBind(ber.oid_content(oid)) for oid in asked),
    )
    message, rest = decoder.decode(encode(ours), asn1Spec=V2C.Message())
    pdu = V2C.apiMessage.get_pdu(message)
    assert rest == b""
    assert pdu.isSameTypeWith(V2C.GetBulkRequestPDU())
    assert (V2C.apiBulkPDU.get_non_repeaters(pdu), V2C.apiBulkPDU.get_max_repetitions(pdu)) == (0, repetitions)

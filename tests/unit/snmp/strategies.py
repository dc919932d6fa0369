"""What SNMP can say, for hypothesis: objects, values of every syntax, requests and their replies."""

from hypothesis import strategies as st

from netwatch.snmp import ber
from netwatch.snmp.message import COMMUNITY_VERSIONS, Message, PduType, VarBind

arcs = st.one_of(st.integers(0, 40), st.integers(0, ber.LARGEST_ARC))
oids = st.builds(
    lambda first, second, rest: ".".join(map(str, (first, second if first == 2 else second % 40, *rest))),
    st.integers(0, 2),
    st.integers(0, 200),
    st.lists(arcs, max_size=20),
)
unsigned32 = st.integers(0, 2**32 - 1)
values = st.one_of(
    st.tuples(st.just(ber.INTEGER), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.sampled_from([ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.UINTEGER32]), unsigned32),
    st.tuples(st.just(ber.COUNTER64), st.integers(0, 2**64 - 1)),
    st.tuples(st.sampled_from([ber.OCTET_STRING, ber.OPAQUE]), st.binary(max_size=300)),
    st.tuples(st.just(ber.IP_ADDRESS), st.binary(min_size=4, max_size=4)),
    st.tuples(st.just(ber.OBJECT_ID), oids.map(ber.oid_content)),
    st.tuples(st.sampled_from([ber.NULL, *sorted(ber.EXCEPTIONS)]), st.none()),
)
varbinds = st.builds(lambda oid, typed: VarBind(ber.oid_content(oid), *typed), oids, values)
messages = st.builds(
    Message,
    version=st.sampled_from(COMMUNITY_VERSIONS),
    community=st.binary(max_size=140),
    pdu_type=st.sampled_from(PduType),
    request_id=st.integers(-(2**31), 2**31 - 1),
    error_status=st.integers(0, 18),
    error_index=st.integers(0, 200),
    varbinds=st.lists(varbinds, max_size=12).map(tuple),
)

"""A question written out is the message that it stands for, however it was put together."""

from hypothesis import given
from hypothesis import strategies as st

from netwatch.snmp.message import COMMUNITY_VERSIONS, Message, PduType, VarBind, Version, encode, encode_pdu
from netwatch.snmp.request import LARGEST_ID, SMALLEST_ID, Question

oids = st.lists(st.binary(min_size=1, max_size=200), max_size=9).map(tuple)
edges = st.sampled_from([0, 127, 128, SMALLEST_ID - 1, SMALLEST_ID, LARGEST_ID])


@given(
    st.sampled_from([*COMMUNITY_VERSIONS, Version.V3]),
    st.binary(max_size=200),
    st.one_of(edges, st.integers(0, LARGEST_ID)),
    oids,
    st.integers(0, 300),
)
def test_a_question_is_written_as_its_message(version, community, request_id, names, repetitions):
    message = Message(
        version=version,
        community=community,
        pdu_type=PduType.GET_BULK,
        request_id=request_id,
        error_index=repetitions,
        varbinds=tuple(map(VarBind, names)),
    )
    written = Question(PduType.GET_BULK, names, repetitions).encode(version, community, request_id)
    assert written == (encode_pdu(message) if version is Version.V3 else encode(message))

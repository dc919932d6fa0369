"""Requests as a manager writes them, for tests that ask an agent without a socket."""

from netwatch.simulate.agent import Agent
from netwatch.simulate.answers import Answers
from netwatch.snmp import ber
from netwatch.snmp.message import Message, PduType, VarBind, Version, decode, encode


def datagram(pdu_type, oids, *, version=Version.V2C, community=b"public", request_id=0x12345678, status=0, index=0):
    return encode(
        Message(
            version=version,
            community=community,
            pdu_type=pdu_type,
            request_id=request_id,
            error_status=status,
            error_index=index,
            varbinds=tuple(VarBind(ber.oid_content(oid)) for oid in oids),
        )
    )


class Manager:
    """Asks one agent; every answer must be a well-formed response to what was asked."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.answers = Answers(communities=frozenset({b"public"}))
        self.request_id = 0x10000000

    def ask(self, pdu_type, *oids, t=0.0, **fields):
        self.request_id += 1
        raw = self.answers.answer(self.agent, datagram(pdu_type, oids, request_id=self.request_id, **fields), t)
        if raw is None:
            return None
        reply = decode(raw)
        assert encode(reply) == raw, "the answer is not in the shortest form"
        assert (reply.request_id, reply.pdu_type) == (self.request_id, PduType.RESPONSE)
        return reply

    def get(self, *oids, **fields):
        return self.ask(PduType.GET, *oids, **fields)

    def next(self, *oids, **fields):
        return self.ask(PduType.GET_NEXT, *oids, **fields)

    def bulk(self, *oids, repetitions=10, once=0, **fields):
        return self.ask(PduType.GET_BULK, *oids, status=once, index=repetitions, **fields)

    def number(self, oid, t):
        (varbind,) = self.get(oid, t=t).varbinds
        return varbind.value


def walked(living, device, column):
    """index -> value of one column, by GETBULK as a manager walks it."""
    manager, prefix, found = Manager(living.agents[device]), ber.oid_content(column), {}
    last = column
    while True:
        for varbind in manager.bulk(last, repetitions=25, t=5.0).varbinds:
            if varbind.syntax == ber.END_OF_MIB_VIEW or not varbind.oid.startswith(prefix):
                return found
            found[varbind.dotted.removeprefix(f"{column}.")] = varbind.value
            last = varbind.dotted

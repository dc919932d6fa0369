"""A mux without a wire, so that thousands of agents can be tried: the agent of the contract tests, asked directly."""

import asyncio
import time
from dataclasses import replace
from math import inf

from netwatch.snmp import ber
from netwatch.snmp.errors import ErrorStatus, NoSuchName, Overdue, Timeout, TooBig
from netwatch.snmp.message import Message, PduType, VarBind, Version, decode_header, encode
from netwatch.snmp.request import Reply
from netwatch.snmp.target import Target
from tests.contract.snmp_agents import Agent


class DirectMux:
    """`limit`: variables per reply before `on_large` is raised. `bad`: objects that give genErr, with a right index."""

    def __init__(self, agent: Agent, *, limit=10_000, on_large=TooBig, bad=frozenset(), cut=None, version=Version.V2C):
        self.agent = agent
        self.limit = limit
        self.on_large = on_large
        self.bad = {ber.oid_content(oid) for oid in bad}
        self.cut = cut
        self.target = Target(host="127.0.0.1", community=b"public", version=version)
        self.asked: list[int] = []
        self.retries: list[int | None] = []

    async def get(self, target, template, slot=None, *, retries=None, until_s=inf):
        self.retries.append(retries)
        message = await self._answered(target, PduType.GET, [ber.oid_content(oid) for oid in template.oids])
        values = [varbind.value for varbind in message.varbinds]
        return Reply(values, 0.0, 0.001, (), 100, 1, 0.0)

    async def ask(self, target, question, *, retries=None, until_s=inf):
        if until_s <= time.monotonic():  # noqa: TID251 - as the mux does
            raise Overdue("the deadline came first")
        answer = await self._answered(target, question.pdu_type, question.oids, question.max_repetitions)
        octets = encode(answer)
        return question.read(octets, decode_header(octets))

    async def _answered(self, target, pdu_type, oids, repetitions=0):
        await asyncio.sleep(0)
        self.asked.append(len(oids))
        request = Message(
            version=target.version,
            community=b"public",
            pdu_type=pdu_type,
            request_id=1,
            error_index=repetitions,
            varbinds=tuple(VarBind(oid) for oid in oids),
        )
        answer = self.agent.answer(request)
        if len(answer.varbinds) > self.limit:
            raise self.on_large("too large")
        for index, oid in enumerate(oids, 1):
            if oid in self.bad:
                raise ErrorStatus(5, index)
        if answer.error_status:
            raise NoSuchName(answer.error_index)
        return replace(answer, varbinds=answer.varbinds[: self.cut])


def silence(_words):
    return Timeout("silence")

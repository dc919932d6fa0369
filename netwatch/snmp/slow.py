"""pysnmp behind the port of `mux`: the slow engine for agents that ours does not get on with (`engine: pysnmp`).

A hundredth of our speed, all of it on the event loop, so it is for few devices. It is imported where the first of them
is asked: it costs 24 MB. Its own rules hold, not ours: an unsigned Report ends its wait.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from math import inf
from typing import Any, Final

import pysnmp.hlapi.v3arch.asyncio as hlapi
from pysnmp.error import PySnmpError
from pysnmp.proto.errind import RequestTimedOut
from pysnmp.proto.rfc1902 import OctetString

from netwatch.snmp import ber
from netwatch.snmp.ciphers import PrivProtocol
from netwatch.snmp.digests import AuthProtocol
from netwatch.snmp.errors import (
    NO_SUCH_NAME_STATUS,
    TOO_BIG_STATUS,
    ErrorStatus,
    NoSuchName,
    Outcome,
    Overdue,
    Refused,
    SendFailed,
    SnmpError,
    Timeout,
    TooBig,
    WrongOids,
)
from netwatch.snmp.keys import User
from netwatch.snmp.layout import LayoutSlot
from netwatch.snmp.message import Message, PduType, VarBind, Version
from netwatch.snmp.request import Question, Reply
from netwatch.snmp.target import Target
from netwatch.snmp.template import Template, Value

AUTH: Final = {
    AuthProtocol.MD5: hlapi.usmHMACMD5AuthProtocol,
    AuthProtocol.SHA1: hlapi.usmHMACSHAAuthProtocol,
    AuthProtocol.SHA224: hlapi.usmHMAC128SHA224AuthProtocol,
    AuthProtocol.SHA256: hlapi.usmHMAC192SHA256AuthProtocol,
    AuthProtocol.SHA384: hlapi.usmHMAC256SHA384AuthProtocol,
    AuthProtocol.SHA512: hlapi.usmHMAC384SHA512AuthProtocol,
}
PRIV: Final = {
    PrivProtocol.DES: hlapi.usmDESPrivProtocol,
    PrivProtocol.AES128: hlapi.usmAesCfb128Protocol,
    PrivProtocol.AES192: hlapi.usmAesBlumenthalCfb192Protocol,
    PrivProtocol.AES256: hlapi.usmAesBlumenthalCfb256Protocol,
    PrivProtocol.AES192C: hlapi.usmAesCfb192Protocol,
    PrivProtocol.AES256C: hlapi.usmAesCfb256Protocol,
}


Command = Callable[..., Awaitable[Any]]  # one of pysnmp's


class SlowMux:
    """As `mux.Mux`, by pysnmp. Requests are counted in the `outcomes` it is given; datagrams it drops are not seen."""

    def __init__(self, outcomes: dict[Outcome, int]) -> None:
        self.outcomes = outcomes
        # one for each user: pysnmp keeps users by name, whatever their keys
        self._engines: dict[User | None, Any] = {}

    async def get(
        self,
        target: Target,
        template: Template,
        slot: LayoutSlot | None = None,
        *,
        retries: int | None = None,
        until_s: float = inf,
    ) -> Reply:
        """Ask for a template's values. It has no use for `slot`."""
        del slot
        sent_s = time.monotonic()
        asked = self._asked(target, hlapi.get_cmd, (), template.oids, retries)
        varbinds = await self._counted(asked, until_s)
        if [varbind.oid for varbind in varbinds] != [name[2:] for name in template.names]:
            self.outcomes[Outcome.WRONG_OIDS] += 1
            raise WrongOids("other objects than those asked")
        values: list[Value] = []
        wrong: list[int] = []
        for place, (varbind, kind) in enumerate(zip(varbinds, template.kinds, strict=True)):
            fits = varbind.syntax in kind.value
            values.append(varbind.value if fits else None)
            if not fits and varbind.syntax not in ber.EXCEPTIONS:
                wrong.append(place)
        return Reply(values, sent_s, time.monotonic(), tuple(wrong), 0, 1, sent_s)

    async def ask(
        self, target: Target, question: Question, *, retries: int | None = None, until_s: float = inf
    ) -> Message:
        """Ask a question written out."""
        command, terms = {
            PduType.GET: (hlapi.get_cmd, ()),
            PduType.GET_NEXT: (hlapi.next_cmd, ()),
            PduType.GET_BULK: (hlapi.bulk_cmd, (0, question.max_repetitions)),
        }[question.pdu_type]
        oids = [ber.oid_to_dotted(oid) for oid in question.oids]
        varbinds = await self._counted(self._asked(target, command, terms, oids, retries), until_s)
        return Message(
            version=target.version, community=b"", pdu_type=PduType.RESPONSE, request_id=0, varbinds=tuple(varbinds)
        )

    def close(self) -> None:
        """Close pysnmp's sockets."""
        for engine in self._engines.values():
            engine.close_dispatcher()
        self._engines.clear()

    async def _counted(self, asked: Awaitable[list[VarBind]], until_s: float) -> list[VarBind]:
        try:
            async with asyncio.timeout(None if until_s == inf else until_s - time.monotonic()):
                varbinds = await asked
        except TimeoutError:
            self.outcomes[Outcome.CANCELLED] += 1
            raise Overdue("the deadline came first") from None
        except SnmpError as error:
            self.outcomes[error.outcome] += 1
            raise
        self.outcomes[Outcome.OK] += 1
        return varbinds

    async def _asked(
        self,
        target: Target,
        command: Command,
        terms: tuple[int, ...],
        oids: Sequence[str],
        retries: int | None,
    ) -> list[VarBind]:
        engine = self._engines.get(target.user)
        if engine is None:
            engine = self._engines[target.user] = hlapi.SnmpEngine()
        transport = hlapi.Udp6TransportTarget if ":" in target.host else hlapi.UdpTransportTarget
        attempts = 1 + (target.retries if retries is None else retries)
        objects = [hlapi.ObjectType(hlapi.ObjectIdentity(oid)) for oid in oids]
        context = hlapi.ContextData(
            OctetString(target.context_engine_id) if target.context_engine_id else None, OctetString(target.context)
        )
        try:
            where = await transport.create(target.peer, timeout=target.timeout_s, retries=attempts - 1)
            problem, status, index, found = await command(
                engine, _who(target), where, context, *terms, *objects, lookupMib=False
            )
        except (PySnmpError, OSError) as error:
            raise SendFailed(type(error).__name__) from error  # its text may hold what was sent
        if problem is not None:
            silence = f"no answer to {attempts} requests"
            raise Timeout(silence) if isinstance(problem, RequestTimedOut) else Refused(f"pysnmp says {problem}")
        _raise_status(int(status), int(index))
        return [_varbind(name, value) for name, value in found]


def _who(target: Target) -> Any:  # noqa: ANN401 - pysnmp has no types
    user = target.user
    if user is None:
        return hlapi.CommunityData(target.community.decode("latin-1"), mpModel=0 if target.version is Version.V1 else 1)
    return hlapi.UsmUserData(
        user.name.decode("latin-1"),
        OctetString(user.auth_password) if user.auth is not None else None,
        OctetString(user.priv_password) if user.priv is not None else None,
        authProtocol=AUTH[user.auth] if user.auth is not None else hlapi.usmNoAuthProtocol,
        privProtocol=PRIV[user.priv] if user.priv is not None else hlapi.usmNoPrivProtocol,
    )


def _raise_status(status: int, index: int) -> None:
    if status == TOO_BIG_STATUS:
        raise TooBig("the agent's reply would not fit")
    if status == NO_SUCH_NAME_STATUS:
        raise NoSuchName(index)
    if status:
        raise ErrorStatus(status, index)


def _varbind(name: Any, value: Any) -> VarBind:  # noqa: ANN401
    """A variable of pysnmp as one of ours: the tag says the syntax."""
    tag = value.tagSet[-1]
    syntax = tag.tagClass | tag.tagFormat | tag.tagId
    oid = ber.oid_content(str(name))
    if syntax in ber.MOST_OCTETS:
        return VarBind(oid, syntax, int(value))
    if syntax == ber.NULL or syntax in ber.EXCEPTIONS:
        return VarBind(oid, syntax)
    return VarBind(oid, syntax, ber.oid_content(str(value)) if syntax == ber.OBJECT_ID else bytes(value))

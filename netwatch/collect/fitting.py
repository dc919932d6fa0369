"""Which profile a device is asked by: what it says of itself in, the plan that fits out.

A device whose inventory names a profile is asked by that one, whatever it says. `auto` begins with the standard MIBs;
each discovery looks again, because a box may have been swapped. A probe is one GET of objects that only some makers
have.
"""

from collections.abc import Mapping, Sequence
from sys import intern

from netwatch.core.matching import Said, choose, probes
from netwatch.core.nothing import NOBODY
from netwatch.core.observation import Value
from netwatch.core.plan import Plan
from netwatch.snmp.memory import AgentMemory, RowRequest
from netwatch.snmp.port import CommandGenerator
from netwatch.snmp.rows import read_rows
from netwatch.snmp.target import Target
from netwatch.snmp.template import Kind, TemplateCache

SYS_DESCR, SYS_OBJECT_ID = "sys_descr", "sys_object_id"


class Fitting:
    """The choice of one device's plan. `is_open`: there are others than the one it began with."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.why = "the inventory says so" if not plan.others else "the device has not said yet what it is"
        self._default = plan
        self._said = Said(object_id="", descr="")

    @property
    def is_open(self) -> bool:
        return bool(self._default.others)

    def probes(self, said: Mapping[str, Value]) -> Sequence[str]:
        """What to ask for before a plan can be chosen."""
        return probes(self._default.others, _said(said, NOBODY))

    def choose(self, said: Mapping[str, Value], answered: frozenset[str]) -> Plan:
        """The plan for what the device says of itself, and the probes that it answered."""
        return self._choose(_said(said, answered))

    def follow(self, before: "Fitting") -> bool:
        """Choose by what the same device said under another inventory; whether that can be."""
        if not self.is_open or before.plan is before._default:  # noqa: SLF001 - its own class
            return False
        self._choose(before._said)  # noqa: SLF001
        return True

    def _choose(self, said: Said) -> Plan:
        choice = choose(self._default, self._default.others, said)
        self._said, self.why = said, choice.why
        if (choice.plan.profile, choice.plan.model_arc) != (self.plan.profile, self.plan.model_arc):
            self.plan = choice.plan.inner if self._default.is_inner else choice.plan
        return self.plan


async def read_probes(
    mux: CommandGenerator, target: Target, oids: Sequence[str], *, deadline_s: float
) -> frozenset[str]:
    """Which of the objects have a value, of whatever type. One request; silence shows nothing."""
    request = RowRequest(head=(), scalars=tuple((oid, Kind.OCTETS) for oid in oids))
    reply = await read_rows(mux, target, request, AgentMemory(TemplateCache()), deadline_s=deadline_s)
    wrong = {column for row, column in reply.wrong_type if row < 0}
    answered = frozenset(
        oid
        for place, (oid, value) in enumerate(zip(oids, reply.scalars, strict=True))
        if value is not None or place in wrong
    )
    return answered or NOBODY


def _said(said: Mapping[str, Value], answered: frozenset[str]) -> Said:
    return Said(object_id=_text(said.get(SYS_OBJECT_ID)), descr=_text(said.get(SYS_DESCR)), answered=answered)


def _text(value: Value) -> str:
    return intern(value.decode("utf-8", "replace")) if isinstance(value, bytes) else ""

"""Recording a real device: a target in, the lines of a `.snmprec` out, redacted, and a report of what is missing.

Reads everything the agent shows by walking, a few requests at most in flight, and never writes to the device.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from netwatch.simulate.recording import format_line
from netwatch.simulate.redaction import Redactor
from netwatch.snmp import ber
from netwatch.snmp.course import Flaw
from netwatch.snmp.message import VarBind
from netwatch.snmp.port import CommandGenerator
from netwatch.snmp.target import Target
from netwatch.snmp.walk import walk_subtree

ROOTS = ("1.0.8802", "1.2.840.10006", "1.3.6.1", "1.3.111.2.802")  # LLDP, LAG, everything usual, LLDP v2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recording has come. How much there is to come no agent tells."""

    objects: int
    at: str  # the object read last, dotted


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What an agent said, as lines of a recording, and what was changed or missed."""

    lines: tuple[bytes, ...]
    redactions: dict[str, int]
    flaws: tuple[Flaw, ...]  # subtrees whose walk did not come to its end
    unrecordable: int  # variables of syntaxes a recording cannot hold

    @property
    def content(self) -> bytes:
        return b"".join(line + b"\n" for line in self.lines)

    def report(self) -> str:
        """What the operator should know before giving the file to anyone."""
        changed = ", ".join(f"{number} {what}" for what, number in sorted(self.redactions.items()) if number)
        sentences = [f"{len(self.lines)} objects recorded; redacted: {changed or 'nothing'}."]
        if self.unrecordable:
            sentences.append(f"{self.unrecordable} objects have no place in a recording and were left out.")
        sentences += [f"{flaw.column} is not complete: {flaw.kind} {flaw.detail}".rstrip() + "." for flaw in self.flaws]
        sentences.append(
            "Free text (names, aliases, descriptions) is as the device says it: read the file before you share it."
        )
        return "\n".join(sentences)


async def capture(
    mux: CommandGenerator,
    target: Target,
    *,
    salt: bytes,
    deadline_s: float,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Captured:
    """Walk all of an agent until time.monotonic() reaches `deadline_s`. `salt` is random and kept nowhere."""
    varbinds: list[VarBind] = []
    flaws: list[Flaw] = []
    for root in ROOTS:
        async for found in walk_subtree(mux, target, root, deadline_s=deadline_s):
            if isinstance(found, Flaw):
                flaws.append(found)
            else:
                varbinds.append(found)
                progress(Progress(len(varbinds), ber.oid_to_dotted(found.oid)))
    redactor = Redactor(secrets=target.secrets, salt=salt)
    lines = [format_line(*varbind) for varbind in redactor.redact(varbinds)]
    written = tuple(line for line in lines if line is not None)
    return Captured(
        lines=written,
        redactions=dict(Counter(redactor.counts)),
        flaws=tuple(flaws),
        unrecordable=len(lines) - len(written),
    )

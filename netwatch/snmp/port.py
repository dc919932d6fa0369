"""The port through which agents are asked: what `rows` and `walk` need of whoever speaks SNMP for them."""

from math import inf
from typing import Protocol

from netwatch.snmp.layout import LayoutSlot
from netwatch.snmp.message import Message
from netwatch.snmp.request import Question, Reply
from netwatch.snmp.target import Target
from netwatch.snmp.template import Template


class CommandGenerator(Protocol):
    """RFC 3413 section 1.1, as far as it reads: `mux.Mux`, or pysnmp behind `slow.SlowMux`."""

    async def get(
        self,
        target: Target,
        template: Template,
        slot: LayoutSlot | None = None,
        *,
        retries: int | None = None,
        until_s: float = inf,
    ) -> Reply:
        """Ask for a template's values. Raises Timeout, TooBig, NoSuchName, ErrorStatus, SendFailed or Overdue.

        `until_s`: when the caller's patience ends (time.monotonic()).
        """

    async def ask(
        self, target: Target, question: Question, *, retries: int | None = None, until_s: float = inf
    ) -> Message:
        """Ask a question written out. Raises as `get` does."""

    def close(self) -> None:
        """Ask nothing more."""

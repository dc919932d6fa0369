"""Recordings served on loopback and asked once in every lane; with lines changed, or by an agent deaf to one table."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from netwatch.collect.once import Polled, poll_once
from netwatch.profiles.load import plan_for
from netwatch.simulate.answers import Answers
from netwatch.simulate.server import Ports, serve_recordings
from netwatch.snmp import ber
from tests.polling import device, inventory, shipped_profiles

WRITTEN = Path(__file__).parent / "written"  # by hand, from the MIBs
AUTO = "auto"
Change = Callable[[str], str | None]  # a recording's line -> what it shall be; None: it is left out


class DeafAnswers(Answers):
    """Answers everything but requests for objects under one OID."""

    def __init__(self, under: str) -> None:
        super().__init__(communities=frozenset({b"public"}))
        self._under = ber.oid(under)[2:]

    def answer(self, agent, datagram, t):
        return None if self._under in datagram else super().answer(agent, datagram, t)


async def ask_all(
    files: Mapping[str, Path], *, profile: str = AUTO, deaf_to: str | None = None, timeout_s: float = 2.0
) -> Mapping[str, Polled]:
    """Name -> what was learned of the recorded agent of that name."""
    addresses = {f"127.{4 + n // 250}.{n % 250}.1": name for n, name in enumerate(files, 1)}
    recordings = {address: files[name] for address, name in addresses.items()}
    simulation = serve_recordings(recordings, ports=Ports(snmp=0, echo=None, tcp=None))
    if deaf_to is not None:
        simulation.answers = DeafAnswers(deaf_to)
    simulation.start()
    profiles, found = shipped_profiles(), {}
    try:
        for address, name in addresses.items():
            one = device(name, address=address, port=simulation.snmp_port, timeout_s=timeout_s, retries=1)
            one = replace(one, profile=profile)
            found[name] = await poll_once(inventory(one), one, plan_for(one, profiles))
    finally:
        simulation.stop()
    return found


def ask(file: Path, **how: object) -> Polled:
    """One recording."""
    return asyncio.run(ask_all({"sw": file}, **how))["sw"]


def changed(recording: Path, change: Change, into: Path) -> Path:
    """A copy of a recording whose lines `change` has gone through."""
    lines = map(change, recording.read_text(encoding="latin-1").splitlines())
    into.write_text("\n".join(line for line in lines if line is not None) + "\n", encoding="latin-1")
    return into

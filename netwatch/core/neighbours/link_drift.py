"""(a declared link, what its ports hear) -> confirmed, contradicted in one of four ways, or nothing that can be told.

In: declared links and adjacencies. Out: a Discrepancy with its evidence, in words that the operator can check on site.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum

from netwatch.core.links.declared import DeclaredLinks, joints
from netwatch.core.model import Link, PortRef
from netwatch.core.neighbours.far_end import Directory
from netwatch.core.neighbours.hearing import Hearing, Pair, pair_of


class DriftKind(StrEnum):
    """How the network differs from the inventory."""

    MISSING = "missing"  # both ports are up and hear nobody
    MOVED = "moved"  # one of the ports hears another device, or another port of the right one
    SWAPPED = "swapped"  # the link's own ends, or its far end and another link's, are exchanged
    EXTRA = "extra"  # two devices of ours are joined where no link is declared


class Settled(Enum):
    """What is no discrepancy."""

    CONFIRMED = "confirmed"
    UNTOLD = "untold"  # nothing can be told: an end is dark, has no LLDP, or its neighbour is not known for sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """Something that LLDP and the inventory tell differently."""

    kind: DriftKind
    link: str | None  # None: no link is declared there
    subject: str  # `link:ring-a-1`, or `port:acc-17 Gi1/0/9`
    declared: str
    seen: str
    evidence: tuple[str, ...] = ()
    ports: frozenset[PortRef] = frozenset()  # where the evidence was heard, by their InterfaceMap names


class LinkJudge:
    """Holds each link against what is heard."""

    def __init__(self, declared: DeclaredLinks, hearing: Hearing, directory: Directory) -> None:
        self._declared = declared
        self._hearing = hearing
        self._directory = directory

    def judge(self, link: Link) -> Discrepancy | Settled:
        """One link. Of several members, the first that is contradicted tells for the link."""
        outcomes = [self._judge_joint(link, *joint) for joint in joints(link)]
        for outcome in outcomes:
            if isinstance(outcome, Discrepancy):
                return outcome
        return Settled.CONFIRMED if Settled.CONFIRMED in outcomes else Settled.UNTOLD

    def explains(self, link: Link, pair: Pair) -> bool:
        """Whether two ports that are declared nowhere are joined because of this link between their devices."""
        crossed = (self._crossed(*map(self._directory.name_of, joint)) for joint in joints(link))
        return self._is_aggregate(link) or any(one is not None and pair_of(*one) == pair for one in crossed)

    def _is_aggregate(self, link: Link) -> bool:
        """Whether an end is a LAG whose members the inventory does not list."""
        if link.members:
            return False
        return any(
            ear is not None and ear.is_aggregate(end.interface)
            for end in map(self._directory.name_of, (link.a, link.b))
            for ear in (self._hearing.ear(end.device),)
        )

    def _judge_joint(self, link: Link, one: PortRef, other: PortRef) -> Discrepancy | Settled:
        a, b = self._directory.name_of(one), self._directory.name_of(other)
        if self._hearing.are_joined(a, b):
            return Settled.CONFIRMED
        if self._is_aggregate(link):
            ends = {a.device, b.device}
            is_joined = any({end.device for end in pair} == ends for pair in self._hearing.pairs_of(a.device))
            return Settled.CONFIRMED if is_joined else Settled.UNTOLD
        crossed = self._crossed(a, b)
        if crossed is not None:
            return self._told(DriftKind.SWAPPED, link, (one, other), crossed)
        seen = [(near, seen, far) for near, far in ((a, b), (b, a)) for seen in self._hearing.joined_to(near)]
        for near, found, far in seen:
            if self._is_exchanged(link, found, far):
                return self._told(DriftKind.SWAPPED, link, (one, other), (near, found))
        if seen:
            return self._told(DriftKind.MOVED, link, (one, other), seen[0][:2])
        return self._judge_unjoined(link, (one, other), (a, b))

    def _judge_unjoined(
        self, link: Link, declared: tuple[PortRef, PortRef], named: tuple[PortRef, PortRef]
    ) -> Discrepancy | Settled:
        """Neither port is known to be joined to a port of ours."""
        a, b = named
        sides = [(near, far, self._hearing.far_ends(near.device, near.interface)) for near, far in ((a, b), (b, a))]
        if any(end.device == far.device for _, far, heard in sides for end in heard):
            # the right device; which port, it did not tell, or nobody knows its ports yet
            is_all_it_tells = all(self._directory.knows_ports(end.device) for end in named)
            return Settled.CONFIRMED if is_all_it_tells else Settled.UNTOLD
        for near, far, heard in sides:
            strangers = self._hearing.strangers(near.device, near.interface)
            if heard:
                return self._told(DriftKind.MOVED, link, declared, (near, str(heard[0])))
            if strangers and self._directory.knows_chassis(far.device):
                stranger = f"a stranger, {strangers[0].system_name or strangers[0].chassis_id!r}"
                return self._told(DriftKind.MOVED, link, declared, (near, stranger))
        if all(self._hears_nobody(end) for end in named):
            return self._told(DriftKind.MISSING, link, declared, None)
        return Settled.UNTOLD

    def _crossed(self, a: PortRef, b: PortRef) -> tuple[PortRef, PortRef] | None:
        """The same two devices joined with each other's ports, where no other link is declared so."""
        one = self._directory.name_of(PortRef(device=a.device, interface=b.interface))
        other = self._directory.name_of(PortRef(device=b.device, interface=a.interface))
        is_joined = self._hearing.are_joined(one, other) and self._declared.beyond(one) != other
        return (one, other) if is_joined else None

    def _is_exchanged(self, link: Link, seen: PortRef, far: PortRef) -> bool:
        """Whether `seen` belongs to another link, whose own near end is joined to the far end of this one."""
        its_near = self._declared.beyond(seen)
        return its_near is not None and self._declared.at(seen) != link.id and self._hearing.are_joined(its_near, far)

    def _hears_nobody(self, port: PortRef) -> bool:
        ear = self._hearing.ear(port.device)
        return ear is not None and ear.is_up(port.interface) and not ear.heard.get(port.interface)

    def _told(
        self,
        kind: DriftKind,
        link: Link,
        declared: tuple[PortRef, PortRef],
        seen: tuple[PortRef, PortRef | str] | None,
    ) -> Discrepancy:
        ports = {*map(self._directory.name_of, declared)}
        if seen is not None:
            ports |= {end for end in seen if isinstance(end, PortRef)}
        return Discrepancy(
            kind=kind,
            link=link.id,
            subject=f"link:{link.id}",
            declared=joined(*declared),
            seen="nobody is heard at either end" if seen is None else joined(*seen),
            evidence=tuple(sentence for port in sorted(ports, key=str) for sentence in self.evidence(port)),
            ports=frozenset(ports),
        )

    def evidence(self, port: PortRef) -> Iterator[str]:
        """What is heard at the port, in the neighbour's own words."""
        ear = self._hearing.ear(port.device)
        if ear is None:
            return
        for one in ear.heard.get(port.interface, ()):
            name = f"{one.system_name!r} " if one.system_name else ""
            described = f" ({one.port_description!r})" if one.port_description else ""
            yield f"{port} hears {name}{one.chassis_id}, its port {one.port_id!r}{described}"
        if self._hears_nobody(port):
            yield f"{port} is up and hears nobody"


def joined(one: object, other: object) -> str:
    return f"{one} – {other}"

"""Whose traps count: a datagram and where it came from in, one outcome out. Every datagram ends in exactly one.

Known are the addresses of the inventory's devices, and what each lists in `accept_from`; what a trap says of its own
origin (agent-addr in SNMPv1) is not believed. Then it must keep to the rates, be well-formed, and bear the credential
by which the device is asked. Whatever passes is a reason to look, and nothing more. Time is an argument.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address

from netwatch.collect.asking import user_of
from netwatch.collect.pacing import TokenBucket
from netwatch.core.model import CommunityCredential, Device, Inventory, Settings
from netwatch.core.notices import Notice, Notices
from netwatch.snmp.ber import content_arcs
from netwatch.snmp.engine import RemoteEngine
from netwatch.snmp.errors import (
    Malformed,
    NotInTimeWindow,
    Undecipherable,
    WrongDigest,
    WrongEngine,
    WrongPdu,
    WrongSecurityLevel,
    WrongUser,
    WrongVersion,
)
from netwatch.snmp.keys import User
from netwatch.snmp.trap import Notification, Trap, answer, decode_trap, is_v3
from netwatch.snmp.trap_v3 import ReplayedError, Sender, SignedTraps

MOMENT_S = 1.0  # the same from the same device within it is told once
SAVED_UP_S = 5.0  # of its rate a source may send at once: a switch that starts tells of every port
MOST_RECENT = 4096


class TrapOutcome(StrEnum):
    """The closed list; also the label values of `netwatch_traps_total{outcome}`."""

    ACTED_ON = "acted_on"  # something is being looked at, or a security event was recorded
    DUPLICATE = "duplicate"  # the same was told a moment ago
    NOT_OF_INTEREST = "not_of_interest"  # from a device of ours, about nothing that a look would settle
    UNKNOWN_SOURCE = "unknown_source"  # no device of the inventory has this address
    RATE_LIMITED = "rate_limited"  # this source sends too many
    OVERLOADED = "overloaded"  # all sources together do
    WRONG_COMMUNITY = "wrong_community"
    UNKNOWN_ENGINE = "unknown_engine"  # SNMPv3: not the engine that polling this device has proven
    UNKNOWN_USER = "unknown_user"  # not the user as whom it is asked
    WRONG_LEVEL = "wrong_level"  # protected otherwise than it is asked
    NOT_AUTHENTIC = "not_authentic"  # not signed, or not readable, by the user's keys
    REPLAYED = "replayed"  # of another time, or taken before
    SYNCHRONIZATION = "synchronization"  # who sends informs asked for our engine's id or time, and was told
    WRONG_VERSION = "wrong_version"
    WRONG_PDU = "wrong_pdu"
    MALFORMED = "malformed"
    KERNEL_DROPPED = "kernel_dropped"  # came faster than it was read


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became of one datagram. `answer` is what its sender, if it waits for one, is to get."""

    outcome: TrapOutcome
    devices: tuple[str, ...] = ()  # whose it is: several where they share an address and a credential
    notice: Notice | None = None
    index: int | None = None  # the port's ifIndex, where it names one
    answer: bytes | None = None


@dataclass(slots=True)
class _Source:
    """An address that traps may come from."""

    communities: dict[str, bytes] = field(repr=False)  # device -> what it must prove to know
    users: dict[str, User] = field(repr=False)  # device -> as whom it must sign
    bucket: TokenBucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the gate goes by: what traps mean, who we are to SNMPv3, and what polling knows."""

    notices: Notices
    signed: SignedTraps
    address_of: Callable[[str], str | None]  # the numeric address of a name, where it has one
    engine_of: Callable[[str], RemoteEngine]  # of a device, as polling has proven it


class TrapGate:
    """`judge` one datagram after the other."""

    def __init__(self, known: Known, settings: Settings, *, now_s: float) -> None:
        self._known = known
        self._settings = settings
        self._sources: dict[str, _Source] = {}
        self._overall = _bucket(settings.traps_per_second, now_s)
        self._recent: dict[tuple[object, ...], float] = {}
        self.stranger = ""  # the last unknown source, for the log

    def use(self, inventory: Inventory, *, now_s: float) -> None:
        """Know the devices of this inventory. What a source has used up of its rate stays used up."""
        if inventory.settings != self._settings:
            self._settings = inventory.settings
            self._overall = _bucket(self._settings.traps_per_second, now_s)
            self._sources = {}
        before, self._sources = self._sources, {}
        for device in inventory.devices.values():
            for address in addresses(device, self._known.address_of) if device.snmp is not None else ():
                source = self._sources.get(address)
                if source is None:
                    known = before.get(address)
                    limit = self._settings.traps_per_second_per_source
                    source = _Source({}, {}, known.bucket if known is not None else _bucket(limit, now_s))
                    self._sources[address] = source
                assert device.snmp is not None
                credential = device.snmp.credential
                if isinstance(credential, CommunityCredential):
                    source.communities[device.id] = credential.community.reveal()
                else:
                    source.users[device.id] = user_of(credential)

    def judge(self, datagram: bytes, host: str, now_s: float) -> Heard:
        """What a datagram from this address (as the kernel writes it) is worth. The cheapest questions come first."""
        source = self._sources.get(host)
        if source is None:
            self.stranger = host
            return Heard(outcome=TrapOutcome.UNKNOWN_SOURCE)
        if not source.bucket.holds_one(now_s):
            return Heard(outcome=TrapOutcome.RATE_LIMITED)
        if not self._overall.holds_one(now_s):
            return Heard(outcome=TrapOutcome.OVERLOADED)
        source.bucket.take_one()
        self._overall.take_one()
        try:
            if source.users and is_v3(datagram):
                return self._weigh_signed(datagram, source, now_s)
            return self._weigh(decode_trap(datagram), source, now_s)
        except Malformed as error:
            return Heard(outcome=_REFUSALS.get(type(error), TrapOutcome.MALFORMED))

    def _weigh_signed(self, datagram: bytes, source: _Source, now_s: float) -> Heard:
        senders = {name: Sender(user, self._known.engine_of(name)) for name, user in source.users.items()}
        said = self._known.signed.read(datagram, senders, now_s)
        if said.told is None:
            return Heard(outcome=TrapOutcome.SYNCHRONIZATION, devices=said.senders, answer=said.answer)
        return self._understand(said.told, said.senders, said.answer, now_s)

    def _weigh(self, trap: Trap, source: _Source, now_s: float) -> Heard:
        devices = tuple(
            [name for name, community in source.communities.items() if compare_digest(community, trap.community)]
        )
        if not devices:
            return Heard(outcome=TrapOutcome.WRONG_COMMUNITY)
        reply = answer(trap) if trap.told.wants_answer else None
        return self._understand(trap.told, devices, reply, now_s)

    def _understand(self, told: Notification, devices: tuple[str, ...], reply: bytes | None, now_s: float) -> Heard:
        """What one of ours says. Malformed where a name in it is none."""
        notice = self._known.notices.of(content_arcs(told.kind))
        if notice is None:
            return Heard(outcome=TrapOutcome.NOT_OF_INTEREST, devices=devices, answer=reply)
        index = notice.index_in([content_arcs(one.oid) for one in told.varbinds]) if notice.port else None
        is_new = self._is_new((devices, told.kind, index), now_s)
        outcome = TrapOutcome.ACTED_ON if is_new else TrapOutcome.DUPLICATE
        return Heard(outcome=outcome, devices=devices, notice=notice, index=index, answer=reply)

    def _is_new(self, key: tuple[object, ...], now_s: float) -> bool:
        if len(self._recent) >= MOST_RECENT:
            self._recent = {known: at_s for known, at_s in self._recent.items() if now_s - at_s < MOMENT_S}
        at_s = self._recent.get(key)
        if at_s is not None and now_s - at_s < MOMENT_S:
            return False
        self._recent[key] = now_s
        return True


_REFUSALS: Mapping[type[Malformed], TrapOutcome] = {
    WrongVersion: TrapOutcome.WRONG_VERSION,
    WrongPdu: TrapOutcome.WRONG_PDU,
    WrongEngine: TrapOutcome.UNKNOWN_ENGINE,
    WrongUser: TrapOutcome.UNKNOWN_USER,
    WrongSecurityLevel: TrapOutcome.WRONG_LEVEL,
    WrongDigest: TrapOutcome.NOT_AUTHENTIC,
    Undecipherable: TrapOutcome.NOT_AUTHENTIC,
    NotInTimeWindow: TrapOutcome.REPLAYED,
    ReplayedError: TrapOutcome.REPLAYED,
}


def addresses(device: Device, address_of: Callable[[str], str | None]) -> Iterable[str]:
    """Where traps of this device may come from: its own address, that of its agent, and those it may answer from."""
    assert device.snmp is not None
    named = {device.address, device.snmp.address or device.address}
    found = {address for name in named if (address := address_of(name)) is not None}
    return sorted({plain(address) for address in (*found, *map(str, device.snmp.accept_from))})


def plain(address: str) -> str:
    """A numeric address in its one spelling; an IPv4 address that an IPv6 socket met, as IPv4."""
    if ":" not in address:
        return address
    number = ip_address(address)
    if isinstance(number, IPv6Address) and number.ipv4_mapped is not None:
        return str(number.ipv4_mapped)
    return str(number)


def _bucket(rate_per_s: int, now_s: float) -> TokenBucket:
    return TokenBucket(rate_per_s=rate_per_s, depth=1.0 + rate_per_s * SAVED_UP_S, now_s=now_s)

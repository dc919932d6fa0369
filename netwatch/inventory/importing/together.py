"""What no single row can know: numbers given twice, names of nothing, ports and addresses that two have.

In: all drafts, and what the inventory says already. Out: the drafts with the ids that their names stand for, and
doubts. Each doubt names the other place. Rows in doubt still hold what they claim: which of two is right, nobody knows.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from netwatch.inventory.findings import quoted
from netwatch.inventory.importing.doubt import Leave, Why
from netwatch.inventory.importing.mapping import PLACED
from netwatch.inventory.importing.rows import Draft
from netwatch.inventory.importing.world import Known, Names, Texts, World
from netwatch.inventory.kinds import Ref
from netwatch.inventory.schema import SECTIONS

_DEVICE_KEYS = ("device", "a_device", "b_device")
_MARKED = "shared"


def resolve_names(drafts: Sequence[Draft], world: World, leave: Leave) -> None:
    """Put ids where people wrote names."""
    by_section = {
        section: Names(
            [
                *((identity, known.texts) for identity, known in world.of(section).items()),
                *((draft.id, draft.texts) for draft in drafts if draft.section == section),
            ]
        )
        for section in ("devices", "contractors", "services", "rings")
    }
    for draft in drafts:
        for key in list(draft.texts):
            if key == "site" and draft.section in PLACED:
                continue  # of which the place may be told beside it: `places`
            names = by_section.get(_named_section(draft.section, key))
            if names is None or (not names and not world.is_there):
                continue
            _resolve(draft, key, names, leave)


def _named_section(section: str, key: str) -> str:
    if key in _DEVICE_KEYS:
        return "devices"
    known = SECTIONS[section].block.by_name.get(key)
    return known.kind.section if known is not None and isinstance(known.kind, Ref) else ""


def _resolve(draft: Draft, key: str, names: Names, leave: Leave) -> None:
    word = draft.texts[key]
    found = names.meant(word)
    if len(found) == 1:
        draft.texts[key] = found[0]
        return
    if found:
        draft.doubt(key, Why.UNKNOWN, f"{quoted(word)} may be {' or '.join(found)}")
        return
    proposal = names.near(word)
    if proposal is not None and leave.takes(Why.UNKNOWN):
        draft.texts[key] = proposal
        return
    noun = _named_section(draft.section, key).replace("_", " ")
    draft.doubt(key, Why.UNKNOWN, f"there is no {quoted(word)} among the {noun}", proposal=proposal)


def doubt_missing(drafts: Sequence[Draft]) -> None:
    """What the inventory must be told of each."""
    for draft in drafts:
        block = SECTIONS[draft.section].block
        doubted = {doubt.column for doubt in draft.doubts}
        for key in block.keys:
            parts = _parts(key.name)
            told = any(part in draft.texts for part in parts)
            if key.required and not told and doubted.isdisjoint(draft.columns.get(part, part) for part in parts):
                draft.doubt(key.name, Why.MISSING, f"does not tell its {key.name}")
        if draft.section == "field_devices" and not ({"site", "device", "port"} & draft.texts.keys() or draft.doubts):
            draft.doubt("site", Why.MISSING, "tells neither a place nor a switch")


def _parts(name: str) -> tuple[str, ...]:
    return {"a": ("a", "a_device"), "b": ("b", "b_device")}.get(name, (name,))


def doubt_twice(drafts: Sequence[Draft]) -> list[Draft]:
    """One number, two rows: both are in doubt. A row that repeats another word for word is, and the other is not.

    Returns the drafts without such repetitions, which claim nothing of their own.
    """
    first: dict[tuple[str, str], Draft] = {}
    kept: list[Draft] = []
    for draft in drafts:
        if not draft.id:
            kept.append(draft)
            continue
        other = first.setdefault((draft.section, draft.id.casefold()), draft)
        if other is not draft and (draft.id, draft.texts, bool(draft.doubts)) == (other.id, other.texts, False):
            draft.doubt("id", Why.TWICE, f"the row is the same as {other.place}", stands=draft.id)
            continue
        kept.append(draft)
        if other is not draft:
            what = "is also the number of" if draft.id == other.id else f"differs only in case from {other.id} in"
            draft.doubt("id", Why.TWICE, f"{quoted(draft.id)} {what} {other.place}", stands=draft.id)
            if not any(doubt.why is Why.TWICE for doubt in other.doubts):
                other.doubt("id", Why.TWICE, f"{quoted(other.id)} stands again in {draft.place}", stands=other.id)
    return kept


def doubt_taken(drafts: Sequence[Draft], world: World, leave: Leave) -> None:
    """A port, an address and a MAC belong to one thing; ports to several where each says that it is shared."""
    for what, claims in (("port", _ports), ("address", _addresses), ("MAC", _macs)):
        holders: dict[str, list[Draft]] = {}
        for draft in drafts:
            for claim in claims(draft.section, draft.texts):
                holders.setdefault(claim, []).append(draft)
        others = _claimed(world, claims, {(draft.section, draft.id) for draft in drafts})
        for claim, rows in holders.items():
            holding = _Holding(what=what, claim=claim, rows=rows, other=others.get(claim))
            _doubt_shared(holding, leave)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holding:
    """A port, an address or a MAC, and everything that claims it."""

    what: str
    claim: str
    rows: Sequence[Draft]
    other: Known | None

    @property
    def is_shared(self) -> bool:
        """Whether each says so itself."""
        told = [row.texts.get(_MARKED, "") for row in self.rows]
        told += [self.other.texts.get(_MARKED, "")] if self.other else []
        return all(one.lower() in ("true", "yes") for one in told)

    @property
    def can_be_shared(self) -> bool:
        """Whether saying so here would settle it."""
        return self.what == "port" and self.other is None and all(row.section == "field_devices" for row in self.rows)

    def beside(self, row: Draft) -> str:
        """Where another claims it."""
        places = [one.place for one in self.rows if one is not row] + ([self.other.place] if self.other else [])
        return places[0]


def _doubt_shared(holding: _Holding, leave: Leave) -> None:
    if len(holding.rows) + (holding.other is not None) < 2 or holding.is_shared:
        return
    can_be_shared = holding.can_be_shared
    key = {"port": "interface", "address": "address", "MAC": "mac"}[holding.what]
    for row in holding.rows:
        if can_be_shared and leave.takes(Why.TAKEN):
            row.texts[_MARKED] = "true"
            continue
        what = f"the {holding.what} {quoted(holding.claim)} is also that of {holding.beside(row)}"
        row.doubt(key, Why.TAKEN, what, proposal="both share the port" if can_be_shared else None)


def _claimed(
    world: World, claims: Callable[[str, Texts], Sequence[str]], drafted: Collection[tuple[str, str]]
) -> Mapping[str, Known]:
    return {
        claim: known
        for section in ("devices", "links", "field_devices")
        for identity, known in world.of(section).items()
        if (section, identity) not in drafted
        for claim in claims(section, known.texts)
    }


def _ports(section: str, texts: Texts) -> Sequence[str]:
    pairs = (
        (("a_device", "a_interface"), ("b_device", "b_interface")) if section == "links" else (("device", "interface"),)
    )
    return [f"{texts[device]} {texts[port]}" for device, port in pairs if device in texts and port in texts]


def _addresses(_section: str, texts: Texts) -> Sequence[str]:
    """What answers on other ports of one address is behind it: simulated, or translated."""
    apart = ("snmp.port", "snmp.address", "snmp.interface", "ping")
    return [texts["address"]] if "address" in texts and not any(key in texts for key in apart) else []


def _macs(_section: str, texts: Texts) -> Sequence[str]:
    return [texts["mac"]] if "mac" in texts else []

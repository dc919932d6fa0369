"""Two inventories -> what differs, by id, so that a reload touches only that and keeps the state of everything else.

Values are compared, secrets included: a new community in an old file is a change. Nothing here prints one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netwatch.core.model import Inventory


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Ids in one table, each in the order of the inventory it stands in."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryChange:
    """What a reload has to do.

    `devices` and `field_devices`: begin, stop, or begin anew with the old state. `relabelled_devices` and
    `relabelled_field_devices`: unchanged themselves, but their site is not, and its district is a label of theirs.
    `whole`: the top-level values that differ, of city, timezone, charset, settings and vantage.
    """

    devices: Difference
    field_devices: Difference
    sites: Difference
    cables: Difference
    links: Difference
    rings: Difference
    services: Difference
    contractors: Difference
    maintenance: Difference
    relabelled_devices: tuple[str, ...]
    relabelled_field_devices: tuple[str, ...]
    whole: tuple[str, ...]

    def __bool__(self) -> bool:
        tables = (self.devices, self.field_devices, self.sites, self.cables, self.links, self.rings)
        return any((*tables, self.services, self.contractors, self.maintenance, self.whole))


WHOLE = ("city", "timezone", "charset", "settings", "vantage")


def changes(old: Inventory, new: Inventory) -> InventoryChange:
    """What the step from `old` to `new` means."""
    sites = difference(old.sites, new.sites)
    devices = difference(old.devices, new.devices)
    field_devices = difference(old.field_devices, new.field_devices)
    moved = frozenset(sites.changed)
    return InventoryChange(
        devices=devices,
        field_devices=field_devices,
        sites=sites,
        cables=difference(old.cables, new.cables),
        links=difference(old.links, new.links),
        rings=difference(old.rings, new.rings),
        services=difference(old.services, new.services),
        contractors=difference(old.contractors, new.contractors),
        maintenance=difference(old.maintenance, new.maintenance),
        relabelled_devices=_at(moved, new.devices, devices),
        relabelled_field_devices=_at(moved, new.field_devices, field_devices),
        whole=tuple(name for name in WHOLE if getattr(old, name) != getattr(new, name)),
    )


def sentence(change: InventoryChange) -> str:
    """What a reload changed, for a log line."""
    parts = []
    for noun, told in (("devices", change.devices), ("field devices", change.field_devices)):
        for verb, names in (("added", told.added), ("removed", told.removed), ("changed", told.changed)):
            if names:
                parts.append(f"{len(names)} {noun} {verb}")
    if not parts:
        return "other tables changed" if change else "nothing changed"
    return ", ".join(parts)


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """Records by id, compared by value."""
    return Difference(
        added=tuple(identity for identity in new if identity not in old),
        removed=tuple(identity for identity in old if identity not in new),
        changed=tuple(identity for identity, record in new.items() if identity in old and old[identity] != record),
    )


def _at(sites: frozenset[str], records: Mapping[str, Any], known: Difference) -> tuple[str, ...]:
    touched = {*known.added, *known.changed}
    return tuple(identity for identity, record in records.items() if record.site in sites and identity not in touched)

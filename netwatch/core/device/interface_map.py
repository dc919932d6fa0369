"""The index map: which rows of the interface tables a device has, and what each is called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceMap:
    """Which rows exist and what they are called; the outcome of discovery.

    `names` are unique within the device and are the `interface` label. `epoch` grows with every change of
    `indexes` or `names`.
    """

    epoch: int = 0
    indexes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    types: tuple[int | None, ...] = ()  # IANAifType
    dropped: int = 0  # rows beyond the cap
    in_doubt: bool = False  # rows are held back until rediscovered

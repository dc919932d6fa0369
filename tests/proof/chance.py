"""Chance -> what breaks, each kind about as often as it does in a city, and often enough to be counted."""

from tests.proof.world import (
    CABLE,
    FORWARDING,
    HANG,
    LINK,
    MUTE,
    OF_DEVICES,
    PORT,
    POWER,
    SHUT,
    SITE,
    STRAND,
    Failure,
)

_KINDS = (CABLE, LINK, STRAND, POWER, SITE, HANG, FORWARDING, MUTE, PORT, SHUT)
_WEIGHTS = (30, 15, 4, 20, 5, 10, 4, 4, 5, 5)


def draw(chance, world):
    """One failure."""
    kind = chance.choices(_KINDS, _WEIGHTS)[0]
    if kind == CABLE and not world.lines_in:
        kind = LINK
    if kind == CABLE:
        return Failure(kind, chance.choice(sorted(world.lines_in)))
    if kind in (LINK, STRAND):
        return Failure(kind, chance.choice(sorted(n for n, one in world.lines.items() if not one.keeps_light)))
    if kind in OF_DEVICES:
        return Failure(kind, chance.choice(sorted(world.site_of)))
    if kind == SITE:
        return Failure(kind, chance.choice(sorted(world.devices_at)))
    return Failure(kind, " ".join(chance.choice(sorted(world.line_at))))


def draw_several(chance, world):
    """One to four different ones."""
    return list(dict.fromkeys(draw(chance, world) for _ in range(chance.randint(1, 4))))

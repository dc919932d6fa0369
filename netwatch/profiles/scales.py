"""How a column's raw values become numbers of their meaning: the keys unit, transform, invalid and states of a profile.

In: the column's block, its meaning and syntax. Out: a `core.measures.Scale`, or a sentence with the line.
"""

import re

from netwatch.core.health.measures import (
    ABSENT,
    MEANINGS,
    SPELLINGS,
    STATE_TRANSFORMS,
    Measure,
    Scale,
    Transform,
    Unit,
    can_become,
)
from netwatch.core.plan import Syntax
from netwatch.profiles.marked import Block, Text, did_you_mean

_UNIT = re.compile(r"(?:([0-9]+(?:\.[0-9]+)?) )?(\S+)")
_NEEDS_OCTETS = frozenset({Transform.LOWEST_OF_LIST, Transform.SFF8472_OR_TEXT, Transform.SFF8472_TEMPERATURE})


def read_scale(block: Block, measure: Measure, syntax: Syntax) -> Scale:
    wanted = MEANINGS[measure].unit
    states = _states(block, measure) if "states" in block.entries else ()
    transform = _transform(block.text("transform"), wanted, syntax) if "transform" in block.entries else None
    if wanted is Unit.STATE and not states and transform is None:
        raise block.place.problem(f"a {measure} needs states: which of its values mean {_listed(measure)}")
    unit, factor = Unit.STATE, 1.0
    if wanted is not Unit.STATE:
        unit, factor = _unit(block.text("unit"), measure) if wanted is not Unit.AMOUNT else (Unit.AMOUNT, 1.0)
    if wanted in (Unit.STATE, Unit.AMOUNT) and "unit" in block.entries:
        raise block.text("unit").place.problem(f"a {measure} has no unit")
    if syntax is Syntax.OBJECT_ID:
        raise block.text("syntax").place.problem(f"an OBJECT IDENTIFIER is no {measure}")
    return Scale(
        unit=unit,
        factor=factor,
        transform=transform,
        invalid=frozenset(text.value for text in block.texts("invalid")),
        states=states,
    )


def _unit(text: Text, measure: Measure) -> tuple[Unit, float]:
    wanted = MEANINGS[measure].unit
    found = _UNIT.fullmatch(text.value)
    if found is None or found[2] not in SPELLINGS:
        word = found[2] if found else text.value
        raise text.place.problem(f"unknown unit {word!r}{did_you_mean(word, tuple(SPELLINGS))}")
    unit, factor = SPELLINGS[found[2]]
    if not can_become(unit, wanted):
        raise text.place.problem(f"a {measure} is in {wanted}, and {unit} cannot become that")
    number = float(found[1]) if found[1] else 1.0
    if not number:
        raise text.place.problem("a unit of 0 has no values")
    return unit, number * factor


def _transform(text: Text, wanted: Unit, syntax: Syntax) -> Transform:
    if text.value not in list(Transform):
        raise text.place.problem(f"unknown transform {text.value!r}{did_you_mean(text.value, tuple(Transform))}")
    transform = Transform(text.value)
    if transform is Transform.COMPLEMENT and wanted is not Unit.RATIO:
        raise text.place.problem(f"only shares have a {transform}")
    if (transform in STATE_TRANSFORMS) is not (wanted is Unit.STATE):
        raise text.place.problem(f"{transform} gives {'a state' if transform in STATE_TRANSFORMS else 'a number'}")
    if transform in _NEEDS_OCTETS and syntax.is_number:
        raise text.place.problem(f"{transform} reads octets, not {syntax}")
    if transform is Transform.SMALL_IS_MILLIAMPERE and wanted is not Unit.AMPERE:
        raise text.place.problem(f"{transform} gives A")
    if transform is Transform.POSITIVE_IS_MICROWATT and wanted is not Unit.DBM:
        raise text.place.problem(f"{transform} gives dBm")
    return transform


def _words(measure: Measure) -> tuple[str, ...]:
    return (*reversed(MEANINGS[measure].words), ABSENT)


def _listed(measure: Measure) -> str:
    return ", ".join(_words(measure))


def _states(block: Block, measure: Measure) -> tuple[tuple[str, str], ...]:
    below = block.block("states")
    if MEANINGS[measure].unit is not Unit.STATE:
        raise below.place.problem("only what is up or down has states")
    found = []
    for raw in below.entries:
        word = below.text(raw)
        if word.value not in _words(measure):
            raise word.place.problem(f"unknown state {word.value!r}{did_you_mean(word.value, _words(measure))}")
        found.append((raw.lower(), word.value))
    return tuple(found)

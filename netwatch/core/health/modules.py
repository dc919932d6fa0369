"""What a module needs: its own limits as far as they can be right, else the least light that its type works with.

In: the limits that discovery read, and what is said of the modules. Out: the limits without those that contradict each
other (pains: bogus thresholds), and by interface the receiver's limit after IEEE 802.3, where the module tells none.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from netwatch.core.health.equipment import Readings
from netwatch.core.health.measures import Measure

_RECEIVED = (
    Measure.RECEIVE_LOW_ALARM,
    Measure.RECEIVE_LOW_WARNING,
    Measure.RECEIVE_HIGH_WARNING,
    Measure.RECEIVE_HIGH_ALARM,
)
_SENT = (
    Measure.TRANSMIT_LOW_ALARM,
    Measure.TRANSMIT_LOW_WARNING,
    Measure.TRANSMIT_HIGH_WARNING,
    Measure.TRANSMIT_HIGH_ALARM,
)
_SENSITIVITY_DBM: tuple[tuple[str, float], ...] = (
    # average receive power, the least, of one lane: IEEE 802.3 clauses 26, 38, 52, 58, 59, 86 to 88, 95, 112, 114.
    # ZX, EX and ZR are no standard; of what makers sell as such, the weakest receiver.
    (r"100 ?-?BASE-?FX|100FX", -31.0),
    (r"100 ?-?BASE-?BX|100BX", -28.2),
    (r"100 ?-?BASE-?LX|100LX", -25.0),
    (r"1000 ?-?BASE-?SX|1000SX|GE-?SX|GLC-SX|1G-?SX", -17.0),
    (r"1000 ?-?BASE-?BX|1000BX|GE-?BX|GLC-BX|1G-?BX", -19.5),
    (r"1000 ?-?BASE-?(?:ZX|LZX)|1000ZX|GE-?ZX|GLC-ZX|1G-?ZX", -22.0),
    (r"1000 ?-?BASE-?(?:EX|LX40)|1000EX|GE-?EX|GLC-EX|1G-?EX", -22.0),
    (r"1000 ?-?BASE-?(?:LX|LH)|1000L[XH]|GE-?L[XH]|GLC-L[XH]|1G-?L[XH]", -19.0),
    (r"10G(?:IG)?-?(?:BASE)?-?SR", -9.9),
    (r"10G(?:IG)?-?(?:BASE)?-?LR(?!M)", -14.4),
    (r"10G(?:IG)?-?(?:BASE)?-?ER", -15.8),
    (r"10G(?:IG)?-?(?:BASE)?-?ZR", -23.0),
    (r"25G-?(?:BASE)?-?SR", -10.3),
    (r"25G-?(?:BASE)?-?LR", -13.3),
    (r"40G-?(?:BASE)?-?SR4", -9.5),
    (r"40G-?(?:BASE)?-?LR4", -13.7),
    (r"100G-?(?:BASE)?-?SR4", -10.3),
    (r"100G-?(?:BASE)?-?LR4", -10.6),
)
_TYPES = tuple((re.compile(rf"(?<![0-9])(?:{pattern})", re.IGNORECASE), limit) for pattern, limit in _SENSITIVITY_DBM)
_MAU_DBM: Mapping[int, float] = {  # IANA-MAU-MIB dot3MauType -> the same
    **dict.fromkeys((17, 18), -31.0),
    **dict.fromkeys((23, 24), -19.0),
    **dict.fromkeys((25, 26), -17.0),
    34: -15.8,
    35: -14.4,
    36: -9.9,
    **dict.fromkeys((44, 45), -28.2),
    46: -25.0,
    **dict.fromkeys((47, 48, 49), -19.5),
}
_MAU_TYPE = re.compile(r"1\.3\.6\.1\.2\.1\.26\.4\.([0-9]+)")


def sensitivity_dbm(said: str) -> float | None:
    """The least light that a module of this type works with; `said` is a text, or the OID of a dot3MauType."""
    mau = _MAU_TYPE.fullmatch(said)
    if mau is not None:
        return _MAU_DBM.get(int(mau[1]))
    return next((limit for pattern, limit in _TYPES if pattern.search(said)), None)


def sensitivities(types: Mapping[str, str]) -> Mapping[str, float]:
    """Interface -> the least light its module works with. `types`: interface -> what is said of the module."""
    found = ((port, sensitivity_dbm(said)) for port, said in types.items())
    return {port: limit for port, limit in found if limit is not None}


def sound_limits(fixed: Readings) -> Readings:
    """The limits without those of ports whose limits are not in order: low below high, alarms outside of warnings."""
    wrong = {(measure, port) for group in (_RECEIVED, _SENT) for measure, port in _out_of_order(fixed, group)}
    if not wrong:
        return fixed
    return {
        measure: {port: value for port, value in values.items() if (measure, port) not in wrong}
        for measure, values in fixed.items()
    }


def _out_of_order(fixed: Readings, group: tuple[Measure, ...]) -> Iterable[tuple[Measure, str]]:
    ports = {port for measure in group for port in fixed.get(measure, {})}
    for port in ports:
        told = [fixed[measure][port] for measure in group if port in fixed.get(measure, {})]
        if told != sorted(told) or (len(told) > 1 and told[0] == told[-1]):
            yield from ((measure, port) for measure in group)


def margins(received: Mapping[str, float], fixed: Readings, up: Collection[str]) -> Mapping[str, float]:
    """Interface -> dB between what it receives and what is too little, of the ports that are up."""
    own, by_type = (fixed.get(one, {}) for one in (Measure.RECEIVE_LOW_ALARM, Measure.RECEIVE_SENSITIVITY))
    found = {}
    for port, power in received.items():
        limit = own.get(port, by_type.get(port))
        if limit is not None and port in up:
            found[port] = power - limit
    return found

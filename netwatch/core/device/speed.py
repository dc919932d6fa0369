"""What an agent says of a port's speed -> bit/s that can be believed, or None: no figure rather than a wrong one.

In: ifHighSpeed, ifSpeed (RFC 2863 §3.1.11-12), ifType, and the inventory's capacity. Out: speed in bit/s; the line
rate in bytes/s that counters are held against.
"""

_GAUGE32_MAX = 2**32 - 1
_MBIT = 1_000_000
# Below this ifSpeed is Mb/s written as bit/s (10, 100, 1000), the 9 kb/s of a tunnel, or a default: no port of ours.
_SLOWEST_BPS = _MBIT
# Above this ifHighSpeed is bit/s written as Mb/s. 8 x 800G is the widest aggregate there is.
_FASTEST_MBPS = 10_000_000
# What is left of a speed above 2**32 - 1 when an agent cuts it to 32 bits instead of capping it: 10G gives 1410065408.
_CUT_OFF = frozenset({gbps * 1000 * _MBIT % 2**32 for gbps in (5, 10, 20, 25, 30, 40, 50, 60, 80, 100, 200, 400, 800)})
# ifTypes whose speed is that of a wire: ethernetCsmacd, the old 100BASE and gigabit types, fibreChannel, ieee8023adLag.
# That of loopbacks, VLANs and tunnels is a default which real traffic exceeds.
_PHYSICAL = frozenset({6, 56, 62, 69, 117, 161})


def believable_bps(if_high_speed: int | None, if_speed: int | None, capacity_bps: int | None) -> int | None:
    """The speed of a port in bit/s, None if not known. The inventory's capacity wins over whatever the agent says.

    ifHighSpeed is in Mb/s, rounded; ifSpeed in bit/s, at its maximum where it cannot say. Two that differ are both out.
    """
    if capacity_bps is not None:
        return capacity_bps
    exact = if_speed if if_speed is not None and _SLOWEST_BPS <= if_speed < _GAUGE32_MAX else None
    if if_high_speed is None or not 0 < if_high_speed <= _FASTEST_MBPS:
        return None if exact in _CUT_OFF else exact
    rounded = if_high_speed * _MBIT
    if exact is None or exact == rounded % 2**32:
        return rounded
    return exact if abs(exact - rounded) <= _MBIT // 2 else None


def line_rate(speed_bps: int | None, if_type: int | None) -> float | None:
    """The bytes per second that the counters of a port may grow by; None where its speed is not that of a wire."""
    return speed_bps / 8 if speed_bps and if_type in _PHYSICAL else None

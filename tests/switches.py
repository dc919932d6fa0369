"""Trees of simulated switches for tests: every object netwatch asks of a port, by column and row."""

from netwatch.snmp import ber

UPTIME, NAME = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0"
IF_DESCR, IF_TYPE, IF_SPEED, IF_ADMIN, IF_OPER, IF_IN, IF_OUT, IF_IN_ERRORS = (
    f"1.3.6.1.2.1.2.2.1.{column}" for column in (2, 3, 5, 7, 8, 10, 16, 14)
)
IF_NAME, IF_HC_IN, IF_HC_OUT, IF_HIGH_SPEED, IF_ALIAS = (
    f"1.3.6.1.2.1.31.1.1.1.{column}" for column in (1, 6, 10, 15, 18)
)
PACKETS_32 = (
    *(f"1.3.6.1.2.1.2.2.1.{column}" for column in (11, 17)),
    *(f"1.3.6.1.2.1.31.1.1.1.{c}" for c in (2, 3, 4, 5)),
)
PACKETS = tuple(f"1.3.6.1.2.1.31.1.1.1.{column}" for column in (7, 8, 9, 11, 12, 13))
OTHERS = tuple(f"1.3.6.1.2.1.2.2.1.{column}" for column in (13, 19, 20))  # discards, ifOutErrors
DISCONTINUITY = "1.3.6.1.2.1.31.1.1.1.19"
IN_FROM, OUT_FROM = 10**12, 2 * 10**12


def port(index, *, high_capacity=True):
    """The objects of one port."""
    objects = {
        IF_DESCR: (ber.OCTET_STRING, b"GigabitEthernet 1/0/%d" % index),
        IF_TYPE: (ber.INTEGER, 6),
        IF_SPEED: (ber.GAUGE32, 10**9),
        IF_ADMIN: (ber.INTEGER, 1),
        IF_OPER: (ber.INTEGER, 1 if index % 5 else 2),
        IF_IN: (ber.COUNTER32, (IN_FROM + index) % 2**32),
        IF_OUT: (ber.COUNTER32, (OUT_FROM + index) % 2**32),
        IF_IN_ERRORS: (ber.COUNTER32, index),
    }
    objects |= dict.fromkeys((*PACKETS_32, *OTHERS), (ber.COUNTER32, 1000 + index))
    objects[DISCONTINUITY] = (ber.TIME_TICKS, 0)
    if high_capacity:
        objects |= dict.fromkeys(PACKETS, (ber.COUNTER64, 1000 + index))
        objects |= {
            IF_NAME: (ber.OCTET_STRING, b"Gi1/0/%d" % index),
            IF_HC_IN: (ber.COUNTER64, IN_FROM + index),
            IF_HC_OUT: (ber.COUNTER64, OUT_FROM + index),
            IF_HIGH_SPEED: (ber.GAUGE32, 1000),
            IF_ALIAS: (ber.OCTET_STRING, b"cam-%d" % index),
        }
    return {f"{column}.{index}": value for column, value in objects.items()}


def switch(ports=28, *, high_capacity=True):
    """A switch's tree, as `tests.contract.snmp_agents.Agent` takes it.

    Without `high_capacity` no 64-bit counter, ifName or ifAlias.
    """
    tree = {UPTIME: (ber.TIME_TICKS, 123_456), NAME: (ber.OCTET_STRING, "교차로-7".encode())}
    for index in range(1, ports + 1):
        tree |= port(index, high_capacity=high_capacity)
    return tree


def snmprec(tree):
    """The tree as a recording."""
    lines = []
    for oid, (syntax, value) in sorted(tree.items(), key=lambda item: ber.oid_arcs(item[0])):
        lines.append(f"{oid}|{syntax}|{value}" if isinstance(value, int) else f"{oid}|{syntax}x|{value.hex()}")
    return "\n".join(lines) + "\n"

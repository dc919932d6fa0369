import pytest

from netwatch.core.device.speed import believable_bps, line_rate

CAPPED = 4294967295


@pytest.mark.parametrize(
    ("high", "speed", "bps"),
    [
        (1000, 1_000_000_000, 1_000_000_000),
        (10_000, CAPPED, 10_000_000_000),
        (100_000, CAPPED, 100_000_000_000),
        (10_000, 1_410_065_408, 10_000_000_000),  # cut to 32 bits instead of capped
        (25_000, 25_000_000_000 % 2**32, 25_000_000_000),
        (1000, 0, 1_000_000_000),
        (1000, 1000, 1_000_000_000),  # Mb/s written into ifSpeed
        (1000, None, 1_000_000_000),
        (None, 100_000_000, 100_000_000),
        (0, 100_000_000, 100_000_000),
        (2, 2_048_000, 2_048_000),  # E1: ifHighSpeed is rounded
    ],
)
def test_a_speed_that_agrees_with_itself_is_believed(high, speed, bps):
    assert believable_bps(high, speed, None) == bps


@pytest.mark.parametrize(
    ("high", "speed"),
    [
        (None, None),
        (0, 0),
        (None, 0),
        (None, 10),
        (None, 1000),
        (None, 9000),  # the default of a tunnel
        (None, CAPPED),
        (0, CAPPED),
        (None, 1_410_065_408),  # what 32 bits leave of 10G
        (CAPPED, CAPPED),
        (1_000_000_000, 0),  # bit/s written into ifHighSpeed
        (100, 1_000_000_000),  # one of the two lies
    ],
)
def test_a_speed_that_cannot_be_is_not_known(high, speed):
    assert believable_bps(high, speed, None) is None


@pytest.mark.parametrize(("high", "speed"), [(None, None), (1000, 1_000_000_000), (0, CAPPED)])
def test_the_inventorys_capacity_wins(high, speed):
    assert believable_bps(high, speed, 10_000_000_000) == 10_000_000_000


def test_counters_are_held_against_the_rate_of_wires_only():
    assert line_rate(1_000_000_000, 6) == 125e6
    assert line_rate(20_000_000_000, 161) == 2.5e9
    assert line_rate(10_000_000, 24) is None  # softwareLoopback
    assert line_rate(1_000_000_000, 136) is None  # l3ipvlan
    assert line_rate(1_000_000_000, None) is None
    assert line_rate(None, 6) is None

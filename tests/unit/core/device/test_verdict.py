import pytest

from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceVerdict
from netwatch.core.device.verdict import verdict

YES, NO, UNSEEN = Answer.ANSWERS, Answer.SILENT, Answer.NOT_OBSERVED


@pytest.mark.parametrize(
    ("icmp", "snmp", "expected"),
    [
        (YES, YES, DeviceVerdict.UP),
        (NO, YES, DeviceVerdict.UP),  # policed
        (YES, NO, DeviceVerdict.DEGRADED),
        (NO, NO, DeviceVerdict.DOWN),
        (UNSEEN, UNSEEN, DeviceVerdict.UNKNOWN),
        (YES, UNSEEN, DeviceVerdict.UP),
        (UNSEEN, YES, DeviceVerdict.UP),
        (NO, UNSEEN, DeviceVerdict.UNKNOWN),
        (UNSEEN, NO, DeviceVerdict.UNKNOWN),
    ],
)
def test_two_observations_give_one_verdict(icmp, snmp, expected):
    assert verdict(icmp, snmp, ping_configured=True, snmp_configured=True) is expected


@pytest.mark.parametrize(
    ("answer", "expected"), [(YES, DeviceVerdict.UP), (NO, DeviceVerdict.DOWN), (UNSEEN, DeviceVerdict.UNKNOWN)]
)
def test_what_is_not_configured_is_not_waited_for(answer, expected):
    assert verdict(answer, UNSEEN, ping_configured=True, snmp_configured=False) is expected
    assert verdict(UNSEEN, answer, ping_configured=False, snmp_configured=True) is expected


def test_of_a_device_nobody_asks_nothing_is_known():
    assert verdict(YES, YES, ping_configured=False, snmp_configured=False) is DeviceVerdict.UNKNOWN


def test_an_answered_ping_never_clears_a_silent_agent():
    assert verdict(YES, NO, ping_configured=True, snmp_configured=True) is not DeviceVerdict.UP

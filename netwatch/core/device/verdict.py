"""Two independent observations of a device, ICMP and SNMP -> one derived verdict.

Neither observation ever changes the other: an answered ping does not clear a silent agent, and a silent agent does
not hide a dead box. `unreachable` needs the topology and is not given here.
"""

from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceVerdict

_ALONE = {
    Answer.ANSWERS: DeviceVerdict.UP,
    Answer.SILENT: DeviceVerdict.DOWN,
    Answer.NOT_OBSERVED: DeviceVerdict.UNKNOWN,
}

# (ICMP, SNMP). A box that answers SNMP is up whatever ICMP says: routers police echoes. Silence of one while the
# other was not looked at proves neither a dead box nor a dead agent.
_TOGETHER = {
    (Answer.ANSWERS, Answer.ANSWERS): DeviceVerdict.UP,
    (Answer.ANSWERS, Answer.NOT_OBSERVED): DeviceVerdict.UP,
    (Answer.ANSWERS, Answer.SILENT): DeviceVerdict.DEGRADED,
    (Answer.SILENT, Answer.ANSWERS): DeviceVerdict.UP,
    (Answer.SILENT, Answer.NOT_OBSERVED): DeviceVerdict.UNKNOWN,
    (Answer.SILENT, Answer.SILENT): DeviceVerdict.DOWN,
    (Answer.NOT_OBSERVED, Answer.ANSWERS): DeviceVerdict.UP,
    (Answer.NOT_OBSERVED, Answer.NOT_OBSERVED): DeviceVerdict.UNKNOWN,
    (Answer.NOT_OBSERVED, Answer.SILENT): DeviceVerdict.UNKNOWN,
}


def verdict(icmp: Answer, snmp: Answer, *, ping_configured: bool, snmp_configured: bool) -> DeviceVerdict:
    """The verdict on a device from what is configured to be observed of it; unknown if nothing is."""
    if icmp is snmp is Answer.ANSWERS and (ping_configured or snmp_configured):
        return DeviceVerdict.UP  # nearly always, and to look into a table for it takes longer
    if ping_configured and snmp_configured:
        return _TOGETHER[icmp, snmp]
    if ping_configured:
        return _ALONE[icmp]
    return _ALONE[snmp] if snmp_configured else DeviceVerdict.UNKNOWN

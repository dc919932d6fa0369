"""A camera on its port, and what may be seen of it."""

from netwatch.core.errors import Reason
from netwatch.core.field.ladder import judge
from netwatch.core.field.record import CheckState
from netwatch.core.field.verdict import FieldVerdict, PortFacts, Reach
from netwatch.core.model import Check, FieldDevice, PortRef

MAC, OTHER_MAC = "00:40:8c:11:22:33", "00:12:34:56:78:9a"
PORT, ELSEWHERE = PortRef(device="acc-17", interface="Gi1/0/3"), PortRef(device="acc-18", interface="Gi1/0/9")
PING, TCP, RTSP, ONVIF = (
    Check(kind="ping"),
    Check(kind="tcp", port=554),
    Check(kind="rtsp"),
    Check(kind="onvif"),
)
VENDORS = {MAC: "Axis", OTHER_MAC: "Acme"}
T0 = 1_760_000_000.0
UP_PORT = PortFacts(oper_up=True, admin_up=True, since_wall_s=T0 - 86_400)
DOWN_PORT = PortFacts(oper_up=False, admin_up=True, since_wall_s=T0)


def camera(*checks: Check, **changes: object) -> FieldDevice:
    told = {"id": "cam-0412", "kind": "cctv", "site": "okjeong-3", "port": PORT, "address": "10.30.4.12", "mac": MAC}
    return FieldDevice(**{**told, "checks": checks or (PING, RTSP), **changes})


def standing(*, up: bool | None, since: float = T0, reason: Reason = Reason.TIMEOUT, **changes: object) -> CheckState:
    """A check that answers, has failed twice, or was not yet tried."""
    if up is None:
        return CheckState(**changes)
    if up:
        return CheckState(**{"up": True, "since_wall_s": since, "answered_wall_s": since + 30, **changes})
    told = {"up": False, "since_wall_s": since, "failures": 2, "first_failure_wall_s": since, "reason": reason}
    return CheckState(**{**told, **changes})


def judged(
    device: FieldDevice | None = None,
    port: PortFacts | None = UP_PORT,
    reach: Reach = Reach.REACHABLE,
    elsewhere: PortRef | None = None,
    **checks: CheckState | bool | None,
) -> FieldVerdict:
    """`checks` by name, `tcp_554` for tcp/554; a bool is `standing`."""
    states = {
        name.replace("_", "/"): one if isinstance(one, CheckState) else standing(up=one) for name, one in checks.items()
    }
    vendor_of = lambda mac: VENDORS.get(mac, "")  # noqa: E731 - one line of data
    return judge(device or camera(), states, port, reach, elsewhere=elsewhere, vendor_of=vendor_of)

"""An inventory -> what decides a figure beside the record: how often it was asked, when it counts as down."""

from collections.abc import Iterable, Mapping

from netwatch.core.audit.readings import View
from netwatch.core.audit.report.question import Kind, Question
from netwatch.core.audit.subjects import Method
from netwatch.core.device.reachability import (
    ANSWERS_TO_RETURN,
    INTERVALS_TO_UNKNOWN,
    REPROBE_APART_S,
    REPROBES,
    SNMP_REPROBES,
)
from netwatch.core.model import Inventory, Lane

VIEWS: Mapping[Kind, View] = dict.fromkeys(Kind, View.DEVICE) | {Kind.SERVICE: View.SERVICE}


def method(kind: Kind, inventory: Inventory, question: Question) -> Method:
    """Of the subjects of one kind."""
    return Method(view=VIEWS[kind], notice_ms=question.notice_ms, observed=observed(kind, inventory))


def observed(kind: Kind, inventory: Inventory) -> Mapping[str, int | str]:
    """Durations in seconds, as `5` or, where devices differ, `5 to 10`."""
    settings, devices = inventory.settings, inventory.devices.values()
    echoes: dict[str, int | str] = {
        "echoes_lost_to_be_down": 1 + REPROBES,
        "seconds_between_them": f"{REPROBE_APART_S:g}",
        "answers_to_be_up_again": ANSWERS_TO_RETURN,
        "seconds_waited_for_an_echo": f"{settings.ping_timeout_s:g}",
        "intervals_without_a_look_to_be_unknown": INTERVALS_TO_UNKNOWN,
    }
    if kind in (Kind.SERVICE, Kind.FIELD_DEVICE):
        return {
            "echo_every_s": f"{settings.field_ping_every_s:g}",
            "tcp_every_s": f"{settings.field_tcp_every_s:g}",
            "rtsp_every_s": f"{settings.field_rtsp_every_s:g}",
            "onvif_every_s": f"{settings.field_onvif_every_s:g}",
            **echoes,
        }
    status = {"port_states_every_s": _range(one.every_s[Lane.STATUS] for one in devices)}
    if kind is Kind.DEVICE:
        polls = {"polls_lost_to_be_silent": 1 + SNMP_REPROBES}
        return {"echo_every_s": _range(one.every_s[Lane.PING] for one in devices), **status, **echoes, **polls}
    return status


def _range(values: Iterable[float]) -> str:
    ordered = sorted(set(values))
    if not ordered:
        return "-"
    return f"{ordered[0]:g}" if len(ordered) == 1 else f"{ordered[0]:g} to {ordered[-1]:g}"

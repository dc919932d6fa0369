"""States by word and by colour. The names are the values that the catalogue's StateSets and labels can have."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from grafana.words import Text
from netwatch.core.device.record import DeviceVerdict
from netwatch.core.events import EventKind
from netwatch.core.faults.diagnosis import FaultKind
from netwatch.core.faults.dispatch import Crew
from netwatch.core.faults.severity import Severity
from netwatch.core.field.verdict import FieldCause, FieldCondition
from netwatch.core.links.rings import RingCondition
from netwatch.core.links.state import LinkCondition
from netwatch.core.model import Lane
from netwatch.core.neighbours.link_drift import DriftKind

# Grafana's own names, which follow its light and dark theme. A word always stands beside the colour.
GREEN, YELLOW, ORANGE, RED, PURPLE, BLUE = "green", "yellow", "orange", "red", "purple", "blue"
GREY = "#8e8e8e"


@dataclass(frozen=True, slots=True)
class Shown:
    """One value: its word and its colour."""

    value: str
    word: Text
    colour: str = ""  # none: only the word


States = tuple[Shown, ...]  # the order is that of gravity, the best first: it is the number in a timeline


def numbered(states: States) -> States:
    """The same for a query that tells the place in the order instead of the name."""
    return tuple(Shown(str(number), one.word, one.colour) for number, one in enumerate(states))


# the same word and colour wherever it is told of
_UP = Shown("up", Text("up", "정상"), GREEN)
_DEGRADED = Shown("degraded", Text("degraded", "성능 저하"), YELLOW)
_UNKNOWN = Shown("unknown", Text("not observed", "관측 안 됨"), GREY)
_UNREACHABLE = Shown("unreachable", Text("behind a fault", "앞단 장애"), PURPLE)
_DOWN = Shown("down", Text("down", "중단"), RED)

DEVICE = (
    _UP,
    _DEGRADED,
    _UNKNOWN,
    _UNREACHABLE,
    _DOWN,
)
FIELD = (
    Shown("fine", Text("working", "정상"), GREEN),
    _UNKNOWN,
    _UNREACHABLE,
    Shown("fault", Text("fault", "고장"), RED),
)
SITE = (  # the worst of what stands there
    Shown("fine", Text("all well", "정상"), GREEN),
    Shown("partly", Text("partly", "일부 이상"), YELLOW),  # a device degraded, or a camera at fault
    _UNKNOWN,
    _UNREACHABLE,
    Shown("down", Text("switch down", "스위치 중단"), RED),
)
LINK = (
    _UP,
    _DEGRADED,
    _UNKNOWN,
    Shown("one_end", Text("one end down", "한쪽 끝 중단"), ORANGE),
    _DOWN,
)
RING = (
    Shown("intact", Text("intact", "정상"), GREEN),
    Shown("restoring", Text("restoring", "복구 대기"), BLUE),
    Shown("manual", Text("switched by hand", "수동 절체"), BLUE),
    _UNKNOWN,
    Shown("switched", Text("no reserve", "절체됨 (예비 없음)"), ORANGE),
    Shown("no_block", Text("no blocked port", "차단 포트 없음 (루프 위험)"), RED),
    Shown("split", Text("split", "분리됨"), RED),
)
SEVERITY = (
    Shown("warning", Text("warning", "주의"), BLUE),
    Shown("minor", Text("minor", "경미"), YELLOW),
    Shown("major", Text("major", "중대"), ORANGE),
    Shown("critical", Text("critical", "긴급"), RED),
)
CAUSE = (
    Shown("no_power", Text("no power", "전원 없음")),
    Shown("cable_or_port", Text("cable or port", "케이블 또는 포트")),
    Shown("device_hung", Text("hangs", "장비 멈춤")),
    Shown("stream_silent", Text("stream silent", "영상 없음")),
    Shown("upstream", Text("behind a fault", "앞단 장애")),
    Shown("wrong_device", Text("wrong device", "다른 장비 연결")),
    Shown("moved", Text("on another port", "다른 포트로 이동")),
)
KIND = (
    Shown("cable_cut", Text("cable cut", "케이블 절단")),
    Shown("link_cut", Text("link cut", "구간 절단")),
    Shown("device_power", Text("device without power", "장비 정전")),
    Shown("device_hang", Text("device hangs", "장비 멈춤")),
    Shown("port", Text("port", "포트 장애")),
    Shown("poe", Text("PoE", "PoE 급전 장애")),
    Shown("field_device", Text("field device", "현장 장비 고장")),
    Shown("wrong_device", Text("wrong device", "다른 장비 연결")),
    Shown("redundancy_lost", Text("reserve lost", "예비 경로 상실")),
    Shown("upstream", Text("upstream", "상위 구간 장애")),
    Shown("vantage", Text("netwatch is cut off", "관제 서버 고립")),
)
CREW = (
    Shown("fibre crew", Text("fibre crew", "광케이블 복구반")),
    Shown("electrician", Text("electrician", "전기 담당")),
    Shown("camera contractor", Text("camera contractor", "CCTV 유지보수 업체")),
    Shown("network engineer", Text("network engineer", "네트워크 담당자")),
    Shown("security", Text("security", "보안 담당")),
    Shown("nobody", Text("nobody", "출동 없음")),
)
UP_DOWN = (Shown("0", Text("down", "중단"), RED), Shown("1", Text("up", "정상"), GREEN))
ANSWERS = (Shown("0", Text("silent", "응답 없음"), RED), Shown("1", Text("answers", "응답"), GREEN))
RUNNING = (Shown("0", Text("not now", "진행 아님")), Shown("1", Text("running", "진행 중"), BLUE))
IN_FORCE = (Shown("0", Text("last one refused", "최근 것 거부됨"), RED), Shown("1", Text("accepted", "적용됨"), GREEN))
STORE = (Shown("0", Text("late", "지연"), RED), Shown("1", Text("in time", "제때 기록"), GREEN))
VANTAGE = (Shown("0", Text("cut off", "고립"), RED), Shown("1", Text("sees the city", "정상"), GREEN))
OTHER_WAY = (Shown("0", Text("yes", "있음"), GREEN), Shown("1", Text("none", "없음"), ORANGE))
NONE_IS_GOOD = (Shown("0", Text("none", "없음"), GREEN),)
PORT = (Shown("0", Text("down", "중단"), GREY), Shown("1", Text("up", "정상"), GREEN))  # a free port is no trouble
YES_NO = (Shown("0", Text("no", "아니오")), Shown("1", Text("yes", "예")))
LANE = (
    Shown("ping", Text("ping", "핑")),
    Shown("status", Text("status", "상태")),
    Shown("traffic", Text("traffic", "트래픽")),
    Shown("health", Text("health", "건강")),
    Shown("discovery", Text("discovery", "탐색")),
)
DRIFT = (
    Shown("missing", Text("missing", "누락")),
    Shown("moved", Text("moved", "이동")),
    Shown("swapped", Text("swapped", "교체")),
    Shown("extra", Text("extra", "추가")),
)
EVENT = (
    Shown("device.state", Text("device changed state", "장비 상태 변경")),
    Shown("device.rebooted", Text("device rebooted", "장비 재부팅")),
    Shown("device.swapped", Text("device swapped", "장비 교체")),
    Shown("engine.changed", Text("SNMPv3 engine changed", "SNMPv3 엔진 변경")),
    Shown("engine.shared", Text("SNMPv3 engine shared", "SNMPv3 엔진 중복")),
    Shown("interface.state", Text("port changed state", "포트 상태 변경")),
    Shown("interface.added", Text("port added", "포트 추가")),
    Shown("interface.removed", Text("port removed", "포트 삭제")),
    Shown("ifindex.changed", Text("ports renumbered", "포트 번호 변경")),
    Shown("port.unmatched", Text("port of the inventory not found", "인벤토리 포트 불일치")),
    Shown("interfaces.dropped", Text("ports beyond the cap", "포트 수 한도 초과")),
    Shown("flapping", Text("began to flap", "플래핑 시작")),
    Shown("settled", Text("settled after flapping", "플래핑 종료")),
    Shown("vantage.state", Text("our own uplink changed", "관제 서버 연결 변경")),
    Shown("fault.opened", Text("fault opened", "장애 발생")),
    Shown("fault.changed", Text("fault changed", "장애 변경")),
    Shown("fault.cleared", Text("fault cleared", "장애 복구")),
    Shown("fault.settled", Text("fault explained afterwards", "장애 원인 확정")),
    Shown("check.state", Text("check changed", "점검 결과 변경")),
    Shown("link.state", Text("link changed state", "구간 상태 변경")),
    Shown("ring.state", Text("ring changed state", "링 상태 변경")),
    Shown("field_device.state", Text("field device changed state", "현장 장비 상태 변경")),
    Shown("mac.unregistered", Text("unregistered MAC", "미등록 MAC")),
    Shown("mac.moved", Text("MAC on another port", "MAC 이동")),
    Shown("port.unexpected_up", Text("unused port came up", "미사용 포트 연결")),
    Shown("authentication.failure", Text("SNMP access refused", "SNMP 인증 실패")),
    Shown("daemon.started", Text("netwatch started", "netwatch 시작")),
    Shown("daemon.stopped", Text("netwatch stopped", "netwatch 종료")),
    Shown("inventory.changed", Text("inventory changed", "인벤토리 변경")),
    Shown("inventory.refused", Text("inventory refused", "인벤토리 거부")),
    Shown("clock.stepped", Text("our clock was set", "서버 시계 변경")),
    Shown("store.state", Text("store changed state", "저장소 상태 변경")),
    Shown("maintenance.declared", Text("maintenance declared", "작업 등록")),
    Shown("maintenance.ended", Text("maintenance ended early", "작업 조기 종료")),
    Shown("maintenance.started", Text("maintenance started", "작업 시작")),
    Shown("maintenance.over", Text("maintenance over", "작업 종료")),
    Shown("topology.drift", Text("LLDP and inventory differ", "LLDP와 인벤토리 불일치")),
)
# A kind without its word, or a word without its kind, fails the tests: here they are put side by side.
WORDS: Mapping[type[StrEnum], States] = {
    DeviceVerdict: DEVICE,
    FieldCondition: FIELD,
    LinkCondition: LINK,
    RingCondition: RING,
    Severity: SEVERITY,
    FieldCause: CAUSE,
    FaultKind: KIND,
    Crew: CREW,
    Lane: LANE,
    DriftKind: DRIFT,
    EventKind: EVENT,
}

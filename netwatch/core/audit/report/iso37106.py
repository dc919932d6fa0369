"""Each figure of a report -> the item of ISO 37106 that it is evidence for. Nothing is claimed of the standard.

The names of the areas are those that certified cities publish; which figure supports what is our own reading, and the
sheet says so. The standard asks for no availability and sets no target: no level follows from these figures alone.
"""

from typing import NamedTuple


class Evidence(NamedTuple):
    """Each pair is (Korean, English). `section` is where in the report the figure stands, a key of the words."""

    figure: tuple[str, str]
    area: tuple[str, str]
    item: tuple[str, str]
    section: str


_STRATEGY = ("전략 관리", "Strategy management")
_CITIZEN = ("시민 중심 서비스", "Citizen-centric service management")
_TECHNOLOGY = ("기술·디지털 자산 관리", "Technology and digital asset management")
_BENEFIT = ("시민 편익", "Citizen benefit")

SHEET = (
    Evidence(
        ("서비스 가용성 A, 하한과 상한, 목표 판정", "Availability of services: A, its bounds, and the verdict"),
        _BENEFIT,
        ("편익의 추적과 실현", "Benefits are tracked and delivered"),
        "services",
    ),
    Evidence(
        ("손실 카메라·시간", "Camera-hours lost"),
        _CITIZEN,
        ("시민이 받는 서비스의 품질 관리", "The quality of what citizens are served is managed"),
        "faults",
    ),
    Evidence(
        ("자산 대장의 지문과 변경 이력", "Fingerprint of the inventory and each change of it"),
        _TECHNOLOGY,
        ("도시 자원·기반시설의 파악과 관리", "Urban resources and infrastructure are mapped and managed"),
        "annex_inventory",
    ),
    Evidence(
        ("장비·링크·링의 가용성", "Availability of devices, links and rings"),
        _TECHNOLOGY,
        ("도시 자원·기반시설의 파악과 관리", "Urban resources and infrastructure are mapped and managed"),
        "equipment",
    ),
    Evidence(
        ("링에 예비 경로가 없던 시간", "Time that rings were without reserve"),
        _STRATEGY,
        ("전달 역량과 위험 관리", "Delivery capability, and its risks"),
        "rings",
    ),
    Evidence(
        ("업체별 복구 시간 MTTR", "MTTR, by contractor"),
        _STRATEGY,
        ("조달·공급자·협력 관리", "Procurement, suppliers and partnerships"),
        "repairs",
    ),
    Evidence(
        ("사용량 P95와 증가 추세", "P95 of what links carry, and its growth"),
        _STRATEGY,
        ("로드맵과 투자", "Roadmap and investment"),
        "usage",
    ),
    Evidence(
        ("점검의 사전 등록과 제3자 승인", "Maintenance declared before, and approved by another"),
        _STRATEGY,
        ("전달 역량과 위험 관리", "Delivery capability, and its risks"),
        "annex_maintenance",
    ),
    Evidence(
        ("관측률과 관측 공백", "Coverage, and gaps of observation"),
        _TECHNOLOGY,
        ("근거 자료의 신뢰성", "How far the evidence itself can be relied upon"),
        "annex_gaps",
    ),
    Evidence(
        ("원장의 루트와 서명", "Root of the ledger, and its signature"),
        _TECHNOLOGY,
        ("근거 자료의 신뢰성", "How far the evidence itself can be relied upon"),
        "proof",
    ),
)

_LIMITS_KO = (
    "영역 이름은 인증 도시들이 공개한 자료를 따랐고, 어느 수치가 어느 항목을 뒷받침하는지는 이 보고서의 해석입니다. "
    "ISO 37106은 네트워크 가용성을 요구하지 않으며 목표값도 정하지 않습니다. "
    "이 수치만으로는 어떤 성숙도 단계도 정해지지 않고, 판단은 심사자의 몫입니다."
)
_LIMITS_EN = (
    "The names of the areas are those that certified cities publish; which figure supports which item is this report's "
    "own reading. ISO 37106 asks for no network availability and sets no target. No level of maturity follows from "
    "these figures alone: that is for the assessor to judge."
)
LIMITS = (_LIMITS_KO, _LIMITS_EN)

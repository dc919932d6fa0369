"""Every text stands in both languages side by side; a dashboard is rendered once for each."""

from enum import StrEnum
from typing import NamedTuple


class Language(StrEnum):
    """The value is the folder below `dashboards/`, and what a dashboard's uid ends in."""

    ENGLISH = "en"
    KOREAN = "ko"

    @property
    def other(self) -> "Language":
        return Language.KOREAN if self is Language.ENGLISH else Language.ENGLISH


class Text(NamedTuple):
    """One text in both languages."""

    en: str
    ko: str

    def in_(self, language: Language) -> str:
        return self.ko if language is Language.KOREAN else self.en


DISTRICT = Text("District", "행정동")
SITE = Text("Site", "위치")
DEVICE = Text("Device", "장비")
INTERFACE = Text("Port", "포트")
SERVICE = Text("Service", "서비스")
RING = Text("Ring", "링")
LINK = Text("Link", "구간")
FIELD_DEVICE = Text("Field device", "현장 장비")
FAULT = Text("Fault", "장애")
STATE = Text("State", "상태")
SUBJECT = Text("Where", "대상")
KIND = Text("Kind", "종류")
SINCE = Text("Since", "발생")
SEVERITY = Text("Severity", "등급")
CAUSE = Text("Cause", "원인")
DIRECTION = Text("Direction", "방향")
ROLE = Text("Role", "역할")
CHECK = Text("Check", "점검")
LANE = Text("Poll", "수집")
NAME = Text("Name", "이름")
ADDRESS = Text("Address", "주소")
NOT_HEARD = Text("netwatch is not heard", "netwatch 수신 없음")
NO_SNMP = Text("no SNMP here", "SNMP 수집 없음")

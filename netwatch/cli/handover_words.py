"""The words of a handover in Korean and English; those of the record (kinds, crews, causes) are the reports' own."""

from collections.abc import Mapping
from types import MappingProxyType

from netwatch.audit.report.words import term

LANGUAGES = ("ko", "en")
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": ("근무 교대 인계서", "Handover"),
        "shift": ("{since}부터 {until}까지", "from {since} to {until}"),
        "counts": (
            "발생 {opened}건, 해제 {closed}건, 진행 중 {open}건",
            "{opened} opened, {closed} closed, {open} still open",
        ),
        "stopped": (
            "netwatch가 {until} 이후 동작하지 않습니다. 그 뒤의 일은 알 수 없습니다.",
            "netwatch has not run since {until}: nothing is known of what came after.",
        ),
        "open": ("진행 중인 장애", "Still open"),
        "closed": ("해제된 장애", "Closed"),
        "maintenance": ("진행 중·예정 점검", "Maintenance, running or ahead"),
        "not_observed": ("관측하지 못한 것", "Not observed"),
        "none": ("없음", "none"),
        "new": ("이번 근무 발생", "new"),
        "since": ("발생", "since"),
        "lasted": ("지속", "lasted"),
        "cost": ("영향", "cost"),
        "devices": ("장비 {number}대 무응답", "{number} devices dark"),
        "out_of_service": ("현장 장비 {number}대 중단", "{number} field devices out of service"),
        "send": ("출동", "send"),
        "evidence": ("근거", "evidence"),
        "whose": ("담당", "whose"),
        "nobodys": ("담당 없음, 아직 아무도 확인하지 않음", "nobody's: nobody has taken note of it"),
        "acknowledged": ("확인", "acknowledged"),
        "dispatched": ("출동함", "dispatched"),
        "ticket": ("접수 번호", "ticket"),
        "note": ("메모", "note"),
        "cleared": ("해제", "cleared"),
        "planned": ("예정", "planned"),
        "running": ("진행 중", "running"),
        "approved_by": ("승인 {who}", "approved by {who}"),
        "unapproved": ("승인 없음", "approved by nobody"),
        "gap": ("{begin}부터 {end}까지", "from {begin} to {end}"),
        "going_on": ("지금", "now"),
        "device": ("{device}: {since}부터", "{device}, since {since}"),
        "all_observed": ("빠짐없이 관측함", "everything was observed"),
    }
)
_SPANS = ((86400, "일", "d"), (3600, "시간", "h"), (60, "분", "min"), (1, "초", "s"))


class Words:
    """One language's."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._place = LANGUAGES.index(language)

    def __call__(self, key: str, **parts: object) -> str:
        return _WORDS[key][self._place].format(**parts)

    def term(self, word: str) -> str:
        """A word of the record."""
        return term(word, self.language)

    def moment(self, iso: str) -> str:
        """`11-22 18:04`: of a shift nobody needs the year."""
        return iso[5:16].replace("T", " ")

    def span(self, seconds: float) -> str:
        """The two largest units that are not nothing."""
        left, told = int(seconds), list[str]()
        for size, *units in _SPANS:
            number, left = divmod(left, size)
            if number and len(told) < 2:
                unit = units[self._place]
                told.append(f"{number}{unit}" if self.language == "ko" else f"{number} {unit}")
        return " ".join(told) or f"0 {_SPANS[-1][1 + self._place]}"

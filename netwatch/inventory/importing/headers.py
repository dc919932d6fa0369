"""A column's title, in Korean or English -> the inventory's key that it means, and how sure that is.

In: titles as people write them. Out: key and score, 0 to 100. Only letters and digits of a title count, and what stands
in brackets is left out where the rest is known. From `SURE` on the words are the very ones; below they are near.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from rapidfuzz import fuzz, process

SURE, NEAR = 100.0, 78.0
CONTAINED = 90.0  # a known title, and more around it
_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
_PLACE = {
    "place": "설치장소, 설치위치, 설치지점, 설치주소, 장소, 위치, "
    "주소, 소재지, location, install location, installation site, address text",
    "latitude": "위도, 위도좌표, lat, latitude, gps lat, location_lat",
    "longitude": "경도, 경도좌표, lon, lng, long, longitude, gps lon, location_lon",
    "district": "행정동, 읍면동, 법정동, 관할동, 동, 구역, district, dong, administrative district",
}
_KEPT = {
    "asset_no": "자산번호, 물품번호, 자산관리번호, asset, asset no, asset number, asset tag",
    "serial": "시리얼, 시리얼번호, 제조번호, serial, serial no, serial number, s/n",
    "registration": "등록번호, 영상정보처리기기등록번호, registration, registration no",
    "institution": "관리기관, 운영기관, 관리부서, 담당부서, 부서, 기관, institution, department, operator",
    "note": "비고, 메모, 특이사항, 참고, note, notes, remark, remarks, comment, comments",
    "contractor": "유지보수업체, 유지보수, 업체, 관리업체, 협력업체, contractor, maintainer, maintenance contractor",
}
_TITLES: Mapping[str, Mapping[str, str]] = {
    "field_devices": {
        "id": "관리번호, 카메라번호, 카메라id, cctv번호, 장비관리번호, cctv관리번호, "
        "기기번호, id, camera id, camera no, camera number, cctv id, cctv no",
        "name": "카메라명, 카메라이름, cctv명, 장비명, 기기명, 명칭, 이름, name, camera name, cctv name, description",
        "kind": "종류, 장비종류, 장비구분, 유형, 구분, kind, type, category, device type",
        "service": "서비스, 용도, 설치목적, 목적, service, purpose",
        "device": "스위치명, 스위치, 접속스위치, 연결스위치, 상위스위치, "
        "스위치번호, 현장스위치, switch, switch name, uplink switch, access switch",
        "interface": "포트, 포트번호, 스위치포트, 접속포트, 연결포트, port, port no, port number, switch port",
        "address": "ip, ip주소, 아이피, 아이피주소, 카메라ip, ip, address, ipaddress, ip addr, camera ip",
        "mac": "mac, mac주소, 맥주소, 맥어드레스, 물리주소, mac, address, macaddr, hw address",
        "site": "현장코드, 현장번호, 사이트, 사이트id, 함체번호, site, site id, cabinet",
        "checks": "점검항목, checks",
        "shared": "포트공용, 포트공유, shared, shared port",
        **_PLACE,
        **_KEPT,
    },
    "devices": {
        "id": "스위치명, 스위치번호, 스위치id, 호스트명, 관리번호, 장비번호, id, "
        "hostname, host name, sysname, switch, switch name, device id, device",
        "name": "장비명, 장비이름, 명칭, 이름, name, display name, device name, visible name",
        "role": "역할, 계위, 계층, role, layer, tier",
        "address": "ip, ip주소, 관리ip, 장비ip, 아이피, ip, address, management ip, mgmt ip, primary ip, address",
        "site": "현장코드, 현장번호, 사이트, 사이트id, site, site id",
        "profile": "프로파일, profile",
        **_PLACE,
        **_KEPT,
    },
    "sites": {
        "id": "현장코드, 현장번호, 사이트코드, 사이트id, 사이트, id, site, site id, site code",
        "name": "현장명, 사이트명, 설치장소, 명칭, 이름, name, site name",
        "district": _PLACE["district"],
        "latitude": _PLACE["latitude"],
        "longitude": _PLACE["longitude"],
        "note": _KEPT["note"],
    },
    "links": {
        "id": "링크번호, 링크명, 회선번호, 회선명, 구간명, id, link, link id, circuit, circuit id",
        "a_device": "시작장비, 상위장비, a장비, 국사장비, a, device, from device, device a, source device",
        "a_interface": "시작포트, 상위포트, a포트, a, port, from port, port a, source port, a interface",
        "b_device": "종료장비, 하위장비, b장비, 대상장비, b, device, to device, device b, target device",
        "b_interface": "종료포트, 하위포트, b포트, 대상포트, b, port, to port, port b, target port, b interface",
        "capacity": "대역폭, 속도, 용량, capacity, bandwidth, speed",
        "ring": "링, 링번호, 링명, ring, ring id",
        "medium": "매체, medium, media",
        "note": _KEPT["note"],
    },
    "cables": {
        "id": "케이블번호, 케이블명, 케이블, 선번, id, cable, cable id, cable no",
        "cores": "코어수, 심선수, 코어, 심수, cores, core count, fibres, fibers",
        "length": "길이, 거리, 연장, length, distance",
        "duct": "관로, 관로번호, duct, conduit",
        "contractor": _KEPT["contractor"],
        "note": _KEPT["note"],
    },
    "contractors": {
        "id": "업체코드, 업체id, id, contractor id",
        "name": "업체명, 상호, 회사명, company, contractor name",
        "phone": "전화, 전화번호, 연락처, phone, telephone, tel, contact",
        "skills": "분야, 기술, skills",
    },
}
IGNORED = ("순번", "연번", "번호", "no", "no.", "#", "seq")  # a row's number in its sheet


def plain(title: str) -> str:
    """Letters and digits alone, in lower case: `카메라 명` is 카메라명, `IP_Address` is ipaddress."""
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", title)).casefold()
    return "".join(letter for letter in text if letter.isalnum() or letter == "#")


SECTIONS = tuple(_TITLES)
_KNOWN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        section: MappingProxyType({plain(word): key for key, told in keys.items() for word in (key, *told.split(", "))})
        for section, keys in _TITLES.items()
    }
)


@lru_cache(maxsize=4096)
def meaning(title: str, section: str) -> tuple[str, float]:
    """The key that a title most likely means in this section, and how likely; `("", 0)` where none is near."""
    known = _KNOWN[section]
    for text, score in ((plain(title), SURE), (plain(_BRACKETS.sub("", title)), SURE - 1)):
        if text in known:
            return known[text], score
    text = plain(title)
    if len(text) < 3 or text in {plain(word) for word in IGNORED}:
        return "", 0.0
    contained = [word for word in known if len(word) >= 3 and not word.isascii() and word in text]
    if contained:
        return known[max(contained, key=len)], CONTAINED
    found = process.extractOne(text, known.keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
    return (known[found[0]], float(found[1]) - 5) if found is not None else ("", 0.0)


def likely_section(titles: tuple[str, ...]) -> str:
    """The section whose keys explain the titles best; empty where fewer than two are explained, or no id is."""
    best, most = "", 0.0
    for section in SECTIONS:
        meanings: dict[str, float] = {}
        for title in titles:
            key, score = meaning(title, section)
            if key:
                meanings[key] = max(meanings.get(key, 0.0), score)
        if "id" in meanings and len(meanings) >= 2 and sum(meanings.values()) > most:
            best, most = section, sum(meanings.values())
    return best

"""A workbook as a city keeps one, made worse on purpose: what each row truly is, and which rows nobody may trust."""

import datetime as dt
import io
import random
import unicodedata
from dataclasses import dataclass, field

import openpyxl

PORTS = 8
TITLES = (
    "연번",
    "관리번호",
    "카메라명",
    "스위치명",
    "포트",
    "IP 주소",
    "MAC",
    "설치장소",
    "위도",
    "경도",
    "행정동",
    "보존기간",
)
KEYS = (
    None,
    "id",
    "name",
    "device",
    "interface",
    "address",
    "mac",
    "place",
    "latitude",
    "longitude",
    "district",
    "보존기간",
)
COLUMN = {key: position for position, key in enumerate(KEYS) if key}
DISTRICTS = ("옥정동", "회천동", "양주1동", "백석읍")
FIRST_ROW = 5  # below a title, a date and two rows of headers


@dataclass
class Messy:
    """The workbook, the truth of each sound row by its id, and the places of rows that must be named."""

    content: bytes
    truth: dict[str, dict[str, str]] = field(default_factory=dict)
    doubtful: dict[str, str] = field(default_factory=dict)  # place -> what was done to it


def switches(count: int) -> list[str]:
    return [f"acc-{number:04d}" for number in range(count)]


def truth_of(number: int) -> dict[str, str]:
    switch = number // PORTS
    return {
        "name": f"방범 {DISTRICTS[switch % 4]} {number}호",
        "device": f"acc-{switch:04d}",
        "interface": f"1/{number % PORTS + 1}",
        "address": f"10.{30 + number // 65536}.{number // 256 % 256}.{number % 256}",
        "mac": f"00:40:8c:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}",
        "place": f"{DISTRICTS[switch % 4]} {switch}번 함체",
        "latitude": f"{37.7 + switch % 50 / 500:.4f}",
        "longitude": f"{127.0 + switch // 50 / 500:.4f}",
        "district": DISTRICTS[switch % 4],
        "보존기간": "30일",
    }


def _wide(text):
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def _month(port):
    return dt.date(2026, 1, int(port.split("/")[1]))


HARMLESS = {
    "nfd": lambda row, _: row.update(name=unicodedata.normalize("NFD", row["name"])),
    "wide id": lambda row, _: row.update(id=_wide(row["id"])),
    "wide address": lambda row, _: row.update(address=_wide(row["address"])),
    "dashes": lambda row, _: row.update(mac=row["mac"].replace(":", "-").upper()),
    "dots": lambda row, _: row.update(mac=".".join(row["mac"].replace(":", "")[i : i + 4] for i in (0, 4, 8))),
    "bare": lambda row, _: row.update(mac=row["mac"].replace(":", "").upper()),
    "blanks": lambda row, _: row.update(id=f" {row['id']}\u200b ", device=f"\u3000{row['device']} "),
    "case": lambda row, _: row.update(device=row["device"].upper()),
    "numbers": lambda row, _: row.update(latitude=float(row["latitude"]), longitude=float(row["longitude"])),
}
HARMFUL = {
    "date": lambda row, _: row.update(interface=_month(row["interface"])),
    "day": lambda row, _: row.update(interface=f"{row['interface'].split('/')[1]}-Jan"),
    "korean day": lambda row, _: row.update(interface=f"1월 {row['interface'].split('/')[1]}일"),
    "clock": lambda row, _: row.update(interface=dt.time(1, 30)),
    "scientific": lambda row, _: row.update(mac="1.2E+11"),
    "number for a mac": lambda row, _: row.update(mac=408012345678),
    "float": lambda row, _: row.update(mac=1.2e17),
    "short mac": lambda row, _: row.update(mac=row["mac"][:-1]),
    "no mac": lambda row, _: row.update(mac="FF:FF:FF:FF:FF:FF"),
    "letter O": lambda row, _: row.update(mac="OO:40:8c:11:22:33"),
    "number for an id": lambda row, chance: row.update(id=float(chance.randrange(1000, 9999))),
    "decimals for an id": lambda row, _: row.update(id="1023.0"),
    "id with a blank": lambda row, _: row.update(id=row["id"].replace("-", " ")),
    "no id": lambda row, _: row.update(id=None),
    "typo of a switch": lambda row, _: row.update(device=row["device"].replace("acc", "ac") + "x"),
    "no switch": lambda row, _: row.update(device=None),
    "address": lambda row, _: row.update(address=row["address"].replace("10.", "10.3", 1) + "7"),
    "zeros": lambda row, _: row.update(address="010.30.4.12"),
    "commas": lambda row, _: row.update(address=row["address"].replace(".", ",")),
    "wrong charset": lambda row, _: row.update(name=row["name"].encode("cp949").decode("latin-1")),
    "lost letters": lambda row, _: row.update(name="?? 옥정동"),
    "formula": lambda row, _: row.update(address="#REF!"),
    "ditto": lambda row, _: row.update(district="〃"),
    "swapped": lambda row, _: row.update(latitude=row["longitude"], longitude=row["latitude"]),
    "far": lambda row, _: row.update(latitude="27.7853"),
    "degrees": lambda row, _: row.update(latitude="37도 47분"),
}
TWICE = {  # what is taken from another row, which is then in doubt as well
    "id twice": ("id",),
    "port twice": ("device", "interface"),
    "address twice": ("address",),
    "mac twice": ("mac",),
}


def workbook(cameras: int, *, seed: int, harmed: float = 0.1) -> Messy:
    """`harmed`: the share of rows that something is done to which cannot be undone."""
    chance = random.Random(seed)
    rows = [{"id": f"CAM-{number:05d}", **truth_of(number)} for number in range(cameras)]
    told = [dict(row) for row in rows]
    harm: dict[int, str] = {}
    for number in chance.sample(range(cameras), round(cameras * harmed)):
        what = chance.choice([*HARMFUL, *TWICE])
        other = chance.randrange(cameras)
        if what in TWICE and (number in harm or other in harm or other == number):
            continue
        if number in harm:
            continue
        harm[number] = what
        if what in TWICE:
            harm[other] = what
            told[number].update({key: rows[other][key] for key in TWICE[what]})
        else:
            HARMFUL[what](told[number], chance)
    for number, row in enumerate(told):
        if number not in harm and chance.random() < 0.5:
            HARMLESS[chance.choice(list(HARMLESS))](row, chance)
    messy = Messy(_book(told, harm))
    for number, row in enumerate(rows):
        if number in harm:
            messy.doubtful[f"cameras.xlsx!CCTV 현황:R{number + FIRST_ROW}"] = harm[number]
        else:
            messy.truth[row.pop("id")] = row
    return messy


def _book(told, harm):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "CCTV 현황"
    sheet["A1"] = "양주시 방범 CCTV 현황"
    sheet.merge_cells("A1:L1")
    sheet["A2"], sheet["B2"] = "기준일", dt.date(2026, 11, 1)
    for column, title in enumerate(TITLES, start=1):
        sheet.cell(4, column, title)
    for group, first, last in (("네트워크", 4, 7), ("위치", 8, 11)):
        sheet.cell(3, first, group)
        sheet.merge_cells(start_row=3, end_row=3, start_column=first, end_column=last)
    for column in (1, 2, 3, 12):  # one cell over both rows: its text stands in the upper one
        sheet.cell(3, column, TITLES[column - 1])
        sheet.cell(4, column).value = None
        sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    for number, row in enumerate(told):
        sheet.cell(number + FIRST_ROW, 1, number + 1)
        for key, column in COLUMN.items():
            sheet.cell(number + FIRST_ROW, column + 1, row[key])
    _merge_switches(sheet, told, harm)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _merge_switches(sheet, told, harm):
    """One cell for the cameras of a switch, as people write it."""
    for first in range(0, len(told) - PORTS, PORTS * 3):
        rows = range(first, first + PORTS)
        if not any(number in harm for number in rows):
            for column in (COLUMN["device"] + 1, COLUMN["place"] + 1):
                sheet.merge_cells(
                    start_row=first + FIRST_ROW,
                    end_row=first + PORTS - 1 + FIRST_ROW,
                    start_column=column,
                    end_column=column,
                )

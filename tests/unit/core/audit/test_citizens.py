"""What of a report citizens are told."""

import json

from netwatch.core.audit.report.citizens import FEWEST, citizens

HOUR_MS = 3_600_000


def scope(service, district=None, site=None, *, subjects=40, **times):
    return {
        "scope": {"service": service, "district": district, "site": site},
        "subjects": subjects,
        "raw": {"up": 0, "down": 0, "maintenance": 0, "unknown": 0, "not_in_service": 0, **times},
    }


def told(*scopes):
    return citizens(
        {
            "city": "Yangju",
            "question": {"zone": "Asia/Seoul", "label": "2026-10", "from_ms": 0, "until_ms": 2, "as_of_ms": 3},
            "services": {"cctv": {"name": "방범 CCTV"}},
            "accounts": {"service": {"scopes": scopes}, "device": {"subjects": {"acc-1": {}}}},
            "faults": [{"subject": "device:acc-1"}],
        }
    )


def test_a_service_and_its_districts_are_told_in_per_cent_rounded_down():
    found = told(
        scope("cctv", up=999_999, down=1, maintenance=5_000, unknown=1_000_000),
        scope("cctv", "옥정동", up=2, down=1),
        scope("cctv", "덕계동", up=1),
    )
    (service,) = found["services"]
    assert (service["id"], service["name"], service["worked"], service["seen"]) == (
        "cctv",
        "방범 CCTV",
        "99.999",
        "50.0",
    )
    assert [(one["district"], one["worked"]) for one in service["districts"]] == [
        ("덕계동", "100.000"),
        ("옥정동", "66.666"),
    ]
    assert (found["city"], found["label"], found["as_of_ms"]) == ("Yangju", "2026-10", 3)


def test_of_a_few_things_no_figure_is_told():
    found = told(scope("cctv", up=1), scope("cctv", "옥정동", subjects=FEWEST - 1, up=HOUR_MS))
    (district,) = found["services"][0]["districts"]
    assert district == {"district": "옥정동", "few": True, "worked": None, "seen": None}


def test_what_was_never_seen_has_no_share():
    (service,) = told(scope("cctv", unknown=HOUR_MS))["services"]
    assert (service["few"], service["worked"], service["seen"]) == (False, None, "0.0")


def test_nothing_of_sites_devices_and_faults_is_told():
    found = told(
        scope("cctv", up=1), scope(None, up=1), scope("cctv", "옥정동", "okjeong-3", up=1), scope(None, "옥정동")
    )
    assert "okjeong-3" not in json.dumps(found, ensure_ascii=False)
    assert "acc-1" not in json.dumps(found)
    assert [one["id"] for one in found["services"]] == ["cctv"]

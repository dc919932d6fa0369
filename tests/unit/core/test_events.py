import json

import pytest

from netwatch.core.events import Event, EventKind


def event(**changes: object) -> Event:
    told = {"kind": EventKind.DEVICE_STATE, "subject": "device:옥정-3", "at_wall_s": 1_760_000_000.12345}
    return Event(**{**told, "detail": {"to": "down", "from": "up"}, **changes})


def test_the_same_event_gives_the_same_bytes_in_whatever_order_its_detail_was_written():
    other = event(detail={"from": "up", "to": "down"})
    assert event().canonical_json() == other.canonical_json()
    assert event().canonical_json() == (
        '{"at":1760000000.123,"detail":{"from":"up","to":"down"},"kind":"device.state","subject":"device:옥정-3"}'
    )


def test_text_of_any_kind_stays_on_one_line():
    told = event(detail={"said": 'a "b"\nc\u2028\x00'}).canonical_json()
    assert "\n" not in told
    assert json.loads(told)["detail"]["said"] == 'a "b"\nc\u2028\x00'


def test_a_number_that_is_none_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        event(detail={"loss": float("nan")}).canonical_json()

"""Simulated cameras answer what a check asks, and nothing else."""

from datetime import UTC, datetime

import pytest

from netwatch.collect.onvif import _request as onvif_request
from netwatch.collect.rtsp import _request as rtsp_request
from netwatch.collect.soap_time import device_time_s
from netwatch.simulate.camera import LOCAL_TIME_S, Camera, camera_of, reply_to
from netwatch.simulate.growth import generate

OPTIONS = rtsp_request("127.16.0.1", 554)
TIME = onvif_request("127.16.0.1", 80)
NOW_S = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC).timestamp()


def test_options_is_answered_with_its_own_sequence_number():
    assert reply_to(OPTIONS, Camera(), NOW_S).split(b"\r\n")[:2] == [b"RTSP/1.0 200 OK", b"CSeq: 1"]
    refused = reply_to(OPTIONS, Camera(rtsp_status=b"401 Unauthorized"), NOW_S)
    assert refused.startswith(b"RTSP/1.0 401 Unauthorized\r\n")
    assert b"WWW-Authenticate: Digest" in refused


@pytest.mark.parametrize(("offset_s", "told_s"), [(0.0, 0), (1.0, 1), (LOCAL_TIME_S, LOCAL_TIME_S), (-0.3, -1)])
def test_the_time_told_is_the_cameras_own_in_whole_seconds(offset_s, told_s):
    reply = reply_to(TIME, Camera(clock_offset_s=offset_s), NOW_S)
    assert device_time_s(reply.partition(b"\r\n\r\n")[2]) == NOW_S + told_s


@pytest.mark.parametrize(
    "request_", [OPTIONS[:-2], TIME[:-40], b"", b"PLAY rtsp://x/ RTSP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_half_a_request_or_a_strange_one_is_not_answered(request_):
    assert reply_to(request_, Camera(), NOW_S) is None


def test_a_few_clocks_of_a_city_keep_local_time_and_the_others_are_right():
    cameras = [camera_of(thing) for thing in generate(switches=150).field_devices.values()]
    wrong = [camera for camera in cameras if camera.clock_offset_s == LOCAL_TIME_S]
    assert 0.01 < len(wrong) / len(cameras) < 0.05
    assert all(abs(camera.clock_offset_s) <= 0.3 for camera in cameras if camera not in wrong)

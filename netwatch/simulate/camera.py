"""What a simulated camera answers: RTSP OPTIONS and ONVIF GetSystemDateAndTime. A request in, a reply out. Pure.

Both are served on one port, told apart by their first line, so that a city needs one listener a camera. As real ones
differ: some makes want an account even for OPTIONS, and now and then one's clock keeps local time as if it were UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zlib import crc32

from netwatch.core.model import FieldDevice

LOCAL_TIME_S = 9 * 3600.0  # Asia/Seoul, taken for UTC
WRONG_CLOCKS = 40  # one camera of so many
WANT_AN_ACCOUNT = ("00:40:8c",)
LONGEST_REQUEST = 8192
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """`clock_offset_s`: its clock minus the true one."""

    rtsp_status: bytes = b"200 OK"
    clock_offset_s: float = 0.0


def camera_of(thing: FieldDevice) -> Camera:
    """How this one answers, the same in every run."""
    chance = crc32(thing.id.encode())
    offset_s = LOCAL_TIME_S if chance % WRONG_CLOCKS == 0 else chance % 601 / 1000 - 0.3
    wants_account = thing.mac is not None and thing.mac.startswith(WANT_AN_ACCOUNT)
    return Camera(rtsp_status=b"401 Unauthorized" if wants_account else b"200 OK", clock_offset_s=offset_s)


def reply_to(request: bytes, camera: Camera, wall_s: float) -> bytes | None:
    """The reply at the epoch second `wall_s`; None while the request is not whole, or is none a camera knows."""
    head, end, body = request.partition(_END)
    if not end:
        return None
    first, _, headers = head.partition(b"\r\n")
    if first.startswith(b"OPTIONS ") and first.endswith(b" RTSP/1.0"):
        return _options(camera, headers)
    is_whole = body.rstrip().endswith(b"Envelope>")
    if is_whole and first.startswith(b"POST /onvif/") and b"GetSystemDateAndTime" in body:
        return _time(datetime.fromtimestamp(wall_s + camera.clock_offset_s, UTC))
    return None


def _options(camera: Camera, headers: bytes) -> bytes:
    number = next((line for line in headers.split(b"\r\n") if line.lower().startswith(b"cseq:")), b"CSeq: 0")
    lines = [b"RTSP/1.0 " + camera.rtsp_status, number]
    if camera.rtsp_status.startswith(b"200"):
        lines.append(b"Public: OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE")
    else:
        lines.append(b'WWW-Authenticate: Digest realm="camera", nonce="0"')
    return b"\r\n".join(lines) + _END


def _time(clock: datetime) -> bytes:
    time = f"<tt:Hour>{clock.hour}</tt:Hour><tt:Minute>{clock.minute}</tt:Minute><tt:Second>{clock.second}</tt:Second>"
    date = f"<tt:Year>{clock.year}</tt:Year><tt:Month>{clock.month}</tt:Month><tt:Day>{clock.day}</tt:Day>"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"><env:Body>'
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
        f"<tt:UTCDateTime><tt:Time>{time}</tt:Time><tt:Date>{date}</tt:Date></tt:UTCDateTime>"
        "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse></env:Body></env:Envelope>"
    ).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body

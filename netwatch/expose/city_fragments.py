"""Field devices, maintenance and the vantage -> bytes per metric family, in the manner of `fragments`."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from netwatch.expose.samples import optional_sample, sample
from netwatch.expose.text import label_value


class CheckResult(NamedTuple):
    """How one check of a field device last went."""

    up: bool
    duration_s: float | None = None  # of the last successful one
    clock_offset_s: float | None = None  # the device's clock minus ours, where this check told it


def render_field_device(labels: bytes, checks: Mapping[str, CheckResult]) -> Mapping[str, bytes]:
    """`labels` as `labels.field_device_labels` makes them; `checks` by name (`ping`, `tcp/554`), only those tried."""
    up, duration = [], []
    for check, result in checks.items():
        tagged = b'%b,check="%b"' % (labels, label_value(check).encode())
        up.append(sample(b"netwatch_field_device_check_up", tagged, result.up))
        duration.append(
            optional_sample(b"netwatch_field_device_check_duration_seconds", tagged, result.duration_s),
        )
    clock = next((one.clock_offset_s for one in checks.values() if one.clock_offset_s is not None), None)
    offset = b"netwatch_field_device_clock_offset_seconds"
    return {
        "netwatch_field_device_check_up": b"".join(up),
        "netwatch_field_device_check_duration_seconds": b"".join(duration),
        offset.decode(): optional_sample(offset, labels, clock),
    }


def render_maintenance(windows: Iterable[tuple[str, bool]]) -> Mapping[str, bytes]:
    """(subject, running) of every declared window; several windows of one subject are one series."""
    running: dict[str, bool] = {}
    for subject, now in windows:
        running[subject] = running.get(subject, False) or now
    name = b"netwatch_maintenance_active"
    lines = [sample(name, b'subject="%b"' % label_value(s).encode(), now) for s, now in running.items()]
    return {"netwatch_maintenance_active": b"".join(lines)}


class MaintenanceView:
    """What is in maintenance as the page tells it: rendered again only when it is another mapping."""

    def __init__(self) -> None:
        self._shown: Mapping[str, bool] | None = None
        self._fragments: Mapping[str, bytes] = {}

    def render(self, active: Mapping[str, bool]) -> Mapping[str, bytes]:
        """`active`: subject -> running, as `core.maintenance.active_subjects` gives it."""
        if active is not self._shown:
            self._shown, self._fragments = active, render_maintenance(active.items())
        return self._fragments


def render_vantage(up: bool | None) -> Mapping[str, bytes]:  # noqa: FBT001 - the one thing it takes
    """None while there is no canary, or none was tried yet."""
    return {"netwatch_vantage_up": optional_sample(b"netwatch_vantage_up", b"", up)}

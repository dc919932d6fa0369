"""Rows of windows -> declarations: as they were declared and ended, and for all that hangs on their subject."""

from netwatch.core.audit.report.history import history_of
from netwatch.core.audit.report.inventory_document import inventory_of
from netwatch.core.audit.report.members import declarations
from netwatch.core.audit.report.versions import Version
from tests.unit.core.audit.report.city import CAMERAS, FINGERPRINT, T0, Ledger, document


def declared(*versions, **window):
    ledger = Ledger()
    ledger.window("m-31", "device:sw-2", 1000, 5000, declared=10.0004, **window)
    known = [Version((T0 + at) * 1000, inventory_of(told, fingerprint=FINGERPRINT)) for at, told in versions]
    return declarations(history_of(ledger.rows), known)


def test_a_window_is_taken_as_it_was_declared_and_ended():
    ended = {"ended": 2000.5, "ended_by": "kim"}
    (one,) = declared((0, document()), **ended)["device:sw-2"]
    assert (one.from_ms, one.until_ms) == ((T0 + 1000) * 1000, T0 * 1000 + 2_000_500)
    assert (one.requested_by, one.approved_by, one.reason) == (("kim", "operator"), "lee", "증설")


def test_a_window_on_a_switch_is_declared_for_what_hung_on_it_then():
    found = declared((0, document()), (6000, document(field_devices={})))
    behind = {f"field_device:{name}" for name, (switch, *_) in CAMERAS.items() if switch == "sw-2"}
    assert {name for name in found if name.startswith("field_device:")} == behind
    assert "device:sw-1" not in found
    assert not any(name.startswith("field_device:") for name in declared((0, document(field_devices={}))))

"""What a daemon puts on record beside what happens: usage, who asked for what, what was in force; all of it sound."""

from netwatch.audit.ledger_read import reading
from netwatch.cli.main import main
from netwatch.core.audit.ledger_sentences import told
from tests.e2e.network import write_inventory
from tests.e2e.process import until
from tests.unit.audit.ledgers import found

CAMERA = "field_devices:\n  cam-1: {{kind: cctv, site: hall, port: core-1 {port}, shared: true}}\n"
POLLED = "netwatch_device_last_success_timestamp_seconds"


def log_of(state):
    """Everything on record, a line each."""
    with reading(state) as reader:
        return "\n".join(map(told, reader.rows()))


def test_usage_accesses_and_corrections_are_on_record_and_the_record_is_sound(folder, network, addresses, run):
    known = write_inventory(folder, network, {"core-1": addresses["core-1"]})
    daemon = run(known).ready()
    port = until(lambda: next(iter(daemon.page().where("netwatch_interface_receive_bytes_total")), None), what="a port")
    until(lambda: "the first that is recorded" in log_of(folder / "state"), what="the inventory on record")
    more = CAMERA.format(port=port.labels["interface"])
    write_inventory(folder, network, {"core-1": addresses["core-1"]}, more=more)
    state = ["--state-dir", str(folder / "state")]
    assert main(["reload", *state]) == 0
    polled_s = daemon.value(POLLED, lane="traffic")
    until(lambda: daemon.value(POLLED, lane="traffic") > polled_s + 2, what="the port twice read")
    wrong = ["--from", "2026-01-01T00:00", "--until", "2026-01-01T01:00", "--state", "up", "--reason", "시험"]
    assert main(["audit", "correct", "device:core-1", *wrong, *state]) == 0
    assert daemon.stop() == 0
    log = log_of(folder / "state")
    for line in (
        "usage is recorded of 1 ports from here on",
        "what was carried from 20",
        "reload daemon:: done",
        "audit.correct device:core-1: done",
        "device:core-1 was up from 2025-12-31T15:00:00Z",
        "the first that is recorded",
        "field_device:cam-1: added",
    ):
        assert line in log, log
    report = found(folder / "state")
    assert (report.findings, report.annexes >= 5) == ([], True)  # two inventories, profiles, ports, traffic

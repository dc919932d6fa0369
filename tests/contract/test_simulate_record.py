"""Recording through our own manager: what is recorded replays."""

import asyncio

import pytest

from netwatch.simulate.record import capture
from netwatch.simulate.recording import parse, read
from netwatch.simulate.redaction import Redactor
from netwatch.simulate.server import Ports, serve_recordings
from netwatch.snmp import ber
from netwatch.snmp.message import VarBind, Version
from netwatch.snmp.mux import Mux
from netwatch.snmp.target import Target
from tests.tools import require_recordings

PLAIN = b"""\
1.0.8802.1.1.2.1.3.3.0|4|a switch
1.3.6.1.2.1.1.1.0|4|NOS 6.07
1.3.6.1.2.1.2.2.1.10.1|65|4294967295
1.3.6.1.2.1.2.2.1.5.1|66|1000000000
1.3.6.1.2.1.2.2.1.7.1|2|-1
1.3.6.1.2.1.2.2.1.9.1|67|77
1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615
1.3.6.1.2.1.31.1.1.1.18.1|4x|b9e6b9fc20434354560a
1.3.6.1.4.1.9.1.1.0|6|1.3.6.1.4.1.9.5
1.3.6.1.4.1.9.1.2.0|68x|9f780442c80000
"""


@pytest.fixture
async def recorded():
    muxes, simulations = [], []

    async def record(file, version=Version.V2C, **fields):
        simulation = serve_recordings({"127.1.0.1": file}, ports=Ports(snmp=0, echo=None))
        simulation.start()
        simulations.append(simulation)
        mux = Mux()
        muxes.append(mux)
        target = Target(host="127.1.0.1", port=simulation.snmp_port, community=b"public", version=version, retries=0)
        return await capture(mux, target, salt=b"s", deadline_s=asyncio.get_running_loop().time() + 60, **fields)

    yield record
    for mux in muxes:
        mux.close()
    for simulation in simulations:
        simulation.stop()


@pytest.fixture
def plain(tmp_path):
    file = tmp_path / "plain.snmprec"
    file.write_bytes(PLAIN)
    return file


async def test_simulated_recorded_and_simulated_again_nothing_has_changed(recorded, plain, tmp_path):
    first = await recorded(plain)
    again = tmp_path / "again.snmprec"
    again.write_bytes(first.content)
    second = await recorded(again)
    assert dict(parse(first.content, source="x").values) == dict(read(plain).values)
    assert second.content == first.content
    assert (first.flaws, first.unrecordable) == ((), 0)


async def test_version_1_records_all_but_counter64(recorded, plain):
    captured = await recorded(plain, version=Version.V1)
    expected = {arcs: value for arcs, value in read(plain).values.items() if value[0] != ber.COUNTER64}
    assert dict(parse(captured.content, source="x").values) == expected


def varbinds(recording):
    """What a manager reads of a recording."""
    for arcs, value in sorted(recording.values.items()):
        _, start, stop = ber.read_tlv(value, 0, len(value))
        number = ber.number(value[0], value[start:stop])
        name = ber.oid_content(".".join(map(str, arcs)))
        yield VarBind(name, value[0], value[start:stop] if number is None else number)


@pytest.mark.parametrize("name", ["dasan-nos", "weos_ddw-225", "procurve_2520", "junos_qfx5100"])
async def test_a_real_device_is_recorded_to_the_last_object_as_redaction_has_it(recorded, name):
    file = require_recordings() / f"{name}.snmprec"
    captured = await recorded(file)
    expected = Redactor(secrets=(b"public",), salt=b"s").redact(varbinds(read(file)))
    got = list(varbinds(parse(captured.content, source="x")))
    assert [varbind.oid for varbind in got] == [varbind.oid for varbind in expected]
    moved = {mine.dotted for mine, other in zip(got, expected, strict=True) if mine != other}
    assert moved <= {"1.3.6.1.2.1.1.3.0"}  # sysUpTime


async def test_progress_is_told_for_every_object(recorded, plain):
    told = []
    await recorded(plain, progress=told.append)
    assert [progress.objects for progress in told] == list(range(1, 11))
    assert told[-1].at == "1.3.6.1.4.1.9.1.2.0"


async def test_the_report_says_what_was_redacted_and_what_to_do(recorded, tmp_path):
    file = tmp_path / "x.snmprec"
    file.write_bytes(b"1.3.6.1.2.1.1.4.0|4|Kim\n1.3.6.1.2.1.1.5.0|4|sw at 10.0.0.1\n1.3.6.1.2.1.1.7.0|4|public\n")
    report = (await recorded(file)).report()
    assert "3 objects recorded; redacted: 1 addresses, 1 blanked, 1 secrets and serials." in report
    assert "read the file before you share it" in report
    assert "Kim" not in report


async def test_a_device_that_does_not_answer_is_a_flaw_and_not_an_empty_success(recorded, plain):
    mux = Mux()
    target = Target(host="127.1.0.1", port=9, community=b"public", timeout_s=0.05, retries=0)
    captured = await capture(mux, target, salt=b"s", deadline_s=asyncio.get_running_loop().time() + 5)
    mux.close()
    assert captured.lines == ()
    assert captured.flaws
    assert "1.3.6.1 is not complete" in captured.report()

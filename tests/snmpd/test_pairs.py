"""Every pair of authentication and privacy with independent peers: README's table of them is made of the same lists."""

import asyncio
import subprocess
import sys

import pytest

from netwatch.snmp.errors import Outcome
from netwatch.snmp.layout import LayoutSlot
from netwatch.snmp.message import Version
from netwatch.snmp.mux import Mux
from netwatch.snmp.target import Target
from netwatch.snmp.template import Kind, Template
from netwatch.snmp.walk import walk
from tests.ports import free_udp_port
from tests.project.files import ROOT
from tests.snmpd.daemon import Snmpd
from tests.snmpd.pairs import NET_SNMP_PAIRS, PAIRS, net_snmp_configuration

SYSTEM = Template(
    ("1.3.6.1.2.1.1.3.0", *(f"1.3.6.1.2.1.1.{n}.0" for n in (1, 2, 4, 5, 6))), (Kind.NUMBER, *(Kind.ANY,) * 5)
)
SYSTEM_GROUP = "1.3.6.1.2.1.1"


@pytest.fixture(scope="module")
def net_snmp(tmp_path_factory):
    one = Snmpd(tmp_path_factory.mktemp("snmpd"), more="\n".join(net_snmp_configuration()))
    asyncio.run(one.start())
    yield one.port
    asyncio.run(one.kill())


@pytest.fixture(scope="module")
def pysnmp():
    port = free_udp_port()
    command = [sys.executable, "-m", "tests.snmpd.pysnmp_agent", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout.readline().strip() == str(port).encode()
    yield port
    process.kill()
    process.wait()
    process.stdout.close()


async def asked(user, port):
    """A first contact, a poll that knows the engine, and a walk; what each datagram counted as."""
    mux, slot = Mux(), LayoutSlot()
    target = Target(host="127.0.0.1", port=port, version=Version.V3, user=user, timeout_s=10.0, retries=1)
    try:
        first, second = [await mux.get(target, SYSTEM, slot) for _ in range(2)]
        found = await walk(mux, target, [SYSTEM_GROUP], deadline_s=asyncio.get_running_loop().time() + 60)
    finally:
        mux.close()
    assert first.values[1:] == second.values[1:]
    assert None not in first.values
    assert 0 <= second.values[0] - first.values[0] < 1_000
    assert found.complete
    assert found.columns[SYSTEM_GROUP]["5.0"] == first.values[4]
    counted = {outcome: count for outcome, count in mux.outcomes.items() if count}
    contact = {Outcome.ENGINE_DISCOVERY: 1} | ({Outcome.TIME_SYNCHRONIZATION: 1} if user.level else {})
    assert {outcome: count for outcome, count in counted.items() if outcome is not Outcome.OK} == contact


@pytest.mark.parametrize("user", NET_SNMP_PAIRS, ids=lambda user: user.name.decode())
async def test_net_snmp_understands_us_and_we_it(user, net_snmp):
    await asked(user, net_snmp)


@pytest.mark.parametrize("user", PAIRS, ids=lambda user: user.name.decode())
async def test_pysnmp_understands_us_and_we_it(user, pysnmp):
    await asked(user, pysnmp)

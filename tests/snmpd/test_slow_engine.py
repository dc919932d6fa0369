"""A device with `engine: pysnmp` beside one of ours: the same agent, the same rows, the same page."""

import pytest

from netwatch.core.model import Auth, AuthProtocol, Lane, Priv, PrivProtocol, Secret, SnmpEngine, UserCredential
from tests.polling import device, inventory, watching
from tests.snmpd.daemon import NAME, USER, Snmpd

CREDENTIAL = UserCredential(
    id="core",
    user=USER.name.decode(),
    auth=Auth(protocol=AuthProtocol.SHA256, password=Secret(USER.auth_password)),
    priv=Priv(protocol=PrivProtocol.AES128, password=Secret(USER.priv_password)),
)


@pytest.fixture
async def snmpd(tmp_path):
    (tmp_path / "agent").mkdir()
    one = Snmpd(tmp_path / "agent")
    await one.start()
    yield one
    await one.kill()


async def test_a_device_is_polled_by_pysnmp_as_by_us(tmp_path, snmpd):
    every_s = {Lane.STATUS: 1.0, Lane.TRAFFIC: 1.0}
    terms = {"credential": CREDENTIAL, "port": snmpd.port, "timeout_s": 2.0, "every_s": every_s}
    both = (device("ours", **terms), device("theirs", engine=SnmpEngine.PYSNMP, **terms))
    async with watching(tmp_path, inventory(*both)) as watch:
        for name in ("ours", "theirs"):
            await watch.until(lambda name=name: len(watch.of(name, Lane.TRAFFIC)) > 1)
        states = watch.engine.states
        assert states["theirs"].identity.sys_name == states["ours"].identity.sys_name == NAME
        assert states["theirs"].interfaces.names == states["ours"].interfaces.names != ()
        assert states["theirs"].identity.engine_id == states["ours"].identity.engine_id != b""
        told = watch.samples()
        series = {name for name, *_ in told["ours"]}
        assert "interface_receive_bytes_total" in series
        assert {name for name, *_ in told["theirs"]} == series
        assert all(seen.reason is None for seen in watch.seen["theirs"])

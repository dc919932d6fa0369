"""SNMPv3 from the inventory to the page: a real snmpd, the daemon, and secrets that are never told by either."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from netwatch.snmp.digests import localized, password_to_key
from tests.e2e.process import netwatch, until
from tests.e2e.test_daemon_secrets import PATHS, leaks
from tests.snmpd.daemon import USER, Snmpd

WRONG = "wr0ng-canary-of-v3"
PASSWORDS = (USER.auth_password.decode(), USER.priv_password.decode(), WRONG)
INVENTORY = """\
city: Yangju
timezone: Asia/Seoul
credentials:
  core:
    version: 3
    user: netwatch
    auth: {{protocol: SHA-256, password: {{file: secrets/auth}}}}
    priv: {{protocol: AES-128, password: {{file: secrets/priv}}}}
  wrong-auth: {{version: 3, user: netwatch, auth: {{protocol: SHA-256, password: {{file: secrets/wrong}}}}}}
  wrong-priv:
    version: 3
    user: netwatch
    auth: {{protocol: SHA-256, password: {{file: secrets/auth}}}}
    priv: {{protocol: AES-128, password: {{file: secrets/wrong}}}}
  nobody: {{version: 3, user: nobody, insecure: true}}
defaults: {{ping: off, snmp: {{port: {port}, timeout: 300ms, retries: 1}}, every: {{status: 1s, traffic: 1s}}}}
sites: {{hall: {{}}}}
devices:
  right: {{site: hall, address: 127.0.0.1, snmp: {{credential: core, timeout: 2s}}}}
  by-pysnmp: {{site: hall, address: 127.0.0.2, snmp: {{credential: core, engine: pysnmp, timeout: 2s}}}}
  wrong-auth: {{site: hall, address: 127.0.0.3, snmp: {{credential: wrong-auth}}}}
  wrong-priv: {{site: hall, address: 127.0.0.4, snmp: {{credential: wrong-priv}}}}
  pysnmp-wrong: {{site: hall, address: 127.0.0.5, snmp: {{credential: wrong-priv, engine: pysnmp}}}}
  nobody: {{site: hall, address: 127.0.0.6, snmp: {{credential: nobody}}}}
  refused: {{site: hall, address: 127.0.0.7, snmp: {{credential: core, port: 9}}}}
"""


@pytest.fixture
def snmpd(folder):
    (folder / "agent").mkdir()
    one = Snmpd(folder / "agent", host="0.0.0.0")
    asyncio.run(one.start())
    yield one
    asyncio.run(one.kill())


@pytest.fixture
def inventory(folder, snmpd):
    (folder / "secrets").mkdir()
    for name, content in zip(("auth", "priv", "wrong"), PASSWORDS, strict=True):
        (folder / "secrets" / name).write_text(content)
    path = folder / "inventory.yaml"
    path.write_text(INVENTORY.format(port=snmpd.port))
    return path


def secrets(engine_id):
    """The passwords, and the keys made of them, as text that `leaks` looks for in all its shapes."""
    protocol = USER.auth
    keys = [password_to_key(protocol, password.encode()) for password in PASSWORDS]
    made = [*keys, *(localized(protocol, key, engine_id) for key in keys)]
    return [*PASSWORDS, *(key.decode("latin-1") for key in made)]


def leaked(text, engine_id):
    octets = text if isinstance(text, bytes) else text.encode()
    keys = [one.encode("latin-1") for one in secrets(engine_id)[len(PASSWORDS) :]]
    raw = [key for key in keys if key in octets or key.hex().encode() in octets]
    return leaks(text, PASSWORDS), raw


NOTHING = ([], [])


def test_a_device_is_watched_by_version_3_and_its_secrets_stay_where_they_are(folder, inventory, run):
    daemon = run(inventory).ready()
    for name in ("right", "by-pysnmp"):
        until(lambda name=name: daemon.value("netwatch_device_snmp_up", device=name) == 1, what=name)
    for name in ("wrong-auth", "wrong-priv", "pysnmp-wrong", "nobody", "refused"):
        until(lambda name=name: daemon.value("netwatch_device_state", device=name, state="down"), what=name)
    page = daemon.page()
    (info,) = page.where("netwatch_device_info", device="right")
    assert (info.labels["snmp_version"], info.labels["snmp_security"]) == ("3", "authPriv SHA-256 AES-128")
    assert info.labels["snmp_weakness"] == ""
    (info,) = page.where("netwatch_device_info", device="nobody")
    assert (info.labels["snmp_security"], info.labels["snmp_weakness"]) == ("noAuthNoPriv", "noAuthNoPriv")
    for name in ("wrong-auth", "nobody"):
        refused = {"device": name, "lane": "status", "reason": "refused_keys"}
        until(lambda refused=refused: daemon.value("netwatch_poll_failures_total", **refused), what=f"{refused}")

    checked = netwatch("check", "--inventory", inventory)
    assert "credential nobody (SNMP 3, noAuthNoPriv) on 1 device" in checked.stdout
    polled = [netwatch("poll", name, "--inventory", inventory) for name in ("right", "wrong-priv", "by-pysnmp")]
    assert polled[0].returncode == polled[2].returncode == 0 != polled[1].returncode
    said = [text for one in (checked, *polled) for text in (one.stdout, one.stderr)]
    said += [daemon.fetch(path)[1] for path in PATHS]
    said += [Path(f"/proc/{daemon.pid}/{name}").read_bytes() for name in ("cmdline", "environ", "comm")]
    assert daemon.stop() == 0
    said.append("\n".join(daemon.log))
    with sqlite3.connect(f"file:{folder}/state/netwatch.db?mode=ro", uri=True) as stored:
        documents = dict(stored.execute("SELECT device, document FROM device_memory"))
    stored.close()
    engine_id = bytes.fromhex(str(documents["right"]).split('"engine":{"id":"')[1].split('"')[0])
    said += [path.read_bytes() for path in sorted((folder / "state").iterdir()) if path.is_file()]
    assert [leaked(text, engine_id) for text in said] == [NOTHING] * len(said)
    assert leaked(PASSWORDS[0] + engine_id.hex(), engine_id) != NOTHING, "the search would find it"

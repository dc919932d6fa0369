"""A community with a shape of its own goes through everything the daemon says and keeps: it is never there."""

import base64
import sqlite3
from pathlib import Path

from tests.e2e.network import COMMUNITY, write_inventory
from tests.e2e.process import netwatch, until

WRONG = "wr0ng-canary-77ab1"
PATHS = (
    "/",
    "/metrics",
    "/metrics?shard=city",
    "/metrics/faults",
    "/sd?shards=2",
    "/-/ready",
    "/-/healthy",
    "/nowhere",
)


def shapes(secret):
    """The secret as people leak it: raw, hex in several spellings, base64 at every alignment."""
    raw = secret.encode()
    hexadecimal = raw.hex()
    found = {raw, hexadecimal.encode(), hexadecimal.upper().encode()}
    found |= {separator.join(f"{octet:02x}" for octet in raw).encode() for separator in (":", " ", "-", "\\x")}
    for skipped in range(3):
        whole = base64.b64encode(b"\0" * skipped + raw)
        found.add(whole[4 if skipped else 0 : len(raw) * 4 // 3 - 1])
    return found


def leaks(text, secrets=(COMMUNITY, WRONG)):
    octets = text if isinstance(text, bytes) else text.encode()
    return [shape for secret in secrets for shape in shapes(secret) if shape in octets]


def test_the_search_would_find_what_it_looks_for():
    for before in ("", "a", "ab", "abc"):
        assert leaks(base64.b64encode(f"{before}{COMMUNITY}and more".encode()))
    assert leaks(f"{before}{COMMUNITY}".encode().hex())
    assert not leaks("nothing of that kind")


def test_a_community_is_never_told(folder, network, addresses, run):
    (folder / "secrets").mkdir()
    (folder / "secrets" / "wrong").write_text(WRONG)
    records = {
        **addresses,
        "refused-1": "{site: hall, address: 127.1.0.2, ping: off, snmp: {credential: wrong, port: 9}}",
    }
    inventory = write_inventory(folder, network, records, timeout="1s")
    text = inventory.read_text().replace(
        "credentials:\n", "credentials:\n  wrong: {version: 1, community: {file: secrets/wrong}, insecure: true}\n"
    )
    inventory.write_text(text)
    daemon = run(inventory).ready()
    until(lambda: daemon.page().devices("netwatch_interface_info") >= set(addresses))
    until(lambda: daemon.value("netwatch_device_state", device="refused-1", state="down"), what="refused-1 down")
    for path in PATHS:
        assert not leaks(daemon.fetch(path)[1]), path
    for name in ("cmdline", "comm"):
        assert not leaks(Path(f"/proc/{daemon.pid}/{name}").read_bytes()), name

    inventory.write_text(text.replace("{file: secrets/wrong}", f"{COMMUNITY}"))  # written where it must not be
    refused = daemon.reload()
    assert refused.returncode == 1
    assert not leaks(refused.stdout + refused.stderr)
    assert not leaks(netwatch("check", "--inventory", inventory).stderr)
    inventory.write_text(text)
    assert not leaks(netwatch("check", "--inventory", inventory).stdout)
    told = netwatch("poll", "core-1", "--json", "--inventory", inventory)
    assert told.returncode == 0
    assert not leaks(told.stdout + told.stderr)
    assert daemon.stop() == 0
    assert daemon.log
    assert not leaks("\n".join(daemon.log))
    kept = sorted((folder / "state").iterdir())
    assert folder / "state" / "netwatch.db" in kept
    for file in kept:
        assert not leaks(file.read_bytes()), file
    with sqlite3.connect(f"file:{folder}/state/netwatch.db?mode=ro", uri=True) as stored:
        assert stored.execute("SELECT count(*) FROM device_memory").fetchone()[0] == len(records)
    stored.close()

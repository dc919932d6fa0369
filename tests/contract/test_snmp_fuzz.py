"""What anybody can send, under coverage-guided fuzzing: NETWATCH_FUZZ_SECONDS in all, 20 by default.

What it found out is kept in NETWATCH_FUZZ_CORPUS, where that is given, and the next run begins with it.
"""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from netwatch.snmp import ber, usm
from netwatch.snmp.digests import AuthProtocol
from netwatch.snmp.keys import KeyRing, Level, User
from netwatch.snmp.message import Message, PduType, VarBind, Version, encode, encode_pdu
from tests.tools import missing
from tests.traps import INFORM, LINK_DOWN, V2_TRAP, pdu, port, trap, v1_trap

HARNESSES = ("fuzz_reply.py", "fuzz_usm.py", "fuzz_trap.py")
OIDS = ("1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.31.1.1.1.6.1", "1.3.6.1.2.1.2.2.1.8.200", "1.3.6.1.2.1.1.5.0")
VALUES = ((ber.TIME_TICKS, 99), (ber.COUNTER64, 2**63), (ber.INTEGER, -5), (ber.OCTET_STRING, b"sw-7"))
SEED = Message(
    version=Version.V2C,
    community=b"public",
    pdu_type=PduType.RESPONSE,
    request_id=0x12345678,
    varbinds=tuple(VarBind(ber.oid_content(oid), *typed) for oid, typed in zip(OIDS, VALUES, strict=True)),
)


def seeds(harness):
    """Right messages to begin with; those of SNMPv3 are made here, where nothing is instrumented."""
    yield "reply", encode(SEED)
    if harness == "fuzz_trap.py":
        yield "trap", trap(LINK_DOWN, port(17))
        yield "inform", trap(LINK_DOWN, tag=INFORM)
        yield "trap of v1", v1_trap(6, port(9))
        for tag in (V2_TRAP, INFORM):
            yield f"scoped {tag}", usm.scope(usm.context(b"an engine", b""), pdu(tag, LINK_DOWN, port(17)))
    if harness == "fuzz_reply.py":
        return
    user = User(name=b"netwatch", auth=AuthProtocol.SHA256, auth_password=b"another-password")
    engine_id = bytes.fromhex("80001f888059dc486145a26322")
    keys, scoped = KeyRing().keys(user, engine_id), usm.scope(usm.context(engine_id, b""), encode_pdu(SEED))
    for level in (Level.NO_AUTH_NO_PRIV, Level.AUTH_NO_PRIV):
        yield f"sealed {level}", usm.seal(scoped, usm.Stamp(b"\x12\x34\x56\x78", 5, 123_456, level), keys)
    yield "scoped", scoped
    yield "discovery", usm.discovery(b"\x01\x02\x03\x04", b"\x05\x06\x07\x08")


@pytest.mark.parametrize("harness", HARNESSES)
def test_no_datagram_breaks_what_reads_it(tmp_path, harness):
    if importlib.util.find_spec("atheris") is None:
        missing("the package atheris")
    seconds = int(os.environ.get("NETWATCH_FUZZ_SECONDS", "20")) // len(HARNESSES)
    corpus = Path(os.environ.get("NETWATCH_FUZZ_CORPUS", tmp_path)).resolve() / Path(harness).stem
    corpus.mkdir(parents=True, exist_ok=True)
    for name, octets in seeds(harness):
        (corpus / name).write_bytes(octets)
    options = [
        f"-max_total_time={seconds}",
        "-max_len=2000",
        "-timeout=25",
        "-rss_limit_mb=1024",
        "-print_final_stats=1",
    ]
    fuzz = [sys.executable, Path(__file__).with_name(harness), *options, f"-artifact_prefix={tmp_path}/", corpus]
    ran = subprocess.run(
        # by a shell that forks: what a process has ever taken in memory counts on through exec, and ours is large
        ["/bin/sh", "-c", '"$@"; exit $?', "sh", *fuzz],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds + 60,
        check=False,
    )
    found = {path.name: path.read_bytes().hex() for path in tmp_path.iterdir() if path.is_file()}
    assert ran.returncode == 0, f"{ran.stderr[-3000:]}\n{found}"
    executed = re.search(r"number_of_executed_units: (\d+)", ran.stderr)
    assert executed, ran.stderr[-3000:]
    assert int(executed[1]) > 300 * seconds

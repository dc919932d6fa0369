"""The reply path under coverage-guided fuzzing: NETWATCH_FUZZ_SECONDS of it, 20 unless told otherwise."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

from netwatch.snmp import ber
from netwatch.snmp.message import Message, PduType, VarBind, Version, encode
from tests.tools import missing

HARNESS = Path(__file__).with_name("fuzz_reply.py")
OIDS = ("1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.31.1.1.1.6.1", "1.3.6.1.2.1.2.2.1.8.200", "1.3.6.1.2.1.1.5.0")
VALUES = ((ber.TIME_TICKS, 99), (ber.COUNTER64, 2**63), (ber.INTEGER, -5), (ber.OCTET_STRING, b"sw-7"))
SEED = Message(
    version=Version.V2C,
    community=b"public",
    pdu_type=PduType.RESPONSE,
    request_id=0x12345678,
    varbinds=tuple(VarBind(ber.oid_content(oid), *typed) for oid, typed in zip(OIDS, VALUES, strict=True)),
)


def test_no_datagram_breaks_the_reply_path(tmp_path):
    if importlib.util.find_spec("atheris") is None:
        missing("the package atheris")
    seconds = int(os.environ.get("NETWATCH_FUZZ_SECONDS", "20"))
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "reply").write_bytes(encode(SEED))
    options = [
        f"-max_total_time={seconds}",
        "-max_len=2000",
        "-timeout=5",
        "-rss_limit_mb=1024",
        "-print_final_stats=1",
    ]
    ran = subprocess.run(
        [sys.executable, HARNESS, *options, f"-artifact_prefix={tmp_path}/", corpus],
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
    assert int(executed[1]) > 500 * seconds

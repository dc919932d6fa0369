"""BRIDGE-MIB and Q-BRIDGE-MIB of a Linux bridge, for snmpd's `pass_persist`: Debian's agent has none of its own.

In: a question a line, as snmpd.conf(5) says, and what `bridge` and `ip` tell of br0 in this namespace.
Out: base ports (RFC 4188, dot1dBasePortTable) and learned MACs (dot1dTpFdbTable; RFC 4363, dot1qTpFdbTable, FID 1).
"""

import json
import subprocess
import sys
import time

ROOT = (1, 3, 6, 1, 2, 1, 17)
BASE, TP_FDB, Q_FDB = (*ROOT, 1), (*ROOT, 4, 3, 1), (*ROOT, 7, 1, 2, 2, 1)
LEARNED = 3
KEPT_S = 0.5


def asked_of_kernel(*words):
    return json.loads(subprocess.run(words, capture_output=True, check=True).stdout or "[]")


def objects():
    """OID -> (type, value), as the bridge is now."""
    ports = {}
    found = {(*BASE, 3, 0): ("integer", 2)}  # transparent-only
    for link in asked_of_kernel("ip", "-detail", "-json", "link", "show", "master", "br0"):
        number = int(link["linkinfo"]["info_slave_data"]["no"], 16)
        ports[link["ifname"]] = number
        found[*BASE, 4, 1, 1, number] = ("integer", number)
        found[*BASE, 4, 1, 2, number] = ("integer", link["ifindex"])
    found[*BASE, 2, 0] = ("integer", len(ports))
    for entry in asked_of_kernel("bridge", "-json", "fdb", "show", "br", "br0"):
        if entry.get("state") == "permanent" or entry.get("ifname") not in ports or entry.get("master") != "br0":
            continue
        octets, number = bytes.fromhex(entry["mac"].replace(":", "")), ports[entry["ifname"]]
        found[*TP_FDB, 1, *octets] = ("octet", octets.hex(" "))
        found[*TP_FDB, 2, *octets] = found[*Q_FDB, 2, 1, *octets] = ("integer", number)
        found[*TP_FDB, 3, *octets] = found[*Q_FDB, 3, 1, *octets] = ("integer", LEARNED)
    return found


def serve(questions, answers):
    read_s, held, order = 0.0, {}, []
    for line in questions:
        question = line.strip()
        if question == "PING":
            answers("PONG")
            continue
        oid = tuple(map(int, next(questions).strip().strip(".").split(".")))
        if time.monotonic() - read_s > KEPT_S:
            held = objects()
            order, read_s = sorted(held), time.monotonic()
        if question == "getnext":
            oid = next((each for each in order if each > oid), ())
        if oid in held:
            answers("." + ".".join(map(str, oid)), *held[oid])
        else:
            answers("NONE")


if __name__ == "__main__":
    serve(iter(sys.stdin.readline, ""), lambda *words: print(*words, sep="\n", flush=True))

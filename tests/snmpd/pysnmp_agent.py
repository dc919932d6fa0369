"""pysnmp's own agent in a process of its own: the independent peer for the pairs that net-snmp does not know.

`python -m tests.snmpd.pysnmp_agent`: prints its UDP port, and answers the system group to a user of every pair.
"""

import asyncio
import sys

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import cmdrsp, context

from tests.snmpd.pairs import PAIRS, PYSNMP_AUTH, PYSNMP_PRIV


def built(port):
    """The transport of an engine that answers on this port of loopback, once its `_lport` is done."""
    one = engine.SnmpEngine()
    transport = udp.UdpTransport().open_server_mode(("127.0.0.1", port))
    config.add_transport(one, udp.DOMAIN_NAME, transport)
    for user in PAIRS:
        level = ("noAuthNoPriv", "authNoPriv", "", "authPriv")[user.level]
        name = user.name.decode()
        auth = (PYSNMP_AUTH[user.auth], user.auth_password.decode()) if user.auth else ()
        priv = (PYSNMP_PRIV[user.priv], user.priv_password.decode()) if user.priv else ()
        config.add_v3_user(one, name, *auth, *priv)
        config.add_vacm_user(one, 3, name, level, (1, 3, 6, 1), ())
    answering = context.SnmpContext(one)
    for responder in (cmdrsp.GetCommandResponder, cmdrsp.NextCommandResponder, cmdrsp.BulkCommandResponder):
        responder(one, answering)
    return transport


async def serve(port):
    await built(port)._lport
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

"""Credentials of SNMPv3: what the inventory says, and what becomes of it."""

import pytest

from netwatch.collect.asking import asking, user_of
from netwatch.core.model import AuthProtocol, PrivProtocol, UserCredential
from netwatch.inventory.summary import summary
from netwatch.snmp import ciphers, digests
from netwatch.snmp.keys import Level
from netwatch.snmp.message import Version

HEAD = "city: Y\ntimezone: Asia/Seoul\nsites: {hall: {}}\n"
DEVICE = "devices: {sw: {site: hall, address: 10.0.0.1, snmp: {credential: c}}}\n"
SECRET = "{file: secrets/core}"
PASSWORD = b"n3tw4tch-canary-core"


def credentials(**keys):
    return "credentials: {c: {" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}}\n"


@pytest.fixture
def credential(read):
    def credential(**keys):
        inventory = read(HEAD + credentials(version=3, user="netwatch", **keys) + DEVICE)
        return inventory.devices["sw"].snmp.credential

    return credential


def protected(protocol):
    return f"{{protocol: {protocol}, password: {SECRET}}}"


def test_a_user_of_every_level(credential):
    assert user_of(credential(insecure="true")).level is Level.NO_AUTH_NO_PRIV
    assert user_of(credential(auth=protected("SHA-512"))).level is Level.AUTH_NO_PRIV
    both = credential(auth=protected("SHA-256"), priv=protected("AES-256-C"))
    assert isinstance(both, UserCredential)
    assert both.security == "authPriv SHA-256 AES-256-C"
    user = user_of(both)
    assert (user.level, user.auth, user.priv) == (Level.AUTH_PRIV, "SHA-256", "AES-256-C")
    assert (user.name, user.auth_password, user.priv_password) == (b"netwatch", PASSWORD, PASSWORD)


def test_protocols_have_the_same_names_in_the_inventory_and_on_the_wire():
    assert [str(one) for one in AuthProtocol] == [str(one) for one in digests.AuthProtocol]
    assert [str(one) for one in PrivProtocol] == [str(one) for one in ciphers.PrivProtocol]


@pytest.mark.parametrize(("theirs", "ours"), [("SHA", "SHA-1"), ("SHA1", "SHA-1"), ("SHA-224", "SHA-224")])
def test_names_of_net_snmp_are_understood(credential, theirs, ours):
    assert credential(auth=protected(theirs)).auth.protocol == ours


def test_aes_alone_is_aes_128(credential):
    assert credential(auth=protected("SHA"), priv=protected("AES")).priv.protocol is PrivProtocol.AES128


def test_a_context_goes_to_the_wire(read):
    keys = {"auth": protected("SHA-256"), "context": "vlan-100", "context_engine_id": "'0x80:00:00:09:03'"}
    device = read(HEAD + credentials(version=3, user="netwatch", **keys) + DEVICE).devices["sw"]
    target = asking(device, device.snmp).target("10.0.0.1")
    assert (target.version, target.community) == (Version.V3, b"")
    assert (target.context, target.context_engine_id) == (b"vlan-100", bytes.fromhex("8000000903"))


@pytest.mark.parametrize(
    ("keys", "weak"),
    [
        ({}, ("noAuthNoPriv",)),
        ({"auth": protected("MD5")}, ("MD5",)),
        ({"auth": protected("MD5"), "priv": protected("DES")}, ("MD5", "DES")),
        ({"auth": protected("SHA-256"), "priv": protected("DES")}, ("DES",)),
        ({"auth": protected("SHA-1")}, ()),
        ({"auth": protected("SHA-256"), "priv": protected("AES-128")}, ()),
    ],
)
def test_what_is_weak_has_to_be_admitted_and_is_said(read, mistakes, keys, weak):
    text = HEAD + credentials(version=3, user="netwatch", **keys, insecure="true") + DEVICE
    inventory = read(text)
    assert inventory.devices["sw"].snmp.credential.weaknesses == weak
    told = [line for line in summary(inventory).splitlines() if line.startswith("insecure")]
    if not weak:
        assert told == []
        return
    assert told == [f"insecure        credential c (SNMP 3, {' and '.join(weak)}) on 1 device"]
    (sentence,) = mistakes(text.replace("insecure: true", "insecure: false"))
    assert sentence.endswith("; write `insecure: true` to accept that")


def test_a_password_that_agents_refuse_is_a_mistake_and_is_not_repeated(mistakes, folder):
    (folder / "secrets/core").write_bytes(b"7octets\n")
    (sentence,) = mistakes(HEAD + credentials(version=3, user="netwatch", auth=protected("SHA-256")) + DEVICE)
    assert sentence == (
        "inventory.yaml:4 credentials.c.auth: has a password of fewer than 8 characters, which agents refuse (RFC 3414)"
    )


def test_nothing_made_of_a_credential_shows_its_passwords(read):
    keys = {"auth": protected("SHA-256"), "priv": protected("AES-128")}
    device = read(HEAD + credentials(version=3, user="netwatch", **keys) + DEVICE).devices["sw"]
    how = asking(device, device.snmp)
    target = how.target("10.0.0.1")
    shown = "\n".join(map(repr, (device, how, target, target.user)))
    assert PASSWORD.decode() not in shown
    assert "password=***" in shown

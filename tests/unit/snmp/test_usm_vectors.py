"""The examples the RFCs and drafts print, octet for octet."""

import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysnmp.proto.api import v2c
from pysnmp.proto.secmod.rfc3414.service import aes192, hmacmd5, hmacsha

from netwatch.snmp.ciphers import KEY_OCTETS, REEDER, PrivProtocol
from netwatch.snmp.digests import HASHES, AuthProtocol, extended, extended_by_reeder, localized, password_to_key
from netwatch.snmp.keys import Keys

MAPLESYRUP = b"maplesyrup"
ENGINE = bytes.fromhex("000000000000000000000002")

# RFC 3414 sections A.3.1 and A.3.2
RFC_3414 = {
    AuthProtocol.MD5: ("9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
    AuthProtocol.SHA1: ("9fb5cc0381497b3793528939ff788d5d79145211", "6695febc9288e36282235fc7151f128497b38f3f"),
}


@pytest.mark.parametrize("protocol", RFC_3414)
def test_a_password_becomes_the_keys_of_rfc_3414_appendix_a_3(protocol):
    key, local = RFC_3414[protocol]
    assert password_to_key(protocol, MAPLESYRUP).hex() == key
    assert localized(protocol, bytes.fromhex(key), ENGINE).hex() == local


# RFC 3414 section A.5: the same old password, "newsyrup" beside it
def test_another_password_becomes_another_key_of_rfc_3414_appendix_a_5():
    new = localized(AuthProtocol.SHA1, password_to_key(AuthProtocol.SHA1, b"newsyrup"), ENGINE)
    assert new.hex() == "78e2dcce79d59403b58c1bbaa5bff46391f1cd25"


# RFC 4231 sections 4.2 and 4.3, cut as RFC 7860 section 4.2.2 says
RFC_4231 = {
    AuthProtocol.SHA224: "896fb1128abbdf196832107cd49df33f",
    AuthProtocol.SHA256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da7",
    AuthProtocol.SHA384: "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c",
    AuthProtocol.SHA512: (
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4"
    ),
}
# RFC 2202, first case of each, cut to 96 bits
RFC_2202 = {
    AuthProtocol.MD5: (b"\x0b" * 16, "9294727a3638bb1c13f48ef8"),
    AuthProtocol.SHA1: (b"\x0b" * 20, "b617318655057264e28bc0b6"),
}


@pytest.mark.parametrize("protocol", RFC_4231)
def test_a_mac_of_rfc_7860_is_the_hmac_of_rfc_4231_cut_to_its_length(protocol):
    assert Keys(None, ENGINE, auth=(protocol, b"\x0b" * 20)).mac(b"Hi There").hex() == RFC_4231[protocol]


@pytest.mark.parametrize("protocol", RFC_2202)
def test_a_mac_of_rfc_3414_is_the_hmac_of_rfc_2202_cut_to_96_bits(protocol):
    key, expected = RFC_2202[protocol]
    assert Keys(None, ENGINE, auth=(protocol, key)).mac(b"Hi There").hex() == expected


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(AuthProtocol), st.binary(max_size=400), st.binary(max_size=400), st.binary(min_size=1))
def test_a_mac_is_the_hmac_of_the_message_with_zeros_in_its_place(protocol, before, after, password):
    key = localized(protocol, password_to_key(protocol, password), ENGINE)
    keys, name = Keys(None, ENGINE, auth=(protocol, key)), protocol.value.replace("-", "")
    zeroed = before + bytes(keys.mac_octets) + after
    mac = keys.mac(zeroed)
    assert mac == hmac.digest(key, zeroed, name)[: keys.mac_octets]
    assert keys.is_mac(mac, before + mac + after, len(before))
    assert not keys.is_mac(mac, before + mac + after + b"more", len(before))
    assert not keys.is_mac(mac[:-1], before + mac + after, len(before))


def test_macs_have_the_lengths_of_rfc_3414_and_rfc_7860():
    assert [HASHES[protocol].mac_octets for protocol in AuthProtocol] == [12, 12, 16, 24, 32, 48]


# draft-reeder-snmpv3-usm-3desede-00 sections B.1 and B.2
REEDER_KEYS = {
    AuthProtocol.MD5: "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12",
    AuthProtocol.SHA1: ("6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9cd2d5065547743fb5"),
}


@pytest.mark.parametrize("protocol", REEDER_KEYS)
def test_a_key_is_extended_as_the_draft_of_reeder_prints_it(protocol):
    expected = bytes.fromhex(REEDER_KEYS[protocol])
    key = localized(protocol, password_to_key(protocol, MAPLESYRUP), ENGINE)
    assert extended_by_reeder(protocol, key, ENGINE, len(expected)) == expected


@pytest.mark.parametrize("protocol", RFC_3414)
def test_a_key_is_extended_both_ways_to_what_an_independent_peer_makes_of_it(protocol):
    service = {AuthProtocol.MD5: hmacmd5.HmacMd5.SERVICE_ID, AuthProtocol.SHA1: hmacsha.HmacSha.SERVICE_ID}[protocol]
    key = localized(protocol, password_to_key(protocol, MAPLESYRUP), ENGINE)
    for ours, theirs in (
        (lambda size: extended(protocol, key, size), aes192.aesbase.AbstractAesBlumenthal()),
        (lambda size: extended_by_reeder(protocol, key, ENGINE, size), aes192.aesbase.AbstractAesReeder()),
    ):
        for size in (24, 32):
            theirs.KEY_SIZE = size
            unlocalized = theirs.hash_passphrase(service, MAPLESYRUP)
            assert ours(size) == bytes(theirs.localize_key(service, unlocalized, v2c.OctetString(ENGINE)))


def test_the_extensions_begin_with_the_key_itself_and_differ_after_it():
    for protocol in AuthProtocol:
        key = localized(protocol, password_to_key(protocol, MAPLESYRUP), ENGINE)
        blumenthal, reeder = extended(protocol, key, 32), extended_by_reeder(protocol, key, ENGINE, 32)
        assert blumenthal[: len(key)] == reeder[: len(key)] == key[:32]
        assert (blumenthal == reeder) == (len(key) >= 32)


def test_every_privacy_protocol_has_a_length_of_key():
    assert set(KEY_OCTETS) == set(PrivProtocol)
    assert set(PrivProtocol) > REEDER

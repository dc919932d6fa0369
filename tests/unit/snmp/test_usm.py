"""Messages of SNMPv3: what is sealed is opened by the same keys alone, and whatever else comes is Malformed."""

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.snmp import ber, usm
from netwatch.snmp.ciphers import PrivProtocol
from netwatch.snmp.digests import AuthProtocol
from netwatch.snmp.errors import (
    Malformed,
    Undecipherable,
    WrongDigest,
    WrongSecurityLevel,
    WrongVersion,
)
from netwatch.snmp.keys import KeyRing, Level, User
from tests.unit.snmp.rubbish import mutant

ENGINE = bytes.fromhex("80001f888059dc486145a26322")
RING = KeyRing()
SCOPED = usm.scope(usm.context(ENGINE, b""), ber.tlv(0xA2, b"\x02\x04\x11\x22\x33\x44" + bytes(600)))
NUMBER = b"\x12\x34\x56\x78"


def user(auth=AuthProtocol.SHA256, priv=PrivProtocol.AES128, name=b"netwatch", password=b"property-7"):
    return User(
        name=name,
        auth=auth,
        auth_password=password if auth else b"",
        priv=priv,
        priv_password=password if priv else b"",
    )


USERS = [user(None, None)] + [user(auth, priv) for auth in AuthProtocol for priv in (None, *PrivProtocol)]
users = st.sampled_from(USERS)
moments = st.integers(0, 2**31 - 1)


def sealed(who=None, scoped=SCOPED, *, boots=5, time_s=123_456, level=None, reportable=False):
    keys = RING.keys(who or user(), ENGINE)
    return usm.seal(scoped, usm.Stamp(NUMBER, boots, time_s, keys.level if level is None else level, reportable), keys)


def open_signed(datagram, keys):
    """As a manager that wants at least a digest."""
    envelope = usm.parse(datagram)
    if envelope.level is Level.NO_AUTH_NO_PRIV:
        raise WrongSecurityLevel("nobody signed it")
    return usm.unseal(datagram, envelope, keys)


@pytest.mark.parametrize("who", USERS, ids=lambda who: f"{who.auth} {who.priv}")
def test_what_is_sealed_comes_out_again(who):
    keys = RING.keys(who, ENGINE)
    for length in (0, 1, 7, 8, 15, 16, 17, 100, 1_300, 60_000):
        scoped = usm.scope(usm.context(ENGINE, b""), bytes(length))
        datagram = sealed(who, scoped)
        envelope = usm.parse(datagram)
        assert usm.unseal(datagram, envelope, keys) == scoped
        assert (envelope.level, envelope.engine_id, envelope.user) == (who.level, ENGINE, who.name)
        assert (scoped in datagram) == (who.priv is None)


@settings(deadline=None, max_examples=150)
@given(users, moments, moments, st.binary(max_size=40), st.booleans())
def test_the_envelope_says_what_was_sealed(who, boots, time_s, name, reportable):
    scoped = usm.scope(usm.context(ENGINE, name), b"\xa0\x00")
    envelope = usm.parse(sealed(who, scoped, boots=boots, time_s=time_s, reportable=reportable))
    assert (envelope.boots, envelope.time_s, envelope.reportable) == (boots, time_s, reportable)
    assert envelope.message_id.to_bytes(4, "big") == NUMBER
    context = usm.read_scoped(scoped)
    assert (context.engine_id, context.name, context.end) == (ENGINE, name, len(scoped))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from([one for one in USERS if one.auth]), st.data())
def test_no_bit_of_an_authenticated_message_can_be_turned(who, data):
    datagram = bytearray(sealed(who))
    datagram[data.draw(st.integers(0, len(datagram) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    turned, keys = bytes(datagram), RING.keys(who, ENGINE)
    with pytest.raises(Malformed):
        open_signed(turned, keys)


@pytest.mark.parametrize(
    "other", [user(password=b"another-one"), user(AuthProtocol.SHA384), user(AuthProtocol.MD5), user(None, None)]
)
def test_other_keys_open_nothing(other):
    datagram = sealed()
    with pytest.raises((WrongDigest, WrongSecurityLevel)):
        usm.unseal(datagram, usm.parse(datagram), RING.keys(other, ENGINE))


@pytest.mark.parametrize("priv", PrivProtocol)
def test_the_right_digest_over_what_another_key_encrypted_is_undecipherable(priv):
    keys = RING.keys(user(priv=priv), ENGINE)
    scoped, salt = RING.keys(user(priv=priv, password=b"another-one"), ENGINE).privacy.encrypt(SCOPED, 5, 9)
    for octets in (scoped, b"", scoped[:7]):
        with pytest.raises(Undecipherable):
            opened(keys, octets, salt)


@pytest.mark.parametrize("salt", [b"", bytes(7), bytes(9)])
@pytest.mark.parametrize("priv", PrivProtocol)
def test_a_salt_of_another_length_is_undecipherable(priv, salt):
    keys = RING.keys(user(priv=priv), ENGINE)
    with pytest.raises(Undecipherable):
        opened(keys, keys.privacy.encrypt(SCOPED, 5, 9)[0], salt)


def opened(keys, octets, salt):
    """What a message authenticates by `keys` but was encrypted otherwise gives."""
    blank = usm.parse(sealed())._replace(boots=5, time_s=9, digest_at=0, salt=salt, data_at=24, end=24 + len(octets))
    data = bytes(24) + octets
    return usm.unseal(data, blank._replace(digest=keys.mac(data)), keys)


def test_no_salt_is_used_twice():
    keys = RING.keys(user(), ENGINE)
    assert len({keys.privacy.encrypt(b"x", 1, 1)[1] for _ in range(1_000)}) == 1_000
    assert len({keys.privacy.encrypt(b"the same", 1, 1)[0] for _ in range(1_000)}) == 1_000


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.binary(max_size=80), moments, moments), min_size=1, max_size=8))
def test_a_cipher_that_stays_set_up_gives_what_a_new_one_gives(messages):
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES

    from netwatch.snmp.ciphers import CFB, Aes

    key = bytes(range(16))
    one = Aes(key)
    for octets, boots, time_s in messages:
        encrypted, salt = one.encrypt(octets, boots, time_s)
        iv = boots.to_bytes(4, "big") + time_s.to_bytes(4, "big") + salt
        assert encrypted == Cipher(AES(key), CFB(iv)).encryptor().update(octets)
        assert one.decrypt(encrypted, boots, time_s, salt) == octets


# the glance opens as the strict way does, or not at all


def strictly(datagram, keys):
    """Boots, time and what was sealed; None where it is refused."""
    try:
        envelope = usm.parse(datagram)
        return envelope.boots, envelope.time_s, usm.unseal(datagram, envelope, keys)
    except Malformed:
        return None


def signed_again(octets, keys):
    """As an agent that knows the keys would sign these octets; as they are, where no digest is to be found."""
    try:
        blank = usm.parse(octets)
        end = blank.digest_at + keys.mac_octets
        zeroed = octets[: blank.digest_at] + bytes(keys.mac_octets) + octets[end:]
        return zeroed[: blank.digest_at] + keys.mac(zeroed) + zeroed[end:]
    except Malformed:
        return octets


@settings(deadline=None, max_examples=300)
@given(moments, st.binary(min_size=300, max_size=700), st.data())
def test_a_glance_never_opens_what_the_strict_way_does_not(time_s, content, data):
    keys, first = RING.keys(user(), ENGINE), sealed()
    glance = usm.glance(first, usm.parse(first), keys)
    assert glance.open(first) == strictly(first, keys) == (5, 123_456, SCOPED)
    later = sealed(scoped=usm.scope(usm.context(ENGINE, b""), content), time_s=time_s)
    assert glance.open(later) in (None, strictly(later, keys))
    turned = bytearray(later)
    for _ in range(data.draw(st.integers(1, 3))):
        turned[data.draw(st.integers(0, 130))] = data.draw(st.integers(0, 255))
    cut = bytes(turned)[: data.draw(st.integers(0, len(turned)))]
    for octets in (bytes(turned), cut, signed_again(bytes(turned), keys), signed_again(cut, keys)):
        opened = glance.open(octets)
        assert opened is None or opened == strictly(octets, keys)


@pytest.mark.parametrize("priv", PrivProtocol)
def test_a_glance_is_had_at_usual_replies_and_not_at_small_ones(priv):
    who = user(priv=priv)
    keys, usual = RING.keys(who, ENGINE), sealed(who)
    later = sealed(who, time_s=123_500)
    assert usm.glance(usual, usm.parse(usual), keys).open(later) == (5, 123_500, SCOPED)
    small = sealed(who, scoped=usm.scope(usm.context(ENGINE, b""), b"\xa2\x00"))
    assert usm.glance(small, usm.parse(small), keys) is None


def test_a_glance_opens_nothing_whose_digest_or_data_was_altered():
    keys, first = RING.keys(user(), ENGINE), sealed()
    glance, at = usm.glance(first, usm.parse(first), keys), usm.parse(first).digest_at
    forged = bytearray(first)
    forged[at] ^= 1
    assert glance.open(bytes(forged)) is None
    forged = bytearray(first)
    forged[-1] ^= 1
    assert glance.open(bytes(forged)) is None


# rubbish


def flags(octet):
    datagram = sealed(user(None, None))
    at = datagram.index(b"\x04\x01\x00\x02\x01\x03")
    return datagram[: at + 2] + bytes((octet,)) + datagram[at + 3 :]


def test_privacy_without_authentication_does_not_exist():
    with pytest.raises(Malformed, match="privacy without authentication"):
        usm.parse(flags(2))


def test_another_security_model_or_version_is_not_read():
    datagram = sealed(user(None, None))
    with pytest.raises(Malformed, match="msgSecurityModel 4"):
        usm.parse(datagram.replace(b"\x04\x01\x00\x02\x01\x03", b"\x04\x01\x00\x02\x01\x04"))
    with pytest.raises(WrongVersion):
        usm.parse(datagram.replace(b"\x02\x01\x03", b"\x02\x01\x01", 1))


def test_every_prefix_and_every_octet_more_is_malformed():
    for who in (user(None, None), user(priv=None), user()):
        datagram = sealed(who)
        for length in range(len(datagram)):
            with pytest.raises(Malformed):
                usm.parse(datagram[:length])
        with pytest.raises(Malformed):
            usm.parse(datagram + b"\0")


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_malformed(octets):
    with contextlib.suppress(Malformed):
        usm.parse(octets)
    with contextlib.suppress(Malformed):
        usm.read_scoped(octets)
    usm.message_id_of(octets)


def test_random_mutations_of_valid_messages_are_never_opened():
    chance = random.Random(20261122)
    messages = [sealed(who) for who in USERS if who.auth]
    keys = [RING.keys(who, ENGINE) for who in USERS if who.auth]
    for _ in range(10_000):
        which = chance.randrange(len(messages))
        one = mutant(chance, messages[which], most=3)
        if one == messages[which]:
            continue
        with pytest.raises(Malformed):
            open_signed(one, keys[which])


# users and their keys


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": b""},
        {"name": b"x" * 33},
        {"name": b"x", "priv": PrivProtocol.AES128, "priv_password": b"x"},
        {"name": b"x", "auth": AuthProtocol.SHA256},
        {"name": b"x", "auth_password": b"x"},
    ],
)
def test_what_is_no_user_of_usm_cannot_be_made(wrong):
    with pytest.raises(ValueError):
        User(**wrong)


def test_keys_are_made_once_for_each_engine_and_forgotten_in_order():
    ring = KeyRing(most=2)
    first = ring.keys(user(), ENGINE)
    assert ring.keys(user(), ENGINE) is first
    assert ring.keys(user(), b"another") is not first
    ring.keys(user(), b"a third")
    assert len(ring) == 2
    assert ring.keys(user(), ENGINE) is not first


def test_neither_users_nor_keys_show_what_they_keep():
    who = user(password=b"canary-in-a-cage")
    keys = KeyRing().keys(who, ENGINE)
    for shown in (repr(who), str(who), repr(keys), str(keys), repr(keys.privacy)):
        assert "canary" not in shown
        assert keys._inner.hex() not in shown
        assert keys._outer.hex() not in shown


def test_more_than_the_keys_can_do_is_not_sealed():
    with pytest.raises(ValueError, match="authPriv is more than the keys of authNoPriv can do"):
        sealed(user(priv=None), level=Level.AUTH_PRIV)

from netwatch.collect.echo import CLOCK_STEP_NS, TOKEN_BYTES, Instant, Wire, decode, encode, new_token, round_trip_s

TOKEN = bytes(range(TOKEN_BYTES))
MS = 1_000_000


def test_an_icmp_echo_is_type_8_and_an_icmpv6_echo_type_128_with_the_token_behind_the_header():
    assert encode(Wire.ICMP4, TOKEN, 0x10005) == bytes([8, 0, 0, 0, 0, 0, 0, 5]) + TOKEN
    assert encode(Wire.ICMP6, TOKEN, 7) == bytes([128, 0, 0, 0, 0, 0, 0, 7]) + TOKEN


def test_a_udp_echo_is_the_token_and_nothing_else():
    assert encode(Wire.UDP4, TOKEN, 3) == TOKEN
    assert decode(Wire.UDP6, TOKEN) == TOKEN
    assert decode(Wire.UDP4, TOKEN + b"x") is None
    assert decode(Wire.UDP4, TOKEN[:-1]) is None
    assert decode(Wire.UDP4, b"") is None


def test_a_reply_is_read_whatever_its_identifier_sequence_and_checksum():
    assert decode(Wire.ICMP4, b"\x00\x00\xff\xff\x12\x34\xab\xcd" + TOKEN) == TOKEN
    assert decode(Wire.ICMP6, b"\x81\x00\x00\x00\x00\x00\x00\x00" + TOKEN) == TOKEN


def test_padding_behind_the_token_is_let_pass_in_icmp():
    assert decode(Wire.ICMP4, bytes(8) + TOKEN + bytes(40)) == TOKEN


def test_what_is_no_echo_reply_or_is_cut_short_has_no_token():
    assert decode(Wire.ICMP4, b"") is None
    assert decode(Wire.ICMP4, bytes(8) + TOKEN[:-1]) is None
    assert decode(Wire.ICMP4, encode(Wire.ICMP4, TOKEN, 1)) is None, "our own request"
    assert decode(Wire.ICMP4, b"\x03\x00" + bytes(6) + TOKEN) is None, "destination unreachable"
    assert decode(Wire.ICMP4, b"\x00\x01" + bytes(6) + TOKEN) is None, "code 1 does not exist"
    assert decode(Wire.ICMP6, bytes(8) + TOKEN) is None, "an ICMPv4 type on the ICMPv6 wire"


def test_tokens_are_sixteen_bytes_and_never_the_same():
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {16}


def test_the_kernels_stamp_keeps_our_own_lateness_out_of_the_round_trip():
    sent = Instant(1_000 * MS, 50_000 * MS)
    seen = Instant(1_400 * MS, 50_400 * MS)
    assert round_trip_s(sent, seen, 50_003 * MS) == 0.003


def test_without_a_stamp_the_monotonic_clock_decides():
    assert round_trip_s(Instant(0, 0), Instant(7 * MS, 9_000 * MS), None) == 0.007


def test_a_wall_clock_stepped_while_the_echo_was_under_way_is_not_believed():
    sent = Instant(1_000 * MS, 50_000 * MS)
    for step_ms in (-3_600_000, -40, 40, 3_600_000):
        seen = Instant(1_100 * MS, (50_100 + step_ms) * MS)
        assert round_trip_s(sent, seen, (50_020 + step_ms) * MS) == 0.1, step_ms


def test_a_stamp_outside_the_echos_own_time_is_not_believed():
    sent, seen = Instant(0, 50_000 * MS), Instant(10 * MS, 50_010 * MS)
    assert round_trip_s(sent, seen, 49_999 * MS) == 0.01
    assert round_trip_s(sent, seen, 50_200 * MS) == 0.01


def test_a_slewed_clock_never_makes_a_round_trip_longer_than_we_waited():
    sent, seen = Instant(0, 0), Instant(10 * MS, 10 * MS + CLOCK_STEP_NS)
    assert round_trip_s(sent, seen, 11 * MS) == 0.01

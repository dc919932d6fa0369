import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.audit.ledger_row import (
    BEFORE_THE_FIRST,
    Entry,
    EntryType,
    LedgerRow,
    canonical,
    decode,
    encode,
    link,
)

TIMES = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
DETAILS = st.dictionaries(TEXTS, st.none() | st.booleans() | st.integers() | TIMES | TEXTS, max_size=4)


ENTRIES = st.builds(Entry, st.sampled_from(EntryType), TEXTS, TEXTS, TIMES, DETAILS.map(canonical), st.booleans())


@given(ENTRIES, st.integers(1, 2**62), TIMES)
def test_a_row_is_canonical_json_and_comes_back_as_it_was(entry, seq, recorded):
    raw = encode(entry, seq, recorded)
    assert canonical(json.loads(raw)) == raw
    assert decode(raw.encode()) == LedgerRow(
        seq=seq,
        type=entry.type,
        kind=entry.kind,
        subject=entry.subject,
        at_wall_s=entry.at_wall_s,
        recorded_wall_s=recorded,
        detail=json.loads(entry.detail),
        told_before_commit=entry.is_late,
    )


def test_a_row_reads_as_this():
    entry = Entry(EntryType.EVENT, "device.state", "device:옥정-1", 1_700_000_000.25, '{"to":"down"}')
    assert encode(entry, 7, 1_700_000_001.5) == (
        '{"at":1700000000.25,"detail":{"to":"down"},"kind":"device.state","recorded":1700000001.5,"seq":7,'
        '"subject":"device:옥정-1","type":"event"}'
    )


def test_the_chain_is_sha_256_over_the_chain_before_and_the_bytes_of_the_row():
    first = link(BEFORE_THE_FIRST, b"{}")
    assert first == hashlib.sha256(bytes(32) + b"{}").digest()
    assert link(first, b"{}") != first


def test_text_that_utf_8_cannot_carry_is_written_as_its_escape():
    assert json.loads(canonical({"alias": "a\udc80"})) == {"alias": "a\udc80"}


def test_a_number_that_is_not_finite_has_no_place_in_a_row():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"rate": float("nan")})


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"seq":1}', b'{"at":0,"detail":[1],"kind":"k"}', b"\xff"])
def test_what_is_no_row_is_refused(raw):
    with pytest.raises(ValueError):
        decode(raw)

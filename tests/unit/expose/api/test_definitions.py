"""What may be asked, and how replies are written: parameters, JSON in pieces, times, and the description of it all."""

import json

import pytest

from netwatch.expose.api.definitions import LIMIT, OFFSET, Operation, Parameter, Told, Where, key, names_of, yang_data
from netwatch.expose.api.encoding import ITEMS_AT_ONCE, Many, Open, pieces
from netwatch.expose.api.openapi import document
from netwatch.expose.api.schemas import COUNT, TEXT
from netwatch.expose.api.words import as_uri, moment, urn
from netwatch.expose.selection import SelectionError

FLAG = Parameter(name="flag", about="A flag.", schema={"type": "boolean", "default": False})
WORD = Parameter(name="word", about="A word.", schema={"type": "string", "enum": ["a", "b"]}, required=True)
THING = Operation(
    id="thing",
    path="/things/{thing}",
    tag="things",
    about="A thing.",
    answer=lambda _asked: Told(document={}),
    reply={"type": "object"},
    parameters=(key("thing", "Its id."), WORD, FLAG, names_of("fields", "Fields."), OFFSET, LIMIT),
    headers={"X-Total-Count": COUNT},
)


def asked(*query):
    return THING.parse({"thing": "x"}, query)


def test_what_is_not_said_has_its_default():
    assert asked(("word", "a")) == {
        "thing": "x",
        "word": "a",
        "flag": False,
        "fields": None,
        "offset": 0,
        "limit": 100,
    }


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ([], "word is missing."),
        ([("word", "c")], "word must be one of a, b."),
        ([("word", "a"), ("word", "a")], "word is given twice."),
        ([("word", "a"), ("bogus", "1")], "Unknown parameter; there are word, flag, fields, offset, limit."),
        ([("word", "a"), ("limit", "0")], "limit must be a whole number from 1 to 1000."),
        ([("word", "a"), ("limit", "1001")], "limit must be a whole number from 1 to 1000."),
        ([("word", "a"), ("limit", "007")], "limit must be a whole number without zeros before it."),
        ([("word", "a"), ("offset", "-1")], "offset must be a whole number from 0 to 99999999."),
        ([("word", "a"), ("offset", "١")], "offset must be a whole number from 0 to 99999999."),
        ([("word", "a"), ("flag", "True")], "flag must be true or false."),
        ([("word", "a"), ("fields", "")], "fields is not written as it must be."),
        ([("word", "a"), ("fields", "a,,b")], "fields is not written as it must be."),
        ([("word", "a"), ("fields", "a\n")], "fields is not written as it must be."),
        ([("word", "a"), ("fields", "a" * 1001)], "fields is not written as it must be."),
    ],
)
def test_what_is_wrong_is_a_sentence(query, complaint):
    with pytest.raises(SelectionError) as refusal:
        asked(*query)
    assert str(refusal.value) == complaint


def test_the_description_has_every_operation_and_every_parameter_as_it_is_checked():
    told = document([THING], version="9.9", examples={"thing": "x-1", "word": "no"})
    (path,) = told["paths"]
    get = told["paths"][path]["get"]
    assert path == "/api/things/{thing}"
    assert [(one["name"], one["in"], one["required"]) for one in get["parameters"]] == [
        (one.name, one.where.value, one.required) for one in THING.parameters
    ]
    assert [one["schema"] for one in get["parameters"]] == [one.schema for one in THING.parameters]
    assert [one.get("example") for one in get["parameters"]] == ["x-1", *[None] * 5]
    assert set(get["responses"]) == {"200", "304", "400", "401", "404", "405", "429", "503"}
    assert told["info"]["version"] == "9.9"


def test_a_data_resource_is_wrapped_in_the_name_of_its_path():
    one = yang_data("a", "/data/ietf-x:top/inner", "About.", lambda _asked: Told(), TEXT)
    assert (one.reply["required"], one.tag) == (["ietf-x:inner"], "ietf-x")
    other = yang_data("a", "/data/ietf-x:top/list=1/ietf-y:inner", "About.", lambda _asked: Told(), TEXT)
    assert other.reply["required"] == ["ietf-y:inner"]


@pytest.mark.parametrize("count", [0, 1, ITEMS_AT_ONCE - 1, ITEMS_AT_ONCE, ITEMS_AT_ONCE + 1, 100])
def test_a_list_made_while_it_is_written_is_json(count):
    plain = [{"n": number} for number in range(count)]
    assert json.loads(b"".join(pieces(Many(iter(plain))))) == plain
    nested = [Open({"n": Many(range(number))}) for number in range(count)]
    assert json.loads(b"".join(pieces(Many(nested)))) == [{"n": list(range(number))} for number in range(count)]


def test_plain_and_open_items_may_follow_each_other():
    items = [1, Open({"a": Many([])}), 2, 3, Open({}), 4]
    assert json.loads(b"".join(pieces(Many(items)))) == [1, {"a": []}, 2, 3, {}, 4]


def test_items_are_made_no_sooner_than_their_piece_is():
    made = []

    def items():
        for number in range(10 * ITEMS_AT_ONCE):
            made.append(number)
            yield number

    parts = pieces(Open({"all": Many(items())}))
    assert next(parts)
    next(parts)
    assert len(made) <= ITEMS_AT_ONCE


def test_korean_stays_as_it_is_and_half_a_character_breaks_nothing():
    assert b"".join(pieces({"이름": "옥정동\ud800"})) == '{"이름":"옥정동?"}'.encode()


def test_times_are_utc_to_the_millisecond():
    assert moment(1_796_007_600.25) == "2026-11-30T03:00:00.250Z"
    assert moment(0) == "1970-01-01T00:00:00.000Z"


def test_ids_become_uris_that_hold_no_quote_blank_or_foreign_letter():
    assert as_uri("Ethernet Port 1-1") == "Ethernet%20Port%201-1"
    assert as_uri("""Gi1/0/1.10:'"[포""") == "Gi1/0/1.10:%27%22%5B%ED%8F%AC"
    assert urn("Device", "Yangju", "a:b/c") == "urn:ngsi-ld:Device:yangju:a%3Ab%2Fc"
    assert Where.PATH.value == "path"

"""Entities of NGSI-LD: what each is, that a broker can read them, and that a change of an attribute is never missed."""

import json

import pytest
from pyld import jsonld

from netwatch.core.model import NGSI_LD_CORE
from netwatch.expose.api.context import TERMS, context
from netwatch.expose.api.ngsi_ld import Entities, Kind, Ref
from tests.unit.cli.small_city import INVENTORY
from tests.unit.expose.api.town import NOON_S, town_in

OWN = "urn:netwatch:ngsi-ld:"
NGSI = "https://uri.etsi.org/ngsi-ld/"
# of the core context the words used here (ETSI GS CIM 009, annex B)
CORE = {
    "@context": {
        "@version": 1.1,
        "id": "@id",
        "type": "@type",
        "Property": f"{NGSI}Property",
        "Relationship": f"{NGSI}Relationship",
        "GeoProperty": f"{NGSI}GeoProperty",
        "value": f"{NGSI}hasValue",
        "object": {"@id": f"{NGSI}hasObject", "@type": "@id"},
        "observedAt": {"@id": f"{NGSI}observedAt", "@type": f"{NGSI}DateTime"},
        "unitCode": f"{NGSI}unitCode",
        "location": f"{NGSI}location",
        "description": "http://purl.org/dc/terms/description",
        "coordinates": {"@id": "https://purl.org/geojson/vocab#coordinates", "@container": "@list"},
        "Point": "https://purl.org/geojson/vocab#Point",
        "LineString": "https://purl.org/geojson/vocab#LineString",
        "@vocab": f"{NGSI}default-context/",
    }
}
HERE = "urn:test:netwatch-context"


def entities(town):
    return Entities(town.city, town.states)


def everything(town):
    known = entities(town)
    return [known.build(ref) for kind in Kind for ref in known.refs(kind)]


def find(town, identity):
    known = entities(town)
    return known.build(known.find(identity))


def expanded(entity):
    """As JSON-LD, with both contexts at hand."""
    documents = {HERE: context(), NGSI_LD_CORE: CORE}

    def load(url, _options):
        return {"contextUrl": None, "documentUrl": url, "document": documents[url]}

    document = {**entity, "@context": [HERE, NGSI_LD_CORE]}
    (told,) = jsonld.expand(document, {"documentLoader": load})
    return told


def test_a_switch_is_a_device_of_the_smart_data_models(town):
    device = find(town, "urn:ngsi-ld:Device:yangju:core-1")
    assert device["deviceCategory"] == {"type": "Property", "value": ["network"]}
    assert device["deviceState"] == {"type": "Property", "value": "up", "observedAt": "2026-11-30T00:30:00.000Z"}
    assert device["location"] == {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [127.05, 37.79]}}
    assert device["description"]["value"] == "스위치, 1.0"


def test_a_camera_is_a_device_too_and_connects_to_its_port(town):
    camera = find(town, "urn:ngsi-ld:Device:yangju:field:cam-1")
    assert camera["deviceCategory"]["value"] == ["multimedia"]
    assert camera["connectsTo"]["object"] == "urn:ngsi-ld:NetworkInterface:yangju:acc-1:Gi9"
    assert camera["ipAddress"]["value"] == ["10.30.1.1"]
    assert camera["deviceState"]["value"] == "unknown"


def test_a_link_has_its_state_its_ends_and_a_line_where_both_places_are_known(troubled):
    link = find(troubled, "urn:ngsi-ld:NetworkLink:yangju:ring-a-1")
    assert link["linkState"]["value"] == "up"
    assert link["capacity"] == {"type": "Property", "value": 10**9, "unitCode": "B10"}
    assert link["location"]["value"] == {"type": "LineString", "coordinates": [[127.05, 37.79], [127.08, 37.83]]}
    cut = find(troubled, "urn:ngsi-ld:NetworkLink:yangju:ring-a-2")
    assert cut["linkState"] == {"type": "Property", "value": "down", "observedAt": "2026-11-30T02:58:00.000Z"}
    assert "location" not in cut


def test_an_interface_of_a_silent_switch_is_unknown(troubled):
    dark = find(troubled, "urn:ngsi-ld:NetworkInterface:yangju:acc-3:Gi9")
    assert dark["operStatus"] == {"type": "Property", "value": "unknown"}
    assert find(troubled, "urn:ngsi-ld:NetworkInterface:yangju:acc-1:Gi2")["operStatus"]["value"] == "down"


def test_every_id_is_a_urn_that_is_its_own_and_finds_its_entity_again(town):
    told = everything(town)
    ids = [entity["id"] for entity in told]
    assert len(set(ids)) == len(ids) == sum(entities(town).count(kind) for kind in Kind)
    assert all(identity.isascii() and " " not in identity for identity in ids)
    assert [find(town, identity) for identity in ids] == told
    assert "urn:ngsi-ld:NetworkInterface:yangju:acc-3:%ED%8F%AC%ED%8A%B8%201%2F1%2C%20%27%EA%B0%80%27" in ids


@pytest.mark.parametrize(
    "identity",
    [
        "",
        "core-1",
        "urn:ngsi-ld:Camera:yangju:cam-1",
        "urn:ngsi-ld:Device:yangju:cam-1",
        "urn:ngsi-ld:Device:seoul:core-1",
        "urn:ngsi-ld:NetworkInterface:yangju:core-1",
        "urn:ngsi-ld:NetworkInterface:yangju:core-1:Gi99",
    ],
)
def test_an_id_of_nothing_finds_nothing(town, identity):
    assert entities(town).find(identity) is None


def test_relationships_lead_to_entities_that_exist(town):
    told = everything(town)
    ids = {entity["id"] for entity in told}
    for entity in told:
        for attribute in entity.values():
            if isinstance(attribute, dict) and attribute["type"] == "Relationship":
                assert attribute["object"] in ids


def test_nothing_is_null_for_a_broker_refuses_that(town):
    assert "null" not in json.dumps(everything(town))


def test_every_word_has_a_meaning_of_its_own_in_json_ld(troubled):
    """Nothing falls to the default context, and nothing is dropped."""
    for entity in everything(troubled):
        told = expanded(entity)
        assert told["@id"] == entity["id"]
        assert told["@type"] == [TERMS[entity["type"]]]
        words = set(entity) - {"id", "type"}
        meant = {TERMS.get(word) or CORE["@context"][word] for word in words}
        assert set(told) == {"@id", "@type", *meant}
        assert not any("default-context" in iri for iri in told)


def test_expanded_a_state_has_its_time_and_a_relationship_its_object(town):
    told = expanded(find(town, "urn:ngsi-ld:NetworkLink:yangju:ring-a-1"))
    (state,) = told[f"{OWN}linkState"]
    assert state["@type"] == [f"{NGSI}Property"]
    assert state[f"{NGSI}hasValue"] == [{"@value": "up"}]
    assert state[f"{NGSI}observedAt"][0]["@type"] == f"{NGSI}DateTime"
    (end,) = told[f"{OWN}deviceA"]
    assert end[f"{NGSI}hasObject"] == [{"@id": "urn:ngsi-ld:Device:yangju:core-1"}]


def test_with_the_core_context_alone_it_is_ngsi_ld_all_the_same(town):
    document = {**find(town, "urn:ngsi-ld:Device:yangju:core-1"), "@context": [NGSI_LD_CORE]}
    loaded = {"contextUrl": None, "documentUrl": NGSI_LD_CORE, "document": CORE}
    (told,) = jsonld.expand(document, {"documentLoader": lambda _url, _options: loaded})
    assert told["@type"] == [f"{NGSI}default-context/Device"]
    assert f"{NGSI}default-context/deviceState" in told


def test_the_key_of_an_entity_is_another_whenever_it_is(town):
    """What the push goes by: two entities of one key are the same."""
    known = entities(town)
    refs = [ref for kind in Kind for ref in known.refs(kind)]
    before = {ref: (known.key(ref), known.build(ref)) for ref in refs}
    town.darken("acc-1", "Gi2", since_s=NOON_S - 120.0)
    town.silence("acc-3", since_s=NOON_S - 60.0)
    changed = set()
    for ref in refs:
        key, entity = before[ref]
        assert (known.key(ref) == key) is (known.build(ref) == entity)
        if known.key(ref) != key:
            changed.add((ref.kind, ref.name))
    assert {(Kind.LINK, "ring-a-2"), (Kind.DEVICE, "acc-3"), (Kind.INTERFACE, "acc-1")} <= changed
    assert (Kind.DEVICE, "core-1") not in changed


def test_what_is_gone_has_neither_key_nor_entity(town):
    known = entities(town)
    for ref in (
        Ref(Kind.DEVICE, "gone"),
        Ref(Kind.DEVICE, "gone", of_field=True),
        Ref(Kind.LINK, "gone"),
        Ref(Kind.INTERFACE, "core-1", "Gi99"),
        Ref(Kind.INTERFACE, "gone", "Gi1"),
    ):
        assert (known.key(ref), known.build(ref)) == (None, None)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("size", [1, 3, 100])
def test_pages_of_a_type_add_up_to_all_of_it(town, kind, size):
    known, found = entities(town), []
    while page := known.page(kind, slice(len(found), len(found) + size)):
        found += page
    assert found == list(known.refs(kind))


def test_a_port_that_the_inventory_calls_otherwise_is_told_by_its_own_name(tmp_path):
    town = town_in(tmp_path, INVENTORY.replace("b: acc-3 Gi1", "b: acc-3 uplink"))
    interfaces = town.states["acc-3"].interfaces
    town.see("acc-3", interfaces=type(interfaces)(epoch=2, indexes=("1",), names=("Gi1",), descriptions=("uplink",)))
    link = find(town, "urn:ngsi-ld:NetworkLink:yangju:chain-1")
    assert link["interfaceB"]["object"] == "urn:ngsi-ld:NetworkInterface:yangju:acc-3:Gi1"

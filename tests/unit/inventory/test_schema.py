"""The schema and the records of core.model are two lists of the same names: here they are held together."""

import dataclasses

import pytest

from netwatch.core import model
from netwatch.inventory import schema
from netwatch.inventory.credentials import OF_VERSION_3
from netwatch.inventory.csv_source import columns_of
from netwatch.inventory.kinds import Block, ListOf, Ref, Section

RECORDS = {
    "credentials": (schema.CREDENTIAL, model.CommunityCredential, {"insecure", *OF_VERSION_3}, {"id"}),
    "credentials of version 3": (schema.CREDENTIAL, model.UserCredential, {"insecure", "version", "community"}, {"id"}),
    "contractors": (schema.CONTRACTOR_BLOCK, model.Contractor, set(), {"id", "extra"}),
    "services": (schema.SERVICE, model.Service, set(), {"id", "extra"}),
    "sites": (schema.SITE, model.Site, set(), {"id", "extra"}),
    "devices": (schema.DEVICE, model.Device, set(), {"id", "extra"}),
    "cables": (schema.CABLE, model.Cable, set(), {"id", "extra"}),
    "links": (schema.LINK, model.Link, set(), {"id", "extra"}),
    "rings": (schema.RING, model.Ring, set(), {"id", "extra"}),
    "field_devices": (schema.FIELD_DEVICE, model.FieldDevice, set(), {"id", "extra"}),
    "maintenance": (schema.MAINTENANCE, model.Maintenance, set(), {"id"}),
    "a device's snmp": (schema.DEVICE_SNMP, model.SnmpSettings, set(), set()),
    "a link's fibre": (schema.FIBRE_RUN, model.FibreRun, set(), set()),
    "vantage": (schema.VANTAGE, model.Vantage, set(), set()),
    "settings": (schema.SETTINGS, model.Settings, set(), set()),
}
# what the loader adds itself
OF_THE_LOADER = {"fingerprint", "files"}


@pytest.mark.parametrize(("block", "record", "ours_alone", "not_keys"), RECORDS.values(), ids=RECORDS)
def test_every_key_fills_a_field_and_every_field_has_a_key(block, record, ours_alone, not_keys):
    filled = {key.into for key in block.keys} - ours_alone
    assert filled == {field.name for field in dataclasses.fields(record)} - not_keys


@pytest.mark.parametrize(("block", "record", "ours_alone", "not_keys"), RECORDS.values(), ids=RECORDS)
def test_a_block_keeps_free_text_exactly_when_its_record_does(block, record, ours_alone, not_keys):
    assert block.keeps_extra == ("extra" in {field.name for field in dataclasses.fields(record)})


def test_every_section_is_tested_above():
    assert set(schema.SECTIONS) <= set(RECORDS)


def test_every_field_of_the_inventory_is_a_top_level_key():
    fields = {field.name for field in dataclasses.fields(model.Inventory)} - OF_THE_LOADER
    assert fields <= set(schema.MAIN.names)
    assert set(schema.MAIN.names) - fields == {"include", "defaults", "roles", "credentials"}


def test_intervals_are_the_lanes_and_roles_the_roles():
    assert set(schema.EVERY.names) == set(model.Lane)
    assert set(schema.ROLES.names) == set(model.Role)


def test_a_reference_names_a_section_that_exists():
    found = []

    def visit(kind):
        if isinstance(kind, Ref):
            found.append(kind.section)
        for inner in (
            [key.kind for key in kind.keys]
            if isinstance(kind, Block)
            else [kind.item]
            if isinstance(kind, ListOf)
            else [kind.block]
            if isinstance(kind, Section)
            else []
        ):
            visit(inner)

    visit(schema.MAIN)
    assert set(found) == {"sites", "devices", "cables", "rings", "services", "contractors", "credentials"}
    assert set(found) <= set(schema.SECTIONS)


@pytest.mark.parametrize("name", schema.CSV_SECTIONS)
def test_columns_put_together_end_in_a_key_that_exists(name):
    columns = columns_of(schema.SECTIONS[name].block)
    assert columns[0] == "id"
    assert len(set(columns)) == len(columns)
    for joined, parts in schema.JOINS.items():
        assert set(parts).isdisjoint(schema.SECTIONS[name].block.names), "a part's name is no key of its own"
        assert (joined in columns) == set(parts).issubset(columns)

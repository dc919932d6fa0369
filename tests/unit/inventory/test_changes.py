"""A reload touches what changed, and nothing else."""

import pytest

from netwatch.inventory.changes import changes, sentence

TEXT = """\
city: Y
timezone: Asia/Seoul
credentials:
  field: {version: 2c, community: {env: FIELD}, insecure: true}
  core: {version: 2c, community: {env: CORE}, insecure: true}
sites: {hall: {district: 중앙동}, park: {}}
services: {cctv: {target: 99.9%}}
devices:
  a: {site: hall, address: 10.0.0.1, snmp: {credential: field}}
  b: {site: park, address: 10.0.0.2, snmp: {credential: core}}
  c: {site: hall, address: 10.0.0.3}
field_devices: {cam: {kind: cctv, site: hall, port: a p1}}
"""
ENVIRON = {"FIELD": "one", "CORE": "two"}


@pytest.fixture
def step(tmp_path):
    """What changes when words of TEXT are replaced."""
    from netwatch.inventory import load

    path = tmp_path / "inventory.yaml"

    def step(*replaced, environ=ENVIRON):
        path.write_text(TEXT)
        old = load(path, environ=ENVIRON, credentials_dir=None)
        text = TEXT
        for before, after in replaced:
            assert before in text
            text = text.replace(before, after)
        path.write_text(text)
        return changes(old, load(path, environ=environ, credentials_dir=None))

    return step


def test_the_same_inventory_changes_nothing(step):
    assert not step()


def test_a_comment_or_another_order_of_lines_changes_nothing(step):
    assert not step(
        ("city: Y", "# the city\ncity: Y"),
        ("sites: {hall: {district: 중앙동}, park: {}}", "sites: {park: {}, hall: {district: 중앙동}}"),
    )


def test_one_edited_device_is_the_only_one_touched(step):
    change = step(("10.0.0.3", "10.0.0.33"))
    assert (change.devices.added, change.devices.removed, change.devices.changed) == ((), (), ("c",))
    assert not change.field_devices
    assert change.whole == ()


def test_a_renamed_device_is_one_gone_and_one_new(step):
    change = step(("  c: {", "  d: {"))
    assert (change.devices.added, change.devices.removed, change.devices.changed) == (("d",), ("c",), ())


def test_a_new_secret_touches_the_devices_that_use_it(step):
    change = step(environ={"FIELD": "n3tw4tch-canary", "CORE": "two"})
    assert change.devices.changed == ("a",)
    assert change
    assert "canary" not in repr(change)


def test_a_default_touches_the_devices_it_reaches(step):
    change = step(("sites:", "defaults: {snmp: {timeout: 9s}}\nsites:"))
    assert change.devices.changed == ("a", "b")


def test_a_default_that_says_what_already_held_touches_nothing(step):
    assert not step(("sites:", "defaults: {snmp: {timeout: 2s}, every: {ping: 5000ms}}\nsites:"))


def test_a_district_relabels_what_stands_there_without_polling_it_anew(step):
    change = step(("중앙동", "옥정동"), ("10.0.0.3", "10.0.0.33"))
    assert change.sites.changed == ("hall",)
    assert change.devices.changed == ("c",)
    assert change.relabelled_devices == ("a",)
    assert change.relabelled_field_devices == ("cam",)


def test_what_holds_for_the_whole_city_is_named(step):
    change = step(("city: Y", "city: Z\nsettings: {ping_timeout: 2s}\ncharset: cp949"))
    assert change.whole == ("city", "charset", "settings")
    assert not change.devices


def test_services_and_cameras_are_told_apart(step):
    change = step(("99.9%", "99%"), ("port: a p1", "port: a p2"))
    assert change.services.changed == ("cctv",)
    assert change.field_devices.changed == ("cam",)


def test_a_change_is_told_in_one_sentence(step):
    assert sentence(step()) == "nothing changed"
    assert sentence(step(("99.9%", "99.5%"))) == "other tables changed"
    moved = step(("address: 10.0.0.2", "address: 10.0.0.5"), ("  c: {site", "  d: {site"))
    assert sentence(moved) == "1 devices added, 1 devices removed, 1 devices changed"
    assert sentence(step(("field_devices: {cam:", "field_devices: {eye:"))) == (
        "1 field devices added, 1 field devices removed"
    )

"""Tables whose columns say what they mean: what is read of them, and every slip refused with its line."""

import pytest

from netwatch.core.errors import ProfileError
from netwatch.core.health.measures import Measure, Scale, Tells, Transform, Unit
from netwatch.profiles.load import load_profiles, load_profiles_beside, own_profiles, read_profile

GOOD = """\
profile: cabinet
vendor: Hanbit
match: {sys_object_id: [1.3.6.1.4.1.99999.1, 1.3.6.1.4.1.99999.2], sys_descr: "^HB-"}
tables:
  optics:
    index: module.ifIndex
    only: {kind: [1, 2]}
    columns:
      kind: {oid: 1.3.6.1.4.1.99999.5.1.1, syntax: INTEGER, lane: discovery}
      rx: {oid: 1.3.6.1.4.1.9.5.1.2, syntax: INTEGER, lane: health, means: receive_power, unit: 0.1 uW, invalid: [0,-1]}
      tx: {oid: 1.3.6.1.4.1.99999.5.1.3, syntax: DisplayString, lane: health, means: transmit_power, unit: dBm}
  fan:
    index: fanIndex
    columns:
      state: {oid: 1.3.6.1.4.1.9.6.1, syntax: INTEGER, lane: health, means: fan, states: {1: up, 2: down, 3: absent}}
  box:
    index: scalars
    columns:
      serial: {oid: 1.3.6.1.4.1.99999.7.1, syntax: DisplayString, lane: discovery, means: serial}
      inlet:  {oid: 1.3.6.1.4.1.9.7.2, syntax: INTEGER, lane: health, means: temperature, unit: 0.1 °C, label: inlet}
      outlet: {oid: 1.3.6.1.4.1.9.7.3, syntax: INTEGER, lane: health, means: temperature, unit: F, label: outlet}
      idle:   {oid: 1.3.6.1.4.1.99999.7.4, syntax: INTEGER, lane: health, means: cpu, unit: "%", transform: complement}
"""


def test_columns_carry_their_meaning_unit_and_sentinels():
    plan = read_profile(GOOD, file="cabinet.yaml")
    optics, fan, box = plan.tables
    assert (plan.vendor, plan.match.object_ids, plan.match.descr.pattern) == (
        "Hanbit",
        ("1.3.6.1.4.1.99999.1", "1.3.6.1.4.1.99999.2"),
        "^HB-",
    )
    assert (optics.index, optics.only) == (("module", "ifIndex"), (("kind", frozenset({"1", "2"})),))
    rx = optics.columns[1]
    assert (rx.means, rx.scale) == (
        Measure.RECEIVE_POWER,
        Scale(unit=Unit.WATT, factor=pytest.approx(1e-7), invalid=frozenset({"0", "-1"})),
    )
    assert fan.columns[0].scale.states == (("1", "up"), ("2", "down"), ("3", "absent"))
    assert fan.walked == fan.columns, "what is read every minute also shows which rows there are"
    assert (box.index, box.columns[0].means, box.columns[3].scale.transform) == (
        (),
        Tells.SERIAL,
        Transform.COMPLEMENT,
    )


OPTICS = "tables.optics.columns"
SLIPS = [
    (
        "sys_object_id: [1.3.6.1.4.1.99999.1,",
        "sys_object_id: [1.3.6.1.4.1,",
        "3 match.sys_object_id: 1.3.6.1.4.1 is no",
    ),
    ('"^HB-"', '"(HB"', "3 match.sys_descr: '(HB' is no pattern: missing )"),
    ("sys_descr:", "sys_desc:", "3 match.sys_desc: unknown key; did you mean 'sys_descr'?"),
    ("module.ifIndex", "module.ifindex", "6 tables.optics.index: unknown index 'ifindex'; did you mean 'ifIndex'?"),
    ("module.ifIndex", "module.x-y", "6 tables.optics.index: 'x-y' is no name of a part of an index"),
    ("module.ifIndex", "module", f"10 {OPTICS}.rx: a receive_power is told of a port, and nothing here says of which"),
    ("{kind: [1, 2]}", "{kin: [1, 2]}", "7 tables.optics.only.kin: no column 'kin'; did you mean 'kind'?"),
    ("{kind: [1, 2]}", "{rx: 1}", "7 tables.optics.only.rx: which rows count must be known from lane discovery"),
    ("means: receive_power", "means: recieve_power", f"10 {OPTICS}.rx.means: unknown meaning 'recieve_power'; did you"),
    ("unit: 0.1 uW", "unit: 0.1 dbm", f"10 {OPTICS}.rx.unit: unknown unit 'dbm'; did you mean 'dBm'?"),
    ("unit: 0.1 uW", "unit: 0.1 °C", f"10 {OPTICS}.rx.unit: a receive_power is in dBm, and °C cannot become that"),
    ("unit: 0.1 uW", "unit: 0 uW", f"10 {OPTICS}.rx.unit: a unit of 0 has no values"),
    ("unit: 0.1 uW, ", "", f"10 {OPTICS}.rx: 'unit' is missing"),
    ("unit: dBm", "unit: dBm, transform: squared", f"11 {OPTICS}.tx.transform: unknown transform 'squared'; known are"),
    ("unit: dBm", "unit: dBm, transform: complement", f"11 {OPTICS}.tx.transform: only shares have a complement"),
    (
        "unit: 0.1 uW",
        "unit: 0.1 uW, transform: lowest_of_list",
        f"10 {OPTICS}.rx.transform: lowest_of_list reads octets",
    ),
    (
        "means: transmit_power",
        "means: receive_power",
        f"11 {OPTICS}.tx: 'rx' means receive_power already; a label would",
    ),
    ("lane: health, means: transmit", "lane: traffic, means: transmit", f"11 {OPTICS}.tx: a transmit_power is read in"),
    ("3: absent", "3: gone", "15 tables.fan.columns.state.states.3: unknown state 'gone'; known are up, down, absent"),
    (", states: {1: up, 2: down, 3: absent}", "", "15 tables.fan.columns.state: a fan needs states: which of its"),
    ("states: {1", "unit: W, states: {1", "15 tables.fan.columns.state.unit: a fan has no unit"),
    (
        "lane: discovery, means: serial",
        "lane: health, means: serial",
        "19 tables.box.columns.serial: what a row is can",
    ),
    (
        "states: {1: up",
        "transform: any_bit, states: {7: open",
        "15 tables.fan.columns.state.states.7: unknown state 'o",
    ),
    ("unit: dBm", "unit: dBm, transform: lacp_actor", f"11 {OPTICS}.tx.transform: lacp_actor gives a state"),
    (
        "unit: dBm",
        "unit: dBm, transform: small_is_milliampere",
        f"11 {OPTICS}.tx.transform: small_is_milliampere gives",
    ),
    ("{kind: [1, 2]}", "{kind: 1}\n    but: {rx: 0}", "8 tables.optics.but.rx: which rows count must be known from"),
    (
        "index: fanIndex",
        "index: fanIndex\n    decode: entity_sensor",
        "14 tables.fan.decode: entity_sensor needs a column",
    ),
    (
        "index: fanIndex",
        "index: fanIndex\n    decode: fan_sensor",
        "14 tables.fan.decode: unknown decoder 'fan_sensor'",
    ),
    (
        "transform: complement",
        "divide_by: outlett",
        "22 tables.box.columns.idle: no column 'outlett' to divide by; did",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "sentence"), SLIPS)
def test_what_the_decoder_cannot_do_is_refused_with_its_line(right, wrong, sentence):
    assert right in GOOD
    with pytest.raises(ProfileError) as refused:
        read_profile(GOOD.replace(right, wrong, 1), file="p.yaml")
    assert str(refused.value).startswith(f"p.yaml:{sentence}")


def test_a_profile_leaves_out_what_the_one_below_asks_and_asks_it_in_its_own_way(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD)
    other = (
        "profile: other\nextends: cabinet\nwithout: fan\ntables:\n" + GOOD[GOOD.index("  fan:") : GOOD.index("  box:")]
    )
    (tmp_path / "b.yaml").write_text(other.replace("lane: health", "lane: discovery"))
    plans = load_profiles(tmp_path)
    assert [table.name for table in plans["other"].tables] == ["optics", "box", "fan"]
    assert plans["other"].match is None, "whom a profile is for is not inherited"
    assert plans["other"].vendor == "Hanbit"
    (tmp_path / "b.yaml").write_text(other.replace("without: fan", "without: [fans]"))
    with pytest.raises(ProfileError, match=r"^b\.yaml:3 without: nothing below is called 'fans'; did you mean 'fan'\?"):
        load_profiles(tmp_path)


def test_two_profiles_for_the_same_devices_are_refused(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD.replace("profile: cabinet", "profile: twin"))
    with pytest.raises(ProfileError, match=r"^b\.yaml:3 match: 'cabinet' is for the same devices$"):
        load_profiles(tmp_path)


def test_the_citys_own_profiles_stand_in_a_folder_beside_the_inventory(tmp_path):
    inventory = tmp_path / "inventory.yaml"
    assert "cabinet" not in load_profiles_beside(inventory)
    (tmp_path / "profiles").mkdir()
    own = tmp_path / "profiles" / "cabinet.yaml"
    own.write_text(GOOD.replace("vendor:", "extends: standard\nvendor:"))
    plans = load_profiles_beside(inventory)
    assert plans["cabinet"].is_own
    assert plans["cabinet"] in plans["standard"].others
    assert plans["cabinet"].tables[0].name == "interface"
    own.write_text(GOOD.replace("vendor:", "vender:"))
    with pytest.raises(ProfileError, match=r"^profiles/cabinet\.yaml:2 vender: unknown key; did you mean 'vendor'\?"):
        load_profiles_beside(inventory)


def test_an_own_profile_takes_the_place_of_ours_of_that_name(tmp_path):
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "camera.yaml").write_text(GOOD.replace("profile: cabinet", "profile: hikvision"))
    plans = load_profiles_beside(tmp_path / "inventory.yaml")
    assert plans["hikvision"].vendor == "Hanbit"
    assert sum(plan.profile == "hikvision" for plan in plans["standard"].others) == 1


def test_the_citys_own_files_are_known_for_a_backup_right_or_wrong(tmp_path):
    assert own_profiles(tmp_path / "inventory.yaml") == {}
    (tmp_path / "profiles").mkdir()
    file = tmp_path / "profiles" / "cabinet.yaml"
    file.write_text("no profile at all")
    (tmp_path / "profiles" / "notes.txt").write_text("not one either")
    assert own_profiles(tmp_path / "inventory.yaml") == {file: b"no profile at all"}


SETTING = """\
profile: rectifier
tables:
  load:
    index: scalars
    kinds: {of: unit, 0: {means: current, unit: A}, absent: {means: current, unit: 0.1 A}}
    columns:
      value: {oid: 1.3.6.1.4.1.9.1.1, syntax: INTEGER, lane: health}
      unit: {oid: 1.3.6.1.4.1.9.1.9, syntax: INTEGER, lane: discovery}
"""
TWICE = SETTING + SETTING[SETTING.index("  load:") :].replace("load:", "battery:").replace("9.1.1,", "9.1.2,")


def test_a_setting_of_the_device_may_tell_the_kinds_of_several_tables():
    for table in read_profile(TWICE, file="p.yaml").tables:
        assert [(told, scale.factor) for told, _, scale in table.kinds.meanings] == [("0", 1.0), ("", 0.1)]
    for taken in ("9.1.1,", "9.1.9,"):  # what is asked for itself stands nowhere twice
        with pytest.raises(ProfileError, match=r"is, or overlaps, what tables\.load\.columns\.(value|unit)\.oid asks"):
            read_profile(TWICE.replace("9.1.2,", taken), file="p.yaml")

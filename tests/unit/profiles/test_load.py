import pytest

from netwatch.core.errors import ProfileError
from netwatch.core.model import Device, Lane
from netwatch.core.plan import Column, Plan, Scalar, Syntax, Table
from netwatch.profiles.load import load_profiles, plan_for, read_profile

GOOD = """\
profile: cabinet
scalars:
  uptime: {oid: 1.3.6.1.2.1.1.3.0, syntax: TimeTicks, lane: status}
tables:
  interface:
    index: ifIndex
    columns:
      name: {oid: 1.3.6.1.2.1.31.1.1.1.1, syntax: DisplayString, lane: discovery}
      octets:
        oid: 1.3.6.1.2.1.31.1.1.1.6
        syntax: Counter64
        lane: traffic
        otherwise: {oid: 1.3.6.1.2.1.2.2.1.10, syntax: Counter32}
"""


def test_a_profile_becomes_a_plan():
    octets = Column(
        name="octets",
        oid="1.3.6.1.2.1.31.1.1.1.6",
        syntax=Syntax.COUNTER64,
        lane=Lane.TRAFFIC,
        otherwise=Column(name="octets", oid="1.3.6.1.2.1.2.2.1.10", syntax=Syntax.COUNTER32, lane=Lane.TRAFFIC),
    )
    name = Column(name="name", oid="1.3.6.1.2.1.31.1.1.1.1", syntax=Syntax.TEXT, lane=Lane.DISCOVERY)
    assert read_profile(GOOD, file="cabinet.yaml") == Plan(
        profile="cabinet",
        scalars=(Scalar(name="uptime", oid="1.3.6.1.2.1.1.3.0", syntax=Syntax.TIMETICKS, lane=Lane.STATUS),),
        tables=(Table(name="interface", columns=(name, octets), index=("ifIndex",)),),
    )


COLUMNS = "tables.interface.columns"
OTHERWISE = f"{COLUMNS}.octets.otherwise"
IF_X_ENTRY = "1.3.6.1.2.1.31.1.1.1"


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ("profile: cabinet", "profil: cabinet", "1 profil: unknown key; did you mean 'profile'?"),
        ("profile: cabinet\n", "", "1: 'profile' is missing"),
        (
            "profile: cabinet",
            "profile: auto",
            "1 profile: 'auto' is what an inventory says to have a profile chosen, and names none",
        ),
        ("profile: cabinet", "profile:", "1 profile: a value is missing"),
        ("profile: cabinet", "profile: {a: b}", "1 profile: a single value is expected here"),
        ("lane: status}", "lane: status, unit: s}", "3 scalars.uptime.unit: unknown key; known are oid, syntax, lane"),
        (
            "syntax: TimeTicks",
            "syntax: Timeticks",
            "3 scalars.uptime.syntax: unknown syntax 'Timeticks'; did you mean 'TimeTicks'?",
        ),
        ("lane: status", "lane: state", "3 scalars.uptime.lane: unknown lane 'state'; did you mean 'status'?"),
        (
            "lane: status",
            "lane: ping",
            "3 scalars.uptime.lane: unknown lane 'ping'; known are status, traffic, health, discovery",
        ),
        (", lane: status", "", "3 scalars.uptime: 'lane' is missing"),
        ("1.1.3.0", "1.1.3", "3 scalars.uptime.oid: 1.3.6.1.2.1.1.3 is no scalar's instance: it does not end in .0"),
        ("1.3.6.1.2.1.1.3.0", ".1.3.6.1.0", "3 scalars.uptime.oid: '.1.3.6.1.0' is not a dotted OID"),
        ("1.3.6.1.2.1.1.3.0", "1.3.6.x.0", "3 scalars.uptime.oid: '1.3.6.x.0' is not a dotted OID"),
        ("1.3.6.1.2.1.1.3.0", "1.3.06.0", "3 scalars.uptime.oid: '1.3.06.0' is not a dotted OID"),
        ("1.3.6.1.2.1.1.3.0", "1.3.4294967296.0", "3 scalars.uptime.oid: '1.3.4294967296.0' is not a dotted OID"),
        ("1.3.6.1.2.1.1.3.0", "1.40.1.0", "3 scalars.uptime.oid: 1.40.1.0 is not an OID that exists"),
        ("1.3.6.1.2.1.1.3.0", "3.3.1.0", "3 scalars.uptime.oid: 3.3.1.0 is not an OID that exists"),
        ("  uptime:", "  Up Time:", "3 scalars.Up Time: a name is small letters, digits and _, a letter first"),
        ("scalars:\n", "scalars:\n  uptime: {}\n", "4 scalars.uptime: given twice, first in line 3"),
        (
            "index: ifIndex",
            "index: ifindex",
            "6 tables.interface.index: unknown index 'ifindex'; did you mean 'ifIndex'?",
        ),
        ("    index: ifIndex\n", "", "5 tables.interface: 'index' is missing"),
        (
            "lane: discovery",
            "lane: status",
            "5 tables.interface: no column is in lane discovery, so its rows could never be found",
        ),
        (
            "  interface:",
            "  interface: {index: ifIndex, columns: []}\n  other:",
            f"5 {COLUMNS}: a list has no meaning here",
        ),
        (
            "31.1.1.1.6",
            "31.1.1.1.1",
            f"10 {COLUMNS}.octets.oid: {IF_X_ENTRY}.1 is, or overlaps, what {COLUMNS}.name.oid asks for in line 8",
        ),
        (
            "2.2.1.10,",
            "31.1.1.1,",
            f"13 {OTHERWISE}.oid: {IF_X_ENTRY} is, or overlaps, what {COLUMNS}.name.oid asks for in line 8",
        ),
        (
            "Counter32}",
            "OCTET STRING}",
            f"13 {OTHERWISE}.syntax: OCTET STRING cannot stand in for Counter64",
        ),
        (
            "Counter32}",
            "Counter32, lane: status}",
            f"13 {OTHERWISE}.lane: unknown key; known are oid, syntax",
        ),
        (
            "otherwise: {oid: 1.3.6.1.2.1.2.2.1.10, syntax: Counter32}",
            "otherwise: 1.3.6",
            f"13 {OTHERWISE}: a mapping is expected here",
        ),
        ("lane: traffic", "lane: &a traffic", "12: anchors and aliases are refused"),
        ("lane: traffic", "lane: *a", "12: anchors and aliases are refused"),
        ("lane: traffic", "lane: !!str traffic", "12: tags are refused"),
        ("lane: traffic", "lane: [traffic", "13: not YAML: did not find expected ',' or ']'"),
        ("lane: traffic", "lane: {a: {a: {a: {a: {a: {}}}}}}", "12: nested deeper than 8"),
        ("scalars:", "? {a: b}\n: c\nscalars:", "2: a key must be a plain word"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused_with_its_line(right, wrong, sentence):
    assert right in GOOD
    with pytest.raises(ProfileError) as refused:
        read_profile(GOOD.replace(right, wrong, 1), file="p.yaml")
    assert str(refused.value) == f"p.yaml:{sentence}"
    assert refused.value.problem.file == "p.yaml"


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n"])
def test_what_is_no_mapping_is_no_profile(text):
    with pytest.raises(ProfileError, match=r"^p\.yaml:1: a profile is a mapping$"):
        read_profile(text, file="p.yaml")


def test_a_profile_that_asks_for_nothing_is_refused():
    with pytest.raises(ProfileError, match="asks for nothing: neither scalars nor tables"):
        read_profile("profile: idle\n", file="p.yaml")


def test_control_characters_are_no_yaml():
    with pytest.raises(ProfileError, match=r"^p\.yaml: not YAML"):
        read_profile("profile: \x00", file="p.yaml")


def test_twenty_thousand_brackets_are_refused_without_descending():
    with pytest.raises(ProfileError, match="nested deeper than 8"):
        read_profile("profile: " + "[" * 20_000, file="p.yaml")


def test_an_arc_of_ten_thousand_digits_is_refused():
    with pytest.raises(ProfileError, match="is not a dotted OID"):
        read_profile(GOOD.replace("1.3.6.1.2.1.1.3.0", "1.3." + "9" * 10_000 + ".0"), file="p.yaml")


def test_a_folder_gives_its_profiles_by_name(tmp_path):
    (tmp_path / "one.yaml").write_text(GOOD)
    (tmp_path / "two.yaml").write_text(GOOD.replace("profile: cabinet", "profile: ring"))
    (tmp_path / "notes.txt").write_text("not a profile")
    assert sorted(load_profiles(tmp_path)) == ["cabinet", "ring"]


def test_one_name_in_two_files_is_refused(tmp_path):
    (tmp_path / "one.yaml").write_text(GOOD)
    (tmp_path / "two.yaml").write_text(GOOD)
    with pytest.raises(ProfileError, match=r"^two\.yaml profile: 'cabinet' is given twice$"):
        load_profiles(tmp_path)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    (tmp_path / "one.yaml").write_bytes("profile: 스위치".encode("cp949"))
    with pytest.raises(ProfileError, match=r"^one\.yaml: cannot be read"):
        load_profiles(tmp_path)


def device(profile):
    return Device(id="sw-1", site="s", address="10.0.0.1", profile=profile, every_s={})


def test_a_device_gets_the_plan_it_names_and_auto_gets_the_standard_tables():
    profiles = dict(load_profiles()) | {"cabinet": read_profile(GOOD, file="cabinet.yaml")}
    assert plan_for(device("cabinet"), profiles).profile == "cabinet"
    assert plan_for(device("auto"), profiles).profile == "standard"
    assert plan_for(device("if-mib"), profiles).profile == "if-mib"


def test_a_profile_nobody_has_is_a_sentence_with_the_nearest_name():
    with pytest.raises(ProfileError) as refused:
        plan_for(device("if_mib"), load_profiles())
    assert str(refused.value) == "inventory devices.sw-1.profile: no profile 'if_mib'; did you mean 'if-mib'?"


ABOVE = """\
profile: ring
extends: cabinet
tables:
  power:
    index: pethPsePortGroupIndex.pethPsePortIndex
    rows: 24
    where: edge
    columns: {admin: {oid: 1.3.6.1.2.1.105.1.1.1.3, syntax: INTEGER, lane: discovery}}
  stations:
    index: dot1dTpFdbAddress
    unless: power
    along: interface
    columns: {port: {oid: 1.3.6.1.2.1.17.4.3.1.2, syntax: INTEGER, lane: discovery}}
"""


def load_two(tmp_path, above=ABOVE):
    (tmp_path / "a.yaml").write_text(above)
    (tmp_path / "b.yaml").write_text(GOOD)
    return load_profiles(tmp_path)


def test_a_profile_stands_on_the_one_that_it_extends(tmp_path):
    plans = load_two(tmp_path)
    ring, cabinet = plans["ring"], plans["cabinet"]
    assert ring.scalars == cabinet.scalars
    interface, stations, power = ring.tables  # what is asked at the edge alone is long, and comes last
    assert (interface,) == cabinet.tables
    assert (power.max_rows, power.edge_only, power.unless, power.along) == (24, True, None, None)
    assert (stations.max_rows, stations.edge_only, stations.unless, stations.along) == (
        None,
        False,
        "power",
        "interface",
    )


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ("extends: cabinet", "extends: cabinett", "2 extends: no profile 'cabinett'; did you mean 'cabinet'?"),
        ("extends: cabinet", "extends: ring", "2 extends: 'ring' extends itself"),
        ("  power:", "  interface:", "4 tables.interface: 'interface' is what tables.interface is called already"),
        ("1.3.6.1.2.1.105.1.1.1.3", "1.3.6.1.2.1.1.3.0", "8 tables.power.columns.admin.oid: 1.3.6.1.2.1.1.3.0 is, or"),
        ("rows: 24", "rows: 0", "6 tables.power.rows: '0' is no number of rows"),
        ("rows: 24", "rows: many", "6 tables.power.rows: 'many' is no number of rows"),
        ("where: edge", "where: edges", "7 tables.power.where: unknown place 'edges'; did you mean 'edge'?"),
        (
            "unless: power",
            "unless: powers",
            "11 tables.stations.unless: no table 'powers' above; did you mean 'power'?",
        ),
        ("along: interface", "along: stations", "12 tables.stations.along: no table 'stations' above"),
        ("index: dot1dTp", "index: dot1dTb", "10 tables.stations.index: unknown index 'dot1dTbFdbAddress'; did you"),
    ],
)
def test_what_one_profile_may_not_say_of_another_is_refused_with_its_line(tmp_path, right, wrong, sentence):
    assert right in ABOVE
    with pytest.raises(ProfileError) as refused:
        load_two(tmp_path, ABOVE.replace(right, wrong, 1))
    assert str(refused.value).startswith(f"a.yaml:{sentence}")

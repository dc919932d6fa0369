"""`netwatch whatif`: what a planner reads, and the JSON that is a contract (design §7)."""

import json

import pytest

from netwatch.cli.main import main
from tests.unit.cli.small_city import write_city


@pytest.fixture
def whatif(tmp_path, capsys):
    """Run the command on the small city: (exit code, what it said, its complaints)."""
    path = write_city(tmp_path)

    def run(*words):
        code = main(["whatif", *words, "--inventory", str(path)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def foresee(whatif):
    """The JSON of failures that exist."""

    def run(*subjects):
        code, said, complaints = whatif("--json", *(word for one in subjects for word in ("--fail", one)))
        assert (code, complaints) == (0, "")
        return json.loads(said)

    return run


def test_a_cut_cable_is_one_fault_by_its_name_with_what_it_costs_and_whom_to_send(foresee):
    told = foresee("cable:c-4")
    assert told["dark"] == {"devices": ["acc-3"], "field_devices": ["cam-3", "cam-4", "sign-1"]}
    assert told["remaining_single_points"] == ["device:core-1"]
    (fault,) = told["faults"]
    assert fault["kind"] == "cable_cut"
    assert fault["subject"] == "cable:c-4"
    assert fault["severity"] == "major"
    assert {"link:chain-1", "device:acc-3"} <= set(fault["ambiguous_with"])
    assert fault["affected"] == {"cctv": 2, "its": 1}
    assert fault["affected_in"] == [
        {"service": "cctv", "district": "옥정동", "field_devices": 2},
        {"service": "its", "district": "옥정동", "field_devices": 1},
    ]
    assert fault["send"] == {"crew": "fibre crew", "contractor": "hanbit", "name": "한빛통신", "phone": "031-000-0000"}
    assert fault["evidence"]


def test_what_costs_only_the_reserve_affects_nobody_and_leaves_more_single_points(foresee):
    told = foresee("cable:c-2")
    (fault,) = told["faults"]
    assert (fault["kind"], fault["affected"]) == ("redundancy_lost", {})
    assert told["dark"] == {"devices": [], "field_devices": []}
    assert told["rings"] == [{"subject": "ring:ring-a", "state": "switched", "broken": ["link:ring-a-2"]}]
    assert told["new_single_points"] == ["cable:c-1", "cable:c-3", "link:ring-a-1", "link:ring-a-3"]
    assert set(told["new_single_points"]) < set(told["remaining_single_points"])


@pytest.mark.parametrize(
    ("subject", "devices", "field_devices"),
    [
        ("link:chain-1", {"acc-3"}, {"cam-3", "cam-4", "sign-1"}),
        ("port:acc-2 Gi3", {"acc-3"}, {"cam-3", "cam-4", "sign-1"}),
        ("device:acc-1", {"acc-1"}, {"cam-1"}),
        ("site:okjeong-3", {"acc-3"}, {"cam-3", "cam-4", "sign-1"}),
        ("field_device:cam-1", set(), {"cam-1"}),
        ("port:acc-1 Gi9", set(), {"cam-1"}),
        ("ring:ring-a", {"acc-1", "acc-2", "acc-3"}, {"cam-1", "cam-2", "cam-3", "cam-4", "sign-1"}),
    ],
)
def test_every_kind_of_subject_can_fail(foresee, subject, devices, field_devices):
    told = foresee(subject)
    assert set(told["dark"]["devices"]) == devices
    assert set(told["dark"]["field_devices"]) == field_devices
    assert told["faults"]
    lost = sum(sum(fault["affected"].values()) for fault in told["faults"])
    assert lost == len(field_devices)  # nobody is counted twice


def test_a_lost_vantage_is_one_fault_and_takes_nobody_out_of_service(foresee):
    told = foresee("vantage:")
    assert [(fault["kind"], fault["subject"], fault["affected"]) for fault in told["faults"]] == [
        ("vantage", "vantage:", {})
    ]
    assert told["out_of_service"] == []


def test_several_failures_happen_at_once(foresee):
    told = foresee("cable:c-1", "cable:c-3")
    assert told["failed"] == ["cable:c-1", "cable:c-3"]
    assert told["dark"]["devices"] == ["acc-1", "acc-2", "acc-3"]
    assert told["rings"][0]["state"] == "split"


def test_what_is_named_twice_fails_once(foresee):
    assert foresee("cable:c-4", "cable:c-4")["failed"] == ["cable:c-4"]


def test_every_mistake_is_told_at_once_with_what_was_meant(whatif):
    words = ("cable:c-44", "acc-1", "sheep:1", "vantage:x", "port:acc-2 Gi33", "device:acc-1")
    code, said, complaints = whatif(*(word for one in words for word in ("--fail", one)))
    assert (code, said) == (1, "")
    assert complaints.splitlines() == [
        "There is no 'c-44' among the cables; did you mean 'cable:c-4'?",
        "'acc-1' is no subject such as ring:ring-a; did you mean 'device:acc-1'?",
        "There is nothing of the kind 'sheep'; known are cable, device, field_device, link, port, ring, site, vantage.",
        "'vantage:x' has no id: write vantage: alone.",
        "Nothing is said to be on port 'Gi33' of acc-2; did you mean 'port:acc-2 Gi3'?",
    ]


def test_without_a_failure_it_tells_the_costliest_ones(whatif):
    told = json.loads(whatif("--json")[1])
    assert [loss["subject"] for loss in told["costliest"]] == [
        "device:core-1",
        "device:acc-2",
        "cable:c-4",
        "device:acc-3",
        "device:acc-1",
    ]
    assert told["costliest"][0] == {
        "subject": "device:core-1",
        "devices": 4,
        "field_devices": {"cctv": 4, "its": 1, "unassigned": 1},
    }
    lines = whatif()[1].splitlines()
    assert lines[0].split("  ")[0] == "costs most"
    assert lines[3].split() == ["cable:c-4", "1", "3", "cctv", "2,", "its", "1"]


def test_a_planner_reads_faults_losses_rings_and_single_points(whatif):
    code, said, _ = whatif("--fail", "device:acc-2")
    assert code == 0
    blocks = said.split("\n\n")
    assert blocks[0] == "what fails: device:acc-2"
    assert blocks[1].splitlines()[1].startswith("major     device_power  device:acc-2  site:okjeong-2, ")
    assert blocks[1].endswith("cctv 3, its 1   electrician")
    assert blocks[2].splitlines() == [
        "2 devices and 4 field devices would not be seen",
        "service  district  out of service  of",
        "cctv     옥정동                 3   4   75%",
        "its      옥정동                 1   1  100%",
        "in all                          4   6   67%",
    ]
    assert blocks[3].splitlines()[1].split() == ["ring-a", "split", "ring-a-2,", "ring-a-3"]
    assert blocks[4].startswith(
        "3 single points of failure would remain (cable 1, device 1, link 1), 2 of them new\n  cable:c-1\n"
    )


def test_what_breaks_no_ring_and_costs_nobody_is_said_so(whatif):
    said = whatif("--fail", "cable:c-2")[1]
    assert "no field device would be out of service" in said
    assert "every ring would keep its reserve" in whatif("--fail", "cable:c-4")[1]


def test_a_wrong_inventory_is_told_before_anything_fails(tmp_path, capsys):
    path = write_city(tmp_path)
    path.write_text(path.read_text().replace("duct: d-4", "dukt: d-4"))
    assert main(["whatif", "--fail", "cable:c-4", "--inventory", str(path)]) == 1
    assert "did you mean 'duct'?" in capsys.readouterr().err

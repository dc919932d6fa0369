"""Control lines and their answers."""

import pytest

from netwatch.core.model import PortRef
from netwatch.simulate.agent import from_recording
from netwatch.simulate.control import HELP, execute
from netwatch.simulate.growth import generate
from netwatch.simulate.recording import parse
from netwatch.simulate.server import Ports, Simulation, Step, simulate_city


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def simulation():
    return simulate_city(generate(switches=12, vendors=("ubiquoss",)), ports=Ports(tcp=None))


def test_a_subject_fails_is_listed_and_is_restored(simulation):
    assert execute(simulation, "fail cable:c-0001\n") == "failed cable:c-0001"
    assert execute(simulation, "FAIL device:core-2 hang") == "failed device:core-2 (hang)"
    assert execute(simulation, "list") == "cable:c-0001 (cut)\ndevice:core-2 (hang)"
    assert execute(simulation, "restore cable:c-0001") == "restored cable:c-0001"
    assert execute(simulation, "restore all") == "restored 1"
    assert execute(simulation, "list") == "nothing has failed"


def test_a_port_with_spaces_in_its_name_is_one_subject():
    simulation = simulate_city(generate(switches=12, vendors=("dasan",)), ports=Ports(tcp=None))
    assert execute(simulation, "fail port:acc-0001 Ethernet Port 1-1") == "failed port:acc-0001 Ethernet Port 1-1"
    said = execute(simulation, "drive acc-0001 Ethernet Port 1-2 in 1e6")
    assert said == "driving acc-0001 Ethernet Port 1-2 in at 1e+06 octets per second"


@pytest.mark.parametrize("line", ["help", "", "  \n"])
def test_help_teaches(simulation, line):
    assert execute(simulation, line) == HELP


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("fial device:core-1", "error: no command 'fial'; did you mean fail?"),
        ("quux", "error: no command 'quux'; try help"),
        ("fail device:core-3", "error: the city has no device 'core-3'; did you mean device:core-"),
        ("drive core-1", "error: drive wants DEVICE PORT in|out RATE"),
        ("drive core-1 1/1/1 up 5", "error: drive wants DEVICE PORT in|out RATE"),
        ("drive core-1 1/1/1 in fast", "error: 'fast' is not a number of octets per second"),
        ("drive core-1 1/1/1 in nan", "error: nan octets per second is no rate a port can have"),
        ("drive core-1 1/1/1 in -1", "error: -1 octets per second is no rate a port can have"),
        ("drive core-1 9/9/9 in 5", "error: the city has no port 'core-1 9/9/9'"),
        ("replace-mac cam-0001", "error: replace-mac wants FIELD_DEVICE MAC"),
        ("replace-mac cam-0001 00:11:22:33:44", "error: replace-mac wants FIELD_DEVICE MAC"),
        ("replace-mac cam-x 00:11:22:33:44:55", "error: the city has no field device 'cam-x'"),
        ("move cam-0001 acc-0001", "error: move wants FIELD_DEVICE DEVICE PORT"),
        ("move cam-0001 core-1 9/9/9", "error: the city has no port 'core-1 9/9/9'"),
    ],
)
def test_a_wrong_line_is_answered_with_a_sentence_and_changes_nothing(simulation, line, said):
    assert execute(simulation, line).startswith(said)
    assert simulation.city.failed == {}


def test_recordings_have_nothing_that_could_fail():
    agent = from_recording(parse(b"1.3.6.1.1|2|1\n", source="x"))
    alone = Simulation({"127.1.0.1": agent}, ports=Ports())
    assert execute(alone, "fail device:x").startswith("error: recordings stand alone")
    assert execute(alone, "list") == "nothing has failed"


def test_counts_tell_what_was_not_answered(simulation):
    assert execute(simulation, "counts") == "nothing to count"
    simulation.answers.counts["wrong_community"] += 2
    assert execute(simulation, "counts") == "wrong_community 2"


def test_steps_take_effect_at_their_own_moment_even_if_nobody_looks():
    clock = Clock()
    living = simulate_city(generate(switches=12, vendors=("ubiquoss",)), ports=Ports(tcp=None)).city
    simulation = Simulation({}, ports=Ports(tcp=None), city=living, clock=clock)
    port = PortRef(device="core-2", interface=living.city.devices["core-2"].ports[-1].name)
    simulation.drive(port, [Step(after_s=s, octets_per_second=r) for s, r in ((0, 1000), (10, 5000), (20, 0))])
    clock.now += 60
    at = [simulation.truth(port, simulation.started_at + s) for s in (0, 5, 10, 11, 20, 59)]
    assert at == pytest.approx([0, 5000, 10_000, 15_000, 60_000, 60_000], abs=2)


def test_a_field_device_is_replaced_and_moved(simulation):
    said = execute(simulation, "replace-mac cam-0001 00:11:22:33:44:FF")
    assert said == "field_device:cam-0001 is 00:11:22:33:44:ff now"
    assert execute(simulation, "move cam-0001 acc-0001 1/1/20") == "field_device:cam-0001 hangs on acc-0001 1/1/20 now"
    thing = simulation.city.standing.field_devices["cam-0001"]
    assert (thing.mac, str(thing.port)) == ("00:11:22:33:44:ff", "acc-0001 1/1/20")

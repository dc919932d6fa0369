"""Failures and what follows from them, on a small city."""

import pytest

from netwatch.core.model import PortRef, Role
from netwatch.simulate.city import CANARIES
from netwatch.simulate.growth import generate
from netwatch.simulate.living_city import Door, LivingCity
from netwatch.simulate.wire import packed
from netwatch.simulate.world import How, UnknownSubjectError
from tests.unit.simulate.asking import Manager

OPER, LAST_CHANGE, HC_IN, HC_OUT, UCAST_IN = (
    "1.3.6.1.2.1.2.2.1.8",
    "1.3.6.1.2.1.2.2.1.9",
    "1.3.6.1.2.1.31.1.1.1.6",
    "1.3.6.1.2.1.31.1.1.1.10",
    "1.3.6.1.2.1.31.1.1.1.7",
)
UPTIME, BOOTS, ENGINE_TIME = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.10.2.1.2.0", "1.3.6.1.6.3.10.2.1.3.0"


@pytest.fixture
def living():
    return LivingCity(generate(switches=30, vendors=("ubiquoss",)))


@pytest.fixture
def camera(living):
    return next(thing for thing in living.city.field_devices.values() if thing.kind == "cctv")


def ask(living, device, oid, t):
    return Manager(living.agents[device]).number(oid, t)


def column(living, port, oid):
    return f"{oid}.{living.city.port(port).index}"


def ask_port(living, port, oid, t):
    return ask(living, port.device, column(living, port, oid), t)


def rate(living, port, oid, t):
    return ask_port(living, port, oid, t + 1) - ask_port(living, port, oid, t)


def silent(living):
    return {device for device, agent in living.agents.items() if agent.silent}


def chain_link(living):
    """A link without which its far end is cut off, and that end."""
    for link in living.city.links.values():
        if link.ring is None and living.wiring.neighbours[link.b.device] == [(link.id, link.a.device)]:
            return link
    raise AssertionError("the city has no chain")


def test_a_healthy_city_answers_everywhere_and_only_wired_ports_are_up(living):
    assert silent(living) == set()
    wired = {*living.wiring.links_by_port, *living.wiring.fields_by_port}
    for device in living.city.devices.values():
        for port in device.ports:
            ref = PortRef(device=device.id, interface=port.name)
            assert ask_port(living, ref, OPER, 0.0) == (1 if ref in wired else 2)


def test_a_camera_sends_about_4_megabits_and_its_packets_follow(living, camera):
    assert rate(living, camera.port, HC_IN, 10.0) == pytest.approx(500_000, rel=0.25)
    assert rate(living, camera.port, UCAST_IN, 10.0) == pytest.approx(500_000 / 900, rel=0.25)


def test_the_core_receives_the_sum_of_what_all_field_devices_send(living):
    sent = sum(rate(living, port, HC_IN, 5.0) for port in living.wiring.fields_by_port)
    core = living.city.vantage
    received = sum(rate(living, port, HC_IN, 5.0) for port in living.wiring.links_by_port if port.device == core)
    assert received == pytest.approx(sent, rel=0.01)


def test_what_one_end_of_a_link_sends_the_other_receives(living):
    for link in living.city.links.values():
        assert rate(living, link.a, HC_OUT, 5.0) == pytest.approx(rate(living, link.b, HC_IN, 5.0), abs=2)
        assert rate(living, link.b, HC_OUT, 5.0) == pytest.approx(rate(living, link.a, HC_IN, 5.0), abs=2)


def test_an_intact_ring_has_one_side_that_carries_only_its_protocol(living):
    used = {link for link, _ in living.state.parents.values()}
    blocked = [link for link in living.city.links.values() if link.ring and link.id not in used]
    assert sorted(link.ring for link in blocked) == sorted(living.city.rings)
    for link in blocked:
        assert [rate(living, link.a, oid, 1.0) for oid in (HC_IN, HC_OUT)] == [150, 150]


def test_every_answer_is_the_truth_to_the_octet(living, camera):
    for t in (0.0, 1.25, 86_399.0):
        assert ask_port(living, camera.port, HC_IN, t) == living.truth(camera.port, t, direction="in")


def test_one_cut_in_a_ring_takes_both_ends_down_and_silences_nobody(living):
    link = next(link for link in living.city.links.values() if link.ring and link.ring.startswith("ring-"))
    living.fail(f"link:{link.id}", 100.0)
    assert [ask_port(living, end, OPER, 100.0) for end in (link.a, link.b)] == [2, 2]
    assert silent(living) == set()


def test_traffic_takes_the_other_way_round_when_a_ring_is_cut(living):
    ring = next(ring for ring in living.city.rings if ring.startswith("ring-"))
    links = [link for link in living.city.links.values() if link.ring == ring]
    idle = next(link for link in links if rate(living, link.a, HC_IN, 1.0) < 1000 > rate(living, link.b, HC_IN, 1.0))
    busy = next(link for link in links if link is not idle and rate(living, link.a, HC_IN, 1.0) > 100_000)
    living.fail(f"link:{busy.id}", 10.0)
    assert rate(living, busy.a, HC_IN, 20.0) == 0
    assert max(rate(living, idle.a, HC_IN, 20.0), rate(living, idle.b, HC_IN, 20.0)) > 100_000


def test_a_cut_chain_silences_everything_behind_it(living):
    link = chain_link(living)
    far = link.b.device
    cameras = [t for t in living.city.field_devices.values() if t.port.device == far]
    living.fail(f"link:{link.id}", 1.0)
    assert silent(living) == {far}
    assert not living.echoes(packed(living.city.devices[far].address))
    assert all(living.door(camera.id) is Door.DARK and not living.echoes(packed(camera.address)) for camera in cameras)
    living.restore(f"link:{link.id}", 2.0)
    assert silent(living) == set()
    assert all(living.door(camera.id) is Door.OPEN for camera in cameras)


def test_a_device_behind_a_cut_has_not_rebooted_when_it_returns(living):
    link = chain_link(living)
    boots = ask(living, link.b.device, BOOTS, 0.0)
    uptime = ask(living, link.b.device, UPTIME, 0.0)
    living.fail(f"link:{link.id}", 1.0)
    living.restore(f"link:{link.id}", 61.0)
    assert ask(living, link.b.device, BOOTS, 61.0) == boots
    assert ask(living, link.b.device, UPTIME, 61.0) == uptime + 6100


def test_a_device_that_lost_power_returns_with_a_new_boot_and_empty_counters(living, camera):
    device = camera.port.device
    boots = ask(living, device, BOOTS, 0.0)
    living.fail(f"device:{device}", 10.0)
    assert device in silent(living)
    far = [living.city.links[link] for link, _ in living.wiring.neighbours[device]]
    for link in far:
        end = link.a if link.b.device == device else link.b
        if end.device not in silent(living):
            assert ask_port(living, end, OPER, 10.0) == 2
    living.restore(f"device:{device}", 100.0)
    assert ask(living, device, BOOTS, 105.0) == boots + 1
    assert ask(living, device, UPTIME, 105.0) == 500
    assert ask(living, device, ENGINE_TIME, 105.0) == 5
    assert ask_port(living, camera.port, HC_IN, 105.0) == pytest.approx(5 * 500_000, rel=0.25)


def test_the_truth_of_before_a_reboot_is_still_known(living, camera):
    before = living.truth(camera.port, 10.0, direction="in")
    living.fail(f"device:{camera.port.device}", 10.0)
    living.restore(f"device:{camera.port.device}", 100.0)
    assert living.truth(camera.port, 10.0 - 1e-9, direction="in") in (before - 1, before)
    assert living.truth(camera.port, 50.0, direction="in") == before
    assert living.truth(camera.port, 100.0, direction="in") == 0


def test_a_hung_device_forwards_and_says_nothing(living, camera):
    device = camera.port.device
    neighbour = living.wiring.neighbours[device][0]
    end = living.city.links[neighbour[0]]
    living.fail(f"device:{device}", 1.0, how=How.HANG)
    assert silent(living) == {device}
    assert not living.echoes(packed(living.city.devices[device].address))
    assert ask_port(living, end.a, OPER, 2.0) == 1
    assert living.door(camera.id) is Door.OPEN
    living.restore(f"device:{device}", 3.0)
    assert ask(living, device, UPTIME, 3.0) > 300


def test_a_hung_camera_keeps_its_port_up_and_accepts_and_its_counter_stops(living, camera):
    living.fail(f"field_device:{camera.id}", 5.0)
    assert ask_port(living, camera.port, OPER, 6.0) == 1
    assert living.door(camera.id) is Door.HUNG
    assert living.echoes(packed(camera.address))
    assert rate(living, camera.port, HC_IN, 6.0) == 0


def test_a_camera_without_its_stream_is_open_and_sends_a_fiftieth_until_it_is_mended(living, camera):
    before = rate(living, camera.port, HC_IN, 4.0)
    living.fail(f"field_device:{camera.id}", 5.0, how=How.STREAM)
    assert ask_port(living, camera.port, OPER, 6.0) == 1
    assert (living.door(camera.id), living.echoes(packed(camera.address))) == (Door.OPEN, True)
    assert rate(living, camera.port, HC_IN, 6.0) == pytest.approx(before * 0.02, rel=0.01)
    living.restore(f"field_device:{camera.id}", 10.0)
    assert rate(living, camera.port, HC_IN, 11.0) == pytest.approx(before, rel=0.01)


def test_a_camera_without_power_takes_its_port_down(living, camera):
    living.fail(f"field_device:{camera.id}", 5.0, how=How.POWER)
    assert ask_port(living, camera.port, OPER, 6.0) == 2
    assert living.door(camera.id) is Door.DARK
    assert not living.echoes(packed(camera.address))


def test_a_failed_port_is_down_with_the_time_of_its_change(living, camera):
    living.fail(f"port:{camera.port}", 5.0)
    assert ask_port(living, camera.port, OPER, 6.0) == 2
    assert ask_port(living, camera.port, LAST_CHANGE, 6.0) == ask(living, camera.port.device, UPTIME, 5.0)
    assert living.door(camera.id) is Door.DARK


def test_a_site_without_power_loses_its_switch_and_its_cameras(living, camera):
    living.fail(f"site:{camera.site}", 5.0)
    assert camera.port.device in silent(living)
    assert living.door(camera.id) is Door.DARK


def test_a_ring_cut_everywhere_leaves_its_members_dark(living):
    ring = next(ring for ring in living.city.rings if ring.startswith("ring-"))
    members = {
        end.device
        for link in living.city.links.values()
        if link.ring == ring
        for end in (link.a, link.b)
        if living.city.devices[end.device].role is Role.ACCESS
    }
    living.fail(f"ring:{ring}", 5.0)
    assert members <= silent(living)


def test_without_the_vantage_everything_but_the_canaries_is_dark(living):
    living.fail(f"device:{living.city.vantage}", 5.0)
    assert silent(living) == set(living.city.devices)
    assert living.echoes(packed(CANARIES[0]))


def test_two_failures_are_mended_one_by_one(living, camera):
    living.fail(f"device:{camera.port.device}", 5.0)
    living.fail(f"site:{camera.site}", 6.0)
    living.restore(f"device:{camera.port.device}", 7.0)
    assert camera.port.device in silent(living)
    living.restore(f"site:{camera.site}", 8.0)
    assert silent(living) == set()
    assert ask(living, camera.port.device, UPTIME, 9.0) == 100


def test_everything_is_mended_at_once(living):
    for device in list(living.city.devices)[:5]:
        living.fail(f"device:{device}", 1.0)
    assert living.restore_all(2.0) == 5
    assert silent(living) == set()
    assert living.failed == {}


def test_a_driven_port_counts_exactly_whatever_the_city_does(living, camera):
    living.drive(camera.port, 10.0, direction="in", octets_per_second=1_000_000.0)
    living.drive(camera.port, 20.0, direction="in", octets_per_second=250_000.0)
    living.fail(f"field_device:{camera.id}", 25.0)
    start = ask_port(living, camera.port, HC_IN, 20.0)
    assert ask_port(living, camera.port, HC_IN, 30.0) == start + 2_500_000
    assert living.truth(camera.port, 15.0, direction="in") == start - 5_000_000


def test_a_port_nothing_hangs_on_can_be_driven(living):
    device = living.city.devices["core-2"]
    port = PortRef(device=device.id, interface=device.ports[-1].name)
    living.drive(port, 1.0, direction="out", octets_per_second=100.0)
    assert ask_port(living, port, HC_OUT, 11.0) == 1000


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        ("cable:c-1", "the city has no cable 'c-1'; did you mean cable:c-0"),
        ("device:acc-001", "the city has no device 'acc-001'; did you mean device:acc-0"),
        ("devise:acc-0001", "'devise:acc-0001' is no subject; subjects are .*; did you mean device:acc-0001?"),
        ("core-1", "'core-1' is no subject; subjects are cable: link: "),
        ("port:core-1 1/1/999", "the city has no port 'core-1 1/1/999'; did you mean port:core-1 1/1/"),
        ("vantage:x", "'vantage:x' is no subject"),
    ],
)
def test_an_unknown_subject_is_one_sentence_with_the_nearest_name(living, subject, sentence):
    with pytest.raises(UnknownSubjectError, match=sentence.replace("?", r"\?")):
        living.fail(subject, 1.0)
    assert living.failed == {}


def test_what_has_not_failed_cannot_be_restored(living):
    with pytest.raises(UnknownSubjectError, match="device:core-1 has not failed"):
        living.restore("device:core-1", 1.0)


def test_a_cable_does_not_hang(living):
    with pytest.raises(UnknownSubjectError, match="cable:c-0001 cannot fail by hang; it can by cut"):
        living.fail("cable:c-0001", 1.0, how=How.HANG)

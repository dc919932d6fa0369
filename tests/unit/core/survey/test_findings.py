"""What a crawl brought, held against the inventory: what is new, what is elsewhere, what differs."""

from dataclasses import replace

from netwatch.core.health.equipment import Equipment
from netwatch.core.model import Cable, FieldDevice
from netwatch.core.survey.findings import Station, Visit, findings, proposed_id
from tests.unit.core.overheard import Overheard, declared, port
from tests.unit.core.polled import make_device

CITY = declared("l-1: a-1 Te1 = b-1 Te1")
NEW = declared("l-1: a-1 Te1 = b-1 Te1", "l-2: b-1 Te2 = c-1 Te1")  # what there really is: one switch more
CAMERA = "00:40:8c:11:22:33"


def network():
    """a-1 – b-1 – c-1, of which the inventory knows the first two."""
    truth = Overheard(NEW)
    truth.cable("a-1 Te1", "b-1 Te1")
    truth.cable("b-1 Te2", "c-1 Te1")
    return truth


def visit(truth, name, *, known=True, answered=True, city=CITY, address="", **state):
    device = city.devices.get(name) or make_device(f"10.20.9.{len(name)}", address=f"10.20.9.{len(name)}")
    return Visit(
        device=device,
        address=address or device.address,
        state=replace(truth.state(name), **state),
        known=known,
        answered=answered,
    )


def seen(truth, *more, city=CITY, **states):
    visits = [visit(truth, name, city=city, **states.get(name.replace("-", "_"), {})) for name in ("a-1", "b-1")]
    return findings(city, [*visits, *more])


def macs(**by_interface):
    return {name: frozenset(those) for name, those in by_interface.items()}


def with_macs(truth, name, **by_interface):
    return {"sightings": replace(truth.state(name).sightings, macs=macs(**by_interface))}


def test_a_network_that_is_as_declared_has_nothing_to_tell():
    truth = network()
    truth.cut("b-1 Te2")
    found = seen(truth)
    assert (found.new, found.links, found.stations, found.contradicted, found.differences) == ((), (), (), (), ())


def test_a_stranger_that_answered_is_new_and_so_is_the_link_to_it():
    truth = network()
    found = seen(truth, visit(truth, "c-1", known=False))
    assert [one.device.id for one in found.new] == ["10.20.9.3"]
    assert [tuple(map(str, pair)) for pair in found.links] == [("10.20.9.3 Te1", "b-1 Te2")]


def test_a_stranger_found_under_two_addresses_is_told_once():
    truth = network()
    twice = [visit(truth, "c-1", known=False), visit(truth, "c-1", known=False, address="10.20.9.77")]
    assert len(seen(truth, *twice).new) == 1


def test_two_boxes_with_one_cloned_engine_id_stay_two():
    truth = network()
    cloned = {"identity": replace(truth.state("c-1").identity, engine_id=b"\x80clone")}
    c = visit(truth, "c-1", known=False, **cloned)
    spare = visit(truth, "spare-1", known=False, city=declared("l-1: a-1 Te1 = b-1 Te1"), **cloned)
    other = replace(spare, device=make_device("10.20.9.8", address="10.20.9.8"), address="10.20.9.8")
    assert len(seen(truth, c, other).new) == 2


def test_a_known_device_that_also_answers_elsewhere_is_not_new():
    truth = network()
    found = seen(truth, visit(truth, "b-1", known=False, address="10.20.9.50"))
    assert found.new == ()
    (one,) = found.differences
    assert (one.subject, one.what, one.seen) == ("device:b-1", "also answers at", "10.20.9.50")


def test_a_link_that_lies_elsewhere_is_contradicted_with_what_its_ports_hear():
    truth = network()
    truth.cut("b-1 Te2")
    truth.cable("a-1 Te1", "b-1 Gi1")
    (one,) = seen(truth).contradicted
    assert (one.link, one.kind, one.declared) == ("l-1", "moved", "a-1 Te1 – b-1 Te1")
    assert any("a-1 Te1 hears" in sentence for sentence in one.evidence)


def test_known_devices_that_said_nothing_are_named_and_their_links_are_not_doubted():
    truth = network()
    truth.cut("b-1 Te2")
    silent = visit(truth, "b-1", answered=False, sightings=truth.state("b-1").sightings.__class__())
    found = findings(CITY, [visit(truth, "a-1"), silent])
    assert (found.silent, found.contradicted, found.new) == (("b-1",), (), ())


def test_a_serial_that_is_not_the_declared_one_differs_and_an_undeclared_one_does_not():
    truth = network()
    truth.cut("b-1 Te2")
    city = replace(
        CITY, devices={**CITY.devices, "a-1": replace(CITY.devices["a-1"], extra={"serial": "S-1", "model": "m2"})}
    )
    told = Equipment(serial="S-2", model="M2", firmware="9.1")
    (one,) = seen(truth, city=city, a_1={"equipment": told}, b_1={"equipment": told}).differences
    assert (one.subject, one.what, one.declared, one.seen) == ("device:a-1", "serial", "S-1", "S-2")


def test_an_unregistered_station_on_an_edge_port_is_told_with_its_address():
    truth = network()
    truth.cut("b-1 Te2")
    sightings = replace(
        truth.state("a-1").sightings,
        macs=macs(Gi1=[CAMERA], Te1=["02:00:00:99:99:99"]),
        addresses={"10.30.0.9": CAMERA},
    )
    (one,) = seen(truth, a_1={"sightings": sightings}).stations
    site = CITY.devices["a-1"].site
    assert one == Station(port=port("a-1 Gi1"), mac=CAMERA, site=site, address="10.30.0.9")


def test_a_registered_station_a_taken_port_and_our_own_boxes_are_none():
    truth = network()
    truth.cut("b-1 Te2")
    registered = FieldDevice(id="cam-1", kind="cctv", site="hall", port=port("b-1 Gi2"), mac=CAMERA)
    city = replace(CITY, field_devices={"cam-1": registered}, cables={"c": Cable(id="c")})
    states = {
        "a_1": with_macs(truth, "a-1", Gi1=[CAMERA], Gi2=[truth.boxes["b-1"].chassis_id]),
        "b_1": with_macs(truth, "b-1", Gi2=["00:40:8c:99:99:99"]),
    }
    assert seen(truth, city=city, **states).stations == ()


def test_many_stations_on_one_port_are_counted_and_not_told_one_by_one():
    truth = network()
    truth.cut("b-1 Te2")
    crowd = [f"00:40:8c:00:00:{number:02x}" for number in range(5)]
    found = seen(truth, a_1=with_macs(truth, "a-1", Gi1=crowd))
    assert (found.stations, dict(found.crowded)) == ((), {"a-1 Gi1": 5})


def test_a_proposed_id_is_one_an_inventory_takes_and_nobody_has():
    truth = network()
    state = truth.state("c-1")

    def named(text, taken=()):
        return proposed_id(replace(state, identity=replace(state.identity, sys_name=text)), "2001:db8::9", taken)

    assert named("옥정 3번 스위치") == "옥정-3번-스위치"
    assert named("sw/7: {evil}\n") == "sw-7-evil"
    assert named(" .-") == "at-2001-db8--9"
    assert named("sw-7", {"sw-7", "sw-7-2"}) == "sw-7-3"

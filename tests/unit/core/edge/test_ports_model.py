"""Whatever switches tell, in whatever order: what the watch says fits what was told last, and events are bounded."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.edge.device import MANY_MACS
from netwatch.core.edge.ports import EdgeWatch
from netwatch.core.events import EventKind
from tests.unit.core.edge_city import CAMERA_1, CAMERA_2, CAMERA_3, CAMERAS, Switch, inventory_of, stranger

REGISTERED = (CAMERA_1, CAMERA_2, CAMERA_3)
MACS = st.frozensets(st.sampled_from((*REGISTERED, *(stranger(number) for number in range(12)))), max_size=12)
OPER = st.sampled_from((1, 2, None))
TOLD = st.tuples(
    st.sampled_from(("acc-1", "acc-2")),
    st.dictionaries(st.sampled_from(("p1", "p2", "p3", "p4", "up")), MACS, max_size=5),
    st.dictionaries(st.sampled_from(("Gi1/0/1", "Gi1/0/4", "Te1/1/1")), OPER, max_size=3),
)


def edge_macs(switch: Switch) -> dict[str, set[str]]:
    """What is on the ports that no link uses and that are not down, worked out afresh."""
    ports = {name: set(macs) for name, macs in switch.macs.items() if name != "Te1/1/1" and macs}
    return {name: macs for name, macs in ports.items() if switch.oper.get(name, 1) in (1, None)}


@given(st.lists(TOLD, max_size=20))
def test_counts_and_places_fit_what_was_told_last_and_events_are_bounded(steps):
    watch = EdgeWatch(inventory_of())
    switches = {name: Switch(watch, name) for name in ("acc-1", "acc-2")}
    for turn, (name, macs, oper) in enumerate(steps):
        switch = switches[name]
        switch.oper |= oper
        events = switch.tell(60.0 * turn, **macs)
        told = Counter(event.subject for event in events if event.kind is EventKind.MAC_UNREGISTERED)
        assert max(told.values(), default=0) <= MANY_MACS + 1
        edge = edge_macs(switch)
        unknown = {port: len(ones - set(REGISTERED)) for port, ones in edge.items()}
        assert watch.unregistered(name) == {port: count for port, count in unknown.items() if count}
        for camera in CAMERAS:
            where = watch.locate(camera.mac)
            if where is not None:
                assert camera.mac in edge_macs(switches[where.device])[where.interface]
            if camera.mac in edge_macs(switches[camera.port.device]).get(camera.port.interface, ()):
                assert where == camera.port


class Thorough(EdgeWatch):
    """Looks closely at each reading, as if nothing were ever settled."""

    __slots__ = ()

    def _is_settled(self, _device, _edge):
        return False


@given(st.lists(TOLD, max_size=20))
def test_a_close_look_at_what_is_read_again_would_have_shown_nothing_more(steps):
    watches = (EdgeWatch(inventory_of()), Thorough(inventory_of()))
    switches = [{name: Switch(watch, name) for name in ("acc-1", "acc-2")} for watch in watches]
    for turn, (name, macs, oper) in enumerate(steps):
        told = []
        for watch, of_watch in zip(watches, switches, strict=True):
            of_watch[name].oper |= oper
            events = of_watch[name].tell(60.0 * turn, **macs)
            events += of_watch["acc-1"].tell(60.0 * turn + 30.0)
            places = [watch.locate(camera.mac) for camera in CAMERAS]
            told.append((events, places, [watch.unregistered(switch) for switch in of_watch]))
        assert told[0] == told[1]


@given(st.lists(TOLD, min_size=1, max_size=10))
def test_telling_the_same_again_is_no_news(steps):
    watch = EdgeWatch(inventory_of())
    switches = {name: Switch(watch, name) for name in ("acc-1", "acc-2")}
    for turn, (name, macs, oper) in enumerate(steps):
        switches[name].oper |= oper
        switches[name].tell(float(turn), **macs)
    after = float(len(steps))
    for name, switch in switches.items():
        kinds = {event.kind for event in switch.tell(after)}
        assert EventKind.MAC_UNREGISTERED not in kinds or name not in {step[0] for step in steps}
        assert EventKind.PORT_UNEXPECTED_UP not in kinds
        assert switch.tell(after) == ()

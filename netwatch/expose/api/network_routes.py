"""The routes to the network itself: topology (RFC 8345), and each device's interfaces (RFC 8343)."""

from netwatch.core.device.record import DeviceState
from netwatch.core.records import replace
from netwatch.expose.api import interfaces, topology
from netwatch.expose.api.definitions import LIMIT, OFFSET, Asked, NoSuchThing, Operation, Told, key, yang_data
from netwatch.expose.api.encoding import Many, Open
from netwatch.expose.api.known import Knowing
from netwatch.expose.api.schemas import COUNT, listing

_NETWORKS = "/restconf/data/ietf-network:networks"
_INTERFACES = "/devices/{device}/restconf/data/ietf-interfaces:interfaces"
_LINK = "ietf-network-topology:link"
_NETWORK = key("network", "`physical`, or `ring:` and the id of a ring.")
_DEVICE = key("device", "The id that the inventory gives it.")


def network_routes(known: Knowing) -> tuple[Operation, ...]:
    """The operations of both standards."""
    reader = _Reader(known)
    one = f"{_NETWORKS}/network={{network}}"
    nodes = yang_data("nodes", f"{one}/node", "Nodes of a network, by pages.", reader.nodes, listing(topology.NODE))
    links = yang_data("links", f"{one}/{_LINK}", "Links of a network, by pages.", reader.links, listing(topology.LINK))
    of_device = yang_data(
        "interfaces", _INTERFACES, "All interfaces of a device.", reader.interfaces, interfaces.INTERFACES
    )
    interface = yang_data(
        "interface",
        f"{_INTERFACES}/interface",
        "One interface of a device.",
        reader.interface,
        listing(interfaces.INTERFACE),
    )
    return (
        yang_data("networks", _NETWORKS, "The whole topology in one reply.", reader.networks, topology.NETWORKS),
        replace(nodes, parameters=(_NETWORK, OFFSET, LIMIT), headers={"X-Total-Count": COUNT}),
        replace(links, parameters=(_NETWORK, OFFSET, LIMIT), headers={"X-Total-Count": COUNT}),
        replace(of_device, parameters=(_DEVICE,)),
        replace(
            interface,
            path=f"{_INTERFACES}/interface={{interface}}",
            parameters=(_DEVICE, key("interface", "Its name; a slash in it is written %2F.")),
        ),
    )


class _Reader:
    def __init__(self, known: Knowing) -> None:
        self._known = known
        self._boots: dict[str, interfaces.Boot] = {}
        self._networks: topology.Networks | None = None

    def _all(self) -> topology.Networks:
        """Made anew with each inventory: which ports links end at takes a while to find out in a big city."""
        if self._networks is None or not self._networks.are_of(self._known.city.topology.inventory):
            self._networks = topology.Networks(self._known.city, self._known.states)
        return self._networks

    def networks(self, _asked: Asked) -> Told:
        return Told(document=Open({"ietf-network:networks": Open({"network": Many(self._all().all())})}))

    def nodes(self, asked: Asked) -> Told:
        network = self._all().network(asked.values["network"])
        total = {"X-Total-Count": str(network.count()[0])}
        return Told(document=Open({"ietf-network:node": Many(network.nodes(asked.page))}), headers=total)

    def links(self, asked: Asked) -> Told:
        network = self._all().network(asked.values["network"])
        total = {"X-Total-Count": str(network.count()[1])}
        return Told(document=Open({_LINK: Many(network.links(asked.page))}), headers=total)

    def interfaces(self, asked: Asked) -> Told:
        rows = self._rows(asked, self._state(asked), slice(None))
        return Told(document=Open({"ietf-interfaces:interfaces": Open({"interface": rows})}))

    def interface(self, asked: Asked) -> Told:
        state, name = self._state(asked), asked.values["interface"]
        if name not in state.interfaces.names:
            raise NoSuchThing("The device has no such interface.")
        row = state.interfaces.names.index(name)
        return Told(document=Open({"ietf-interfaces:interface": self._rows(asked, state, slice(row, row + 1))}))

    def _state(self, asked: Asked) -> DeviceState:
        state = self._known.states.get(asked.values["device"])
        if state is None:
            raise NoSuchThing("There is no such device.")
        return state

    def _rows(self, asked: Asked, state: DeviceState, rows: slice) -> Many:
        device = asked.values["device"]
        booted = interfaces.boot(self._boots.get(device), state)
        if booted is not None:
            self._boots[device] = booted
        return Many(interfaces.interfaces(state, booted, rows))

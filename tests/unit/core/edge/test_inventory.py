"""What the inventory says of a switch's ports, by the names of its index map."""

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.edge.inventory import EdgeInventory
from tests.unit.core.streets import town

TOWN = town("core-a", "core-b")


def ports(*names, kinds=None):
    return InterfaceMap(epoch=1, indexes=names, names=names, types=kinds or (6,) * len(names))


def test_ports_of_links_are_told_from_physical_ports_and_from_texts_that_are_no_port():
    uses = EdgeInventory(TOWN).uses("core", ports("a", "Gi9", "Vlan1", kinds=(6, 6, 53)))
    assert (uses.linked, uses.physical, uses.unmatched) == ({"a"}, {"a", "Gi9"}, {"b"})
    assert not uses.fielded


def test_switches_whose_ports_are_called_alike_share_what_is_said_of_them():
    inventory = EdgeInventory(TOWN)
    a, b = (inventory.uses(device, ports("core", "Gi9")) for device in ("a", "b"))
    assert a.physical is b.physical
    assert a.linked is b.linked

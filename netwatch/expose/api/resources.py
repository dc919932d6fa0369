"""Subjects of faults (`cable:c-017`) -> resources of RFC 8632, and the ids that RFC 8345 gives the same things."""

from netwatch.core.model import Inventory
from netwatch.expose.api.words import as_uri, quoted

PHYSICAL = "physical"  # the network of all devices and links; each ring is a network upon it
RING = "ring:"  # before the id of a ring's network


def link_ids(link: str) -> tuple[str, str]:
    """RFC 8345 knows links of one direction: from the a end to the b end, and back."""
    return f"{as_uri(link)}:a-to-b", f"{as_uri(link)}:b-to-a"


def resource(subject: str, inventory: Inventory) -> str:
    """An instance-identifier where the topology has the thing; else the subject, as netwatch says it everywhere."""
    kind, _, name = subject.partition(":")
    if kind == "device" and name in inventory.devices:
        return _node(name)
    if kind == "link" and name in inventory.links:
        return f"{_network(PHYSICAL)}/ietf-network-topology:link[link-id={quoted(link_ids(name)[0])}]"
    if kind == "port" and name.partition(" ")[0] in inventory.devices:
        device, _, port = name.partition(" ")
        return f"{_node(device)}/ietf-network-topology:termination-point[tp-id={quoted(as_uri(port))}]"
    if kind == "ring" and name in inventory.rings:
        return _network(RING + as_uri(name))
    return subject


def _network(network: str) -> str:
    return f"/ietf-network:networks/network[network-id={quoted(network)}]"


def _node(device: str) -> str:
    return f"{_network(PHYSICAL)}/node[node-id={quoted(as_uri(device))}]"

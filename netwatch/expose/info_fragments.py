"""Inventory -> the `_info` families of what is not polled itself: sites, links, rings, services, field devices.

In: the inventory's records. Out: bytes per metric family, made once per inventory. Text that drifts stands here and
nowhere else, so that a new name or another cable begins no new series of what is measured.
"""

from collections.abc import Iterable, Mapping

from netwatch.core.model import FieldDevice, Inventory, Link, Site
from netwatch.expose.labels import pairs
from netwatch.expose.samples import sample

SITE, LINK, RING, SERVICE, FIELD_DEVICE = (
    "netwatch_site_info",
    "netwatch_link_info",
    "netwatch_ring_info",
    "netwatch_service_info",
    "netwatch_field_device_info",
)
MOST_CABLES = 8  # in one label


def render_info(inventory: Inventory, *, links: Mapping[str, bytes], rings: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The families of the city's page. `links` and `rings`: id -> the label bytes that all their series carry."""
    sites = (_site(site) for site in inventory.sites.values())
    services = (pairs({"service": one.id, "name": one.name}) for one in inventory.services.values())
    told = (
        b"%b,%b" % (rings[ring.id], pairs({"name": ring.name, "protocol": ring.protocol, "parent": ring.parent or ""}))
        for ring in inventory.rings.values()
    )
    return {
        SITE: _lines(SITE, sites),
        LINK: _lines(LINK, (b"%b,%b" % (links[link.id], _link(link)) for link in inventory.links.values())),
        RING: _lines(RING, told),
        SERVICE: _lines(SERVICE, services),
    }


def render_field_device_info(labels: bytes, one: FieldDevice) -> Mapping[str, bytes]:
    """`labels` as `labels.field_device_labels` makes them."""
    text = pairs(
        {
            "name": one.name,
            "kind": one.kind,
            "device": one.port.device if one.port else "",
            "interface": one.port.interface if one.port else "",
            "address": one.address or "",
            "contractor": one.contractor or "",
            "asset_no": one.extra.get("asset_no", ""),
        }
    )
    return {FIELD_DEVICE: sample(FIELD_DEVICE.encode(), b"%b,%b" % (labels, text), 1)}


def _lines(family: str, labels: Iterable[bytes]) -> bytes:
    return b"".join(sample(family.encode(), one, 1) for one in labels)


def _site(site: Site) -> bytes:
    # to a tenth of a metre; Grafana's map reads them as numbers
    place = [f"{degrees:.6f}" for degrees in site.location] if site.location else ["", ""]
    labels = {"site": site.id, "district": site.district, "name": site.name}
    return pairs({**labels, "latitude": place[0], "longitude": place[1]})


def _link(link: Link) -> bytes:
    cables = [run.cable for run in link.fibre]
    more = len(cables) - MOST_CABLES
    return pairs(
        {
            "a_device": link.a.device,
            "a_interface": link.a.interface,
            "b_device": link.b.device,
            "b_interface": link.b.interface,
            "ring": link.ring or "",
            "medium": link.medium,
            "cables": ", ".join(cables[:MOST_CABLES]) + (f" and {more} more" if more > 0 else ""),
        }
    )

"""What more than one device has a part in -> the city's families: links, rings, services, strangers, faults.

Only what changed is looked at anew.
"""

from collections.abc import Mapping

from netwatch.core.city import City
from netwatch.core.neighbours.link_drift import Discrepancy
from netwatch.core.topology.ring_sides import shared_sides
from netwatch.core.topology.single_points import lonely_links
from netwatch.expose.city_fragments import render_services, render_strangers
from netwatch.expose.drift_fragments import render_drift
from netwatch.expose.fault_fragments import render_faults
from netwatch.expose.info_fragments import render_info
from netwatch.expose.link_fragments import LinkFragments, link_labels, render_rings, render_shared_risks, ring_labels
from netwatch.expose.totals import Fragment


class CityView:
    """One for the whole run; `use` at each new inventory."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._links = LinkFragments({})
        self._ring_labels: Mapping[str, bytes] = {}
        self._fixed: Mapping[str, bytes] = {}
        self._faults: Mapping[str, bytes] = {}
        self._work_version = 0  # as of which the faults are rendered
        self._rings: Mapping[str, bytes] = {}
        self._findings: tuple[Discrepancy, ...] = ()
        self._drift: Mapping[str, bytes] = render_drift(())

    def use(self) -> Mapping[str, Fragment]:
        """The city's inventory is another one: its families, from which whoever is gone has vanished."""
        topology = self._city.topology
        links = link_labels(topology.inventory)
        self._links = LinkFragments(links)
        self._links.show_single_points(lonely_links(topology))
        self._ring_labels = ring_labels(topology.inventory)
        self._fixed = {
            **render_shared_risks(self._ring_labels, shared_sides(topology.inventory)),
            **render_info(topology.inventory, links=links, rings=self._ring_labels),
        }
        self._city.links.changed_links.update(dict.fromkeys(self._city.links.links))
        self._city.links.rings_changed = True
        return self.families()

    def show_faults(self) -> None:
        """A fault changed, or cleared long enough ago."""
        self._work_version = self._city.book.work.version
        self._faults = render_faults(self._city.book.faults.values(), self._city.book.work)

    def families(self) -> Mapping[str, Fragment]:
        """Family -> its lines, or what they are written from."""
        links = self._city.links
        changed, links.changed_links = links.changed_links, {}
        for name in changed:
            state = links.links.get(name)
            if state is not None:
                self._links.show(name, state)
        if links.rings_changed:
            links.rings_changed = False
            self._rings = render_rings(self._ring_labels, links.rings)
        if self._city.book.work.version != self._work_version:
            self.show_faults()
        if self._city.drift.findings is not self._findings:
            self._findings = self._city.drift.findings
            self._drift = render_drift(self._findings)
        return {
            **self._fixed,
            **self._drift,
            **self._links.families(),
            **self._rings,
            **render_services(self._city.fields.counts),
            **self._strangers(),
            **self._faults,
        }

    def _strangers(self) -> Mapping[str, bytes]:
        inventory, edge = self._city.topology.inventory, self._city.edge
        return render_strangers(
            (name, inventory.devices[name].site, edge.unregistered(name))
            for name in sorted(edge.with_unregistered)
            if name in inventory.devices
        )

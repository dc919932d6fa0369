"""Field devices on the pages: labels made once, one small record published whenever a check or the verdict changes."""

from collections.abc import Mapping

from netwatch.core.field.record import FieldState
from netwatch.core.field.verdict import FieldVerdict
from netwatch.core.model import FieldDevice, Inventory, Site
from netwatch.expose.city_fragments import CheckResult, render_field_device, render_field_verdict
from netwatch.expose.info_fragments import render_field_device_info
from netwatch.expose.labels import field_device_labels
from netwatch.expose.pages import Pages


class FieldViews:
    """All field devices of the inventory in force."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._labels: dict[str, bytes] = {}
        self._info: dict[str, Mapping[str, bytes]] = {}
        self._records: Mapping[str, FieldDevice] = {}
        self._sites: Mapping[str, Site] = {}

    def use(self, inventory: Inventory) -> list[str]:
        """Show these from now on; who is to be published anew. Those gone vanish from the pages at once."""
        before, sites = self._records, self._sites
        self._records, self._sites = inventory.field_devices, inventory.sites
        for gone in [name for name in self._labels if name not in self._records]:
            del self._labels[gone], self._info[gone]
            self._pages.field_devices.pop(gone, None)
        changed = []
        for name, one in self._records.items():
            site = inventory.sites[one.site]
            if one != before.get(name) or site != sites.get(site.id):
                self._labels[name] = labels = field_device_labels(one, site)
                self._info[name] = render_field_device_info(labels, one)
                changed.append(name)
        return changed

    def publish(self, name: str, state: FieldState, verdict: FieldVerdict) -> None:
        """Put what is known of it on its page."""
        one = self._records[name]
        checks = {
            check: CheckResult(up=known.up, duration_s=known.duration_s, clock_offset_s=known.clock_offset_s)
            for check, known in state.checks.items()
            if known.up is not None
        }
        labels = self._labels[name]
        fragments = {
            **render_field_device(labels, checks),
            **render_field_verdict(labels, verdict),
            **self._info[name],
        }
        beside = one.port.device if one.port else name
        self._pages.publish_field_device(name, site=one.site, beside=beside, fragments=fragments)

"""Discrepancies of LLDP and the inventory -> bytes per metric family, in the manner of `city_fragments`."""

from collections import Counter
from collections.abc import Mapping, Sequence

from netwatch.core.neighbours.link_drift import Discrepancy, DriftKind
from netwatch.expose.labels import pairs
from netwatch.expose.samples import sample

_COUNTS, _LINKS = "netwatch_topology_discrepancies", "netwatch_link_discrepancy"


def render_drift(findings: Sequence[Discrepancy]) -> Mapping[str, bytes]:
    """Every kind with its count, 0 included; a line for each link that is contradicted."""
    counts = Counter(found.kind for found in findings)
    told = {(found.link, found.kind) for found in findings if found.link is not None}
    return {
        _COUNTS: b"".join(sample(_COUNTS.encode(), pairs({"kind": kind}), counts[kind]) for kind in DriftKind),
        _LINKS: b"".join(
            sample(_LINKS.encode(), pairs({"link": link, "kind": kind.value}), 1) for link, kind in sorted(told)
        ),
    }

"""What joins the sites: one span for all links between two, and as bad as the worst of them."""

import json
from dataclasses import replace
from types import SimpleNamespace

from netwatch.core.links.state import LinkCondition, LinkState
from netwatch.core.topology.graph import Topology
from netwatch.expose.page.board import Board
from netwatch.expose.page.span_model import SpanModel
from tests.unit.core.streets import town

PLACED = {"at-core": (37.7, 127.0), "at-a": (37.8, 127.1)}


def streets():
    built = town("core-a", "core-a/2", "a-b")
    sites = {name: replace(site, location=PLACED.get(name)) for name, site in built.sites.items()}
    return Topology(replace(built, sites=sites))


async def test_two_links_are_one_span_which_is_broken_as_soon_as_one_is_and_what_has_no_place_is_none():
    topology, board = streets(), Board()
    links = SimpleNamespace(broken=set(), links={name: LinkState(LinkCondition.UP) for name in topology.links})
    known = SimpleNamespace(city=SimpleNamespace(topology=topology, links=links))
    model = SpanModel(known, topology, board)

    async def told():
        await model.sweep()
        return dict(map(json.loads, board.since(0, private=False)))

    assert await told() == {"span/at-a at-core": {"state": "up", "links": ["core-a", "core-a/2"]}}
    links.links["core-a/2"] = LinkState(LinkCondition.DEGRADED)
    assert (await told())["span/at-a at-core"]["state"] == "degraded"
    links.broken.add("core-a/2")
    assert (await told())["span/at-a at-core"]["state"] == "broken"
    before = board.number
    await told()
    assert board.number == before

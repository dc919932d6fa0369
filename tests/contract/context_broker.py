"""A context broker for tests: real HTTP; it takes batches only as NGSI-LD has them, and fails when told to."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

KINDS = {"Property": "value", "Relationship": "object", "GeoProperty": "value"}


def fault_of(entity):
    """What is not as ETSI GS CIM 009 §4.5 has it; empty: nothing."""
    if not entity.get("id", "").startswith(f"urn:ngsi-ld:{entity.get('type')}:"):
        return "the id is no URN of the type"
    if not all(isinstance(one, (str, dict)) for one in entity.get("@context", ())) or not entity.get("@context"):
        return "there is no @context"
    for name, attribute in entity.items():
        if name in ("id", "type", "@context"):
            continue
        wanted = KINDS.get(attribute.get("type"))
        if wanted is None or attribute.get(wanted) is None:
            return f"{name} is no attribute"
        if attribute["type"] == "GeoProperty" and set(attribute["value"]) != {"type", "coordinates"}:
            return f"{name} is no GeoJSON"
    return ""


@dataclass
class Broker:
    """What it holds, and what it was asked. `statuses`: what it says to the next requests, instead of an answer."""

    url: str = ""
    entities: dict[str, dict] = field(default_factory=dict)
    requests: list[tuple[str, int, dict]] = field(default_factory=list)  # what, how many, headers
    statuses: list[int] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)  # ids

    async def upsert(self, request):
        batch = await request.json(loads=json.loads)
        self.requests.append(("upsert", len(batch), dict(request.headers)))
        if self.statuses:
            return web.Response(status=self.statuses.pop(0), text="not now", headers={"Location": "/elsewhere"})
        if request.content_type != "application/ld+json" or request.query.get("options") != "update":
            return web.json_response({"title": "no batch"}, status=400)
        errors = [
            {"entityId": entity["id"], "error": {"title": why}}
            for entity in batch
            if (why := "refused" if entity["id"] in self.refuses else fault_of(entity))
        ]
        wrong = {one["entityId"] for one in errors}
        taken = [entity for entity in batch if entity["id"] not in wrong]
        created = [entity["id"] for entity in taken if entity["id"] not in self.entities]
        self.entities.update((entity["id"], entity) for entity in taken)
        if errors:
            return web.json_response({"success": [one["id"] for one in taken], "errors": errors}, status=207)
        return web.json_response(created, status=201) if created else web.Response(status=204)

    async def delete(self, request):
        batch = await request.json(loads=json.loads)
        self.requests.append(("delete", len(batch), dict(request.headers)))
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        for one in batch:
            self.entities.pop(one, None)
        return web.Response(status=204)

    def asked(self):
        """What was asked since this was asked last."""
        asked, self.requests = self.requests, []
        return [(what, number) for what, number, _ in asked]


@asynccontextmanager
async def running_broker():
    broker = Broker()
    application = web.Application()
    application.router.add_post("/ngsi-ld/v1/entityOperations/upsert", broker.upsert)
    application.router.add_post("/ngsi-ld/v1/entityOperations/delete", broker.delete)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    broker.url = f"http://{host}:{port}/ngsi-ld/v1"
    try:
        async with asyncio.timeout(20):
            yield broker
    finally:
        await runner.cleanup()

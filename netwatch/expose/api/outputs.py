"""Every operation below /api, once, with the descriptions of them all; and what is sent to others: broker, webhook."""

import asyncio
from collections.abc import Callable, Mapping
from importlib.metadata import version
from importlib.resources import files

from aiohttp import web

from netwatch.expose.api.alarm_routes import alarm_routes
from netwatch.expose.api.broker import BrokerFeed
from netwatch.expose.api.broker_client import Broker
from netwatch.expose.api.definitions import Asked, Operation, Told
from netwatch.expose.api.entity_routes import entity_routes
from netwatch.expose.api.known import Knowing
from netwatch.expose.api.network_routes import network_routes
from netwatch.expose.api.ngsi_ld import Entities, Kind, Ref
from netwatch.expose.api.openapi import PREFIX, document
from netwatch.expose.api.resources import PHYSICAL
from netwatch.expose.api.schemas import TEXT
from netwatch.expose.api.serving import application
from netwatch.expose.own import OwnMetrics
from netwatch.expose.webhook import Tail, Webhook

YANG_MODULE = "netwatch.yang"


class Outputs:
    """The read-only JSON of what is known: served where `add_to` mounts it, sent out by `run`.

    `mounted`: what the listener is to mount; this puts itself there.
    """

    def __init__(
        self,
        known: Knowing,
        own: OwnMetrics,
        *,
        mounted: list[Callable[[web.Application], None]] | None = None,
        tail: Tail | None = None,
    ) -> None:
        """`tail`: of the ledger, from which faults are told to the webhook; None: they are not."""
        self._known = known
        self._webhook = Webhook(lambda: known.city.topology.inventory, tail, own) if tail is not None else None
        if mounted is not None:
            mounted.append(self.add_to)
        self._feed = BrokerFeed(known, self._broker, own)
        self.operations = (
            *alarm_routes(known),
            *network_routes(known),
            *entity_routes(known),
            Operation(
                id="yangModule",
                path=f"/yang/{YANG_MODULE}",
                tag="netwatch",
                about="netwatch's own YANG module: its types of alarms, and what it adds to the standard ones.",
                answer=_yang_module,
                reply=TEXT,
                media_types=("application/yang",),
            ),
            Operation(
                id="openapi",
                path="/openapi.json",
                tag="netwatch",
                about="This document.",
                answer=self._document,
                reply={"type": "object"},
            ),
        )

    def add_to(self, parent: web.Application) -> None:
        """Mount everything at /api/."""
        parent.add_subapp(f"{PREFIX}/", application(self.operations))

    async def run(self) -> None:
        """For ever: send to the context broker what changes, and to the webhook what faults do, where there are any."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._feed.run(), name="context broker")
            if self._webhook is not None:
                tasks.create_task(self._webhook.run(), name="webhook")

    def _broker(self) -> Broker | None:
        settings = self._known.city.topology.inventory.settings
        if not settings.broker_url:
            return None
        return Broker(
            url=settings.broker_url,
            contexts=settings.broker_contexts,
            kinds=tuple(map(Kind, settings.broker_types)),
            authorization=settings.broker_authorization,
            tenant=settings.broker_tenant,
        )

    def _document(self, _asked: Asked) -> Told:
        return Told(document=document(self.operations, version=version("netwatch"), examples=self._examples()))

    def _examples(self) -> Mapping[str, str]:
        """Something that there is, for each parameter of a path."""
        known = self._known
        entities, examples = Entities(known.city, known.states), {"network": PHYSICAL}
        for name, state in known.states.items():
            if state.interfaces.names:
                examples |= {"device": name, "interface": state.interfaces.names[0]}
                examples["entityId"] = entities.urn(Ref(Kind.DEVICE, name))
                break
        fault = next(iter(known.city.book.faults), None)
        return examples if fault is None else {**examples, "id": fault}


def _yang_module(_asked: Asked) -> Told:
    return Told(text=files(__package__).joinpath(YANG_MODULE).read_text(encoding="utf-8"))

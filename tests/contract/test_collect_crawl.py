"""What a crawl asks of each switch at a time, counted where it is answered."""

import asyncio

import netaddr

from netwatch.collect.crawl import Crawl, Progress, Ways, settings_in_use
from netwatch.profiles.load import plan_for
from netwatch.simulate.answers import Answers
from netwatch.simulate.growth import generate
from netwatch.simulate.living_city import LivingCity
from tests.polling import device, inventory, shipped_profiles
from tests.ports import free_udp_port

SWITCHES = 40
MOST_OUTSTANDING = 2
PATIENT_S = 60.0  # nothing is asked again, however busy the machine: each datagram is a request of its own


class Counting(asyncio.DatagramProtocol):
    """One agent that takes its time, and counts who waits for it."""

    def __init__(self, agent, answers):
        self._agent, self._answers = agent, answers
        self.waiting = self.most = self.asked = 0

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, datagram, peer):
        self.asked += 1
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        asyncio.get_running_loop().call_later(0.002, self._reply, datagram, peer)

    def _reply(self, datagram, peer):
        self.waiting -= 1
        self._transport.sendto(self._answers.answer(self._agent, datagram, 1.0), peer)


async def test_no_switch_of_a_city_ever_has_more_than_two_requests_outstanding():
    living, port, loop = LivingCity(generate(switches=SWITCHES, seed=1)), free_udp_port(), asyncio.get_running_loop()
    answers = Answers(communities=frozenset({b"public"}))
    open_ones = [
        await loop.create_datagram_endpoint(
            lambda agent=agent: Counting(agent, answers), local_addr=(agent.device.address, port)
        )
        for agent in living.agents.values()
    ]
    counting = [protocol for _, protocol in open_ones]
    known = [
        device(agent.device.id, address=agent.device.address, port=port, timeout_s=PATIENT_S, retries=0)
        for agent in living.agents.values()
    ]
    stock, profiles, progress = inventory(*known), shipped_profiles(), Progress()
    ways = Ways(
        plan_of=lambda one: plan_for(one, profiles),
        strangers=settings_in_use(stock),
        networks=netaddr.IPSet(["127.0.0.0/8"]),
    )
    try:
        await Crawl(stock, ways, progress).run(["core-1"])
    finally:
        for transport, _ in open_ones:
            transport.close()
    assert (progress.known, progress.new, progress.silent) == (SWITCHES, 0, 0)
    assert min(one.asked for one in counting) > MOST_OUTSTANDING
    assert max(one.most for one in counting) <= MOST_OUTSTANDING

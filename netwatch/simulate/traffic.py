"""How much flows where: a city and its state in, the rate of every port that carries something out. Pure.

Cameras send about 4 Mb/s with a gentle daily wave; every link carries the sum of what hangs behind it towards the
vantage, and a fiftieth of it back. A link no path uses (the blocked side of a ring) carries only its protocol.
"""

from zlib import crc32

from netwatch.core.model import FieldDevice, PortRef
from netwatch.simulate.city import City
from netwatch.simulate.flow import Rate
from netwatch.simulate.world import Consequences

CAMERA_RATE = 500_000.0  # octets per second: 4 Mb/s
OTHER_RATE = 2_000.0
SWING = 0.15
BACK = 0.02
WITHOUT_STREAM = 0.02  # of its rate: what a camera still sends whose encoder has stopped
HELLO = Rate(150.0)

PortRates = dict[PortRef, tuple[Rate, Rate]]  # port -> (received, sent), octets per second


def field_rate(thing: FieldDevice) -> Rate:
    """What one field device sends, the same in every run."""
    around = 0.8 + crc32(thing.id.encode()) % 401 / 1000
    steady = (CAMERA_RATE if thing.kind == "cctv" else OTHER_RATE) * around
    return Rate(steady, steady * SWING)


def port_rates(city: City, state: Consequences) -> PortRates:
    """The rates of all ports that carry anything. Ports that are absent carry nothing."""
    rates: PortRates = {}
    behind: dict[str, Rate] = {}  # device -> what it sends towards the vantage
    for thing in city.field_devices.values():
        if thing.port is None or thing.id in state.dead_fields or thing.id in state.hung_fields:
            continue
        rate = field_rate(thing) * (WITHOUT_STREAM if thing.id in state.streamless_fields else 1.0)
        received, sent = rates.get(thing.port, (Rate(), Rate()))
        rates[thing.port] = (received + rate, sent + rate * BACK)
        behind[thing.port.device] = behind.get(thing.port.device, Rate()) + rate
    for link in city.links.values():
        if link.id not in state.dark_links:
            rates[link.a] = rates[link.b] = (HELLO, HELLO)
    for device, (link_id, parent) in reversed(tuple(state.parents.items())):
        if not link_id:
            continue
        link = city.links[link_id]
        near, far = (link.a, link.b) if link.a.device == device else (link.b, link.a)
        up = behind.get(device, Rate()) + HELLO
        down = up * BACK + HELLO
        rates[near], rates[far] = (down, up), (up, down)
        behind[parent] = behind.get(parent, Rate()) + up
    return rates

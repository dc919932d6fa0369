"""The generated city: sites, switches, cables, links, rings and what hangs on their ports, as frozen records.

What comes out speaks the nouns of `core.model`; `growth` makes it, `city_text` writes its inventory, `city_agents`
gives it a voice. Addresses lie in 127/8: switches from 127.1.0.1, field devices from 127.16.0.1 on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from netwatch.core.model import Cable, FieldDevice, Link, PortRef, Ring, Role, Site
from netwatch.simulate.vendors import Vendor

SWITCH_BLOCK = 1  # 127.1.0.1, 127.1.0.2 ...
FIELD_BLOCK = 16
CANARIES = ("127.8.0.1", "127.8.0.2")
UPLINKS = 4  # of an access switch, at its upper end; the others deliver power
HOSTS_A_BLOCK = 250  # of an /24: .0 and .251-.255 stay free


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    name: str
    id: str
    latitude: float
    longitude: float


DISTRICTS = tuple(
    District(name=name, id=key, latitude=latitude, longitude=longitude)
    for name, key, latitude, longitude in (
        ("중앙동", "jungang", 37.7853, 127.0458),
        ("옥정동", "okjeong", 37.8213, 127.0925),
        ("회천동", "hoecheon", 37.8292, 127.0596),
        ("덕계동", "deokgye", 37.8186, 127.0549),
        ("덕정동", "deokjeong", 37.8437, 127.0621),
        ("고읍동", "goeup", 37.7930, 127.0850),
        ("고암동", "goam", 37.8350, 127.0760),
        ("삼숭동", "samsung", 37.8050, 127.0990),
        ("만송동", "mansong", 37.8010, 127.0740),
        ("유양동", "yuyang", 37.7780, 127.0290),
        ("산북동", "sanbuk", 37.8000, 127.0560),
        ("율정동", "yuljeong", 37.8420, 127.1020),
        ("백석읍", "baekseok", 37.7960, 126.9860),
        ("광적면", "gwangjeok", 37.8250, 126.9830),
        ("남면", "nammyeon", 37.8990, 126.9740),
        ("은현면", "eunhyeon", 37.8680, 127.0090),
        ("장흥면", "jangheung", 37.7190, 126.9420),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CityPort:
    """One port. `alias` is what the device says, in whatever charset it speaks."""

    name: str
    descr: str
    index: int  # ifIndex
    speed_bps: int
    alias: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class CityDevice:
    id: str
    name: str
    site: str
    role: Role
    address: str
    vendor: Vendor
    number: int  # counted from 0 over the city: its MAC addresses come from it
    ports: tuple[CityPort, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """Everything by id, in the order it was built. Every reference is whole."""

    name: str
    seed: int
    sites: Mapping[str, Site]
    devices: Mapping[str, CityDevice]
    cables: Mapping[str, Cable]
    links: Mapping[str, Link]
    rings: Mapping[str, Ring]
    field_devices: Mapping[str, FieldDevice]
    vantage: str = "core-1"

    def port(self, ref: PortRef) -> CityPort:
        """KeyError when the city has no such port."""
        for port in self.devices[ref.device].ports:
            if port.name == ref.interface:
                return port
        raise KeyError(str(ref))


def address(block: int, number: int) -> str:
    """The number-th address from 127.`block`.0.1 on, 250 hosts a /24, never .0 or .255."""
    net, host = divmod(number, HOSTS_A_BLOCK)
    return f"127.{block + net // HOSTS_A_BLOCK}.{net % HOSTS_A_BLOCK}.{host + 1}"

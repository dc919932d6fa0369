"""IANAifType numbers -> identities of iana-if-type. Those that city switches and routers have; any other is `other`."""

from collections.abc import Mapping
from types import MappingProxyType

TYPES: Mapping[int, str] = MappingProxyType(
    {
        1: "other",
        6: "ethernetCsmacd",
        23: "ppp",
        24: "softwareLoopback",
        28: "slip",
        32: "frameRelay",
        33: "rs232",
        39: "sonet",
        53: "propVirtual",
        54: "propMultiplexor",
        62: "fastEther",
        71: "ieee80211",
        94: "adsl",
        117: "gigabitEthernet",
        131: "tunnel",
        135: "l2vlan",
        136: "l3ipvlan",
        142: "ipForward",
        160: "usb",
        161: "ieee8023adLag",
        166: "mpls",
        195: "opticalChannel",
        196: "opticalTransport",
        209: "bridge",
        231: "macSecControlledIF",
        243: "wwanPP",
        246: "ifPwType",
        250: "gpon",
        251: "vdsl2",
    }
)


def identity(number: int | None) -> str:
    """`iana-if-type:ethernetCsmacd`."""
    return f"iana-if-type:{TYPES.get(number if number is not None else 1, 'other')}"

"""Where agents keep what a recording must not tell: object names only."""

from collections.abc import Iterator, Mapping

Arcs = tuple[int, ...]
MIB_2: Arcs = (1, 3, 6, 1, 2, 1)
SNMP_MODULES: Arcs = (1, 3, 6, 1, 6, 3)
ENTERPRISES: Arcs = (1, 3, 6, 1, 4, 1)
ENTITY: Arcs = (*MIB_2, 47, 1, 1, 1, 1)

LEFT_OUT = (  # their indexes are names of users, communities, targets and views
    (*SNMP_MODULES, 12, 1, 2),
    (*SNMP_MODULES, 12, 1, 3),
    (*SNMP_MODULES, 13, 1),
    (*SNMP_MODULES, 15, 1, 2),
    (*SNMP_MODULES, 16, 1),
    (*SNMP_MODULES, 18, 1),
)
SERIALS = (
    (*ENTITY, 11),  # entPhysicalSerialNum
    (*ENTERPRISES, 9, 3, 6, 3),  # Cisco chassisId
    (*ENTERPRISES, 9, 5, 1, 2, 19),  # Cisco chassisSerialNumberString
    (*ENTERPRISES, 2636, 3, 1, 3),  # Juniper jnxBoxSerialNo
    (*ENTERPRISES, 2636, 3, 1, 8, 1, 7),  # Juniper jnxContentsSerialNo
    (*ENTERPRISES, 318, 1, 1, 1, 1, 2, 3),  # APC upsAdvIdentSerialNumber
)
BLANKED = (
    (*MIB_2, 1, 4),  # sysContact
    (*MIB_2, 1, 6),  # sysLocation
    (*ENTITY, 14),  # entPhysicalAlias
    (*ENTITY, 15),  # entPhysicalAssetID
    *SERIALS,
)
MAC_COLUMNS = (
    (*MIB_2, 2, 2, 1, 6),  # ifPhysAddress
    (*MIB_2, 4, 22, 1, 2),  # ipNetToMediaPhysAddress
    (*MIB_2, 4, 35, 1, 4),  # ipNetToPhysicalPhysAddress
    (*MIB_2, 17, 1, 1),  # dot1dBaseBridgeAddress
    (*MIB_2, 17, 4, 3, 1, 1),  # dot1dTpFdbAddress
)
BRIDGE_IDS = ((*MIB_2, 17, 2),)  # dot1dStp
PORT_LISTS = ((*MIB_2, 17, 7, 1, 3), (*MIB_2, 17, 7, 1, 4))  # bit maps of Q-BRIDGE-MIB, some of six octets
# table entry -> arcs of the index before the MAC address
MAC_INDEXES: Mapping[Arcs, int] = {
    (*MIB_2, 17, 4, 3, 1): 0,  # dot1dTpFdbTable
    (*MIB_2, 17, 7, 1, 2, 2, 1): 1,  # dot1qTpFdbTable: the filtering database first
    (*MIB_2, 17, 7, 1, 3, 1, 1): 1,  # dot1qStaticUnicastTable
}
# table entry -> where IPv4 addresses begin in the index
IPV4_INDEXES: Mapping[Arcs, tuple[int, ...]] = {
    (*MIB_2, 3, 1, 1): (2,),  # atTable: ifIndex, 1, address
    (*MIB_2, 4, 20, 1): (0,),  # ipAddrTable
    (*MIB_2, 4, 21, 1): (0,),  # ipRouteTable
    (*MIB_2, 4, 22, 1): (1,),  # ipNetToMediaTable
    (*MIB_2, 4, 24, 4, 1): (0, 9),  # ipCidrRouteTable: destination, mask, TOS, next hop
    (*MIB_2, 6, 13, 1): (0, 5),  # tcpConnTable
    (*MIB_2, 7, 5, 1): (0,),  # udpTable
    (*MIB_2, 14, 7, 1): (0,),  # ospfIfTable
    (*MIB_2, 14, 10, 1): (0,),  # ospfNbrTable
    (*MIB_2, 15, 3, 1): (0,),  # bgpPeerTable
}
# subtrees whose indexes hold InetAddressType, length, octets (RFC 4001), or LLDP's subtype, length, octets
INET_INDEXES = (
    (*MIB_2, 4, 24, 7),
    (*MIB_2, 4, 32),
    (*MIB_2, 4, 34),
    (*MIB_2, 4, 35),
    (*MIB_2, 4, 37),
    (*MIB_2, 6, 19),
    (*MIB_2, 6, 20),
    (*MIB_2, 7, 7),
    (1, 0, 8802, 1, 1, 2, 1, 3, 8),
    (1, 0, 8802, 1, 1, 2, 1, 4, 2),
)
INET_SIZES: Mapping[Arcs, int] = {(1, 4): 4, (2, 16): 16}  # type and length -> octets


def below(arcs: Arcs, subtrees: tuple[Arcs, ...]) -> bool:
    """Whether a name lies in one of the subtrees."""
    return any(arcs[: len(subtree)] == subtree for subtree in subtrees)


def address_positions(arcs: Arcs) -> Iterator[tuple[int, int]]:
    """(offset, arcs) of every IP or MAC address a name certainly holds."""
    for entry, offset in MAC_INDEXES.items():
        start = len(entry) + 1 + offset
        if arcs[: len(entry)] == entry and len(arcs) >= start + 6 and max(arcs[start : start + 6]) < 256:
            yield start, 6
    for entry, offsets in IPV4_INDEXES.items():
        if arcs[: len(entry)] == entry:
            for offset in offsets:
                start = len(entry) + 1 + offset
                if start + 4 <= len(arcs) and max(arcs[start : start + 4]) < 256:
                    yield start, 4
    if below(arcs, INET_INDEXES):
        for at in range(8, len(arcs) - 5):
            size = INET_SIZES.get(arcs[at : at + 2], 0)
            if size and len(arcs) >= at + 2 + size and max(arcs[at + 2 : at + 2 + size]) < 256:
                yield at + 2, size

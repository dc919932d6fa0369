"""How the makers of a city's switches name themselves and their ports. Facts only: no bytes, no state."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One maker. Format strings take the port's number `n`, counted from 1, and `z`, counted from 0."""

    id: str
    enterprise: int  # 1.3.6.1.4.1.X
    product: tuple[int, ...]  # sysObjectID behind the enterprise
    description: str  # sysDescr
    slow_name: str  # ifName of ports up to 1 Gb/s
    fast_name: str  # ifName of faster ports
    slow_descr: str = ""  # ifDescr where it differs from ifName
    fast_descr: str = ""
    first_index: int = 1  # ifIndex of port 1
    oui: bytes
    largest_message: int = 65_507  # small agents answer tooBig beyond theirs
    lldp_by_name: bool = True  # lldpLocPortId is the ifName; otherwise the port's number
    knows_vlans: bool = True  # Q-BRIDGE-MIB; otherwise BRIDGE-MIB alone

    def port_name(self, number: int, *, fast: bool) -> str:
        return (self.fast_name if fast else self.slow_name).format(n=number, z=number - 1)

    def port_descr(self, number: int, *, fast: bool) -> str:
        pattern = (self.fast_descr or self.fast_name) if fast else (self.slow_descr or self.slow_name)
        return pattern.format(n=number, z=number - 1)


DASAN = Vendor(
    id="dasan",
    enterprise=6296,
    product=(1, 2, 5, 12),
    description="V2724GB NOS 6.07 (simulated)",
    slow_name="Ethernet Port 1-{n}",
    fast_name="Ethernet Port 1-{n}",
    slow_descr="1/{n}",
    fast_descr="1/{n}",
    oui=bytes.fromhex("00d0cb"),
)
UBIQUOSS = Vendor(
    id="ubiquoss",
    enterprise=7800,
    product=(1, 100, 40),
    description="UbiQuoss E4020-24P, ver 9.1.3 (simulated)",
    slow_name="1/1/{n}",
    fast_name="1/1/{n}",
    oui=bytes.fromhex("000770"),
)
CISCO = Vendor(
    id="cisco",
    enterprise=9,
    product=(1, 2494),
    description="Cisco IOS Software [Bengaluru], Catalyst L3 Switch Software, Version 17.6.4 (simulated)",
    slow_name="Gi1/0/{n}",
    fast_name="Te1/0/{n}",
    slow_descr="GigabitEthernet1/0/{n}",
    fast_descr="TenGigabitEthernet1/0/{n}",
    first_index=10_101,
    oui=bytes.fromhex("00270d"),
)
JUNIPER = Vendor(
    id="juniper",
    enterprise=2636,
    product=(1, 1, 1, 2, 63),
    description="Juniper Networks, Inc. ex3400-24t Ethernet Switch, kernel JUNOS 21.4R3 (simulated)",
    slow_name="ge-0/0/{z}",
    fast_name="xe-0/2/{z}",
    first_index=501,
    oui=bytes.fromhex("2c6bf5"),
)
HUAWEI = Vendor(
    id="huawei",
    enterprise=2011,
    product=(2, 23, 461),
    description="Huawei Versatile Routing Platform Software, S5720-28X VRP V200R019 (simulated)",
    slow_name="GigabitEthernet0/0/{n}",
    fast_name="XGigabitEthernet0/0/{n}",
    first_index=5,
    oui=bytes.fromhex("00e0fc"),
)
MOXA = Vendor(
    id="moxa",
    enterprise=8691,
    product=(7, 72),
    description="Moxa EDS-G512E-8PoE (simulated)",
    slow_name="Ethernet Port {n}",
    fast_name="Ethernet Port {n}",
    oui=bytes.fromhex("0090e8"),
    largest_message=1472,
    lldp_by_name=False,
)
HIRSCHMANN = Vendor(
    id="hirschmann",
    enterprise=248,
    product=(11, 2, 1, 16),
    description="Hirschmann GRS1042 HiOS-2A-08.7 (simulated)",
    slow_name="1/{n}",
    fast_name="1/{n}",
    slow_descr="Module: 1 Port: {n} - 1 Gbit",
    fast_descr="Module: 1 Port: {n} - 10 Gbit",
    oui=bytes.fromhex("ece555"),
    largest_message=8192,
    knows_vlans=False,
)
WESTERMO = Vendor(
    id="westermo",
    enterprise=16177,
    product=(1, 2, 1, 7),
    description="Westermo RedFox Industrial, WeOS 4.32 (simulated)",
    slow_name="eth{n}",
    fast_name="eth{n}",
    oui=bytes.fromhex("000777"),
    largest_message=1472,
    lldp_by_name=False,
    knows_vlans=False,
)

VENDORS = {v.id: v for v in (DASAN, UBIQUOSS, CISCO, JUNIPER, HUAWEI, MOXA, HIRSCHMANN, WESTERMO)}
CORE_VENDORS = ("cisco", "juniper", "huawei")
AGGREGATION_VENDORS = ("ubiquoss", "dasan", "huawei", "cisco")
ACCESS_VENDORS = ("dasan", "dasan", "ubiquoss", "ubiquoss", "moxa", "hirschmann", "westermo", "huawei", "cisco")
CAMERA_OUIS = ("00:40:8c", "44:19:b6", "00:09:18", "00:02:d1")  # Axis, Hikvision, Hanwha, Vivotek
ONVIF_OUIS = CAMERA_OUIS[1:3]  # of the cameras that are also asked the time

"""MAC and IP addresses, whole or in part and in any notation -> the things of the inventory that have them."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from netwatch.core.model import Inventory
from netwatch.core.search.column import Column, drained
from netwatch.core.search.entries import Entry

Network = IPv4Network | IPv6Network

_MAC_DIGITS = 12
_BY_OCTET = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){2,5}[:-]?")
_BY_WORD = re.compile(r"[0-9a-f]{4}(?:[.:-][0-9a-f]{4}){1,2}")
_BARE = re.compile(r"[0-9a-f]{6,12}")
_OCTETS = re.compile(r"\d{1,3}(?:\.\d{1,3}){1,2}(?:\.\*?)?")


@dataclass(frozen=True, slots=True)
class AskedMac:
    """Hex digits, at least six. `is_sure`: written as a MAC is; else it may as well be somebody's number."""

    digits: str
    is_sure: bool


def asked_mac(text: str) -> AskedMac | None:
    """`00:40:8C:11:22:33`, `0040.8c11.2233`, `00-40-8c`, `0040:8c11-2233`, `00408c112233`."""
    text = text.strip().lower()
    digits = re.sub("[^0-9a-f]", "", text)
    if _BY_OCTET.fullmatch(text):
        return AskedMac(digits, is_sure=True)
    if _BY_WORD.fullmatch(text) and not _is_dotted_number(text):
        return AskedMac(digits, is_sure=len(digits) == _MAC_DIGITS)
    if _BARE.fullmatch(text):
        return AskedMac(digits, is_sure=len(digits) == _MAC_DIGITS)
    return None


def _is_dotted_number(text: str) -> bool:
    return "." in text and len(text) < _MAC_DIGITS and text.replace(".", "").isdigit()


def asked_network(text: str) -> Network | None:
    """An address is the network of it alone; `10.30.4` and `10.30.4.*` are 10.30.4.0/24."""
    text = text.strip().strip("[]")
    if _OCTETS.fullmatch(text):
        octets = text.rstrip(".*").split(".")
        if len(octets) == 2 and text[-1] not in ".*":
            return None  # a number with a point in it
        text = f"{'.'.join(octets + ['0'] * (4 - len(octets)))}/{8 * len(octets)}"
    elif not (text.count(".") == 3 or text.count(":") > 1):
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


class Numbers:
    """The addresses of one inventory: no object for each, for there are 100,000 of them."""

    def __init__(self, inventory: Inventory) -> None:
        self._devices, self._field_devices = tuple(inventory.devices), tuple(inventory.field_devices)
        self._short, self._long = array("I"), list[int]()  # IPv4 and IPv6
        self._of_short, self._of_long, self._of_macs = array("I"), array("I"), array("I")
        for number, device in enumerate(inventory.devices.values()):
            for address in {device.address, device.snmp.address if device.snmp is not None else None}:
                self._add_address(address, number)
        macs: list[str] = []
        for number, one in enumerate(inventory.field_devices.values(), start=len(self._devices)):
            self._add_address(one.address, number)
            if one.mac is not None:
                macs.append(one.mac.replace(":", ""))
                self._of_macs.append(number)
        self._macs = Column(drained(macs))

    def _add_address(self, text: str | None, number: int) -> None:
        if text and (text[0].isdigit() or ":" in text):
            address = ip_address(text)
            numbers, owners = (self._short, self._of_short) if address.version == 4 else (self._long, self._of_long)
            numbers.append(int(address))
            owners.append(number)

    def _entry(self, number: int) -> Entry:
        if number < len(self._devices):
            return Entry("device", self._devices[number])
        return Entry("field_device", self._field_devices[number - len(self._devices)])

    def within(self, network: Network) -> Iterator[tuple[str, Entry]]:
        """The addresses in a network, as they are written, and whose they are."""
        least, most = int(network.network_address), int(network.broadcast_address)
        is_short = network.version == 4
        numbers, owners = (self._short, self._of_short) if is_short else (self._long, self._of_long)
        for place, number in enumerate(numbers):
            if least <= number <= most:
                yield str(network.network_address + (number - least)), self._entry(owners[place])

    def with_mac(self, asked: AskedMac) -> Iterator[tuple[str, Entry]]:
        """The MACs that begin with these digits, or end with them: on a label the last ones are the legible ones."""
        places = dict.fromkeys((*self._macs.beginning(asked.digits), *self._macs.ending(asked.digits)))
        for place in places:
            digits = self._macs.text(place)
            mac = ":".join(digits[at : at + 2] for at in range(0, _MAC_DIGITS, 2))
            yield mac, self._entry(self._of_macs[place])


def is_part_of_mac(asked: str, digits: str) -> bool:
    """Whether a MAC begins or ends so."""
    return digits.startswith(asked) or digits.endswith(asked)

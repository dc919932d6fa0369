"""MAC address -> its vendor, by the IEEE registry that netaddr carries."""

from functools import lru_cache

import netaddr


@lru_cache(maxsize=4096)
def vendor_of(mac: str) -> str:
    """The organisation that the OUI of `mac` is registered for; empty where there is none, or it is local."""
    try:
        return str(netaddr.EUI(mac).oui.registration().org)
    except (netaddr.NotRegisteredError, netaddr.AddrFormatError):
        return ""

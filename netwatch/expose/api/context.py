"""The @context of netwatch's entities: which IRI each of their words stands for (JSON-LD 1.1)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

PATH = "/ngsi-ld/v1/jsonldContexts/netwatch.jsonld"
_OWN = "urn:netwatch:ngsi-ld:"
_DEVICE = "https://smartdatamodels.org/dataModel.Device/"
_ALL = "https://smartdatamodels.org/"
TERMS: Mapping[str, str] = MappingProxyType(
    {
        "Device": f"{_DEVICE}Device",
        "deviceCategory": f"{_DEVICE}deviceCategory",
        "deviceState": f"{_DEVICE}deviceState",
        "ipAddress": f"{_DEVICE}ipAddress",
        "macAddress": f"{_DEVICE}macAddress",
        "name": f"{_ALL}name",
        **{
            word: _OWN + word
            for word in (
                "NetworkInterface",
                "NetworkLink",
                "adminStatus",
                "belongsTo",
                "cable",
                "capacity",
                "cause",
                "connectsTo",
                "deviceA",
                "deviceB",
                "district",
                "interfaceA",
                "interfaceB",
                "kind",
                "linkState",
                "medium",
                "operStatus",
                "ring",
                "role",
                "service",
                "site",
                "speed",
            )
        },
    }
)  # `description` and `location` are words of the core context


def context() -> Mapping[str, Any]:
    """The document."""
    return {"@context": dict(TERMS)}

"""Device, Site, InterfaceMap -> label bytes, made once and used by every family.

In: the inventory's records and what discovery found. Out: the inside of the braces, as UTF-8. What stands in rows of
ports has its per cent signs doubled, because rows are filled by one `%` over a whole family.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from netwatch.core.model import Device, FieldDevice, Site
from netwatch.expose.text import label_value


def pairs(labels: Mapping[str, str]) -> bytes:
    """`a="x",b="y"`"""
    return ",".join(f'{name}="{label_value(value)}"' for name, value in labels.items()).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLabels:
    """The label bytes of one device: what every series carries, what port series carry, and its fixed text."""

    full: bytes  # device, site, district, role
    short: bytes  # device, site
    before_port: bytes  # the same before a port's own label: with a comma behind, `%` doubled
    text: bytes  # name, address, and how it is asked
    profile: str  # as the inventory has it; what fits `auto` is known later

    @classmethod
    def of(cls, device: Device, site: Site) -> "DeviceLabels":
        short = {"device": device.id, "site": site.id}
        credential = device.snmp.credential if device.snmp else None
        return cls(
            full=pairs({**short, "district": site.district, "role": device.role.value}),
            short=pairs(short),
            before_port=pairs(short).replace(b"%", b"%%") + b",",
            profile=device.profile,
            text=pairs(
                {
                    "name": device.name,
                    "address": device.address,
                    "snmp_version": credential.version.value if credential else "",
                    "snmp_security": credential.security if credential else "",
                    "snmp_weakness": ", ".join(credential.weaknesses) if credential else "",
                }
            ),
        )


def field_device_labels(field_device: FieldDevice, site: Site) -> bytes:
    """The label bytes that every series of one field device carries."""
    return pairs(
        {
            "field_device": field_device.id,
            "site": site.id,
            "district": site.district,
            "service": field_device.service or "",
        }
    )


@lru_cache(maxsize=1024)
def port_labels(names: tuple[str, ...], indexes: tuple[str, ...]) -> tuple[bytes, ...]:
    """`interface="..."` of each port, `%` doubled; the same object for switches whose ports are called alike."""
    texts = distinct_names(names, indexes)
    return tuple([b'interface="%b"' % text.replace("%", "%%").encode() for text in texts])


def distinct_names(names: tuple[str, ...], indexes: tuple[str, ...]) -> list[str]:
    """The ports' names as label text, one each.

    Names are unique, but two of them may look alike once cut or escaped. Two series of one name would cost samples,
    so the rows that collide, and only they, get their index appended.
    """
    texts = [label_value(name) for name in names]
    if len(set(texts)) == len(texts):
        return texts
    times = Counter(texts)
    taken = {text for text, count in times.items() if count == 1}
    for row, (text, index) in enumerate(zip(texts, indexes, strict=True)):
        if times[text] > 1:
            candidate = f"{text} {label_value(index)}"
            while candidate in taken:
                candidate += "'"
            taken.add(candidate)
            texts[row] = candidate
    return texts

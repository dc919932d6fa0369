"""What one metric family is: the record that the catalogue is made of, and the labels that families share."""

from dataclasses import dataclass
from enum import StrEnum

DEVICE = ("device", "site", "district", "role")
PORT = ("device", "site", "interface")


class MetricType(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"


class Scope(StrEnum):
    """What one series is about, and so which page of a split it stands on."""

    DEVICE = "device"  # shard K
    INTERFACE = "interface"  # shard K
    FAULT = "fault"  # the faults page
    FIELD_DEVICE = "field_device"  # shard K of its device
    CITY = "city"  # shard=city
    DAEMON = "daemon"  # shard=city; kept by prometheus_client


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric family. `stamped` samples carry the poll's own timestamp, in milliseconds."""

    name: str
    type: MetricType
    scope: Scope
    labels: tuple[str, ...]
    help: str
    unit: str = ""
    stamped: bool = False


def gauge(name: str, scope: Scope, labels: tuple[str, ...], help_: str, unit: str = "") -> Metric:
    """A family whose samples are told as they stand."""
    return Metric(name=name, type=MetricType.GAUGE, scope=scope, labels=labels, help=help_, unit=unit)


def total(name: str, scope: Scope, labels: tuple[str, ...], help_: str, unit: str = "") -> Metric:
    """A family that only counts."""
    return Metric(name=name, type=MetricType.COUNTER, scope=scope, labels=labels, help=help_, unit=unit)

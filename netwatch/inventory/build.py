"""Records -> the frozen nouns of `core.model`, defaults laid under what each device says.

Built-in < `defaults` < `roles.<role>` < the device, key by key, for `snmp`, `every` and `ping`. Only records without
a mistake are built; what is built here is still to be checked against each other by `checks`.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from netwatch.core.model import (
    Cable,
    Contractor,
    Credential,
    Device,
    FibreRun,
    FieldDevice,
    Lane,
    Link,
    Maintenance,
    Ping,
    Ring,
    Role,
    Service,
    Site,
    SnmpEngine,
    SnmpSettings,
)
from netwatch.inventory.credentials import credential
from netwatch.inventory.findings import Findings, Refused
from netwatch.inventory.kinds import Record
from netwatch.inventory.values import epoch_s

EVERY_S: Mapping[Lane, float] = MappingProxyType(
    {Lane.PING: 5.0, Lane.STATUS: 10.0, Lane.TRAFFIC: 30.0, Lane.HEALTH: 60.0, Lane.DISCOVERY: 900.0}
)
_BEYOND_PYSNMP = frozenset({"source", "interface", "accept_from"})
Fields = dict[str, Any]


class Builder:
    """Makes the records of one inventory."""

    def __init__(self, *, defaults: Fields, roles: Fields, zone: ZoneInfo | None, findings: Findings) -> None:
        self._defaults = defaults
        self._roles = roles
        self._zone = zone
        self._findings = findings
        # a city has few distinct ones: ten thousand devices share them
        self._shared: dict[tuple[Any, ...], Any] = {}
        self._credentials: dict[str, Credential] = {}

    def credentials(self, records: Iterable[Record]) -> dict[str, Credential]:
        """Those without a mistake; devices are built with them."""
        for record in records:
            built = credential(record, self._findings)
            if built is not None:
                self._credentials[record.id] = built
        return self._credentials

    def device(self, record: Record) -> Device | None:
        """None when its credential is not there or not right, which is reported where that stands."""
        fields = dict(record.fields)
        layers = [self._defaults, self._roles.get(fields.get("role", Role.OTHER), {})]
        every = {**EVERY_S}
        for layer in (*(layer.get("every", {}) for layer in layers), fields.pop("every_s", {})):
            every.update({Lane(lane): value for lane, value in layer.items()})
        pings = [layer["ping"] for layer in (*layers, fields) if "ping" in layer]
        fields["ping"] = pings[-1] if pings else Ping()
        own = fields.pop("snmp", {})
        asked = {} if own is None else _merged([*(layer.get("snmp", {}) for layer in layers), own])
        if "credential" in asked and asked["credential"] not in self._credentials:
            return None
        if asked.get("engine") is SnmpEngine.PYSNMP and not _BEYOND_PYSNMP.isdisjoint(asked):
            what = f"pysnmp cannot be told {', '.join(sorted(_BEYOND_PYSNMP & asked.keys()))}"
            self._findings.add(record.file, record.line_of("snmp"), f"{record.where}.snmp.engine", what)
        return Device(
            id=record.id,
            snmp=self._snmp(asked),
            every_s=self._shared.setdefault(tuple(every.items()), MappingProxyType(every)),
            **_kept(fields),
        )

    def _snmp(self, asked: Fields) -> SnmpSettings | None:
        """None without a credential: such a device is only pinged."""
        if "credential" not in asked:
            return None
        settings = SnmpSettings(**{**asked, "credential": self._credentials[asked["credential"]]})
        shared: SnmpSettings = self._shared.setdefault(("snmp", *sorted(asked.items())), settings)
        return shared

    def field_device(self, record: Record, devices: Mapping[str, Device]) -> FieldDevice | None:
        """Its site is its port's device's where it names none. None when there is no site at all."""
        fields = dict(record.fields)
        if "site" not in fields:
            port = fields.get("port")
            feeder = devices.get(port.device) if port else None
            if feeder is None:
                if port is None:
                    what = "is missing, and there is no port whose device could tell it"
                    self._findings.add(record.file, record.line, f"{record.where}.site", what)
                return None
            fields["site"] = feeder.site
        fields.setdefault("ping", self._defaults.get("ping", Ping()))
        return FieldDevice(id=record.id, **_kept(fields))

    def maintenance(self, record: Record) -> Maintenance | None:
        """None when a time cannot be told in the city's zone, or the window ends before it begins."""
        if self._zone is None:
            return None
        fields = dict(record.fields)
        for name, key in (("from_s", "from"), ("until_s", "until")):
            try:
                fields[name] = epoch_s(fields[name], self._zone)
            except Refused as refused:
                self._findings.refuse(record.file, record.line_of(key), f"{record.where}.{key}", refused)
                return None
        if fields["until_s"] <= fields["from_s"]:
            self._findings.add(record.file, record.line_of("until"), f"{record.where}.until", "is not after `from`")
        return Maintenance(id=record.id, **fields)


def site(record: Record) -> Site:
    return Site(id=record.id, **_named(record))


def service(record: Record) -> Service:
    return Service(id=record.id, **_named(record))


def contractor(record: Record) -> Contractor:
    return Contractor(id=record.id, **_named(record))


def cable(record: Record) -> Cable:
    return Cable(id=record.id, **_kept(record.fields))


def ring(record: Record) -> Ring:
    return Ring(id=record.id, **_kept(record.fields))


def link(record: Record) -> Link:
    fields = _kept(record.fields)
    fields["fibre"] = tuple(FibreRun(**run) for run in fields.get("fibre", ()))
    fields["members"] = tuple((member["a"], member["b"]) for member in fields.get("members", ()))
    return Link(id=record.id, **fields)


def _named(record: Record) -> Fields:
    """What has no name is called by its id."""
    return {"name": record.id, **_kept(record.fields)}


def _merged(layers: Iterable[Fields]) -> Fields:
    """Key by key; the later layer wins."""
    return {name: value for layer in layers for name, value in layer.items()}


def _kept(fields: Fields) -> Fields:
    """The fields with `extra` closed to changes."""
    return {**fields, "extra": MappingProxyType(fields["extra"])} if "extra" in fields else dict(fields)

"""Every key of inventory.yaml, once. Reading, unknown-key checks, "did you mean", CSV columns and tests follow from it.

A key's `into` is the field of the `core.model` record it fills; what a record's class gives a default need not be
there. Adding a key is adding a line here and a field there.
"""

from netwatch.core.model import AuthProtocol, Lane, PrivProtocol, Role, SnmpEngine, SnmpVersion
from netwatch.inventory import values
from netwatch.inventory.kinds import Block, Key, Kind, ListOf, Pairs, Port, Ref, Scalar, SecretRef, Section, Subject

FREE_TEXTS = ("asset_no", "serial", "registration", "institution", "note")  # columns every city keeps
SUBJECTS = {  # what a maintenance window or a fault can be about -> the section that knows it
    "cable": "cables",
    "device": "devices",
    "field_device": "field_devices",
    "link": "links",
    "port": "devices",
    "ring": "rings",
    "site": "sites",
    "vantage": "",
}
# CSV only: columns that are put together, since spreadsheets keep them apart
JOINS = {
    "port": ("device", "interface"),
    "a": ("a_device", "a_interface"),
    "b": ("b_device", "b_interface"),
    "location": ("latitude", "longitude"),
}


def _key(name: str, kind: Kind, into: str = "", *, required: bool = False) -> Key:
    return Key(name=name, kind=kind, into=into or name, required=required)


TEXT = Scalar(values.text)
BOOLEAN = Scalar(values.boolean)
DURATION = Scalar(values.duration_s)
ADDRESS = Scalar(values.address)
NUMERIC_ADDRESS = Scalar(values.numeric_address)
UDP_PORT = Scalar(values.integer(1, 65535))
COUNT = Scalar(values.integer(1, 10_000_000))
WEB_ADDRESS = Scalar(values.web_address)
ENTITY_TYPES = ("Device", "NetworkLink", "NetworkInterface")
WEBHOOK_EVENTS = ("opened", "changed", "acknowledged", "dispatched", "cleared")
CONTRACTOR = _key("contractor", Ref("contractors"))

_SNMP_KEYS = (
    _key("credential", Ref("credentials")),
    _key("port", UDP_PORT),
    _key("timeout", DURATION, "timeout_s"),
    _key("retries", Scalar(values.integer(0, 10))),
    _key("source", NUMERIC_ADDRESS),
    _key("interface", TEXT),
)
EVERY = Block(tuple(_key(lane, DURATION) for lane in Lane))
PING = Scalar(values.ping)
LAYER = Block((_key("snmp", Block(_SNMP_KEYS)), _key("every", EVERY), _key("ping", PING)))
ROLES = Block(tuple(_key(role, LAYER) for role in Role))
DEVICE_SNMP = Block(
    (
        *_SNMP_KEYS,
        _key("address", ADDRESS),
        _key("accept_from", ListOf(NUMERIC_ADDRESS)),
        _key("engine", Scalar(values.one_of(SnmpEngine, noun="engine"))),
    ),
    off=True,
)


def _protected(protocol: Kind) -> Block:
    return Block((_key("protocol", protocol, required=True), _key("password", SecretRef(), required=True)))


CREDENTIAL = Block(
    (
        _key("version", Scalar(values.one_of(SnmpVersion, noun="SNMP version")), required=True),
        _key("community", SecretRef()),
        _key("user", Scalar(values.user_name)),
        _key("auth", _protected(Scalar(values.protocol(AuthProtocol, noun="authentication protocol")))),
        _key("priv", _protected(Scalar(values.protocol(PrivProtocol, noun="privacy protocol")))),
        _key("context", TEXT),
        _key("context_engine_id", Scalar(values.engine_id)),
        _key("insecure", BOOLEAN),
    )
)
CONTRACTOR_BLOCK = Block(
    (_key("name", TEXT), _key("phone", TEXT), _key("skills", ListOf(TEXT))),
    keeps_extra=True,
)
SERVICE = Block(
    (
        _key("name", TEXT),
        _key("target", Scalar(values.ratio)),
        _key("anchors", ListOf(Ref("devices"))),
        _key("up_means", Scalar(values.up_means)),
    ),
    keeps_extra=True,
)
SITE = Block(
    (_key("name", TEXT), _key("district", TEXT), _key("location", ListOf(Scalar(values.degrees), count=2))),
    keeps_extra=True,
)
DEVICE = Block(
    (
        _key("site", Ref("sites"), required=True),
        _key("address", ADDRESS, required=True),
        _key("name", TEXT),
        _key("role", Scalar(values.one_of(Role, noun="role"))),
        _key("profile", Scalar(values.identifier)),
        _key("snmp", DEVICE_SNMP),
        _key("ping", PING),
        _key("every", EVERY, "every_s"),
        CONTRACTOR,
    ),
    keeps_extra=True,
)
CABLE = Block(
    (
        _key("cores", Scalar(values.integer(1, 10_000))),
        _key("length", Scalar(values.length_m), "length_m"),
        _key("duct", Scalar(values.identifier)),
        CONTRACTOR,
    ),
    keeps_extra=True,
)
FIBRE_RUN = Block(
    (
        _key("cable", Ref("cables"), required=True),
        _key("cores", ListOf(Scalar(values.integer(1, 10_000)))),
    )
)
LINK = Block(
    (
        _key("a", Port(), required=True),
        _key("b", Port(), required=True),
        _key("medium", TEXT),
        _key("capacity", Scalar(values.capacity_bps), "capacity_bps"),
        _key("ring", Ref("rings")),
        _key("fibre", ListOf(FIBRE_RUN)),
        _key("members", ListOf(Block((_key("a", Port(), required=True), _key("b", Port(), required=True))))),
        _key("backup", BOOLEAN),
        _key("over", Scalar(values.one_of(("lte", "oob", "leased"), noun="way out of the city's own fibre"))),
    ),
    keeps_extra=True,
)
RING = Block((_key("protocol", TEXT), _key("parent", Ref("rings")), _key("name", TEXT)), keeps_extra=True)
FIELD_DEVICE = Block(
    (
        _key("kind", Scalar(values.identifier), required=True),
        _key("site", Ref("sites")),
        _key("service", Ref("services")),
        _key("port", Port()),
        _key("address", ADDRESS),
        _key("mac", Scalar(values.mac)),
        _key("checks", ListOf(Scalar(values.check))),
        _key("ping", PING),
        _key("shared", BOOLEAN),
        CONTRACTOR,
        _key("name", TEXT),
    ),
    keeps_extra=True,
)
MAINTENANCE = Block(
    (
        _key("subject", Subject(), required=True),
        _key("from", Scalar(values.moment), "from_s", required=True),
        _key("until", Scalar(values.moment), "until_s", required=True),
        _key("reason", TEXT),
        _key("by", TEXT),
        _key("approved_by", TEXT),
    )
)

SECTIONS = {
    "credentials": Section(CREDENTIAL),
    "contractors": Section(CONTRACTOR_BLOCK),
    "services": Section(SERVICE),
    "sites": Section(SITE),
    "devices": Section(DEVICE),
    "cables": Section(CABLE),
    "links": Section(LINK),
    "rings": Section(RING),
    "field_devices": Section(FIELD_DEVICE),
    "maintenance": Section(MAINTENANCE),
}
CSV_SECTIONS = tuple(name for name in SECTIONS if name != "credentials")

INCLUDE = Block(
    (
        _key("file", TEXT, required=True),
        _key("as", Scalar(values.one_of(CSV_SECTIONS, noun="table that a CSV file can fill"))),
        _key("columns", Pairs()),
        _key("values", Pairs()),  # the same for every row of the file
        _key("charset", Scalar(values.charset)),
    ),
    short="file",
)
VANTAGE = Block((_key("attached_to", ListOf(Ref("devices"))), _key("canaries", ListOf(Scalar(values.canary)))))
SETTINGS = Block(
    (
        _key("max_interfaces_per_device", COUNT),
        _key("ping_packets_per_second", COUNT),
        _key("ping_packets_per_second_per_subnet", COUNT),
        _key("ping_timeout", DURATION, "ping_timeout_s"),
        _key("field_ping_every", DURATION, "field_ping_every_s"),
        _key("field_tcp_every", DURATION, "field_tcp_every_s"),
        _key("field_rtsp_every", DURATION, "field_rtsp_every_s"),
        _key("field_onvif_every", DURATION, "field_onvif_every_s"),
        _key("broker_url", WEB_ADDRESS),
        _key("broker_authorization", SecretRef()),
        _key("broker_tenant", Scalar(values.identifier)),
        _key("broker_types", ListOf(Scalar(values.one_of(ENTITY_TYPES, noun="type of entity")))),
        _key("broker_contexts", ListOf(WEB_ADDRESS)),
        _key("checkpoint_directory", Scalar(values.folder)),
        _key("checkpoint_syslog", Scalar(values.endpoint)),
        _key("checkpoint_webhook", WEB_ADDRESS),
        _key("checkpoint_webhook_authorization", SecretRef()),
        _key("discover_networks", ListOf(Scalar(values.network))),
        _key("webhook_url", WEB_ADDRESS),
        _key("webhook_secret", SecretRef()),
        _key("webhook_events", ListOf(Scalar(values.one_of(WEBHOOK_EVENTS, noun="event that is sent")))),
        _key("webhook_insecure", BOOLEAN),
        _key("ledger_keep_events", Scalar(values.kept_s(730)), "ledger_keep_events_s"),
        _key("ledger_keep_usage", Scalar(values.kept_s(31)), "ledger_keep_usage_s"),
        _key("public_summary", Scalar(values.file)),
        _key("traps_per_second", COUNT),
        _key("traps_per_second_per_source", COUNT),
    )
)
MAIN = Block(
    (
        _key("city", TEXT, required=True),
        _key("timezone", Scalar(values.timezone), required=True),
        _key("charset", Scalar(values.charset)),
        _key("include", ListOf(INCLUDE)),
        _key("vantage", VANTAGE),
        _key("defaults", LAYER),
        _key("roles", ROLES),
        _key("settings", SETTINGS),
        *(_key(name, section) for name, section in SECTIONS.items()),
    )
)
INCLUDED = Block(tuple(key for key in MAIN.keys if isinstance(key.kind, Section)))

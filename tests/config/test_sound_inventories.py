"""What is right and must load: layers of defaults, shared ports, names that YAML 1.1 would misread."""

import pytest

from netwatch.core.errors import InventoryError
from netwatch.core.model import Lane, PingMethod, PortRef, Settings

HEAD = """\
city: Yangju
timezone: Asia/Seoul
credentials:
  field: {version: 2c, community: {file: secrets/field}, insecure: true}
  core: {version: 1, community: {file: secrets/core}, insecure: true}
sites: {hall: {}}
"""


def test_two_keys_are_an_inventory(read):
    inventory = read("city: 양주\ntimezone: Asia/Seoul\n")
    assert (inventory.city, inventory.charset, dict(inventory.devices)) == ("양주", "utf-8", {})
    assert inventory.settings.max_interfaces_per_device == 2000


def test_a_device_that_says_nothing_is_pinged_at_the_built_in_intervals(read):
    device = read(HEAD + "devices: {sw: {site: hall, address: 10.0.0.1}}\n").devices["sw"]
    assert device.snmp is None
    assert device.ping.method is PingMethod.ICMP
    assert device.every_s == {
        Lane.PING: 5.0,
        Lane.STATUS: 10.0,
        Lane.TRAFFIC: 30.0,
        Lane.HEALTH: 60.0,
        Lane.DISCOVERY: 900.0,
    }


def test_the_device_goes_before_its_role_the_role_before_the_defaults(read):
    text = HEAD + (
        "defaults: {ping: udp/7, every: {ping: 1s, status: 2s, traffic: 3s},"
        " snmp: {credential: field, port: 1161, retries: 1, timeout: 1s}}\n"
        "roles: {access: {every: {status: 20s, traffic: 30s}, snmp: {retries: 5, timeout: 2s}}}\n"
        "devices:\n"
        "  plain: {site: hall, address: 10.0.0.1}\n"
        "  access: {site: hall, address: 10.0.0.2, role: access}\n"
        "  own: {site: hall, address: 10.0.0.3, role: access, ping: off,"
        " every: {traffic: 300s}, snmp: {credential: core, timeout: 3s}}\n"
    )
    devices = read(text).devices
    every = {name: [device.every_s[lane] for lane in list(Lane)[:4]] for name, device in devices.items()}
    assert every == {"plain": [1, 2, 3, 60], "access": [1, 20, 30, 60], "own": [1, 20, 300, 60]}
    snmp = {name: (d.snmp.credential.id, d.snmp.port, d.snmp.retries, d.snmp.timeout_s) for name, d in devices.items()}
    assert snmp == {"plain": ("field", 1161, 1, 1), "access": ("field", 1161, 5, 2), "own": ("core", 1161, 5, 3)}
    assert devices["access"].ping.port == 7
    assert devices["own"].ping.method is PingMethod.OFF


def test_one_device_may_be_kept_out_of_snmp(read):
    text = HEAD + "defaults: {snmp: {credential: field}}\ndevices: {ups: {site: hall, address: 10.0.0.1, snmp: off}}\n"
    assert read(text).devices["ups"].snmp is None


def test_a_camera_takes_the_citys_way_to_ping_and_its_switchs_site(read):
    text = HEAD + (
        "defaults: {ping: udp/7}\ndevices: {sw: {site: hall, address: 10.0.0.1}}\n"
        "field_devices: {cam: {kind: cctv, port: sw Gi1/0/1, address: 10.1.0.1}}\n"
    )
    camera = read(text).field_devices["cam"]
    assert (camera.site, camera.ping.port, camera.port) == ("hall", 7, PortRef(device="sw", interface="Gi1/0/1"))


def test_the_channels_of_an_encoder_share_port_address_and_mac(read):
    channel = "{kind: cctv, port: sw p1, address: 10.1.0.1, mac: 00408c112233, shared: true}"
    text = HEAD + (
        "devices: {sw: {site: hall, address: 10.0.0.1}}\n"
        f"field_devices:\n  channel-1: {channel}\n  channel-2: {channel}\n"
    )
    assert set(read(text).field_devices) == {"channel-1", "channel-2"}


def test_behind_one_address_several_ports_or_several_vrfs_are_several_devices(read):
    text = HEAD + (
        "defaults: {snmp: {credential: field}}\ndevices:\n"
        "  a: {site: hall, address: 10.0.0.1}\n"
        "  b: {site: hall, address: 10.0.0.1, snmp: {port: 1161}}\n"
        "  c: {site: hall, address: 10.0.0.1, snmp: {interface: vrf-2}}\n"
        "  d: {site: hall, address: 10.0.0.1, snmp: {address: 10.9.0.1, accept_from: [10.9.0.2, '2001:db8::1']}}\n"
    )
    devices = read(text).devices
    assert len(devices) == 4
    assert [str(address) for address in devices["d"].snmp.accept_from] == ["10.9.0.2", "2001:db8::1"]


@pytest.mark.parametrize("name", ["on", "no", "null", "007", "1e3", "2026-12-01", "0x10", "1_000", "y"])
def test_an_id_is_never_taken_for_a_number_or_a_boolean(read, name):
    text = HEAD + f"devices: {{{name}: {{site: hall, address: 10.0.0.1, name: {name}, note: {name}}}}}\n"
    device = read(text).devices[name]
    assert (device.id, device.name, device.extra["note"]) == (name, name, name)


def test_an_unquoted_mac_stays_a_mac(read):
    text = HEAD + "field_devices: {cam: {kind: cctv, site: hall, mac: 12:34:56:12:34:56}}\n"
    assert read(text).field_devices["cam"].mac == "12:34:56:12:34:56"


def test_a_name_typed_on_a_mac_finds_the_site_typed_on_a_pc(read):
    text = (
        "city: Y\ntimezone: Asia/Seoul\nsites: {\u1112\u1161\u11ab: {}}\ndevices: {sw: {site: 한, address: 10.0.0.1}}\n"
    )
    assert read(text).devices["sw"].site == "한"


def test_a_ring_in_a_ring_and_all_that_a_link_can_say(read):
    text = HEAD + (
        "devices: {a: {site: hall, address: 10.0.0.1}, b: {site: hall, address: 10.0.0.2}}\n"
        "rings: {main: {protocol: erps}, sub: {parent: main}}\ncables: {c: {cores: 12, length: 1.5km}}\n"
        "links: {l: {a: a ae0, b: b ae0, capacity: 2.5G, ring: sub, backup: yes, over: lte, medium: radio,\n"
        "  fibre: [{cable: c, cores: [1, 12]}, {cable: c}],\n"
        "  members: [{a: a p1, b: b p1}, {a: a p2, b: b p2}], note: 증설 2026}}\n"
    )
    inventory = read(text)
    link = inventory.links["l"]
    assert (link.capacity_bps, link.ring, link.backup, link.over) == (2_500_000_000, "sub", True, "lte")
    assert [(run.cable, run.cores) for run in link.fibre] == [("c", (1, 12)), ("c", ())]
    assert [(str(a), str(b)) for a, b in link.members] == [("a p1", "b p1"), ("a p2", "b p2")]
    assert link.extra == {"note": "증설 2026"}
    assert inventory.cables["c"].length_m == 1500.0


def test_maintenance_is_in_the_citys_time_and_about_anything(read):
    text = HEAD + (
        "devices: {sw: {site: hall, address: 10.0.0.1}}\nmaintenance:\n"
        "  port: {subject: 'port:sw Ethernet Port 1-1', from: 2026-12-01T01:00, until: 2026-12-01 05:00}\n"
        "  site: {subject: 'site:hall', from: 2026-12-01T01:00+00:00, until: 2026-12-01T05:00Z, reason: 증설}\n"
        "  here: {subject: 'vantage:', from: 2026-12-01T01:00, until: 2026-12-01T05:00}\n"
    )
    windows = read(text).maintenance
    assert windows["port"].subject == "port:sw Ethernet Port 1-1"
    assert windows["site"].from_s - windows["port"].from_s == 9 * 3600
    assert windows["port"].until_s - windows["port"].from_s == 4 * 3600


def test_the_fingerprint_follows_the_bytes_and_names_of_all_files(read):
    text = HEAD + "include: ['*.yml']\n"
    prints = [
        read(text, files={"a.yml": "sites: {a: {}}"}).fingerprint,
        read(text, files={"a.yml": "sites: {a: {}} "}).fingerprint,
        read(text, files={"a.yml": "sites: {a: {}}"}).fingerprint,
        read(text, files={"b.yml": ""}).fingerprint,
    ]
    assert prints[0] == prints[2]
    assert len(set(prints)) == 3


def test_every_mistake_is_told_at_once_in_the_order_of_files_and_lines(mistakes):
    text = (
        "city: Y\ntimezone: Asia/Soul\nsites: {hall: {}}\n"
        "devices:\n  sw-1: {site: hal, address: 10.0.0.256, profil: x}\n"
        "services: &s {cctv: {target: high, anchors: [sw-2]}}\n"
        "include: [b.yaml, {file: a.csv, as: sites}]\ncolour: red\n"
    )
    files = {"b.yaml": "devices:\n  sw-1: {site: hall, address: 10.0.0.1}\n", "a.csv": "id,location\nhall,1 2\nx,1\n"}
    places = [sentence.split(": ")[0] for sentence in mistakes(text, files=files)]
    assert places == [
        "inventory.yaml:2 timezone",
        "inventory.yaml:5 devices.sw-1.address",
        "inventory.yaml:5 devices.sw-1.profil",
        "inventory.yaml:5 devices.sw-1.site",
        "inventory.yaml:6",
        "inventory.yaml:6 services.cctv.target",
        "inventory.yaml:6 services.cctv.anchors[1]",
        "inventory.yaml:8 colour",
        "b.yaml:2 devices.sw-1",
        "a.csv:2 sites.hall",
        "a.csv:3 sites.x.location",
    ]


def test_messages_name_the_file_as_it_was_given(folder, read, mistakes):
    from pathlib import Path

    from netwatch.inventory import load

    mistakes(HEAD + "include: [d/*.yaml]\n", files={"d/a.yaml": "colour: red"})
    for given in (Path("inventory.yaml"), folder / "inventory.yaml"):
        with pytest.raises(InventoryError) as caught:
            load(given, environ={}, credentials_dir=None)
        assert [problem.file for problem in caught.value.problems] == [str(given.parent / "d/a.yaml")]


def test_how_many_traps_are_looked_into_is_the_citys_to_say(read):
    told = "city: Yangju\ntimezone: Asia/Seoul\n"
    settings = read(told + "settings: {traps_per_second: 50, traps_per_second_per_source: 2}").settings
    assert (settings.traps_per_second, settings.traps_per_second_per_source) == (50, 2)
    assert (Settings().traps_per_second, Settings().traps_per_second_per_source) == (500, 10)


def test_the_record_is_kept_as_long_as_the_settings_say(read):
    told = "city: Yangju\ntimezone: Asia/Seoul\n"
    kept = read(told + "settings: {ledger_keep_events: 3650d, ledger_keep_usage: 90d}").settings
    assert (kept.ledger_keep_events_s, kept.ledger_keep_usage_s) == (3650 * 86_400, 90 * 86_400)
    assert (Settings().ledger_keep_events_s, Settings().ledger_keep_usage_s) == (1827 * 86_400, 731 * 86_400)


def test_checkpoints_leave_the_box_where_the_settings_send_them(read):
    told = "city: Yangju\ntimezone: Asia/Seoul\n"
    nowhere = read(told).settings
    assert (nowhere.checkpoint_directory, nowhere.checkpoint_syslog, nowhere.checkpoint_webhook) == ("", "", "")
    settings = read(
        told + "settings:\n"
        "  checkpoint_directory: /mnt/evidence\n"
        "  checkpoint_syslog: '[2001:DB8::5]:514'\n"
        "  checkpoint_webhook: https://keeper.example.kr/netwatch\n"
    ).settings
    assert (settings.checkpoint_directory, settings.checkpoint_syslog) == ("/mnt/evidence", "[2001:db8::5]:514")
    assert settings.checkpoint_webhook == "https://keeper.example.kr/netwatch"
    assert read(told + "settings: {checkpoint_syslog: 'Log.example.kr:0514'}").settings.checkpoint_syslog == (
        "log.example.kr:514"
    )


def test_without_a_broker_nothing_is_sent_and_with_one_the_credential_is_a_secret(read):
    assert read("city: Yangju\ntimezone: Asia/Seoul\n").settings.broker_url == ""
    text = HEAD + (
        "settings:\n"
        "  broker_url: https://broker.example.kr:8443/ngsi-ld/v1\n"
        "  broker_authorization: {file: secrets/field}\n"
        "  broker_tenant: yangju\n"
        "  broker_types: [NetworkLink]\n"
        "  broker_contexts: ['http://context.example.kr/v1.3.jsonld']\n"
    )
    settings = read(text).settings
    assert settings.broker_url == "https://broker.example.kr:8443/ngsi-ld/v1"
    assert (settings.broker_types, settings.broker_tenant) == (("NetworkLink",), "yangju")
    assert settings.broker_contexts == ("http://context.example.kr/v1.3.jsonld",)
    assert settings.broker_authorization.reveal()
    assert repr(settings.broker_authorization) == "***"


def test_discover_goes_where_the_city_says_and_by_default_nowhere(read):
    told = "city: Yangju\ntimezone: Asia/Seoul\n"
    settings = read(told + "settings: {discover_networks: [10.20.0.0/16, '2001:DB8::/32']}").settings
    assert settings.discover_networks == ("10.20.0.0/16", "2001:db8::/32")
    assert Settings().discover_networks == ()


def test_what_citizens_are_told_is_a_file_and_by_default_nothing(read):
    told = "city: Yangju\ntimezone: Asia/Seoul\n"
    assert read(told + "settings: {public_summary: /var/lib/x.json}").settings.public_summary == "/var/lib/x.json"
    assert Settings().public_summary == ""
    with pytest.raises(InventoryError, match=r"settings\.public_summary: 'x\.json' is no file; write its whole path"):
        read(told + "settings: {public_summary: x.json}")

"""One broken inventory a fact, each with exactly the sentences the operator reads.

Every text stands behind the three lines of HEAD, so its own first line is line 4.
"""

import pytest

HEAD = """\
city: Yangju
timezone: Asia/Seoul
sites: {hall: {}, okjeong-3: {}}
"""
MORE = "sites: {a: {location: [37.5]}}\n"
TAKEN_BY_C1 = "is already taken by field_devices.c1"
CREDENTIAL = "credentials: {field: {version: 2c, community: {file: secrets/field}, insecure: true}}\n"
SWITCHES = """\
devices:
  sw-1: {site: hall, address: 10.0.0.1}
  sw-2: {site: hall, address: 10.0.0.2}
"""

ONE_SENTENCE = {
    # keys
    "an_unknown_key_gets_the_nearest_known_one": (
        "devices:\n  sw-12: {site: hall, address: 10.0.0.1, profil: auto}",
        "inventory.yaml:5 devices.sw-12.profil: unknown key; did you mean 'profile'?",
    ),
    "an_unknown_top_level_key_is_named": (
        "feild_devices: {}",
        "inventory.yaml:4 feild_devices: unknown key; did you mean 'field_devices'?",
    ),
    "a_key_like_no_other_gets_no_suggestion": (
        "zzz: 1",
        "inventory.yaml:4 zzz: unknown key",
    ),
    "the_settings_are_closed": (
        "settings:\n  ping_timeot: 1s",
        "inventory.yaml:5 settings.ping_timeot: unknown key; did you mean 'ping_timeout'?",
    ),
    "a_broker_without_a_scheme_is_no_web_address": (
        "settings:\n  broker_url: broker.example.kr/ngsi-ld/v1",
        (
            "inventory.yaml:5 settings.broker_url: 'broker.example.kr/ngsi-ld/v1' is no web address; "
            "write it like https://broker.example.kr/ngsi-ld/v1"
        ),
    ),
    "a_password_in_a_web_address_is_refused_and_not_repeated": (
        "settings:\n  broker_url: https://me:canary@broker.example.kr/",
        "inventory.yaml:5 settings.broker_url: a web address holds no name or password; those are kept as a secret",
    ),
    "a_web_address_with_a_query_is_refused": (
        "settings:\n  broker_url: https://broker.example.kr/?x=1",
        (
            "inventory.yaml:5 settings.broker_url: 'https://broker.example.kr/?x=1' is more than a web address: "
            "leave out what stands behind ? or #"
        ),
    ),
    "what_faults_are_told_to_can_tell_that_it_is_us": (
        "settings:\n  webhook_url: https://desk.example.kr/netwatch",
        "inventory.yaml:4 settings.webhook_secret: is missing: what is told to `webhook_url` is signed with it",
    ),
    "an_event_that_no_webhook_tells_of": (
        "settings:\n  webhook_events: [openned]",
        (
            "inventory.yaml:5 settings.webhook_events[1]: 'openned' is no event that is sent; "
            "known are opened, changed, acknowledged, dispatched, cleared; did you mean 'opened'?"
        ),
    ),
    "checkpoints_go_to_a_folder_by_its_whole_path": (
        "settings:\n  checkpoint_directory: evidence",
        (
            "inventory.yaml:5 settings.checkpoint_directory: 'evidence' is no folder; "
            "write its whole path, like /mnt/evidence"
        ),
    ),
    "the_access_record_is_kept_for_two_years": (
        "settings:\n  ledger_keep_events: 365d",
        "inventory.yaml:5 settings.ledger_keep_events: must be 730d or longer",
    ),
    "a_syslog_server_has_a_port": (
        "settings:\n  checkpoint_syslog: 10.20.0.5",
        (
            "inventory.yaml:5 settings.checkpoint_syslog: '10.20.0.5' is no place to send to; "
            "write it like 10.20.0.5:514 or [2001:db8::5]:514"
        ),
    ),
    "a_syslog_server_by_ipv6_stands_in_brackets": (
        "settings:\n  checkpoint_syslog: 2001:db8::5:514",
        (
            "inventory.yaml:5 settings.checkpoint_syslog: '2001:db8::5:514' is no place to send to; "
            "write it like 10.20.0.5:514 or [2001:db8::5]:514"
        ),
    ),
    "a_type_of_entity_that_there_is_none_of": (
        "settings:\n  broker_types: [Device, NetworkLnk]",
        (
            "inventory.yaml:5 settings.broker_types[2]: 'NetworkLnk' is no type of entity; "
            "known are Device, NetworkLink, NetworkInterface; did you mean 'NetworkLink'?"
        ),
    ),
    "a_credential_of_the_broker_is_never_written_here": (
        "settings:\n  broker_authorization: Bearer canary",
        (
            "inventory.yaml:5 settings.broker_authorization: a secret is never written here; write it in a file "
            "and name the file: {file: PATH}, {env: NAME} or {credential: NAME}"
        ),
    ),
    "a_key_deep_in_a_flow_table_has_its_own_line": (
        "roles: {access: {every: {ping: 10s,\n  status: 30s,\n  trafic: 60s}}}",
        "inventory.yaml:6 roles.access.every.trafic: unknown key; did you mean 'traffic'?",
    ),
    "a_role_that_does_not_exist_has_no_defaults": (
        "roles: {acess: {ping: off}}",
        "inventory.yaml:4 roles.acess: unknown key; did you mean 'access'?",
    ),
    "a_missing_key_is_reported_at_its_record": (
        "devices:\n  sw-1:\n    site: hall",
        "inventory.yaml:5 devices.sw-1.address: is missing",
    ),
    "a_key_with_nothing_behind_it_is_missing": (
        "devices:\n  sw-1: {site: hall, address: }",
        "inventory.yaml:5 devices.sw-1.address: is missing",
    ),
    "a_table_where_a_word_belongs": (
        "devices:\n  sw-1: {site: {name: hall}, address: 10.0.0.1}",
        "inventory.yaml:5 devices.sw-1.site: must be one value, not a table",
    ),
    "a_list_where_a_table_belongs": (
        "devices: [sw-1]",
        "inventory.yaml:4 devices: must be a table of keys and values",
    ),
    "a_word_where_a_list_belongs": (
        SWITCHES + "services:\n  cctv: {anchors: sw-1}",
        "inventory.yaml:8 services.cctv.anchors: must be a list, in square brackets",
    ),
    "an_empty_item_of_a_list": (
        "vantage:\n  canaries:\n    - 10.0.0.1\n    -",
        "inventory.yaml:7 vantage.canaries[2]: is empty",
    ),
    # values
    "an_id_with_a_blank_in_it": (
        "devices:\n  sw 1: {site: hall, address: 10.0.0.1}",
        "inventory.yaml:5 devices.sw 1: 'sw 1' is not an id; ids are letters, digits, '.', '_' and '-'",
    ),
    "a_bare_number_is_no_duration": (
        "defaults: {every: {ping: 5}}",
        "inventory.yaml:4 defaults.every.ping: '5' is not a duration such as 300ms, 5s, 15m, 1h or 2d",
    ),
    "a_fraction_is_no_duration": (
        "defaults: {snmp: {timeout: 1.5s}}",
        "inventory.yaml:4 defaults.snmp.timeout: '1.5s' is not a duration such as 300ms, 5s, 15m, 1h or 2d",
    ),
    "an_interval_of_zero": (
        "roles: {core: {every: {status: 0s}}}",
        "inventory.yaml:4 roles.core.every.status: must be longer than zero",
    ),
    "a_sexagesimal_of_yaml_1_1_is_no_duration": (
        "defaults: {every: {ping: 1:30}}",
        "inventory.yaml:4 defaults.every.ping: '1:30' is not a duration such as 300ms, 5s, 15m, 1h or 2d",
    ),
    "a_capacity_with_a_fraction_of_a_bit": (
        SWITCHES + "links: {l: {a: sw-1 p1, b: sw-2 p1, capacity: 0.5}}",
        "inventory.yaml:7 links.l.capacity: '0.5' is not a capacity in bit/s such as 100M, 2.5G or 10G",
    ),
    "a_length_without_a_unit": (
        "cables: {c-1: {length: 3200}}",
        "inventory.yaml:4 cables.c-1.length: '3200' is not a length such as 3.2km or 800m",
    ),
    "a_target_without_a_percent_sign": (
        "services: {cctv: {target: 0.999}}",
        "inventory.yaml:4 services.cctv.target: '0.999' is not a percentage such as 99.9%",
    ),
    "a_target_over_a_hundred": (
        "services: {cctv: {target: 100.1%}}",
        "inventory.yaml:4 services.cctv.target: '100.1%' is not a percentage such as 99.9%",
    ),
    "an_octet_over_255_is_not_taken_for_a_name": (
        "devices: {sw-1: {site: hall, address: 10.20.0.256}}",
        "inventory.yaml:4 devices.sw-1.address: '10.20.0.256' is not an IPv4 or IPv6 address",
    ),
    "an_address_with_leading_zeros_is_ambiguous": (
        "devices: {sw-1: {site: hall, address: 010.1.1.1}}",
        "inventory.yaml:4 devices.sw-1.address: '010.1.1.1' is not an IPv4 or IPv6 address",
    ),
    "a_multicast_address_is_nobodys": (
        "devices: {sw-1: {site: hall, address: 224.0.0.1}}",
        "inventory.yaml:4 devices.sw-1.address: '224.0.0.1' is no single machine's address",
    ),
    "an_address_with_a_mask": (
        "devices: {sw-1: {site: hall, address: 10.0.0.1/24}}",
        "inventory.yaml:4 devices.sw-1.address: '10.0.0.1/24' is neither an IP address nor a DNS name",
    ),
    "a_canary_by_name_would_need_dns_when_all_is_dark": (
        "vantage: {canaries: [gw.city.example]}",
        "inventory.yaml:4 vantage.canaries[1]: 'gw.city.example' is not an IPv4 or IPv6 address",
    ),
    "a_port_number_that_does_not_exist": (
        "defaults: {snmp: {port: 70000}}",
        "inventory.yaml:4 defaults.snmp.port: '70000' is not a whole number from 1 to 65535",
    ),
    "hexadecimal_is_no_number": (
        "cables: {c-1: {cores: 0x48}}",
        "inventory.yaml:4 cables.c-1.cores: '0x48' is not a whole number from 1 to 10000",
    ),
    "a_mac_that_excel_made_a_float_of": (
        "field_devices: {cam: {kind: cctv, site: hall, mac: 4.08E+09}}",
        "inventory.yaml:4 field_devices.cam.mac: '4.08E+09' is not a MAC address",
    ),
    "a_boolean_that_is_neither": (
        SWITCHES + "links: {l: {a: sw-1 p1, b: sw-2 p1, backup: maybe}}",
        "inventory.yaml:7 links.l.backup: 'maybe' is neither true nor false",
    ),
    "a_role_with_a_typo": (
        "devices: {sw-1: {site: hall, address: 10.0.0.1, role: acces}}",
        (
            "inventory.yaml:4 devices.sw-1.role: 'acces' is no role; known are core, aggregation, access, other; "
            "did you mean 'access'?"
        ),
    ),
    "a_check_nobody_knows": (
        "field_devices: {cam: {kind: cctv, site: hall, address: 10.1.0.1, checks: [ping, rtps]}}",
        (
            "inventory.yaml:4 field_devices.cam.checks[2]: 'rtps' is not a check; known are ping, tcp/PORT, rtsp, "
            "rtsp/PORT, onvif, onvif/PORT; did you mean 'rtsp'?"
        ),
    ),
    "a_tcp_check_of_port_zero": (
        "field_devices: {cam: {kind: cctv, site: hall, address: 10.1.0.1, checks: [tcp/0]}}",
        "inventory.yaml:4 field_devices.cam.checks[1]: '0' is not a whole number from 1 to 65535",
    ),
    "a_ping_nobody_knows": (
        "devices: {sw-1: {site: hall, address: 10.0.0.1, ping: tcp}}",
        "inventory.yaml:4 devices.sw-1.ping: 'tcp' is no way to ping; known are icmp, udp/PORT, off",
    ),
    "a_port_without_its_name": (
        SWITCHES + "field_devices: {cam: {kind: cctv, site: hall, port: sw-1}}",
        (
            "inventory.yaml:7 field_devices.cam.port: 'sw-1' is not a port; "
            "write the device id, one space and the port's name"
        ),
    ),
    "a_port_behind_two_blanks": (
        SWITCHES + "field_devices: {cam: {kind: cctv, site: hall, port: sw-1  Gi1}}",
        (
            "inventory.yaml:7 field_devices.cam.port: 'sw-1  Gi1' is not a port; "
            "write the device id, one space and the port's name"
        ),
    ),
    "a_location_of_one_number": (
        "include: [more.yaml]",
        "more.yaml:1 sites.a.location: must be a list of 2",
    ),
    "a_control_character_in_a_note": (
        'devices: {sw-1: {site: hall, address: 10.0.0.1, note: "a\\0b"}}',
        "inventory.yaml:4 devices.sw-1.note: 'a\\x00b' holds a control character",
    ),
    "an_unknown_way_out": (
        SWITCHES + "links: {l: {a: sw-1 p1, b: sw-2 p1, over: 5g}}",
        "inventory.yaml:7 links.l.over: '5g' is no way out of the city's own fibre; known are lte, oob, leased",
    ),
    # secrets and credentials
    "a_community_written_out_is_refused_and_not_repeated": (
        "credentials: {field: {version: 2c, community: s3cret, insecure: true}}",
        (
            "inventory.yaml:4 credentials.field.community: a secret is never written here; write it in a file "
            "and name the file: {file: PATH}, {env: NAME} or {credential: NAME}"
        ),
    ),
    "a_community_in_braces_is_not_repeated_either": (
        "credentials: {field: {version: 2c, community: {s3cret}, insecure: true}}",
        "inventory.yaml:4 credentials.field.community: must be one of {file: PATH}, {env: NAME} or {credential: NAME}",
    ),
    "a_secrets_file_that_is_not_there": (
        "credentials: {field: {version: 2c, community: {file: secrets/feld}, insecure: true}}",
        "inventory.yaml:4 credentials.field.community: the secret's file 'secrets/feld' does not exist",
    ),
    "an_environment_variable_that_is_not_set": (
        "credentials: {field: {version: 2c, community: {env: COMMUNITY}, insecure: true}}",
        "inventory.yaml:4 credentials.field.community: the environment variable 'COMMUNITY' is not set",
    ),
    "a_credential_of_systemd_without_systemd": (
        "credentials: {field: {version: 2c, community: {credential: field}, insecure: true}}",
        (
            "inventory.yaml:4 credentials.field.community: there is no credentials directory; "
            "{credential: NAME} needs systemd's LoadCredential="
        ),
    ),
    "a_secret_reference_without_a_name": (
        "credentials: {field: {version: 2c, community: {file: }, insecure: true}}",
        "inventory.yaml:4 credentials.field.community: must be one of {file: PATH}, {env: NAME} or {credential: NAME}",
    ),
    "a_community_in_clear_text_must_be_admitted": (
        "credentials:\n  field: {version: 2c, community: {file: secrets/field}}",
        (
            "inventory.yaml:5 credentials.field: SNMP 2c sends its community in clear text; "
            "write `insecure: true` to accept that"
        ),
    ),
    "insecure_false_is_no_admission": (
        "credentials:\n  old: {version: 1, community: {file: secrets/field}, insecure: false}",
        (
            "inventory.yaml:5 credentials.old: SNMP 1 sends its community in clear text; "
            "write `insecure: true` to accept that"
        ),
    ),
    "a_password_of_version_3_written_out_is_not_repeated": (
        "credentials:\n  core:\n    version: 3\n    user: netwatch\n    auth: {protocol: SHA-256, password: s3cret}",
        (
            "inventory.yaml:8 credentials.core.auth.password: a secret is never written here; write it in a file and "
            "name the file: {file: PATH}, {env: NAME} or {credential: NAME}"
        ),
    ),
    "version_3_without_a_user": (
        "credentials:\n  core: {version: 3, auth: {protocol: SHA-256, password: {file: secrets/core}}}",
        "inventory.yaml:5 credentials.core.user: is missing",
    ),
    "version_3_with_a_community": (
        "credentials:\n  core: {version: 3, user: netwatch, community: {file: secrets/core}, insecure: true}",
        "inventory.yaml:5 credentials.core.community: belongs to SNMP 1 and 2c; SNMP 3 has a user",
    ),
    "version_2c_with_a_user": (
        "credentials:\n  core: {version: 2c, user: netwatch, community: {file: secrets/core}, insecure: true}",
        "inventory.yaml:5 credentials.core.user: belongs to SNMP 3; SNMP 2c has a community alone",
    ),
    "version_2c_without_a_community": (
        "credentials:\n  field: {version: 2c, insecure: true}",
        "inventory.yaml:5 credentials.field.community: is missing",
    ),
    "privacy_without_authentication": (
        "credentials:\n  core: {version: 3, user: netwatch, priv: {protocol: AES-128, password: {file: secrets/core}}}",
        (
            "inventory.yaml:5 credentials.core.priv: is nothing without `auth`: "
            "SNMP 3 encrypts only what it authenticates"
        ),
    ),
    "no_authentication_must_be_admitted": (
        "credentials:\n  core: {version: 3, user: netwatch}",
        (
            "inventory.yaml:5 credentials.core: SNMP 3 without `auth` believes whoever answers; "
            "write `insecure: true` to accept that"
        ),
    ),
    "md5_and_des_must_be_admitted": (
        (
            "credentials:\n  core:\n    version: 3\n    user: netwatch\n"
            "    auth: {protocol: MD5, password: {file: secrets/core}}\n"
            "    priv: {protocol: DES, password: {file: secrets/core}}"
        ),
        "inventory.yaml:5 credentials.core: MD5 and DES can be broken; write `insecure: true` to accept that",
    ),
    "a_protocol_that_does_not_exist": (
        "credentials:\n  core: {version: 3, user: n, auth: {protocol: SHA256, password: {file: secrets/core}}}",
        (
            "inventory.yaml:5 credentials.core.auth.protocol: 'SHA256' is no authentication protocol; known are MD5, "
            "SHA-1, SHA-224, SHA-256, SHA-384, SHA-512; did you mean 'SHA-256'?"
        ),
    ),
    "an_engines_id_that_is_none": (
        "credentials:\n  core: {version: 3, user: n, context_engine_id: '0x80', insecure: true}",
        (
            "inventory.yaml:5 credentials.core.context_engine_id: '0x80' is not an engine's id: "
            "5 to 32 octets as hexadecimal digits"
        ),
    ),
    "a_user_too_long_for_the_wire": (
        f"credentials:\n  core: {{version: 3, user: {'관리자' * 4}, insecure: true}}",
        "inventory.yaml:5 credentials.core.user: is not a user of SNMPv3; their names have 1 to 32 octets",
    ),
    "pysnmp_told_what_it_cannot_do": (
        CREDENTIAL
        + "devices: {sw-1: {site: hall, address: 10.0.0.1, "
        + "snmp: {credential: field, engine: pysnmp, source: 10.0.0.9, accept_from: [10.0.0.2]}}}",
        "inventory.yaml:5 devices.sw-1.snmp.engine: pysnmp cannot be told accept_from, source",
    ),
    "an_engine_that_does_not_exist": (
        CREDENTIAL + "devices: {sw-1: {site: hall, address: 10.0.0.1, snmp: {credential: field, engine: pysmnp}}}",
        (
            "inventory.yaml:5 devices.sw-1.snmp.engine: 'pysmnp' is no engine; known are netwatch, pysnmp; "
            "did you mean 'pysnmp'?"
        ),
    ),
    "a_password_too_short_for_agents": (
        "credentials:\n  core: {version: 3, user: n, auth: {protocol: SHA-1, password: {env: SHORT}}}",
        "inventory.yaml:5 credentials.core.auth.password: the environment variable 'SHORT' is not set",
    ),
    "a_version_that_never_was": (
        "credentials: {field: {version: 2, community: {file: secrets/field}, insecure: true}}",
        "inventory.yaml:4 credentials.field.version: '2' is no SNMP version; known are 1, 2c, 3; did you mean '2c'?",
    ),
    # what does not fit together
    "a_site_that_does_not_exist": (
        "devices: {sw-1: {site: okjung-3, address: 10.0.0.1}}",
        "inventory.yaml:4 devices.sw-1.site: there is no 'okjung-3' among the sites; did you mean 'okjeong-3'?",
    ),
    "a_credential_that_does_not_exist": (
        CREDENTIAL + "defaults:\n  snmp: {credential: feild}\n" + SWITCHES,
        "inventory.yaml:6 defaults.snmp.credential: there is no 'feild' among the credentials; did you mean 'field'?",
    ),
    "a_link_to_a_device_that_does_not_exist": (
        SWITCHES + "links:\n  l-1:\n    a: sw-1 p1\n    b: sw-9 p1",
        "inventory.yaml:10 links.l-1.b: there is no 'sw-9' among the devices; did you mean 'sw-1'?",
    ),
    "an_anchor_device_that_does_not_exist": (
        "services: {cctv: {anchors: [core-1]}}",
        "inventory.yaml:4 services.cctv.anchors[1]: there is no 'core-1' among the devices",
    ),
    "a_cable_that_does_not_exist": (
        SWITCHES + "cables: {c-017: {}}\nlinks: {l: {a: sw-1 p1, b: sw-2 p1,\n  fibre: [{cable: c-17, cores: [1]}]}}",
        "inventory.yaml:9 links.l.fibre[1].cable: there is no 'c-17' among the cables; did you mean 'c-017'?",
    ),
    "a_core_that_the_cable_does_not_have": (
        SWITCHES
        + "cables: {c-1: {cores: 24}}\nlinks: {l: {a: sw-1 p1, b: sw-2 p1, fibre: [{cable: c-1, cores: [24, 25]}]}}",
        "inventory.yaml:8 links.l.fibre[1].cores: the cable c-1 has 24 cores, not 25",
    ),
    "one_address_and_port_for_two_devices": (
        CREDENTIAL + "defaults: {snmp: {credential: field}}\n" + SWITCHES + "  sw-3: {site: hall, address: 10.0.0.1}",
        "inventory.yaml:9 devices.sw-3.address: 10.0.0.1 port 161 is already taken by devices.sw-1 (inventory.yaml:7)",
    ),
    "one_address_written_in_two_ways_is_one_address": (
        "devices:\n  a: {site: hall, address: '2001:db8::1'}\n  b: {site: hall, address: '2001:0DB8:0::1'}",
        "inventory.yaml:6 devices.b.address: 2001:db8::1 is already taken by devices.a (inventory.yaml:5)",
    ),
    "a_device_that_would_never_be_asked_anything": (
        "devices: {sw-1: {site: hall, address: 10.0.0.1, ping: off}}",
        ("inventory.yaml:4 devices.sw-1: is neither asked over SNMP nor pinged; nothing would ever be known of it"),
    ),
    "two_cameras_on_one_port": (
        SWITCHES
        + "field_devices:\n  c1: {kind: cctv, site: hall, port: sw-1 Gi1}\n"
        + "  c2: {kind: cctv, site: hall, port: sw-1 Gi1}",
        f"inventory.yaml:9 field_devices.c2.port: port 'sw-1 Gi1' {TAKEN_BY_C1} (inventory.yaml:8)",
    ),
    "a_port_that_only_one_of_two_calls_shared": (
        SWITCHES
        + "field_devices:\n  c1: {kind: cctv, site: hall, port: sw-1 Gi1, shared: true}\n"
        + "  c2: {kind: cctv, site: hall, port: sw-1 Gi1}",
        f"inventory.yaml:9 field_devices.c2.port: port 'sw-1 Gi1' {TAKEN_BY_C1} (inventory.yaml:8)",
    ),
    "a_camera_on_an_uplink": (
        SWITCHES + "links: {l: {a: sw-1 p1, b: sw-2 p1}}\nfield_devices: {c1: {kind: cctv, site: hall, port: sw-2 p1}}",
        "inventory.yaml:8 field_devices.c1.port: port 'sw-2 p1' is already taken by links.l (inventory.yaml:7)",
    ),
    "two_links_on_one_port": (
        SWITCHES + "links:\n  l1: {a: sw-1 p1, b: sw-2 p1}\n  l2: {a: sw-2 p2, b: sw-1 p1}",
        "inventory.yaml:9 links.l2.b: port 'sw-1 p1' is already taken by links.l1 (inventory.yaml:8)",
    ),
    "a_member_of_an_aggregate_is_a_port_in_use": (
        SWITCHES
        + "links:\n  lag: {a: sw-1 ae0, b: sw-2 ae0, members: [{a: sw-1 p1, b: sw-2 p1}]}\n"
        + "  l2: {a: sw-1 p1, b: sw-2 p2}",
        "inventory.yaml:9 links.l2.a: port 'sw-1 p1' is already taken by links.lag (inventory.yaml:8)",
    ),
    "a_link_from_a_port_to_itself": (
        SWITCHES + "links: {l: {a: sw-1 p1, b: sw-1 p1}}",
        "inventory.yaml:7 links.l.b: is the same port as `a`",
    ),
    "one_mac_in_two_notations_is_one_mac": (
        (
            "field_devices:\n  c1: {kind: cctv, site: hall, mac: 00:40:8c:11:22:33}\n"
            "  c2: {kind: cctv, site: hall, mac: 0040.8C11.2233}"
        ),
        f"inventory.yaml:6 field_devices.c2.mac: 00:40:8c:11:22:33 {TAKEN_BY_C1} (inventory.yaml:5)",
    ),
    "two_cameras_at_one_address": (
        (
            "field_devices:\n  c1: {kind: cctv, site: hall, address: 10.1.0.1}\n"
            "  c2: {kind: cctv, site: hall, address: 10.1.0.1}"
        ),
        f"inventory.yaml:6 field_devices.c2.address: 10.1.0.1 {TAKEN_BY_C1} (inventory.yaml:5)",
    ),
    "a_camera_at_a_switchs_address": (
        SWITCHES + "field_devices: {c1: {kind: cctv, site: hall, address: 10.0.0.2}}",
        "inventory.yaml:7 field_devices.c1.address: 10.0.0.2 is already taken by devices.sw-2 (inventory.yaml:6)",
    ),
    "a_camera_with_checks_and_no_address": (
        "field_devices: {c1: {kind: cctv, site: hall, checks: [ping]}}",
        "inventory.yaml:4 field_devices.c1.checks: has nothing to ask: the field device has no address",
    ),
    "a_camera_nowhere": (
        "field_devices: {c1: {kind: cctv}}",
        "inventory.yaml:4 field_devices.c1.site: is missing, and there is no port whose device could tell it",
    ),
    "rings_that_are_each_others_parents": (
        "rings:\n  a: {parent: b}\n  b: {parent: c}\n  c: {parent: b}",
        "inventory.yaml:6 rings.b.parent: the rings are each other's parents: b -> c -> b",
    ),
    "a_ring_that_is_its_own_parent": (
        "rings: {a: {parent: a}}",
        "inventory.yaml:4 rings.a.parent: the rings are each other's parents: a -> a",
    ),
    # maintenance
    "maintenance_of_nothing": (
        "maintenance: {m: {subject: ring-a, from: 2026-12-01T01:00, until: 2026-12-01T02:00}}",
        (
            "inventory.yaml:4 maintenance.m.subject: 'ring-a' is no subject; known are cable:ID, device:ID, "
            "field_device:ID, link:ID, port:ID, ring:ID, site:ID and vantage:"
        ),
    ),
    "maintenance_of_a_ring_that_does_not_exist": (
        (
            "rings: {ring-a: {}}\nmaintenance:\n"
            "  m: {subject: 'ring:ring-b', from: 2026-12-01T01:00, until: 2026-12-01T02:00}"
        ),
        "inventory.yaml:6 maintenance.m.subject: there is no 'ring-b' among the rings; did you mean 'ring-a'?",
    ),
    "maintenance_that_ends_before_it_begins": (
        "maintenance:\n  m:\n    subject: 'vantage:'\n    from: 2026-12-01T05:00\n    until: 2026-12-01T01:00",
        "inventory.yaml:8 maintenance.m.until: is not after `from`",
    ),
    "maintenance_on_a_day_that_does_not_exist": (
        "maintenance: {m: {subject: 'vantage:', from: 2026-02-30T01:00, until: 2026-12-01T02:00}}",
        "inventory.yaml:4 maintenance.m.from: '2026-02-30T01:00' is not a time such as 2026-12-01T01:00",
    ),
    # YAML itself
    "an_anchor": (
        "defaults: &d {ping: off}",
        "inventory.yaml:4: a YAML anchor (`&name`) is refused; write the value where it is used",
    ),
    "a_tag": (
        "charset: !!str cp949",
        "inventory.yaml:4: a YAML tag (`!name`) is refused; values are read by what their key wants",
    ),
    "a_tag_that_would_run_code": (
        "include: !!python/object/apply:os.listdir []",
        "inventory.yaml:4: a YAML tag (`!name`) is refused; values are read by what their key wants",
    ),
    "a_duplicate_key": (
        "devices:\n  sw-1: {site: hall, address: 10.0.0.1}\n  sw-1: {site: hall, address: 10.0.0.2}",
        "inventory.yaml:6: the key 'sw-1' stands here twice, first in line 5",
    ),
    "a_second_document": (
        "---\ncity: Elsewhere",
        "inventory.yaml:4: a second YAML document (`---`) is refused; one file is one document",
    ),
    "a_tab_in_the_indentation": (
        "devices:\n\tsw-1: {}",
        (
            "inventory.yaml:5: not valid YAML: while scanning for the next token begun in line 5: "
            "found character that cannot start any token"
        ),
    ),
    "a_brace_that_never_closes": (
        "devices: {sw-1: {site: hall",
        (
            "inventory.yaml:5: not valid YAML: while parsing a flow mapping begun in line 4: "
            "did not find expected ',' or '}'"
        ),
    ),
    "a_list_as_a_key": (
        "? [a, b]\n: c",
        "inventory.yaml:4: a key must be a word, not a list or a table",
    ),
    "twenty_one_levels": (
        "defaults: " + "[" * 20 + "]" * 20,
        "inventory.yaml:4: nested deeper than 20 levels; an inventory never is",
    ),
    # the city as a whole
    "a_charset_that_is_a_compression": (
        "charset: bz2",
        "inventory.yaml:4 charset: 'bz2' is not a character set; cp949 and utf-8 are",
    ),
    "a_charset_without_ascii": (
        "charset: utf-16",
        "inventory.yaml:4 charset: 'utf-16' is not a character set that holds ASCII; cp949 and utf-8 are",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), ONE_SENTENCE.values(), ids=ONE_SENTENCE)
def test_each_mistake_is_one_sentence_with_its_place(mistakes, text, sentence):
    assert mistakes(HEAD + text + "\n", files={"more.yaml": MORE}) == [sentence]


@pytest.mark.parametrize(
    ("url", "key", "sentence"),
    [
        (
            "http://desk.example.kr/netwatch",
            "0123456789abcdef",
            (
                "inventory.yaml:4 settings.webhook_url: is not https: faults would be told in the clear; "
                "`webhook_insecure: true` lets it"
            ),
        ),
        (
            "https://desk.example.kr/netwatch",
            "0123456789abcde",
            (
                "inventory.yaml:4 settings.webhook_secret: is shorter than 16 bytes, and could be guessed; "
                "`openssl rand -base64 32` makes one"
            ),
        ),
    ],
)
def test_faults_are_told_over_tls_and_signed_with_a_key_that_nobody_guesses(mistakes, url, key, sentence):
    settings = f"settings: {{webhook_url: '{url}', webhook_secret: {{file: key}}}}\n"
    assert mistakes(HEAD + settings, files={"key": key}) == [sentence]

"""The catalogue: every metric netwatch exports, once. Rendering, README and tests are derived from this table."""

from netwatch.core.health_metrics import HEALTH_METRICS, LINK_LIGHT_METRICS
from netwatch.core.metric import DEVICE, PORT, Metric, MetricType, Scope, gauge, total
from netwatch.core.output_metrics import OUTPUT_METRICS

__all__ = ["BY_NAME", "CATALOGUE", "Metric", "MetricType", "Scope"]


_FIELD = ("field_device", "site", "district", "service")
_LINK = ("link", "district")  # the district of the a end
_RING = ("ring", "district")  # empty where it runs through several


def _port_total(direction: str, what: str, help_: str, unit: str, *more: str) -> Metric:
    name = f"netwatch_interface_{direction}_{what}_total"
    labels = (*PORT, *more)
    return Metric(
        name=name, type=MetricType.COUNTER, scope=Scope.INTERFACE, labels=labels, help=help_, unit=unit, stamped=True
    )


CATALOGUE: tuple[Metric, ...] = (
    gauge("netwatch_device_up", Scope.DEVICE, DEVICE, "1 if the device answers ICMP or SNMP."),
    gauge("netwatch_device_icmp_up", Scope.DEVICE, DEVICE, "1 if the device answers echoes."),
    gauge(
        "netwatch_device_icmp_rtt_seconds",
        Scope.DEVICE,
        DEVICE,
        "Round-trip time of the last answered echo.",
        "seconds",
    ),
    gauge(
        "netwatch_device_icmp_loss_ratio", Scope.DEVICE, DEVICE, "Echoes lost among the last twenty, 0 to 1.", "ratio"
    ),
    gauge("netwatch_device_snmp_up", Scope.DEVICE, DEVICE, "1 if the SNMP agent answers."),
    gauge("netwatch_device_uptime_seconds", Scope.DEVICE, DEVICE, "sysUpTime, wraps undone.", "seconds"),
    gauge(
        "netwatch_device_info",
        Scope.DEVICE,
        (
            *DEVICE,
            "name",
            "address",
            "profile",
            "sys_name",
            "sys_descr",
            "sys_object_id",
            "vendor",
            "model",
            "serial",
            "firmware",
            "snmp_version",
            "snmp_security",
            "snmp_weakness",
        ),
        "Text that drifts; always 1. snmp_weakness is what an attacker of its SNMP would be glad of, or empty.",
    ),
    gauge(
        "netwatch_device_last_success_timestamp_seconds",
        Scope.DEVICE,
        (*DEVICE, "lane"),
        "When this lane last brought something in.",
        "seconds",
    ),
    gauge(
        "netwatch_device_state",
        Scope.DEVICE,
        (*DEVICE, "state"),
        "The verdict on the device as a StateSet: up, degraded, down, unreachable or unknown.",
    ),
    gauge(
        "netwatch_device_interfaces_dropped",
        Scope.DEVICE,
        DEVICE,
        "Interfaces beyond settings.max_interfaces_per_device, not exported.",
    ),
    gauge(
        "netwatch_poll_duration_seconds",
        Scope.DEVICE,
        ("device", "site", "lane"),
        "How long the last poll of this lane took.",
        "seconds",
    ),
    total(
        "netwatch_poll_overruns_total",
        Scope.DEVICE,
        ("device", "site", "lane"),
        "Polls left out because the one before had not ended.",
    ),
    total(
        "netwatch_poll_failures_total",
        Scope.DEVICE,
        ("device", "site", "lane", "reason"),
        "Polls that were partial or failed, by reason.",
    ),
    gauge("netwatch_interface_up", Scope.INTERFACE, PORT, "1 if ifOperStatus is up."),
    gauge("netwatch_interface_admin_up", Scope.INTERFACE, PORT, "1 if ifAdminStatus is up."),
    gauge(
        "netwatch_interface_speed_bytes_per_second",
        Scope.INTERFACE,
        PORT,
        "Capacity: the inventory's, else ifHighSpeed or ifSpeed where it can be believed.",
        "bytes",
    ),
    gauge(
        "netwatch_interface_info",
        Scope.INTERFACE,
        (*PORT, "alias", "description", "type"),
        "Text that drifts; always 1.",
    ),
    _port_total("receive", "bytes", "Octets received.", "bytes"),
    _port_total("transmit", "bytes", "Octets sent.", "bytes"),
    _port_total("receive", "packets", "Packets received, by cast: unicast, multicast, broadcast.", "packets", "cast"),
    _port_total("transmit", "packets", "Packets sent, by cast: unicast, multicast, broadcast.", "packets", "cast"),
    _port_total("receive", "errors", "ifInErrors.", "packets"),
    _port_total("transmit", "errors", "ifOutErrors.", "packets"),
    _port_total("receive", "discards", "ifInDiscards.", "packets"),
    _port_total("transmit", "discards", "ifOutDiscards.", "packets"),
    *HEALTH_METRICS,
    gauge(
        "netwatch_field_device_check_up",
        Scope.FIELD_DEVICE,
        (*_FIELD, "check"),
        "1 if this check of the field device last succeeded; absent until it was tried.",
    ),
    gauge(
        "netwatch_field_device_check_duration_seconds",
        Scope.FIELD_DEVICE,
        (*_FIELD, "check"),
        "How long the last successful check took.",
        "seconds",
    ),
    gauge(
        "netwatch_field_device_clock_offset_seconds",
        Scope.FIELD_DEVICE,
        _FIELD,
        "The field device's clock minus ours, to half a second; absent where it does not tell the time.",
        "seconds",
    ),
    gauge(
        "netwatch_field_device_state",
        Scope.FIELD_DEVICE,
        (*_FIELD, "state"),
        "The verdict on the field device as a StateSet: fine, fault, unreachable or unknown.",
    ),
    gauge(
        "netwatch_field_device_cause",
        Scope.FIELD_DEVICE,
        (*_FIELD, "cause"),
        "What is wrong with it, only while in fault: no_power, cable_or_port, device_hung, stream_silent, "
        "wrong_device or moved.",
    ),
    gauge(
        "netwatch_field_device_info",
        Scope.FIELD_DEVICE,
        (*_FIELD, "name", "kind", "device", "interface", "address", "contractor", "asset_no"),
        "What it is, and the port it hangs on; always 1.",
    ),
    gauge(
        "netwatch_site_info",
        Scope.CITY,
        ("site", "district", "name", "latitude", "longitude"),
        "Where a site is, in degrees of WGS 84, empty where the inventory does not tell; always 1.",
    ),
    gauge("netwatch_service_info", Scope.CITY, ("service", "name"), "What a service is called; always 1."),
    gauge(
        "netwatch_service_field_devices",
        Scope.CITY,
        ("service", "district", "state"),
        "Field devices of the service in the district, by their state.",
    ),
    gauge(
        "netwatch_port_unregistered_macs",
        Scope.CITY,
        PORT,
        "MAC addresses on an edge port that no field device is registered with; absent where there are none.",
    ),
    gauge(
        "netwatch_topology_discrepancies",
        Scope.CITY,
        ("kind",),
        "What LLDP and the inventory tell differently, by kind: missing, moved, swapped, extra.",
    ),
    gauge(
        "netwatch_link_discrepancy",
        Scope.CITY,
        ("link", "kind"),
        "1 while LLDP contradicts what the inventory says of this link.",
    ),
    gauge("netwatch_vantage_up", Scope.CITY, (), "1 if our own uplink is seen to work: a canary answers."),
    gauge(
        "netwatch_link_state",
        Scope.CITY,
        (*_LINK, "state"),
        "The link as both its ends tell it, as a StateSet: up, degraded, one_end, down or unknown.",
    ),
    gauge(
        "netwatch_link_info",
        Scope.CITY,
        (*_LINK, "a_device", "a_interface", "b_device", "b_interface", "ring", "medium", "cables"),
        "From where to where a link goes, and in which cables; always 1.",
    ),
    gauge(
        "netwatch_link_utilization_ratio",
        Scope.CITY,
        (*_LINK, "direction"),
        "Share of the capacity in use over the last traffic interval, 0 to 1, by direction: a_to_b, b_to_a.",
        "ratio",
    ),
    gauge(
        "netwatch_link_rate_bytes_per_second",
        Scope.CITY,
        (*_LINK, "direction"),
        "What passed over the last traffic interval, by direction: a_to_b, b_to_a.",
        "bytes",
    ),
    *LINK_LIGHT_METRICS,
    gauge(
        "netwatch_link_single_point_of_failure",
        Scope.CITY,
        _LINK,
        "1 if some service has no other way than this link.",
    ),
    gauge(
        "netwatch_ring_state",
        Scope.CITY,
        (*_RING, "state"),
        "The ring as a StateSet: intact, switched, split, manual, restoring, no_block or unknown.",
    ),
    gauge(
        "netwatch_ring_info",
        Scope.CITY,
        (*_RING, "name", "protocol", "parent"),
        "What a ring is called, and the ring that a sub-ring hangs on; always 1.",
    ),
    total(
        "netwatch_ring_unprotected_seconds_total",
        Scope.CITY,
        _RING,
        "How long the ring has been without reserve: switched or split.",
        "seconds",
    ),
    gauge(
        "netwatch_ring_shared_risk",
        Scope.CITY,
        (*_RING, "kind", "id"),
        "1 for every cable or duct that two or more links of the ring lie in.",
    ),
    gauge(
        "netwatch_fault_active",
        Scope.FAULT,
        ("fault", "subject", "severity"),
        "1 while the fault is open; 0 for 20 minutes after it cleared, and for a severity it has left.",
    ),
    gauge(
        "netwatch_fault_info",
        Scope.FAULT,
        ("fault", "kind", "subject", "severity", "district", "send", "contractor", "ambiguous_with", "contributing"),
        "What an open fault is, and whom to send; always 1.",
    ),
    # beside the faults, for whoever reads only them must know whom not to wake
    gauge(
        "netwatch_maintenance_active", Scope.FAULT, ("subject",), "1 while a declared maintenance window is running."
    ),
    gauge(
        "netwatch_fault_since_timestamp_seconds",
        Scope.FAULT,
        ("fault",),
        "When an open fault began, by its first evidence.",
        "seconds",
    ),
    gauge(
        "netwatch_fault_acknowledged",
        Scope.FAULT,
        ("fault",),
        "1 while somebody has taken note of an open fault as it is now; 0 again once it becomes worse.",
    ),
    gauge("netwatch_fault_devices", Scope.FAULT, ("fault",), "Devices that an open fault makes dark."),
    gauge(
        "netwatch_fault_affected",
        Scope.FAULT,
        ("fault", "service", "district"),
        "Field devices that an open fault takes out of service, each counted in one fault only.",
    ),
    gauge("netwatch_inventory_reload_success", Scope.DAEMON, (), "1 if the last reload was accepted."),
    gauge(
        "netwatch_inventory_reload_timestamp_seconds",
        Scope.DAEMON,
        (),
        "When the inventory in force was loaded.",
        "seconds",
    ),
    total("netwatch_snmp_replies_total", Scope.DAEMON, ("outcome",), "SNMP datagrams and requests, by outcome."),
    total(
        "netwatch_snmp_engine_changes_total",
        Scope.DAEMON,
        ("change",),
        "What was told of the SNMPv3 engines of devices: rebooted, replaced, reset, clock_stepped, or shared by two.",
    ),
    total("netwatch_icmp_replies_total", Scope.DAEMON, ("outcome",), "Echo replies, by outcome."),
    total(
        "netwatch_traps_received_total",
        Scope.DAEMON,
        (),
        "Datagrams that came where traps are heard, those included that the kernel had no room for.",
    ),
    total(
        "netwatch_traps_total",
        Scope.DAEMON,
        ("outcome",),
        "What became of them, each counted once: acted_on, and every reason to drop one.",
    ),
    total("netwatch_events_total", Scope.DAEMON, ("kind",), "Events recorded."),
    gauge("netwatch_ledger_ok", Scope.DAEMON, (), "1 if the store commits in time; 0: told before committed."),
    gauge("netwatch_ledger_rows", Scope.DAEMON, (), "Rows in the ledger, which only grows."),
    gauge(
        "netwatch_ledger_checkpoint_timestamp_seconds",
        Scope.DAEMON,
        (),
        "When the ledger was last signed for; each minute, if anything came.",
        "seconds",
    ),
    total(
        "netwatch_ledger_checkpoint_failures_total",
        Scope.DAEMON,
        ("outlet",),
        "Signed checkpoints that did not reach where they were to be kept: file, directory, syslog or webhook.",
    ),
    gauge("netwatch_ledger_usage_timestamp_seconds", Scope.DAEMON, (), "Up to when usage is in the ledger.", "seconds"),
    gauge("netwatch_store_queue_length", Scope.DAEMON, (), "Events waiting to be committed."),
    gauge("netwatch_loop_lag_seconds", Scope.DAEMON, (), "99th percentile of the event loop's lateness.", "seconds"),
    gauge("netwatch_own_loss_ratio", Scope.DAEMON, (), "Echoes to ourselves that were lost, 0 to 1.", "ratio"),
    gauge(
        "netwatch_last_sweep_timestamp_seconds", Scope.DAEMON, (), "When every due device was last polled.", "seconds"
    ),
    total(
        "netwatch_fold_errors_total", Scope.DAEMON, (), "Observations that could not be made sense of; a fault of ours."
    ),
    total("netwatch_render_errors_total", Scope.DAEMON, (), "Parts of a device that could not be rendered."),
    total(
        "netwatch_polls_superseded_total",
        Scope.DAEMON,
        (),
        "Polls left out because a newer one came before they were folded: netwatch gets less CPU than it needs.",
    ),
    total(
        "netwatch_http_connections_cut_total",
        Scope.DAEMON,
        ("reason",),
        "Connections to the listener that were refused or ended by a cap or a deadline.",
    ),
    total(
        "netwatch_http_requests_refused_total",
        Scope.DAEMON,
        ("reason",),
        "Requests refused before they were looked at: malformed, or by the web configuration: unauthenticated, "
        "busy (too many passwords to check), rate_limited.",
    ),
    gauge(
        "netwatch_web_config_reload_success",
        Scope.DAEMON,
        (),
        "1 if the web configuration and its certificates are in force as they stand in the files; absent without one.",
    ),
    gauge(
        "netwatch_web_certificate_not_after_timestamp_seconds",
        Scope.DAEMON,
        (),
        "When the certificate of the pages ends, or the first of its chain; absent without TLS.",
        "seconds",
    ),
    *OUTPUT_METRICS,
    gauge("netwatch_build_info", Scope.DAEMON, ("version", "python"), "Always 1."),
)

BY_NAME: dict[str, Metric] = {metric.name: metric for metric in CATALOGUE}

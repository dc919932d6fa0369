"""What the recording rules make of counters and counts."""

from tests.rules.scenario import GONE, over, series, value

PORT = {"device": "acc-1", "site": "s", "interface": "Gi1/0/1"}


def recorded(at_s, name, *samples):
    """To a thousandth: rates are extrapolated, in floating point."""
    return value(at_s, f"round({name}, 0.001)", *samples)


def counted(name, growth, **more):
    return {series(f"netwatch_interface_{name}_total", **PORT, **more): f"0+{growth}x60"}


def test_rates_are_exact(promtool):
    told = counted("receive_bytes", 30_000_000) | counted("transmit_bytes", 300) | counted("receive_errors", 30)
    promtool.holds(
        told,
        recorded(900, "netwatch:interface_receive_bytes:rate4m", (PORT, 1_000_000)),
        recorded(900, "netwatch:interface_transmit_bytes:rate4m", (PORT, 10)),
        recorded(900, "netwatch:interface_receive_errors:rate4m", (PORT, 1)),
        files=("traffic",),
        step_s=30,
    )


def test_packets_are_summed_over_their_casts_and_broadcasts_stand_alone(promtool):
    told = counted("receive_packets", 3000, cast="unicast") | counted("receive_packets", 30, cast="broadcast")
    promtool.holds(
        told,
        recorded(900, "netwatch:interface_receive_packets:rate4m", (PORT, 101)),
        recorded(900, "netwatch:interface_receive_broadcast_packets:rate4m", (PORT, 1)),
        files=("traffic",),
        step_s=30,
    )


def test_a_counter_that_is_gone_has_no_rate_rather_than_none_to_speak_of(promtool):
    name = series("netwatch_interface_receive_bytes_total", **PORT)
    promtool.holds(
        {name: over((600, (0, 30)), (900, GONE), step_s=30)},
        recorded(1300, "netwatch:interface_receive_bytes:rate4m"),
        files=("traffic",),
        step_s=30,
    )


def counts(service, district, **states):
    return {
        series("netwatch_service_field_devices", service=service, district=district, state=state): f"{number}x30"
        for state, number in states.items()
    }


def test_unreachable_does_not_work_and_unknown_is_not_observed(promtool):
    told = counts("cctv", "옥정동", fine=90, fault=4, unreachable=6, unknown=20)
    told |= counts("cctv", "회천동", fine=10, fault=0, unreachable=0, unknown=0)
    cctv = {"service": "cctv"}
    here, there = cctv | {"district": "옥정동"}, cctv | {"district": "회천동"}
    promtool.holds(
        told,
        recorded(60, "netwatch:service_field_devices:working", (here, 90), (there, 10)),
        recorded(60, "netwatch:service_field_devices:not_working", (here, 10), (there, 0)),
        recorded(60, "netwatch:service_field_devices:not_observed", (here, 20), (there, 0)),
        recorded(60, "netwatch:service_field_devices:working_ratio", (here, 0.9), (there, 1)),
        recorded(60, "netwatch:service:not_working", (cctv, 10)),
        recorded(60, "netwatch:service:working_ratio", (cctv, 0.909)),
        files=("services",),
        step_s=10,
    )


def test_where_nothing_is_known_there_is_no_ratio(promtool):
    promtool.holds(
        counts("cctv", "옥정동", fine=0, fault=0, unreachable=0, unknown=20),
        recorded(60, "netwatch:service_field_devices:working_ratio"),
        recorded(60, "netwatch:service:working_ratio"),
        files=("services",),
        step_s=10,
    )

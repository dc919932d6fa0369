"""What is not told one by one: faults in maintenance, and floods."""

from tests.rules.scenario import GONE, MISSED, fault, firing, over, series, silent, unbroken, up, value

LIT = up("netwatch-faults", "1x999") | up("netwatch-city", "1x999")
WINDOW = series("netwatch_maintenance_active", subject="cable:c-017")
TOLD, MUTED = {"fault": "f1", "maintenance": ""}, {"fault": "f1", "maintenance": "1"}


def cameras(numbers, active="1x299", *, since_s=0, severity="minor", district="옥정동"):
    """One broken camera each."""
    told = {}
    for number in numbers:
        one = {"kind": "field_device", "subject": f"field_device:cam-{number}", "send": "camera contractor"}
        told |= fault(
            f"c{number}",
            active,
            since_s=since_s,
            severity=severity,
            district=district,
            affected=[("cctv", district, 1)],
            **one,
        )
    return told


def test_what_opens_in_maintenance_is_told_when_the_maintenance_is_over(promtool):
    told = fault(active=over((30, MISSED), (600, 1))) | {WINDOW: over((300, 1), (300, 0))}
    promtool.holds(
        told | LIT,
        firing(32, "NetworkFault", MUTED),
        firing(32, "ServiceOut", MUTED),
        firing(298, "NetworkFault", MUTED),
        firing(302, "NetworkFault", TOLD),
        firing(302, "ServiceOut", TOLD),
    )


def test_what_was_told_before_the_maintenance_is_not_told_to_be_repaired_by_it(promtool):
    told = fault(active=over((600, 1))) | {WINDOW: over((60, 0), (300, 1), (240, 0))}
    promtool.holds(told | LIT, unbroken(0, 590, "NetworkFault", maintenance=""), firing(300, "NetworkFault", TOLD))


def test_maintenance_elsewhere_silences_nothing(promtool):
    told = fault() | {series("netwatch_maintenance_active", subject="cable:c-018"): "1x100"}
    promtool.holds(told | LIT, firing(60, "NetworkFault", TOLD))


def test_a_restart_of_netwatch_in_maintenance_tells_nobody(promtool):
    netwatch = over((60, 1), (120, 0), (300, 1))
    there = over((60, 1), (120, GONE), (300, 1))
    promtool.holds(
        fault(active=there) | {WINDOW: there} | up("netwatch-faults", netwatch) | up("netwatch-city", netwatch),
        unbroken(0, 470, "NetworkFault", maintenance="1"),
        silent(100, "NetworkFault", maintenance=""),
        silent(182, "NetworkFault", maintenance=""),
    )


def test_the_eleventh_fault_of_a_district_within_five_minutes_goes_into_one_digest(promtool):
    told = cameras(range(10)) | cameras(range(10, 14), over((60, MISSED), (300, 1)), since_s=60)
    promtool.holds(
        told | LIT,
        value(58, 'count(ALERTS{alertname="NetworkFault"})', ({}, 10)),
        silent(58, "FaultDigest"),
        value(62, 'count(ALERTS{alertname="NetworkFault"})', ({}, 10)),
        value(62, "count(netwatch:fault:digested)", ({}, 4)),
        silent(68, "FaultDigest"),
        firing(70, "FaultDigest", {"district": "옥정동", "severity": "major"}),
        value(70, "count(netwatch:fault:recent or netwatch:fault:digested)", ({}, 14)),
        firing(70, "ServiceDigest", {"district": "옥정동", "service": "cctv", "severity": "major"}),
    )


def test_ten_faults_are_told_one_by_one(promtool):
    promtool.holds(
        cameras(range(10)) | LIT,
        silent(60, "FaultDigest"),
        value(60, 'count(ALERTS{alertname="NetworkFault"})', ({}, 10)),
    )


def test_old_faults_make_no_flood_of_a_new_one(promtool):
    old, new = over((600, 1)), over((400, MISSED), (200, 1))
    promtool.holds(
        cameras(range(10), old) | cameras([10], new, since_s=398) | LIT,
        silent(410, "FaultDigest"),
        value(410, 'count(ALERTS{alertname="NetworkFault"})', ({}, 11)),
    )


def test_another_district_is_told_as_ever(promtool):
    promtool.holds(
        cameras(range(11)) | cameras([20], district="회천동") | LIT,
        firing(60, "FaultDigest", {"district": "옥정동"}),
        value(60, 'count by (district) (ALERTS{alertname="NetworkFault"})', ({"district": "회천동"}, 1)),
    )


def test_a_flood_hides_no_fault_that_is_worse(promtool):
    major = fault("m", severity="major", kind="device_power", subject="device:acc-2")
    promtool.holds(
        cameras(range(11)) | fault() | major | LIT,
        firing(60, "FaultDigest", {"severity": "major"}),
        value(
            60,
            'count by (fault, severity) (ALERTS{alertname="NetworkFault"})',
            ({"fault": "f1", "severity": "critical"}, 1),
            ({"fault": "m", "severity": "major"}, 1),
        ),
    )


def test_eleven_major_faults_are_a_digest_and_critical_ones_never(promtool):
    promtool.holds(
        cameras(range(11), severity="major") | cameras(range(20, 33), severity="critical") | LIT,
        firing(60, "FaultDigest", {"severity": "major"}),
        firing(60, "ServiceDigest", {"severity": "major", "service": "cctv"}),
        value(60, 'count by (severity) (ALERTS{alertname="NetworkFault"})', ({"severity": "critical"}, 13)),
    )


def test_one_of_the_flood_that_becomes_worse_is_told_by_itself(promtool):
    told = (
        cameras(range(12))
        | cameras([3], over((60, 1), (240, 0)))
        | cameras([3], over((60, MISSED), (240, 1)), severity="major")
    )
    promtool.holds(
        told | LIT,
        silent(58, "NetworkFault"),
        value(64, 'count by (fault) (ALERTS{alertname="NetworkFault"})', ({"fault": "c3"}, 1)),
    )


def test_what_is_in_the_digest_is_not_told_one_by_one_when_the_flood_ebbs_and_ends_it_when_repaired(promtool):
    told = cameras(range(11), over((700, 1), (100, 0)))
    promtool.holds(
        told | LIT,
        unbroken(8, 698, "FaultDigest"),
        silent(690, "NetworkFault"),
        silent(702, "FaultDigest"),
        silent(702, "ServiceDigest"),
    )


def test_a_restart_of_netwatch_ends_no_digest_and_tells_nothing_twice(promtool):
    netwatch, there = over((60, 1), (120, 0), (300, 1)), over((60, 1), (120, GONE), (300, 1))
    promtool.holds(
        cameras(range(11), there) | up("netwatch-faults", netwatch) | up("netwatch-city", netwatch),
        unbroken(8, 470, "FaultDigest"),
        unbroken(8, 470, "ServiceDigest"),
        silent(182, "NetworkFault"),
        silent(300, "NetworkFault"),
    )


def test_a_restart_of_prometheus_ends_no_digest(promtool):
    spans = over((60, 1), (120, MISSED), (120, 1))
    promtool.holds(
        cameras(range(11), spans) | up("netwatch-faults", spans),
        unbroken(8, 290, "FaultDigest"),
        silent(182, "NetworkFault"),
    )


def test_the_digest_counts_all_of_the_flood_and_names_the_crews_of_those_not_told(promtool):
    told = cameras(range(10)) | cameras(range(10, 14), over((60, MISSED), (300, 1)), since_s=60)
    wanted = {
        "summary": "옥정동: 14 faults within minutes, told together from here on. Send: one crew for what they have in "
        "common, once that is known.",
        "summary_ko": "옥정동 장애 14건 동시 발생, 개별 통보 중지, 공통 원인 확인 후 출동",
        "details": "Not told one by one: field device 4 (camera contractor);",
        "dashboard": "http://grafana/d/netwatch-city-ko?var-district=%EC%98%A5%EC%A0%95%EB%8F%99",
        "runbook": "http://runbook#faultdigest",
    }
    alert = {"exp_labels": {"district": "옥정동", "severity": "major"}, "exp_annotations": wanted}
    promtool.holds(told | LIT, annotations=[{"eval_time": "80s", "alertname": "FaultDigest", "exp_alerts": [alert]}])

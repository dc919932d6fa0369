"""Of netwatch itself: whom SNMP believes, who refuses it, and how well each device's is protected."""

from grafana import words
from grafana.panels import Column, Look, Panel, Query, Row, now
from grafana.parts import TO_DEVICE, course
from grafana.words import Text

_REFUSED = '{outcome=~"wrong_.*|undecipherable|not_in_time_window|unauthenticated_report|foreign_address|malformed"}'

ROW_BELIEVED = Row(
    title=Text("Whom SNMP believes", "SNMP 신뢰"),
    panels=(
        course(
            Text("Replies refused", "거부된 응답"),
            Text(
                "SNMP replies per second that were not believed, by the reason; the true answer is waited for.",
                "신뢰할 수 없어 버린 초당 SNMP 응답입니다. 올바른 응답을 계속 기다립니다.",
            ),
            (
                Query(
                    expr=f"sum by (outcome) (rate(netwatch_snmp_replies_total{_REFUSED}[$__rate_interval]))",
                    legend="{{outcome}}",
                ),
            ),
            unit="pps",
        ),
        course(
            Text("SNMPv3 engines changed", "SNMPv3 엔진 변경"),
            Text(
                "Rebooted, replaced, set back, clock set, or one engineID at two devices: how often it was told.",
                "재부팅, 교체, 초기화, 시각 변경, engineID 중복이 보고된 횟수입니다.",
            ),
            (
                Query(
                    expr="sum by (change) (increase(netwatch_snmp_engine_changes_total[$__rate_interval]))",
                    legend="{{change}}",
                ),
            ),
            unit="short",
        ),
        Panel(
            look=Look.TABLE,
            title=Text("How devices are asked", "장비별 SNMP 보안"),
            about=Text(
                "Devices by the protection of their SNMP, and what an attacker would be glad of.",
                "SNMP 보안 수준과 취약점별 장비 수입니다.",
            ),
            queries=(now("count by (snmp_version, snmp_security, snmp_weakness) (netwatch_device_info)"),),
            columns=(
                Column(source="snmp_version", title=Text("Version", "버전"), width=80),
                Column(source="snmp_security", title=Text("Security", "보안")),
                Column(source="snmp_weakness", title=Text("Weakness", "취약점")),
                Column(source="Value", title=Text("Devices", "장비"), unit="short", decimals=0, width=90),
            ),
            sort=("Value", True),
            none=Text("no devices", "장비 없음"),
            width=8,
            height=8,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Keys refused", "인증 거부 장비"),
            about=Text(
                "Devices whose agents refused our SNMPv3 user or keys, in the time range.",
                "조회 기간 중 SNMPv3 사용자나 암호를 거부한 장비입니다.",
            ),
            queries=(
                now(
                    'topk(20, round(sum by (device) (increase(netwatch_poll_failures_total{reason="refused_keys"}'
                    "[$__range]))) > 0)"
                ),
            ),
            columns=(
                Column(source="device", title=words.DEVICE, jump=TO_DEVICE),
                Column(source="Value", title=Text("Polls", "수집"), unit="short", decimals=0),
            ),
            sort=("Value", True),
            none=Text("none refuses them", "거부 장비 없음"),
            width=24,
            height=6,
        ),
    ),
)

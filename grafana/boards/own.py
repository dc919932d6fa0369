"""netwatch itself: does it see, does it keep up, does it write down, is it asked too much."""

from dataclasses import replace

from grafana import states, words
from grafana.board import Board
from grafana.panels import Column, Look, Panel, Query, Row, Step, now
from grafana.parts import TO_DEVICE, WARN, count, course, figure, verdict
from grafana.snmp import ROW_BELIEVED
from grafana.states import GREEN, ORANGE, RED, YELLOW
from grafana.words import NOT_HEARD, Text

_TARGETS = 'up{instance=~"netwatch.*"} or up{job=~"netwatch.*"}'
_NO_BROKER = Text("no context broker configured", "컨텍스트 브로커 미설정")
_NO_POLLS = Text("nothing polled yet", "아직 수집 전")


def _by_page(series: str) -> str:
    return f'label_join({series}, "page", " ", "job", "instance")'


def _rates(counter: str, *, by: str) -> Query:
    return Query(expr=f"sum by ({by}) (rate({counter}[$__rate_interval]))", legend=f"{{{{{by}}}}}")


def _figure(title: Text, about: Text, expr: str, *, unit: str, steps: tuple[Step, ...]) -> Panel:
    return replace(figure(title, about, expr, unit=unit, none=NOT_HEARD), steps=steps)


ROW_NOW = Row(
    title=Text("Can it be believed", "신뢰할 수 있는가"),
    panels=(
        _figure(
            Text("Last sweep", "마지막 순회"),
            Text(
                "Since every due device was last polled. Over a minute: what is shown elsewhere is old.",
                "모든 대상 장비를 마지막으로 수집한 뒤 지난 시간입니다. 1분이 넘으면 다른 화면도 오래된 정보입니다.",
            ),
            "time() - max(netwatch_last_sweep_timestamp_seconds)",
            unit="s",
            steps=(Step(30, YELLOW), Step(60, RED)),
        ),
        verdict(
            Text("Own uplink", "관제 서버 연결"),
            Text(
                "Whether the canaries just past our own uplink answer.", "관제 서버 바로 앞 기준점의 응답 여부입니다."
            ),
            "min(netwatch_vantage_up)",
            shown=states.VANTAGE,
            none=Text("no canary configured", "기준점 미설정"),
        ),
        verdict(
            Text("Store", "저장소"),
            Text(
                "Late: events are told before they are committed, which the ledger then says of them.",
                "지연: 기록 전에 먼저 알리고 있으며, 원장에 그 사실이 남습니다.",
            ),
            "min(netwatch_ledger_ok)",
            shown=states.STORE,
            none=NOT_HEARD,
        ),
        verdict(
            Text("Inventory", "인벤토리"),
            Text("Whether the last reload was accepted.", "마지막 적용 결과입니다."),
            "min(netwatch_inventory_reload_success)",
            shown=states.IN_FORCE,
            none=NOT_HEARD,
        ),
        count(
            Text("Faults of ours", "내부 오류"),
            Text(
                "Observations not made sense of, and parts that could not be rendered, in the time range.",
                "조회 기간 중 해석하지 못한 관측과 내보내지 못한 항목 수입니다.",
            ),
            "round(sum(increase(netwatch_fold_errors_total[$__range]))"
            " + sum(increase(netwatch_render_errors_total[$__range])))",
        ),
        count(
            Text("Devices never heard of", "수집 이력 없는 장비"),
            Text("Devices whose state is unknown now.", "현재 상태를 알 수 없는 장비 수입니다."),
            'sum(netwatch_device_state{state="unknown"})',
            steps=WARN,
        ),
    ),
)

ROW_PACE = Row(
    title=Text("Does it keep up", "처리 속도"),
    panels=(
        course(
            Text("Event loop lateness", "이벤트 루프 지연"),
            Text(
                "99th percentile; over 0.1 s something of ours blocks.",
                "99퍼센타일입니다. 0.1초를 넘으면 내부 병목입니다.",
            ),
            (Query(expr="max(netwatch_loop_lag_seconds)", legend="p99"),),
            unit="s",
        ),
        course(
            Text("How long polls take", "수집 소요 시간"),
            Text("Median and 99th percentile over all devices.", "전체 장비의 중앙값과 99퍼센타일입니다."),
            tuple(
                Query(expr=f"quantile by (lane) ({at}, netwatch_poll_duration_seconds)", legend=f"{{{{lane}}}} {name}")
                for at, name in ((0.5, "p50"), (0.99, "p99"))
            ),
            unit="s",
        ),
        course(
            Text("Polls left out, and failed", "건너뛰거나 실패한 수집"),
            Text(
                "Per second. Left out: the one before had not ended. Failed: by reason. Superseded: a newer one came "
                "before it was folded; netwatch gets less CPU than it needs.",
                "초당 횟수입니다. 건너뜀은 이전 수집이 끝나지 않은 경우, 실패는 사유별입니다. superseded는 처리 전에 "
                "더 새로운 수집이 도착한 경우로, CPU가 부족하다는 뜻입니다.",
            ),
            (
                Query(
                    expr="sum by (lane) (rate(netwatch_poll_overruns_total[$__rate_interval]))",
                    legend="{{lane}} left out",
                ),
                _rates("netwatch_poll_failures_total", by="reason"),
                Query(expr="rate(netwatch_polls_superseded_total[$__rate_interval])", legend="superseded"),
            ),
            unit="ops",
        ),
        course(
            Text("Waiting to be committed", "기록 대기"),
            Text("Events in the queue of the store.", "저장소 대기열의 이벤트 수입니다."),
            (Query(expr="max(netwatch_store_queue_length)", legend=Text("events", "이벤트")),),
            unit="short",
        ),
        course(
            Text("Ledger not yet signed for", "원장 서명 경과 시간"),
            Text(
                "Since the last signed checkpoint. In a quiet city one comes each minute.",
                "마지막 서명 이후 지난 시간입니다. 보통 1분마다 서명합니다.",
            ),
            (
                Query(
                    expr="time() - max(netwatch_ledger_checkpoint_timestamp_seconds)",
                    legend=Text("since the last", "경과"),
                ),
            ),
            unit="s",
        ),
        course(
            Text("Rows in the ledger", "원장 행 수"),
            Text("The record only grows: a fall means another file.", "원장은 늘기만 합니다. 줄면 다른 파일입니다."),
            (Query(expr="max(netwatch_ledger_rows)", legend=Text("rows", "행")),),
            unit="short",
        ),
        course(
            Text("Echoes to ourselves lost", "자체 핑 손실"),
            Text(
                "Our own pinger's loss: while it is not 0, losses of others prove little.",
                "자체 핑의 손실률입니다. 0이 아니면 다른 장비의 손실을 믿기 어렵습니다.",
            ),
            (Query(expr="max(netwatch_own_loss_ratio)", legend=Text("loss", "손실")),),
            unit="percentunit",
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Slowest devices", "가장 느린 장비"),
            about=Text("The 20 longest last polls.", "마지막 수집이 가장 오래 걸린 20건입니다."),
            queries=(now("topk(20, netwatch_poll_duration_seconds)"),),
            columns=(
                Column(source="device", title=words.DEVICE, jump=TO_DEVICE),
                Column(source="lane", title=words.LANE, states=states.LANE),
                Column(source="Value", title=Text("Took", "소요"), unit="s", decimals=2),
            ),
            sort=("Value", True),
            none=_NO_POLLS,
            width=8,
            height=8,
        ),
    ),
)

ROW_WIRE = Row(
    title=Text("What it hears, and who asks it", "송수신"),
    panels=(
        course(
            Text("SNMP by outcome", "결과별 SNMP"),
            Text(
                "Datagrams and requests per second. Late, foreign or malformed ones are dropped and counted.",
                "초당 데이터그램과 요청 수입니다. 지연, 출처 불명, 오류 응답은 버리고 셉니다.",
            ),
            (_rates("netwatch_snmp_replies_total", by="outcome"),),
            unit="reqps",
        ),
        course(
            Text("Echoes by outcome", "결과별 핑"),
            Text("Replies per second.", "초당 응답 수입니다."),
            (_rates("netwatch_icmp_replies_total", by="outcome"),),
            unit="pps",
        ),
        course(
            Text("Connections cut", "차단된 접속"),
            Text(
                "Connections to the listener refused or ended by a cap or a deadline, per second.",
                "한도나 시간 제한으로 거부·종료된 접속의 초당 수입니다.",
            ),
            (_rates("netwatch_http_connections_cut_total", by="reason"),),
            unit="ops",
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Pages that Prometheus reads", "Prometheus 수집 대상"),
            about=Text(
                "Whether each page is read, how long that takes, and how much stands on it.",
                "페이지별 수집 여부, 소요 시간, 표본 수입니다.",
            ),
            queries=(
                now(_by_page(_TARGETS)),
                *(
                    now(f"max by (page) ({_by_page(f'{name} and on (job, instance) ({_TARGETS})')})")
                    for name in ("scrape_duration_seconds", "scrape_samples_scraped")
                ),
            ),
            key="page",
            columns=(
                Column(source="instance", title=Text("Page", "페이지")),
                Column(source="job", title=Text("Job", "작업")),
                Column(source="Value #A", title=words.STATE, states=states.UP_DOWN, width=110),
                Column(source="Value #B", title=Text("Took", "소요"), unit="s", decimals=3, steps=(Step(5, ORANGE),)),
                Column(source="Value #C", title=Text("Samples", "표본"), unit="short", decimals=0),
            ),
            none=Text("no scrape job called netwatch", "netwatch 수집 작업 없음"),
            width=16,
            height=7,
        ),
        Panel(
            look=Look.TABLE,
            title=Text("Version", "버전"),
            about=Text("What runs.", "실행 중인 버전입니다."),
            queries=(now("netwatch_build_info"),),
            columns=(
                Column(source="version", title=Text("netwatch", "netwatch")),
                Column(source="python", title=Text("Python", "Python")),
            ),
            none=NOT_HEARD,
            width=8,
            height=7,
        ),
    ),
)

# What a city has only where its inventory asks for it.
ROW_BESIDE = Row(
    title=Text("Web configuration, traps, context broker, webhook", "웹 설정, 트랩, 컨텍스트 브로커, 웹훅"),
    panels=(
        replace(
            verdict(
                Text("Web configuration", "웹 설정"),
                Text(
                    "Whether passwords, certificates and limits are in force as they stand in the files.",
                    "암호, 인증서, 제한이 파일대로 적용되었는지 여부입니다.",
                ),
                "min(netwatch_web_config_reload_success)",
                shown=states.IN_FORCE,
                none=Text("not configured", "미설정"),
            ),
            height=8,
        ),
        replace(
            _figure(
                Text("Certificate ends in", "인증서 만료까지"),
                Text(
                    "Of the pages' certificate, or the first of its chain to end.",
                    "페이지 인증서 또는 인증서 체인 중 먼저 만료되는 것의 남은 시간입니다.",
                ),
                "clamp_min(min(netwatch_web_certificate_not_after_timestamp_seconds) - time(), 0)",
                unit="dtdurations",
                steps=(Step(0, RED), Step(7 * 86_400, ORANGE), Step(30 * 86_400, GREEN)),
            ),
            none=Text("no TLS", "TLS 미사용"),
            height=8,
        ),
        course(
            Text("Requests refused", "거부된 요청"),
            Text(
                "Per second, before they were looked at: malformed, without a password, too many.",
                "처리 전에 거부된 초당 요청입니다. 형식 오류, 인증 없음, 과다 요청입니다.",
            ),
            (_rates("netwatch_http_requests_refused_total", by="reason"),),
            unit="ops",
            none=Text("none refused", "거부된 요청 없음"),
        ),
        course(
            Text("Traps heard", "수신 트랩"),
            Text(
                "Datagrams per second that came where traps are heard, and what became of them.",
                "트랩 포트로 온 초당 데이터그램과 처리 결과입니다.",
            ),
            (
                Query(expr="rate(netwatch_traps_received_total[$__rate_interval])", legend=Text("received", "수신")),
                _rates("netwatch_traps_total", by="outcome"),
            ),
            unit="pps",
            none=Text("traps are not heard here", "트랩 미수신 설정"),
        ),
        replace(
            course(
                Text("Waiting for the context broker", "컨텍스트 브로커 대기"),
                Text("Entities that wait to be sent.", "전송을 기다리는 엔티티 수입니다."),
                (Query(expr="max(netwatch_broker_queue_length)", legend=Text("entities", "엔티티")),),
                unit="short",
                none=_NO_BROKER,
            ),
            width=12,
            height=6,
        ),
        replace(
            course(
                Text("Sent to the context broker", "컨텍스트 브로커 전송"),
                Text(
                    "Entities by what became of them, and requests by their outcome, per second.",
                    "초당 엔티티 처리 결과와 요청 결과입니다.",
                ),
                (
                    Query(
                        expr="sum by (fate) (rate(netwatch_broker_entities_total[$__rate_interval]))",
                        legend=Text("entities {{fate}}", "엔티티 {{fate}}"),
                    ),
                    Query(
                        expr="sum by (outcome) (rate(netwatch_broker_requests_total[$__rate_interval]))",
                        legend=Text("requests {{outcome}}", "요청 {{outcome}}"),
                    ),
                ),
                unit="ops",
                none=_NO_BROKER,
            ),
            width=12,
            height=6,
        ),
        replace(
            course(
                Text("Messages about faults", "장애 웹훅 메시지"),
                Text(
                    "To the webhook: those that wait, and what became of the others in the time range.",
                    "웹훅 전송 대기 건수와 조회 기간 중 전송 결과입니다.",
                ),
                (
                    Query(expr="max(netwatch_webhook_queue_length)", legend=Text("waiting", "대기")),
                    Query(
                        expr="sum by (outcome) (increase(netwatch_webhook_messages_total[$__rate_interval]))",
                        legend="{{outcome}}",
                    ),
                ),
                unit="short",
                none=Text("no webhook configured", "웹훅 미설정"),
            ),
            width=24,
            height=6,
        ),
    ),
)

BOARD = Board(
    name="own",
    title=Text("netwatch · itself", "netwatch · 자체 상태"),
    about=Text(
        "Does it see, does it keep up, does it write down, is it asked too much.",
        "보고 있는지, 따라가고 있는지, 기록하고 있는지, 과부하는 없는지 확인합니다.",
    ),
    rows=(ROW_NOW, ROW_PACE, ROW_WIRE, ROW_BELIEVED, ROW_BESIDE),
    since="now-3h",
)

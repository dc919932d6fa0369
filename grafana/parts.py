"""Panels and links that several dashboards have in common."""

from grafana import states, words
from grafana.names import subject_names
from grafana.panels import Column, Jump, Look, Panel, Query, Step, now
from grafana.queries import or_none
from grafana.states import ORANGE, RED, States
from grafana.words import NOT_HEARD, Text


def clicked(label: str) -> str:
    """The label's value in the row that was clicked."""
    return f"${{__data.fields.{label}}}"


TO_DEVICE = Jump(title=words.DEVICE, board="device", variables=(("device", clicked("device")),))
TO_PORT = Jump(
    title=words.INTERFACE,
    board="device",
    variables=(("device", clicked("device")), ("interface", clicked("interface"))),
)
TO_LINK = Jump(title=words.LINK, board="ring-link", variables=(("link", clicked("link")),))
TO_RING = Jump(title=words.RING, board="ring-link", variables=(("ring", clicked("ring")),))
TO_SERVICE = Jump(
    title=words.SERVICE,
    board="service",
    variables=(("service", clicked("service")), ("district", clicked("district"))),
)
TO_FIELD_DEVICE = Jump(
    title=words.FIELD_DEVICE, board="field-device", variables=(("field_device", clicked("field_device")),)
)
TO_SITE = Jump(title=words.SITE, board="device", variables=(("site", clicked("site")),))
TO_FAULT = Jump(title=words.FAULT, board="fault", variables=(("fault", clicked("fault")),))
TO_SUBJECT = Jump(title=words.SUBJECT, board=clicked("board"), variables=((clicked("variable"), clicked("what")),))

# the subject's first word -> the dashboard that tells of it, and the variable there
_BOARDS = {
    "device": ("device", "device"),
    "port": ("device", "device"),
    "link": ("ring-link", "link"),
    "ring": ("ring-link", "ring"),
    "field_device": ("field-device", "field_device"),
    "service": ("service", "service"),
}
_ELSE = ("fault", "fault")  # a cable, a site, our own vantage: the fault's own dashboard


def with_subject(series: str) -> str:
    """The series with labels `board`, `variable` and `what`, from which TO_SUBJECT makes its address."""
    board, variable = _ELSE
    found = (
        f'label_replace(label_replace({series}, "board", "netwatch-{board}", "", ""), "variable", "{variable}", "", "")'
    )
    found = f'label_replace({found}, "what", "$1", "fault", "(.*)")'
    for word, (board, variable) in _BOARDS.items():
        for label, value in (("board", f"netwatch-{board}"), ("variable", variable), ("what", "$1")):
            found = f'label_replace({found}, "{label}", "{value}", "subject", "{word}:([^ ]+).*")'
    return found


FAULT_COLUMNS = (
    Column(source="severity", title=words.SEVERITY, states=states.SEVERITY, width=80),
    Column(source="subject", title=words.SUBJECT, jump=TO_SUBJECT, width=200),
    Column(source="name", title=words.NAME, width=170),
    Column(source="kind", title=words.KIND, states=states.KIND, width=120),
    Column(source="district", title=words.DISTRICT, width=90),
    Column(source="Value #B", title=words.SINCE, unit="dateTimeFromNow", width=120),
    Column(source="Value #C", title=Text("Devices dark", "중단 장비"), unit="short", decimals=0, width=105),
    Column(source="Value #D", title=Text("Field devices out", "영향 현장 장비"), unit="short", decimals=0, width=130),
    Column(source="send", title=Text("Send", "출동"), states=states.CREW, width=130),
    Column(source="contractor", title=Text("Contractor", "계약 업체"), width=90),
    Column(source="ambiguous_with", title=Text("Or it is", "다른 가능성")),
    Column(source="fault", title=words.FAULT, jump=TO_FAULT, width=125),
    *(Column(source=name, title=Text(name, name), is_hidden=True) for name in ("board", "variable", "what")),
)


def faults_table(title: Text, about: Text, *, chosen: str, none: Text, height: int = 8) -> Panel:
    """Open faults, the widest first: where, what, since when, what it costs, whom to send.

    `chosen`: those series of netwatch_fault_info that it is about.
    """

    def beside(value: str) -> str:
        return f"{value} and on (fault) ({chosen}) or 0 * max by (fault) ({chosen})"

    return Panel(
        look=Look.TABLE,
        title=title,
        about=about,
        queries=(
            now(with_subject(chosen)),
            now(beside("1000 * max by (fault) (netwatch_fault_since_timestamp_seconds)")),
            now(beside("max by (fault) (netwatch_fault_devices)")),
            now(beside("sum by (fault) (netwatch_fault_affected)")),
            now(subject_names(chosen)),
        ),
        key="fault",
        columns=FAULT_COLUMNS,
        sort=("Value #D", True),
        none=none,
        width=24,
        height=height,
    )


def maintenance_table(*, width: int, height: int) -> Panel:
    """What has been declared to be worked on, and whether it is under way."""
    return Panel(
        look=Look.TABLE,
        title=Text("In maintenance", "작업 중인 대상"),
        about=Text(
            "What a declared window covers, what hangs on it included. While it runs, nobody is woken for it.",
            "등록된 작업의 대상과 그에 딸린 대상입니다. 작업 시간에는 알림을 보내지 않습니다.",
        ),
        queries=(now("max by (subject) (netwatch_maintenance_active)"),),
        columns=(
            Column(source="subject", title=words.SUBJECT),
            Column(source="Value", title=words.STATE, states=states.RUNNING, width=110),
        ),
        sort=("Value", True),
        none=Text("no maintenance declared", "등록된 작업 없음"),
        width=width,
        height=height,
    )


def contradicted_links(selector: str, *, height: int) -> Panel:
    """Links of which the switches tell another end than the inventory."""
    return Panel(
        look=Look.TABLE,
        title=Text("Links that LLDP contradicts", "LLDP와 다른 구간"),
        about=Text(
            "What the devices say of their neighbours is not what the inventory says.",
            "장비가 알린 이웃이 인벤토리와 다른 구간입니다.",
        ),
        queries=(now(f"max by (link, kind) (netwatch_link_discrepancy{{{selector}}})"),),
        columns=(
            Column(source="link", title=words.LINK, jump=TO_LINK),
            Column(source="kind", title=words.KIND, states=states.DRIFT),
        ),
        none=Text("none contradicted", "차이 없음"),
        width=12,
        height=height,
    )


def count(title: Text, about: Text, expr: str, *, steps: tuple[Step, ...] = (Step(1, RED),), width: int = 4) -> Panel:
    """How many there are now; `none`, in green, where there are none and netwatch is heard."""
    return Panel(
        look=Look.STAT,
        title=title,
        about=about,
        queries=(now(or_none(expr)),),
        unit="short",
        decimals=0,
        states=states.NONE_IS_GOOD,
        steps=steps,
        none=NOT_HEARD,
        width=width,
        height=4,
    )


def figure(title: Text, about: Text, expr: str, *, unit: str, none: Text) -> Panel:
    """One number now."""
    return Panel(
        look=Look.STAT,
        title=title,
        about=about,
        queries=(now(expr),),
        unit=unit,
        none=none,
        width=4,
        height=4,
    )


def verdict(title: Text, about: Text, expr: str, *, shown: States, none: Text) -> Panel:
    """One state now, by word and colour. `expr` gives one of the values of `shown`."""
    return Panel(
        look=Look.STAT,
        title=title,
        about=about,
        queries=(now(expr),),
        unit="none",
        states=shown,
        none=none,
        width=4,
        height=4,
    )


WARN = (Step(1, ORANGE),)


def series_link(title: Text, board: str, label: str) -> Jump:
    """Where a series leads that is no row of a table."""
    return Jump(title=title, board=board, variables=((label, f"${{__field.labels.{label}}}"),))


def course(title: Text, about: Text, queries: tuple[Query, ...], *, unit: str, none: Text = NOT_HEARD) -> Panel:
    """How something of our own goes, from zero up."""
    return Panel(
        look=Look.GRAPH,
        title=title,
        about=about,
        queries=queries,
        unit=unit,
        least=0,
        none=none,
        width=8,
        height=8,
    )

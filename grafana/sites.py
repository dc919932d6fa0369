"""Sites: where they are, and the worst that stands there."""

from grafana import states, words
from grafana.names import names_of
from grafana.panels import Column, Look, Panel, Step, now
from grafana.parts import TO_SITE
from grafana.queries import IN_DISTRICT
from grafana.words import NOT_HEARD, Text

# state of a switch or router, of a camera or controller -> place in states.SITE
_DEVICE = {"up": 0, "degraded": 1, "unknown": 2, "unreachable": 3, "down": 4}
_FIELD = {"fine": 0, "fault": 1, "unknown": 2, "unreachable": 3}
_STATES = states.numbered(states.SITE)


def worst(selector: str) -> str:
    """Site -> the worst state there, as its place in states.SITE."""
    of_devices = ((f'netwatch_device_state{{{selector}, state="{state}"}}', at) for state, at in _DEVICE.items())
    of_fields = ((f'netwatch_field_device_state{{{selector}, state="{state}"}}', at) for state, at in _FIELD.items())
    each = (f"{at} * ({series} == 1)" for series, at in (*of_devices, *of_fields))
    return f"max by (site) ({' or '.join(each)})"


SITES_MAP = Panel(
    look=Look.MAP,
    title=Text("Map of sites", "위치 지도"),
    about=Text(
        "Each site by the worst that stands there. Sites whose location the inventory does not tell are in the table "
        "beside only.",
        "위치별로 가장 나쁜 상태를 색으로 표시합니다. 좌표가 없는 위치는 옆 표에만 나옵니다.",
    ),
    queries=(
        now(f'{worst(IN_DISTRICT)} * on (site) group_right () netwatch_site_info{{{IN_DISTRICT}, latitude!=""}}'),
    ),
    columns=(
        Column(source="name", title=words.NAME),
        Column(source="Value", title=words.STATE, states=_STATES, jump=TO_SITE),
        Column(source="district", title=words.DISTRICT),
        Column(source="site", title=words.SITE),
        Column(source="latitude", title=Text("Latitude", "위도")),
        Column(source="longitude", title=Text("Longitude", "경도")),
    ),
    states=_STATES,
    steps=tuple(Step(at, state.colour) for at, state in enumerate(states.SITE) if at),
    none=Text("no site has a location in the inventory", "인벤토리에 좌표가 있는 위치 없음"),
    width=12,
    height=13,
)

SITES_TABLE = Panel(
    look=Look.TABLE,
    title=Text("Sites, the worst first", "위치별 상태 (나쁜 순)"),
    about=Text(
        "The worst that stands at each site, how many switches and routers there are not up, and how many field "
        "devices do not work.",
        "위치별 최악 상태, 정상이 아닌 장비 수, 정상이 아닌 현장 장비 수입니다.",
    ),
    queries=(
        now(worst(IN_DISTRICT)),
        now(names_of("site", f"netwatch_site_info{{{IN_DISTRICT}}}")),
        now(f'sum by (site) (netwatch_device_state{{{IN_DISTRICT}, state!="up"}})'),
        now(f'sum by (site) (netwatch_field_device_state{{{IN_DISTRICT}, state!="fine"}})'),
    ),
    key="site",
    columns=(
        Column(source="site", title=words.SITE, jump=TO_SITE, width=150),
        Column(source="name", title=words.NAME),
        Column(source="Value #A", title=words.STATE, states=_STATES, width=120),
        Column(source="Value #C", title=Text("Devices not up", "비정상 장비"), unit="short", decimals=0, width=120),
        Column(
            source="Value #D",
            title=Text("Field devices not well", "비정상 현장 장비"),
            unit="short",
            decimals=0,
            width=160,
        ),
    ),
    sort=("Value #A", True),
    none=NOT_HEARD,
    width=12,
    height=13,
)

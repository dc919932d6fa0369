"""The variables of the dashboards: one list, so that `site` means the same everywhere and links can pass it on."""

from dataclasses import dataclass

from grafana_foundation_sdk.models import common, dashboard

from grafana import words
from grafana.queries import AT_SITE, IN_DISTRICT
from grafana.words import Language, Text

EVERYTHING = Text("All", "전체")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One list to choose from: the values that label `label` has in `series`."""

    name: str
    title: Text
    series: str
    label: str = ""  # empty: the variable's name
    is_many: bool = True  # several, or all of them; else exactly one
    is_hidden: bool = False  # follows from another, not chosen

    @property
    def query(self) -> str:
        return f"label_values({self.series}, {self.label or self.name})"


DISTRICT = Variable(name="district", title=words.DISTRICT, series="netwatch_device_up")
SITE = Variable(name="site", title=words.SITE, series=f"netwatch_device_up{{{IN_DISTRICT}}}")
DEVICE = Variable(name="device", title=words.DEVICE, series=f"netwatch_device_up{{{AT_SITE}}}", is_many=False)
INTERFACE = Variable(name="interface", title=words.INTERFACE, series='netwatch_interface_up{device="$device"}')
SERVICE = Variable(name="service", title=words.SERVICE, series="netwatch_service_field_devices")
FIELD_DEVICE = Variable(
    name="field_device",
    title=words.FIELD_DEVICE,
    series=f'netwatch_field_device_state{{{AT_SITE}, service=~"$service"}}',
    is_many=False,
)
FIELD_SITE = Variable(name="site", title=words.SITE, series=f"netwatch_field_device_state{{{IN_DISTRICT}}}")
_ITS_INFO = 'netwatch_field_device_info{field_device="$field_device"}'
PORT_DEVICE = Variable(
    name="port_device", title=words.DEVICE, series=_ITS_INFO, label="device", is_many=False, is_hidden=True
)
PORT = Variable(name="port", title=words.INTERFACE, series=_ITS_INFO, label="interface", is_many=False, is_hidden=True)
RING = Variable(name="ring", title=words.RING, series='netwatch_ring_state{district=~"$district|"}')
LINK = Variable(name="link", title=words.LINK, series=f"netwatch_link_state{{{IN_DISTRICT}}}")
FAULT = Variable(name="fault", title=words.FAULT, series="netwatch_fault_active", is_many=False)


def datasource_variable(language: Language) -> dashboard.VariableModel:
    """Which Prometheus: every other variable and every panel reads from the one chosen here."""
    return dashboard.VariableModel(
        type_val=dashboard.VariableType.DATASOURCE,
        name="datasource",
        label=Text("Data source", "데이터 원본").in_(language),
        query="prometheus",
        refresh=dashboard.VariableRefresh.ON_DASHBOARD_LOAD,
        regex="",
        options=[],
        auto=None,
        auto_min=None,
        auto_count=None,
    )


def render_variable(variable: Variable, language: Language) -> dashboard.VariableModel:
    """The variable in one language."""
    everything = dashboard.VariableOption(selected=True, text=EVERYTHING.in_(language), value="$__all")
    return dashboard.VariableModel(
        type_val=dashboard.VariableType.QUERY,
        name=variable.name,
        label=variable.title.in_(language),
        datasource=common.DataSourceRef(type_val="prometheus", uid="${datasource}"),
        query={"query": variable.query, "refId": "PrometheusVariableQueryEditor-VariableQuery", "qryType": 1},
        refresh=dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED,
        sort=dashboard.VariableSort.ALPHABETICAL_ASC,
        hide=dashboard.VariableHide.HIDE_VARIABLE if variable.is_hidden else None,
        multi=variable.is_many,
        include_all=variable.is_many,
        all_value=".*" if variable.is_many else None,
        current=everything if variable.is_many else None,
        regex="",
        options=[],
        auto=None,
        auto_min=None,
        auto_count=None,
    )


THIS_DEVICE = 'device="$device"'
ITS_PORTS = f'{THIS_DEVICE}, interface=~"$interface"'

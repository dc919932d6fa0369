"""Services: how many of their field devices work, are at fault, are behind a fault, are not observed."""

from grafana import states, words
from grafana.names import named
from grafana.panels import Column, Look, Panel, now
from grafana.parts import TO_SERVICE
from grafana.queries import IN_DISTRICT
from grafana.words import Text

OF_SERVICE = f'{IN_DISTRICT}, service=~"$service"'
_COUNTS = "netwatch_service_field_devices"


def counted(state: str, selector: str, by: str = "") -> str:
    """Field devices in this state."""
    grouping = f" by ({by})" if by else ""
    return f'sum{grouping} ({_COUNTS}{{{selector}, state="{state}"}})'


def working_share(selector: str, by: str = "") -> str:
    """Working among those of which something is known: what is not observed counts for neither side."""
    grouping = f" by ({by})" if by else ""
    known = f'sum{grouping} ({_COUNTS}{{{selector}, state!="unknown"}})'
    return f"{counted('fine', selector, by)} / ({known} > 0)"


def services_table(selector: str, *, width: int) -> Panel:
    """One row for each service in each district."""
    # one key for a row of two labels: Grafana joins tables by one field
    place = '"place", " · ", "service", "district"'

    def row(expression: str) -> str:
        return f"label_join({expression}, {place})"

    by_place = "service, district"
    numbers = [counted(one.value, selector, by_place) for one in states.FIELD]
    return Panel(
        look=Look.TABLE,
        title=Text("Services by district", "행정동별 서비스"),
        about=Text(
            "Field devices of each service: working, at fault, behind a fault, and not observed are four different "
            "things. The share is of those that are observed.",
            "서비스별 현장 장비 수입니다. 정상, 고장, 앞단 장애, 관측 안 됨은 서로 다릅니다. "
            "비율은 관측된 장비 기준입니다.",
        ),
        queries=(
            now(row(named(numbers[0], "service", by=by_place))),
            *(now(f"sum by (place) ({row(number)})") for number in (*numbers[1:], working_share(selector, by_place))),
        ),
        key="place",
        columns=(
            Column(source="service", title=words.SERVICE, jump=TO_SERVICE),
            Column(source="name", title=words.NAME),
            Column(source="district", title=words.DISTRICT),
            Column(
                source="Value #E",
                title=Text("Working share", "정상 비율"),
                unit="percentunit",
                decimals=1,
                is_bar=True,
                width=130,
            ),
            *(
                Column(source=f"Value #{letter}", title=one.word, unit="short", decimals=0, width=95)
                for letter, one in zip("ABCD", states.FIELD, strict=True)
            ),
        ),
        sort=("Value #D", True),
        none=Text("no services in the inventory", "인벤토리에 서비스 없음"),
        width=width,
        height=9,
    )


SERVICES_TABLE = services_table(IN_DISTRICT, width=12)

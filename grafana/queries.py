"""PromQL that several dashboards need, and the rules for counters that carry the poll's own time (design §6).

Such a counter's newest sample is up to a poll and a scrape old. Over history a rate is exact; at the very end it is too
low. So a graph has a minimum step of one poll, from which Grafana makes `$__rate_interval` four polls or more, and it
ends `SETTLED` before now; a table's rate looks back as far by `offset`.
"""

from collections.abc import Sequence

from grafana.states import States

POLL = "60s"  # the slowest `every.traffic` a city usually has, that of its access switches; see inventory.yaml
SETTLED = "80s"  # one poll and one scrape of deploy/prometheus/
WINDOW = "4m"  # four polls

IN_DISTRICT = 'district=~"$district"'
AT_SITE = f'{IN_DISTRICT}, site=~"$site"'
RINGS = 'district=~"$district|", ring=~"$ring"'  # the district of a ring through several is empty
LINKS = f'{IN_DISTRICT}, link=~"$link"'


def rate(counter: str) -> str:
    """Per second, for a graph over stamped counters."""
    return f"rate({counter}[$__rate_interval])"


def rate_now(counter: str) -> str:
    """Per second as of the last moment that is whole, for a table over stamped counters."""
    return f"rate({counter}[{WINDOW}] offset {SETTLED})"


def or_none(counted: str) -> str:
    """A count without labels: 0 where nothing matches, but only while netwatch is heard at all."""
    return f"{counted} or 0 * count(netwatch_build_info)"


def as_number(metric: str, selector: str, by: str, states: States) -> str:
    """A StateSet as the place of its state in `states`, so that a timeline can draw it; the worst one of each `by`."""
    each = (f'{number} * ({metric}{{{selector}, state="{one.value}"}} == 1)' for number, one in enumerate(states))
    return f"max by ({by}) ({' or '.join(each)})"


def ratio(part: str, whole: Sequence[str]) -> str:
    """The share of one sum in several; nothing where the whole is 0."""
    return f"{part} / ({' + '.join(whole)} > 0)"

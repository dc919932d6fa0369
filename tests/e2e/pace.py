"""The pace of a simulated city, polled every 10 s instead of every 60 s: a window is the same number of polls.

A day is 30 s there, a week a minute, two weeks two minutes.
"""

import time

from grafana.queries import SETTLED, WINDOW
from tests.rules.boards import put_in

SPAN_S = 120
STEP_S = 5
SCALED = {  # real -> at the pace of the simulated city
    f"[{WINDOW}] offset {SETTLED}": "[40s] offset 15s",
    "interval: 5m": "interval: 2s",
    "[5m]": "[10s]",
    "[1d]": "[30s]",
    "86400 *": "30 *",
    "/ 86400": "/ 30",
    "[7d]": "[60s]",
    "offset 7d": "offset 30s",
    "[14d]": f"[{SPAN_S}s]",
}


def scaled(text):
    for real, here in SCALED.items():
        text = text.replace(real, here)
    return text


def asked(expression, values):
    """What Grafana would ask, at the pace of the simulated city."""
    return put_in(
        scaled(expression), {"__rate_interval": "40s", "__range": f"{SPAN_S}s", "__interval": f"{STEP_S}s", **values}
    )


def with_maintenance(text):
    day = 86_400
    begin, end = (time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + shift)) for shift in (-day, day))
    window = f'from: "{begin}", until: "{end}", reason: test, by: kim, approved_by: lee'
    often = text.replace('"traffic": "10s"', '"traffic": "10s", "discovery": "20s"')
    return f'{often}maintenance:\n  m-1: {{subject: "device:acc-0016", {window}}}\n'

"""What a person sees who opens the listener's address: what this is, how the city is, where the pages are."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from netwatch.core.device.record import DeviceVerdict
from netwatch.core.model import NOTHING
from netwatch.expose.text import visible

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem;margin-bottom:0}
h2{font-size:1.1rem;margin-top:1.75rem}
p.what{margin-top:.25rem;opacity:.75}
p.wait{border-left:4px solid #c60;padding-left:.75rem}
dl{display:flex;flex-wrap:wrap;gap:.75rem;margin:.75rem 0}
dl div{border:1px solid #8886;border-radius:.5rem;padding:.5rem 1rem;min-width:6rem}
dt{font-size:.85rem;opacity:.75}
dd{margin:0;font-size:1.6rem;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}
th,td{padding:.35rem .75rem .35rem 0;text-align:left;vertical-align:top;font-weight:400}
input[type=search]{width:min(24rem,100%);font:inherit}
ul.faults{padding-left:1.25rem;border-left:4px solid #c00;list-style:none}
footer{margin-top:2rem;opacity:.75;font-size:.85rem}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_LINKS = (
    ("/metrics", "everything, on one page"),
    ("/metrics?shard=city", "the city as a whole, and netwatch itself"),
    ("/metrics/faults", "faults only: small, for scraping every second or two"),
    ("/sd?shards=4", "service discovery for Prometheus, here for four shards"),
    ("/-/healthy", "is the process well"),
    ("/-/ready", "has every device been looked at once"),
)


# {text}: what was asked before, already escaped
FIND_FORM = (
    '<form action="/find" role="search"><p><label>Find anything:'
    ' <input name="q" type="search" value="{text}" maxlength="200" required'
    ' placeholder="name, number, MAC, IP, port, cable"></label> <button>Find</button></p></form>'
)

FAULTS_SHOWN = 20  # netwatch status tells all of them, with their evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the start page tells of the daemon."""

    city: str
    version: str
    verdicts: Mapping[DeviceVerdict, int]  # how many devices are in which state
    waiting_for: str = ""  # a sentence; empty when ready
    sites: Mapping[str, str] = NOTHING  # id -> name
    faults: Sequence[str] = ()  # those open, a sentence each, the worst first


def render_start_page(summary: Summary) -> str:
    """One HTML document that loads nothing and runs nothing."""
    city = _text(summary.city)
    counts = "".join(
        f"<div><dt>{verdict.value}</dt><dd>{summary.verdicts.get(verdict, 0)}</dd></div>" for verdict in DeviceVerdict
    )
    links = "".join(
        f'<tr><th scope="row"><a href="{escape(path)}"><code>{escape(path)}</code></a></th><td>{what}</td></tr>'
        for path, what in _LINKS
    )
    # the browser offers what fits the letters typed so far, so a thousand sites are no wall of names
    sites = "".join(
        f'<option value="{_text(site)}">{_text(name)}</option>' for site, name in sorted(summary.sites.items())
    )
    told = [f"<li>{_text(fault)}</li>" for fault in summary.faults[:FAULTS_SHOWN]]
    if len(summary.faults) > FAULTS_SHOWN:
        told.append(f"<li>and {len(summary.faults) - FAULTS_SHOWN} more</li>")
    faults = f'<ul class="faults">{"".join(told)}</ul>' if told else "<p>none is open</p>"
    wait = f'<p class="wait" role="status">Not ready: {_text(summary.waiting_for)}</p>' if summary.waiting_for else ""
    return page(
        title=city,
        body=f'<h1>netwatch · {city}</h1><p class="what">Watches this city’s fibre network. These pages only tell;'
        " nothing can be changed from here.</p>"
        f"{FIND_FORM.format(text='')}{wait}<h2>Faults</h2>{faults}<h2>Devices</h2><dl>{counts}</dl><h2>Pages</h2><table>{links}</table>"
        '<form action="/metrics"><p><label>Metrics of one site:'
        ' <input name="site" list="sites" placeholder="its id, or part of its name" required></label>'
        f' <button>Show</button></p><datalist id="sites">{sites}</datalist></form>',
        footer=f"<footer>version {_text(summary.version)}</footer>",
    )


def page(*, title: str, body: str, footer: str = "") -> str:
    """A document around what is already HTML, in the one style that the Content-Security-Policy lets in."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>netwatch · {title}</title><style>{_STYLE}</style></head><body><main>"
        f"{body}</main>{footer}</body></html>\n"
    )


def _text(told: str) -> str:
    return escape(visible(told))

"""A report as HTML on standard input -> the same as PDF on standard output, fonts embedded.

A process of its own (`python -m netwatch.audit.report.pdf`): WeasyPrint brings libraries in C, which neither the daemon
nor any other command is to load. Nothing is fetched: whatever a page refers to is refused.
"""

import sys
from typing import Any, NoReturn

import weasyprint


def as_pdf(html: str) -> bytes:
    return bytes(weasyprint.HTML(string=html, url_fetcher=_refuse).write_pdf())


def _refuse(url: str, *_: Any, **__: Any) -> NoReturn:  # noqa: ANN401 - as WeasyPrint calls it
    raise ValueError(f"a report stands alone and fetches nothing: {url}")


if __name__ == "__main__":
    sys.stdout.buffer.write(as_pdf(sys.stdin.buffer.read().decode()))

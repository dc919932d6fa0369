"""Each scenario runs on Debian's promtool, and again on a current one where NETWATCH_CURRENT_PROMTOOL names it.

Neither Debian 12 nor a wheel has a current one; with Go it is built from its module, in a folder of its own:
`go mod init x`, `go get github.com/prometheus/prometheus/cmd/promtool@v0.313.5`, then `go build` of the same path.
"""

import os

import pytest

from tests.rules.scenario import Promtool
from tests.tools import require_tool

CURRENT = os.environ.get("NETWATCH_CURRENT_PROMTOOL")


@pytest.fixture(params=["debian", "current"] if CURRENT else ["debian"])
def promtool(request, tmp_path):
    return Promtool(CURRENT if request.param == "current" else require_tool("promtool"), tmp_path)

"""Each scenario runs on Debian's promtool, and again on a current one where NETWATCH_CURRENT_PROMTOOL names it.

No Debian package and no wheel has a current one; with Go it is built from its module, in a folder with a go.mod:
`go get github.com/prometheus/prometheus/cmd/promtool@v0.313.5 && go build github.com/prometheus/prometheus/cmd/promtool`
"""

import os

import pytest

from tests.rules.scenario import Promtool
from tests.tools import require_tool

CURRENT = os.environ.get("NETWATCH_CURRENT_PROMTOOL")


@pytest.fixture(params=["debian", "current"] if CURRENT else ["debian"])
def promtool(request, tmp_path):
    return Promtool(CURRENT if request.param == "current" else require_tool("promtool"), tmp_path)


@pytest.fixture
def current_promtool():
    if CURRENT is None:
        pytest.skip("NETWATCH_CURRENT_PROMTOOL names no promtool")
    return CURRENT

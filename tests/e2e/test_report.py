"""A report of a daemon's own ledger: what was broken is in it, in each format, and anybody can reckon it anew."""

import json
import os
import re
import subprocess
import tempfile
import time
import zipfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe

from netwatch.cli.main import main
from netwatch.simulate.server import simulate_city
from tests.e2e.browser import DESKTOP, LEVELS, browser
from tests.e2e.network import COMMUNITY, KERNELS_CHOICE, Network, write_inventory
from tests.e2e.process import Daemon, netwatch, until
from tests.tools import require_tool

SEOUL = ZoneInfo("Asia/Seoul")
FIELD = (
    "services:\n  cctv: {name: 방범 CCTV, target: 99.9%, up_means: ping}\n"
    "field_devices:\n  cam-1: {kind: cctv, service: cctv, site: hall, address: 192.0.2.77}\n"
)


def wall(at_s):
    return datetime.fromtimestamp(at_s, SEOUL).isoformat(timespec="milliseconds")


def report(state, *words):
    return netwatch("audit", "report", "--state-dir", state, *words, within_s=120)


@pytest.fixture(scope="module")
def watched(city):
    """(state directory, when it began to look) of a daemon that saw core-1 fail for some seconds, and then ended."""
    network = Network(lambda: simulate_city(city, ports=KERNELS_CHOICE, community=COMMUNITY.encode()))
    with tempfile.TemporaryDirectory(prefix="nw-") as path:
        folder = Path(path)
        addresses = {device.id: device.address for device in city.devices.values()}
        with Daemon(write_inventory(folder, network, addresses, more=FIELD), folder / "state") as daemon:
            daemon.ready()
            until(lambda: sum(sample.value for sample in daemon.page().where("netwatch_device_up")) == len(addresses))
            began_s = time.time()
            network.fail("device:core-1")
            until(lambda: daemon.value("netwatch_device_up", device="core-1") == 0)
            time.sleep(1.0)
            network.restore("device:core-1")
            until(lambda: daemon.value("netwatch_device_up", device="core-1") == 1)
            time.sleep(1.0)
            daemon.stop()
        yield folder / "state", began_s
    network.close()


def test_what_was_broken_is_reported_packed_and_reckoned_anew(watched, tmp_path):
    state, began_s = watched
    ended_s = time.time()
    period = ("--from", wall(began_s), "--until", wall(ended_s))
    told = json.loads(report(state, *period, "--format", "json").stdout)
    length_ms = told["question"]["until_ms"] - told["question"]["from_ms"]
    devices = told["accounts"]["device"]["subjects"]
    down = devices["device:core-1"]["raw"]
    assert 1000 <= down["down"] <= 1000 * (ended_s - began_s)
    assert [one["ended"] for one in devices["device:core-1"]["outages"]] == ["seen"]
    for one in devices.values():
        assert sum(one["raw"][key] for key in ("up", "down", "maintenance", "unknown", "not_in_service")) == length_ms
    camera = told["accounts"]["service"]["subjects"]["field_device:cam-1"]  # nothing at its address ever answered
    assert (camera["raw"]["up"], camera["target"], camera["up_means"]) == (0, "999/1000", "ping")
    assert [gap["cause"] for gap in told["gaps"]] in ([], ["record_ends"])
    assert told["proof"]["checkpoint"]["rows"] == told["record"]["rows"]  # the daemon signed for all it wrote
    assert told["proof"]["signature"]

    pack = tmp_path / "pack.zip"
    assert report(state, *period, "--pack", pack).stderr == ""
    again = netwatch("audit", "recompute", pack, "--key", told["proof"]["key"])
    assert (again.returncode, again.stderr) == (0, ""), again.stdout
    assert "all are the same" in again.stdout
    with zipfile.ZipFile(pack) as opened, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in opened.namelist():
            content = opened.read(name)
            bad.writestr(name, content.replace(b'"state":"down"', b'"state":"up"') if name == "rows.jsonl" else content)
    refused = netwatch("audit", "recompute", tmp_path / "bad.zip")
    assert refused.returncode == 1
    assert "are not those that the checkpoint signed for" in refused.stdout
    assert "accounts.device." in refused.stdout


def test_a_report_of_nothing_and_for_nobody_says_so_in_a_sentence(watched, capsys):
    state, _ = watched
    for words, sentence in (
        (("--month", "2031-01"), "2031-01 has not begun"),
        (("--month", "10/2026"), "'10/2026' is no month such as 2026-10, and no year such as 2026"),
        ((), "which period? give --month 2026-10, or --from and --until"),
        (("--from", "1h", "--service", "ctv"), "there is no service 'ctv'; did you mean 'cctv'?"),
        (("--from", "1h", "--district", "달나라"), "there is no district '달나라'"),
        (("--from", "1h", "--until", "2h"), "2h is not after 1h"),
        (
            ("--from", "1h", "-o", "/nonexistent/r.html"),
            "/nonexistent/r.html cannot be written: No such file or directory",
        ),
    ):
        assert main(["audit", "report", "--state-dir", str(state), *words]) == 1
        assert capsys.readouterr() == ("", f"netwatch: {sentence}\n")


def test_the_month_before_the_record_began_is_unknown_and_undecided(watched, tmp_path):
    state, _ = watched
    written = tmp_path / "report.json"
    words = ["--from", "2026-10-01", "--until", "2026-10-31", "--format", "json", "-o", str(written)]
    assert main(["audit", "report", "--state-dir", str(state), *words]) == 0
    told = json.loads(written.read_text(encoding="utf-8"))
    whole = told["accounts"]["service"]["scopes"][0]
    assert whole["raw"]["unknown"] == 31 * 86_400_000
    assert whole["verdict"] == "not_decidable"
    assert [gap["cause"] for gap in told["gaps"]] == ["no_record_yet"]


def test_what_is_there_and_is_no_file_is_written_to_and_not_replaced(watched, tmp_path):
    state, began_s = watched
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    words = ["--from", wall(began_s), "--format", "citizens", "-o", str(pipe)]
    assert main(["audit", "report", "--state-dir", str(state), *words]) == 0
    assert json.loads(os.read(reading, 65_536))
    os.close(reading)
    assert pipe.is_fifo()


@pytest.mark.soak
def test_the_pages_are_shown_by_chromium_and_printed_with_korean_fonts(watched, tmp_path):
    pdftotext, pdffonts = require_tool("pdftotext"), require_tool("pdffonts")
    state, began_s = watched
    with browser() as opened:
        for language, title in (("ko", "가용성 보고서"), ("en", "Availability report")):
            html, pdf, picture = (tmp_path / f"report-{language}.{form}" for form in ("html", "pdf", "png"))
            for form, path in (("html", html), ("pdf", pdf)):
                made = report(state, "--from", wall(began_s), "--lang", language, "--format", form, "-o", path)
                assert made.stderr == ""
            looked_at(opened, html, picture, title=title)
            text = said(pdftotext, "-layout", pdf, "-")
            assert title in text
            assert "방범 CCTV" in text
            assert re.search(r"\b1 ?/ ?[0-9]+\b", text)  # pages are numbered
            fonts = [line.split()[-5] for line in said(pdffonts, pdf).splitlines()[2:]]
            assert fonts
            assert set(fonts) == {"yes"}  # all are embedded


def looked_at(opened, html: Path, picture: Path, *, title: str) -> None:
    """Shown without a complaint, wide and narrow; a blind reader can use it as well."""
    page = opened.new_page(viewport=DESKTOP)
    complaints = []
    page.on("console", lambda told: complaints.append(told.text))
    page.goto(html.as_uri())
    assert page.locator("h1").inner_text() == title
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=picture, full_page=True)
    assert Axe().run(page, options=LEVELS).response["violations"] == []
    assert complaints == []
    page.close()


def said(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout

"""`netwatch run --web-config` as its peers see it: curl, openssl, a real Prometheus, and the operator."""

import statistics
import subprocess
import time

import pytest

from tests.e2e.network import write_inventory
from tests.e2e.process import netwatch, until
from tests.e2e.prometheus import Prometheus
from tests.tools import require_tool
from tests.web import CLIENTS, PASSWORD, TLS, authority, basic, hashed, users

CURL = ("curl", "--silent")
LISTEN = "127.0.0.1:0"
SUCCESS = "netwatch_web_config_reload_success"


def protected(folder, text):
    """A web configuration in a folder of its own, with certificates beside it."""
    folder.mkdir()
    ca = authority(folder)
    (folder / "web.yaml").write_text(text)
    return ca


def curl(daemon, path, *words):
    """(status, body) as curl sees them; the status is 0 where there was no reply."""
    require_tool("curl")
    done = subprocess.run(
        [*CURL, "--max-time", "10", "--write-out", "\n%{http_code}", *map(str, words), daemon.url + path],
        capture_output=True,
        text=True,
        check=False,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


def guessing(folder, daemon, source):
    """The command of a curl that tries one password after the other, sixty at a time."""
    config = folder / f"guesses-from-{source}"
    common = f'url = "{daemon.url}/metrics"\noutput = /dev/null\ninsecure\ninterface = {source}\n'
    config.write_text("next\n".join(f'{common}user = "prometheus:{number}"\n' for number in range(10_000)))
    return [*CURL, "--parallel", "--parallel-immediate", "--parallel-max", "60", "--config", str(config)]


@pytest.fixture
def city(folder, network, addresses):
    return write_inventory(folder, network, addresses)


def test_a_real_prometheus_scrapes_with_a_password_and_a_certificate_and_finds_the_shards(folder, city, run, addresses):
    ca = protected(folder / "web", TLS + CLIENTS + users(prometheus=hashed(cost=10)))
    web = folder / "web"
    daemon = run(city, more=["--web-config", web / "web.yaml"])
    daemon.headers, daemon.tls = basic("prometheus"), ca.client("prometheus")
    tls = {"ca_file": str(ca.file), "cert_file": str(web / "prometheus.crt"), "key_file": str(web / "prometheus.key")}
    right = {
        "scheme": "https",
        "tls_config": tls,
        "basic_auth": {"username": "prometheus", "password": PASSWORD},
        "scrape_interval": "1s",
        "scrape_timeout": "1s",
    }
    target = daemon.url.removeprefix("https://")
    jobs = [
        {"job_name": "right", **right, "static_configs": [{"targets": [target]}]},
        {
            "job_name": "found",
            **right,
            "http_sd_configs": [
                {"url": f"{daemon.url}/sd?shards=2", **{key: right[key] for key in ("tls_config", "basic_auth")}}
            ],
        },
        {"job_name": "no password", **right, "static_configs": [{"targets": [target]}], "basic_auth": None},
        {
            "job_name": "no certificate",
            **right,
            "static_configs": [{"targets": [target]}],
            "tls_config": {"ca_file": str(ca.file)},
        },
    ]
    with Prometheus(folder / "prometheus", jobs) as prometheus:

        def told():
            targets = prometheus.ask("targets")["activeTargets"]
            return {(one["labels"]["job"], one["labels"]["instance"]): one for one in targets}

        expected = {("right", target): "up", ("no password", target): "down", ("no certificate", target): "down"}
        expected |= {("found", f"netwatch-{page}"): "up" for page in ("faults", "city", "shard-0", "shard-1")}
        until(lambda: {key: one["health"] for key, one in told().items()} == expected, what=f"{expected}")
        until(lambda: "401" in told()[("no password", target)]["lastError"], what="the refusal")
    assert {sample.labels["device"] for sample in daemon.page().where("netwatch_device_up")} <= set(addresses)
    assert daemon.value("netwatch_http_requests_refused_total", reason="unauthenticated") > 0
    assert daemon.value("netwatch_http_connections_cut_total", reason="no_tls") > 0


def test_curl_and_openssl_are_served_and_refused_as_the_file_says_and_a_reread_needs_no_restart(folder, city, run):
    ca = protected(folder / "web", TLS + users(kim=hashed()))
    web = folder / "web"
    daemon = run(city, more=["--web-config", web / "web.yaml"])
    daemon.headers, daemon.tls = basic("kim"), ca.client()
    trusting = ("--cacert", ca.file)
    assert curl(daemon, "/-/healthy", *trusting, "--user", f"kim:{PASSWORD}") == (200, "ok\n")
    assert curl(daemon, "/-/healthy", *trusting, "--http2", "--user", f"kim:{PASSWORD}") == (200, "ok\n")
    assert curl(daemon, "/-/healthy", *trusting, "--user", "kim:wrong") == (401, "Name and password, please.\n")
    assert curl(daemon, "/-/healthy", *trusting, "--user", "lee:wrong")[0] == 401
    assert curl(daemon, "/-/healthy", "--user", f"kim:{PASSWORD}")[0] == 0  # who does not trust the CA
    shown = subprocess.run(
        [require_tool("openssl"), "s_client", "-connect", daemon.url.removeprefix("https://"), "-tls1_1"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode != 0
    assert "BEGIN CERTIFICATE" not in shown.stdout

    (web / "web.yaml").write_text(TLS + users(kim="hunter2"))  # noticed by itself
    until(lambda: daemon.value(SUCCESS) == 0, what="the mistake was noticed")
    refused = daemon.reload()
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[0].startswith(f"{web}/web.yaml:5 basic_auth_users.kim: must be a bcrypt hash")
    assert refused.stderr.splitlines()[-1].startswith("not reloaded: the web configuration, of which the one before")
    (web / "web.yaml").write_text(TLS + users(lee=hashed()))
    daemon.headers = basic("lee")
    ca.issue("web", "127.0.0.1", days=100)
    assert daemon.reload().returncode == 0
    assert daemon.value(SUCCESS) == 1
    assert curl(daemon, "/-/healthy", *trusting, "--user", f"kim:{PASSWORD}")[0] == 401
    said = "\n".join(daemon.log)
    assert daemon.stop() == 0
    assert not [word for word in (PASSWORD, "hunter2", "$2y$04$", "PRIVATE KEY") if word in said]


def test_a_flood_of_connections_and_guesses_leaves_the_scraper_its_pages(folder, city, run):
    ca = protected(folder / "web", TLS + users(prometheus=hashed(cost=10)))
    daemon = run(city, more=["--web-config", folder / "web" / "web.yaml"])
    daemon.headers, daemon.tls = basic("prometheus"), ca.client()
    daemon.ready()
    require_tool("curl")
    flood = [
        subprocess.Popen(guessing(folder, daemon, f"127.0.0.{number}"), stdout=subprocess.DEVNULL) for number in (2, 3)
    ]
    try:
        refused = "netwatch_http_requests_refused_total"
        until(lambda: daemon.value(refused, reason="unauthenticated") > 5, what="guesses were refused")
        until(lambda: daemon.value(refused, reason="busy") > 0, what="guesses had to wait")
        took_s = []
        for _ in range(8):  # on a connection each, as the worst of scrapers would
            began = time.monotonic()
            assert daemon.fetch("/metrics/faults")[0] == 200
            took_s.append(time.monotonic() - began)
        assert [one.poll() for one in flood] == [None, None]
    finally:
        for one in flood:
            one.kill()
            one.wait()
    assert statistics.median(took_s) < 2  # the time that Prometheus has for this page
    assert daemon.value("netwatch_device_up", device="core-1") == 1


def started(folder, city, *words):
    return netwatch("run", "--inventory", city, "--state-dir", folder / "state", *words)


def test_beyond_loopback_it_does_not_start_without_protection_and_says_what_to_do(folder, city):
    refused = started(folder, city, "--listen", "0.0.0.0:0")
    assert refused.returncode == 1  # which systemd does not try again
    assert "--web-config FILE" in refused.stderr
    assert "--insecure-listen" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_web_configuration_with_a_mistake_does_not_start_and_check_says_the_same(folder, city):
    path = folder / "web.yaml"
    path.write_text("tls_server_config: {cert_file: a, keyfile: b}\n")
    refused = started(folder, city, "--listen", LISTEN, "--web-config", path)
    checked = netwatch("check", "--inventory", city, "--web-config", path)
    assert refused.returncode == checked.returncode == 1
    sentence = f"{path}:1 tls_server_config.keyfile: unknown key; did you mean 'key_file'?"
    assert sentence in refused.stderr
    assert sentence in checked.stderr


def test_the_operators_word_is_enough_beyond_loopback(folder, city, run):
    daemon = run(city, listen="0.0.0.0:0", more=["--insecure-listen"])
    assert daemon.fetch("/-/healthy") == (200, "ok\n")

"""What this machine lacks is told to whom it concerns: no word of ICMP where nothing is pinged by it."""

import pytest

from netwatch.collect.collector import Collector, Sink
from netwatch.collect.ping import Pinger
from netwatch.core.model import PingMethod, Settings
from netwatch.core.plan import Plan
from netwatch.inventory import load
from netwatch.simulate.city_text import inventory_text
from netwatch.simulate.growth import generate


def broken(pinger):
    """A pinger that could open no socket at all."""
    for path in pinger._paths.values():
        path.close()
        path.refusal, path.is_missed = f"no {path.wire}", True
    return pinger


@pytest.fixture
def inventory(tmp_path):
    """A small city with every device pinged in one way."""

    def pinged(method):
        (tmp_path / "secrets").mkdir(exist_ok=True)
        (tmp_path / "secrets" / "field").write_text("public")
        (tmp_path / "secrets" / "field").chmod(0o600)
        text = inventory_text(generate(switches=4)).replace('"ping": "udp/7007"', f'"ping": "{method}"')
        (tmp_path / "inventory.yaml").write_text(text)
        return load(tmp_path / "inventory.yaml", environ={}, credentials_dir=None)

    return pinged


@pytest.mark.parametrize(
    ("methods", "told"),
    [
        ({PingMethod.UDP}, ("no udp4", "no udp6")),
        ({PingMethod.ICMP}, ("no icmp4", "no icmp6")),
        ({PingMethod.OFF}, ()),
        (set(PingMethod), ("no icmp4", "no icmp6", "no udp4", "no udp6")),
    ],
)
def test_only_what_is_used_is_complained_of(methods, told):
    pinger = broken(Pinger(Settings()))
    assert sorted(pinger.complaints_of(methods)) == list(told)
    assert len(pinger.complaints) == 4


@pytest.mark.parametrize(("ping", "told"), [("udp/7007", ["no udp4", "no udp6"]), ("icmp", ["no icmp4", "no icmp6"])])
async def test_the_collector_complains_of_what_its_inventory_needs(inventory, monkeypatch, ping, told):
    asked = inventory(ping)
    collector = Collector(
        Sink(
            offer=lambda _seen: None,
            note_overrun=lambda _device, _lane: None,
            record=lambda _event: None,
            unfolded=lambda: 0,
        ),
        settings=asked.settings,
        plan_for=lambda _device: Plan(profile="none", scalars=(), tables=()),
    )

    async def start():
        broken(collector.pinger)

    monkeypatch.setattr(collector.pinger, "start", start)
    collector.use(asked)
    assert sorted(await collector.start()) == told
    await collector.stop(drain_s=0)

import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Gauge

from netwatch.core.device.record import InterfaceTraffic
from netwatch.core.metrics import BY_NAME, CATALOGUE
from netwatch.core.model import FieldDevice
from netwatch.expose import selection
from netwatch.expose.city_fragments import CheckResult, render_field_device, render_maintenance, render_vantage
from netwatch.expose.fragments import DeviceView
from netwatch.expose.labels import field_device_labels
from netwatch.expose.pages import CHUNK_BYTES, Pages, stable_hash
from tests.unit.expose.city import COLUMNS, SITE, make_device, make_state, telling
from tests.unit.expose.reading import samples_of, series_of
from tests.unit.expose.test_fragments import never


def make_pages(devices: int = 0, cameras: int = 0) -> Pages:
    own = CollectorRegistry()
    Gauge("netwatch_ledger_ok", "1 if the store commits in time.", registry=own).set(1)
    pages = Pages(own=own)
    for number in range(devices):
        publish(pages, f"acc-{number}")
    for number in range(cameras):
        camera = FieldDevice(id=f"cam-{number}", kind="cctv", site=SITE.id, service="cctv")
        fragments = render_field_device(
            field_device_labels(camera, SITE),
            {"ping": CheckResult(up=True, duration_s=0.01), "tcp/554": CheckResult(up=False)},
        )
        pages.publish_field_device(camera.id, site=SITE.id, beside=f"acc-{number % 5}", fragments=fragments)
    pages.families.update(render_maintenance([("ring:ring-a", True), ("ring:ring-a", False), ("link:l-1", False)]))
    pages.families.update(render_vantage(up=True))
    return pages


def publish(pages: Pages, device: str, site: str = SITE.id, generation: int = 1) -> None:
    traffic = InterfaceTraffic(totals=dict.fromkeys(COLUMNS, (generation,) * 2), stamp_ms=(1, 1))
    state = make_state(rtt_s=float(generation), loss_ratio=float(generation), traffic=traffic)
    pages.publish_device(device, site=site, fragments=DeviceView(make_device(device), SITE).render(state, never))


def joined(pieces: Iterator[bytes]) -> bytes:
    return b"".join(pieces)


def test_a_page_stands_in_the_order_of_the_catalogue_each_family_once_with_help_and_type():
    page = joined(make_pages(3, 3).stream(selection.EVERYTHING)).decode()
    told = [line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")]
    assert told == [metric.name for metric in CATALOGUE if metric.name in set(told)]
    assert len(told) == page.count("# HELP")
    for line in page.splitlines():
        if line.startswith("# TYPE"):
            _, _, name, kind = line.split()
            assert kind == BY_NAME[name].type


def test_a_family_without_samples_is_left_out_entirely():
    pages = make_pages(0, 0)
    pages.publish_device("acc-1", site="x", fragments=telling({}))
    assert b"netwatch_device" not in joined(pages.stream(selection.EVERYTHING))


def test_the_page_of_faults_has_no_device_and_nothing_of_the_city_but_its_maintenance():
    read = samples_of(joined(make_pages(3, 3).stream(selection.FAULTS)))
    assert {sample.name for sample in read} == {"netwatch_maintenance_active"}


@settings(deadline=None)
@given(devices=st.integers(0, 12), cameras=st.integers(0, 12), of=st.integers(1, 9))
def test_each_series_stands_on_exactly_one_page_of_a_split(devices, cameras, of):
    pages = make_pages(devices, cameras)
    split = [selection.CITY, selection.FAULTS, *(selection.shard(number, of) for number in range(of))]
    parts = [series for part in split for series in series_of(joined(pages.stream(part)))]
    assert len(parts) == len(set(parts))
    assert sorted(parts) == sorted(series_of(joined(pages.stream(selection.EVERYTHING))))


def test_a_field_device_stands_on_the_page_of_its_device():
    pages = make_pages(5, 20)
    for number in range(4):
        read = samples_of(joined(pages.stream(selection.shard(number, 4))))
        devices = {sample.labels["device"] for sample in read if "device" in sample.labels}
        cameras = {sample.labels["field_device"] for sample in read if "field_device" in sample.labels}
        assert cameras == {f"cam-{n}" for n in range(20) if f"acc-{n % 5}" in devices}


def test_the_city_page_has_the_daemons_own_families_and_no_device():
    names = {sample.name for sample in samples_of(joined(make_pages(3, 3).stream(selection.CITY)))}
    assert names == {"netwatch_ledger_ok", "netwatch_vantage_up"}


def test_maintenance_is_active_while_any_window_of_the_subject_runs():
    read = {s.labels["subject"]: s.value for s in samples_of(joined(make_pages().stream(selection.FAULTS))) if s.labels}
    assert read == {"ring:ring-a": 1, "link:l-1": 0}


def test_the_page_of_a_site_has_its_devices_only():
    pages = make_pages(2)
    publish(pages, "elsewhere", site="depot")
    read = samples_of(joined(pages.stream(selection.at_site("depot"))))
    assert {sample.labels["device"] for sample in read} == {"elsewhere"}
    assert pages.stands_at("depot")
    assert not pages.stands_at("nowhere")


def test_a_removed_device_is_gone_from_the_next_page():
    pages = make_pages(3)
    del pages.devices["acc-1"]
    read = samples_of(joined(pages.stream(selection.EVERYTHING)))
    assert {s.labels["device"] for s in read if "device" in s.labels} == {"acc-0", "acc-2"}


def test_a_page_begun_before_a_reload_tells_the_old_city_to_its_end_and_the_next_the_new():
    pages = make_pages(300)
    old = joined(pages.stream(selection.EVERYTHING))
    stream = pages.stream(selection.EVERYTHING)
    pieces = [next(stream)]
    pages.devices = {}
    for number in range(300):
        publish(pages, f"new-{number}")
        pages.families.clear()
        if number % 100 == 0:
            pieces.append(next(stream))
    assert b"".join([*pieces, *stream]) == old
    assert b'device="acc-' not in joined(pages.stream(selection.shard(0, 1)))


def test_a_device_swapped_between_two_pieces_is_told_of_one_poll_only():
    pages = make_pages(300)
    stream = pages.stream(selection.EVERYTHING)
    pieces = [next(stream)]
    for number in range(300):
        publish(pages, f"acc-{number}", generation=2)
    page = b"".join([*pieces, *stream])
    of_a_poll = {"netwatch_device_icmp_rtt_seconds", "netwatch_device_icmp_loss_ratio"}
    of_a_poll |= {"netwatch_interface_receive_bytes_total", "netwatch_interface_receive_errors_total"}
    told = [sample for sample in samples_of(page) if sample.name in of_a_poll]
    assert len(told) == 300 * (2 + 2 * 2)
    assert {sample.value for sample in told} == {1.0}


def test_a_page_comes_in_pieces_of_about_a_quarter_megabyte():
    sizes = [len(piece) for piece in make_pages(400).stream(selection.EVERYTHING)]
    assert len(sizes) > 5
    assert max(sizes) < 2 * CHUNK_BYTES


def test_many_devices_that_tell_nothing_still_let_others_have_their_turn():
    pages = make_pages()
    for number in range(20_000):
        pages.publish_device(f"d-{number}", site="x", fragments=telling({}))
    assert sum(1 for _ in pages.stream(selection.EVERYTHING)) > 20


def test_the_shard_of_a_device_is_the_same_in_another_process():
    ask = "from netwatch.expose.pages import stable_hash; print(stable_hash('옥정-17'))"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True, text=True)
    assert int(told.stdout) == stable_hash("옥정-17")


def test_shards_are_of_like_size():
    sizes = [0] * 8
    for number in range(8000):
        sizes[stable_hash(f"acc-{number}") % 8] += 1
    assert max(sizes) < 1.15 * 1000


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ([], selection.EVERYTHING),
        ([("shard", "2"), ("of", "4")], selection.shard(2, 4)),
        ([("of", "4"), ("shard", "0")], selection.shard(0, 4)),
        ([("shard", "city")], selection.CITY),
        ([("site", "옥정-3")], selection.at_site("옥정-3")),
    ],
)
def test_a_query_means_a_page(query, wanted):
    assert selection.parse(query) == wanted


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ([("target", "10.0.0.1")], "Unknown parameter; there are shard, of, site."),
        ([("shard", "4"), ("of", "4")], "shard must be a whole number from 0 to 3."),
        ([("shard", "-1"), ("of", "4")], "shard must be a whole number from 0 to 3."),
        ([("shard", "²"), ("of", "4")], "shard must be a whole number from 0 to 3."),
        ([("shard", "0"), ("of", "0")], "of must be a whole number from 1 to 1000."),
        ([("shard", "0"), ("of", "9" * 5000)], "of must be a whole number from 1 to 1000."),
        ([("shard", "0")], "shard and of go together: /metrics?shard=0&of=4, or /metrics?shard=city."),
        ([("of", "3")], "shard and of go together: /metrics?shard=0&of=4, or /metrics?shard=city."),
        ([("shard", "city"), ("of", "3")], "shard=city stands alone: leave out of."),
        ([("site", "x"), ("shard", "city")], "site stands alone: leave out shard and of."),
        ([("shard", "1"), ("shard", "2"), ("of", "3")], "shard is given twice."),
    ],
)
def test_a_wrong_query_is_refused_with_one_sentence(query, said):
    with pytest.raises(selection.SelectionError) as refused:
        selection.parse(query)
    assert str(refused.value) == said

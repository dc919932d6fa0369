"""The operator's page in a real Chromium: a city, one of whose cables is cut while somebody looks."""

import re
import subprocess
import time
from dataclasses import replace

import pytest

from netwatch.simulate.growth import generate
from tests.e2e.browser import LOOKS, PHONE, Reader, browser
from tests.e2e.lost_time import lost_s
from tests.e2e.page_city import faults, log_of, watched
from tests.e2e.process import until
from tests.web import basic

SWITCHES = 24
HOSTILE = "<img src=x onerror=document.title='taken'>"
FORBIDDEN = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|https?://(?!www\.w3\.org)")
# whether ever, even for a moment, it was said that nothing is wrong
NOTES_CALM = """() => new MutationObserver(() => { window.calm ||= document.querySelector(".calm"); })
  .observe(document, {childList: true, subtree: true})"""
VIEWS = ("/", "/map", "/rings", "/services", "/find?q=cam", "/help")


def with_hostile_names(built):
    """The city, where one site, and a port in its switch's own words, have names that are markup."""
    device = next(one for one in built.devices.values() if one.id.startswith("acc-"))
    spoken = replace(device, ports=(replace(device.ports[0], alias=HOSTILE.encode()), *device.ports[1:]))
    site = replace(built.sites[device.site], name=HOSTILE)
    return replace(built, sites={**built.sites, site.id: site}, devices={**built.devices, device.id: spoken}), device


def is_alone(built, link):
    """Whether no other link runs in its cable."""
    return sum(run.cable == link.fibre[0].cable for one in built.links.values() for run in one.fibre) == 1


@pytest.fixture(scope="module")
def opened():
    with browser() as one:
        yield one


@pytest.fixture(scope="module")
def city():
    """A simulated city and its daemon; a ring of it, and a link and cable in that ring."""
    built, hostile = with_hostile_names(generate(switches=SWITCHES, seed=6))
    link = next(one for one in built.links.values() if (one.ring or "").startswith("ring-") and is_alone(built, one))
    with watched(built) as one:
        one.hostile, one.link, one.ring, one.cable = hostile, link, link.ring, link.fibre[0].cable
        one.camera = next(iter(built.field_devices))
        yield one


@pytest.fixture
def read(opened, city):
    """Readers of this city; none of their browsers complains of anything."""
    readers = []

    def start(**how):
        readers.append(Reader(opened, city.daemon.url, **{"user": "kim", **how}))
        return readers[-1]

    yield start
    complaints = [told for reader in readers for told in reader.complaints]
    for reader in readers:
        reader.context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def cut(city):
    """The cable is cut from here on: the fault, as the daemon tells it."""
    city.network.fail(f"cable:{city.cable}")
    return until(lambda: next(iter(faults(city)), None), what="the fault")


def test_a_cut_appears_by_itself_is_acknowledged_and_noted_and_clears(city, read):
    page = read().open("/").page
    page.evaluate("window.unreloaded = true")
    page.locator(".calm").wait_for()
    city.network.fail(f"cable:{city.cable}")
    fault = until(lambda: next(iter(faults(city)), None), what="the fault")
    known_s, lost_before_s = time.monotonic(), lost_s(city.daemon.pid)
    card = page.locator(f"article[data-fault='{fault['id']}']")
    card.wait_for()
    assert time.monotonic() - known_s - (lost_s(city.daemon.pid) - lost_before_s) < 2
    assert page.title().startswith("(1) ")
    assert "031-000-0000" in card.locator("a[href='tel:0310000000']").inner_text()
    assert page.locator("#announcer").inner_text() == f"New fault: Reserve lost {city.cable}"

    card.get_by_role("button", name="Acknowledge").click()
    card.get_by_text("acknowledged kim").wait_for()
    card.locator("a.open").click()
    page.get_by_label("Add a note").fill(f"digger at the crossing {HOSTILE}")
    page.locator("#work-noted").press("Enter")
    page.locator(".log li").nth(1).wait_for()
    assert page.locator(".log li").nth(1).inner_text().endswith(f"kim noted: digger at the crossing {HOSTILE}")
    done = log_of(city, fault["id"])
    assert [(one["user"], one["did"]) for one in done] == [("kim", "acknowledged"), ("kim", "noted")]

    page.get_by_role("link", name="Faults", exact=True).click()
    city.network.restore(f"cable:{city.cable}")
    until(lambda: not faults(city), what="the end of the fault")
    known_s, lost_before_s = time.monotonic(), lost_s(city.daemon.pid)
    page.locator(".calm").wait_for()
    assert time.monotonic() - known_s - (lost_s(city.daemon.pid) - lost_before_s) < 2
    page.locator("summary", has_text="Lately cleared (1)").wait_for()
    assert page.evaluate("window.unreloaded && document.title.startsWith('Yangju')")


def test_the_drawing_of_the_ring_shows_the_break_between_the_devices_that_it_parts(city, read, cut):
    reader = read()
    page = reader.open(f"/ring/{city.ring}").page
    drawing = page.locator("figure.drawing svg")
    assert drawing.locator("a.break").get_attribute("href") == f"/cable/{city.cable}"
    broken = drawing.locator("path.way.broken").bounding_box()
    ends = [
        drawing.locator(f"a[href='/device/{port.device}'] .shape").bounding_box() for port in (city.link.a, city.link.b)
    ]
    cross = drawing.locator("a.break circle").bounding_box()
    lower, upper = sorted(one["y"] + one["height"] / 2 for one in ends)
    assert lower <= cross["y"] + cross["height"] / 2 <= upper
    assert broken["height"] >= upper - lower - 2  # from the one to the other
    around = page.locator("a.node").count()
    assert page.locator("path.way.good").count() >= around - 1

    reader.open(f"/fault/{cut['id']}").page.locator("figure.drawing a.break").wait_for()
    page = reader.open("/map").page
    page.locator(f"a.break[href='/link/{city.link.id}'] line.broken").wait_for()


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def things(city, cut):
    device, site = city.hostile.id, city.hostile.site
    kinds = (
        *(f"/fault/{cut['id']}", f"/device/{device}", f"/field_device/{city.camera}", f"/site/{site}"),
        *(f"/ring/{city.ring}", f"/cable/{city.cable}", "/service/cctv", "/device/nowhere"),
    )
    return (*VIEWS, *kinds)


def test_no_view_has_a_barrier_of_level_a_or_aa(city, read, cut):
    reader = read()
    found = {view: reader.open(view).barriers() for view in things(city, cut)}
    assert {view: barriers for view, barriers in found.items() if barriers} == {}


def test_on_a_phone_at_night_every_view_fits_can_be_read_and_can_be_touched(city, read, cut):
    reader = read(size=PHONE, language="ko-KR", scheme="dark")
    wrong = {}
    dark = ("/", "/map", f"/fault/{cut['id']}", f"/device/{city.hostile.id}", f"/field_device/{city.camera}")
    for view in things(city, cut):
        page = reader.open(view).page
        boxes = [one.bounding_box() for one in page.locator("button:visible, a.call:visible, nav a:visible").all()]
        small = [box for box in boxes if box["height"] < 44 or box["width"] < 40]
        width = page.evaluate("document.scrollingElement.scrollWidth")
        wrong[view] = (width > PHONE["width"], small, reader.barriers(LOOKS) if view in dark else [])
    assert {view: found for view, found in wrong.items() if any(found)} == {}


def test_names_that_are_markup_are_shown_as_they_are_written_and_do_nothing(city, read):
    reader = read()
    for path in (f"/site/{city.hostile.site}", f"/device/{city.hostile.id}", f"/find?q={city.hostile.id}", "/map"):
        page = reader.open(path).page
        if path == "/map":
            page.locator("section.district summary").first.click()
        page.get_by_text(HOSTILE).first.wait_for(state="attached")
        assert page.locator("img").count() == 0
        assert "taken" not in page.title().partition(" · ")[0]


def test_a_keyboard_is_enough(city, read, cut):
    page = read().open("/").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"  # where one is, is shown
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/fault/{cut['id']}")
    page.keyboard.press("/")
    page.keyboard.type(city.camera)
    page.keyboard.press("Enter")
    page.locator(".hit a").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.locator("h1", has_text="Rings").wait_for()
    page.go_back()
    page.locator(".hit a").first.wait_for()
    page.locator("main").focus()
    page.keyboard.press("?")
    page.get_by_role("button", name="Turn the keys off").press("Enter")  # whoever speaks to a computer wants none
    page.get_by_role("button", name="Turn the keys on").wait_for()
    page.keyboard.press("1")
    assert page.url.endswith("/help")


def test_it_speaks_as_the_browser_wishes_and_then_as_was_chosen(read):
    page = read(language="ko-KR").open("/").page
    assert page.locator("html").get_attribute("lang") == "ko"
    assert page.locator("main h1").inner_text().startswith("열린 장애")
    page.get_by_role("link", name="English").click()
    page.locator("h1", has_text="Open faults").wait_for()
    assert "lang=" not in page.url
    page.goto("/rings")
    page.locator("h1", has_text="Rings").wait_for()


def test_whose_connection_is_lost_is_told_so(city, read):
    reader = read()
    reader.page.clock.install()
    page = reader.open("/").page
    city.daemon.process.send_signal(19)  # SIGSTOP
    try:
        page.clock.fast_forward(20_000)
        page.locator(".banner.bad", has_text="No word from netwatch since").wait_for()
        assert page.locator("#page.stale").count() == 1
    finally:
        city.daemon.process.send_signal(18)  # SIGCONT
    page.clock.run_for(10_000)
    page.locator(".banner.bad").wait_for(state="detached")


def test_only_whom_we_know_by_name_and_only_from_our_own_page_may_act(city, cut):
    def post(*more, user="kim"):
        done = subprocess.run(
            [
                "curl",
                "-s",
                "-o",
                "-",
                "-w",
                "%{http_code}",
                "-X",
                "POST",
                f"{city.daemon.url}/page/fault/work",
                "-H",
                f"Authorization: {basic(user)['Authorization']}",
                "-d",
                f'{{"id": "{cut["id"]}", "did": "noted", "text": "x"}}',
                *more,
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout[-3:]

    ours = ("-H", "Content-Type: application/json", "-H", "X-Netwatch-Page: 1")
    assert post() == "403"
    assert post(*ours) == "403"  # from nowhere
    assert post(*ours, "-H", "Sec-Fetch-Site: cross-site") == "403"
    assert post(*ours, "-H", "Origin: https://elsewhere.example") == "403"
    assert post(*ours, "-H", "Sec-Fetch-Site: same-origin", user="lee") == "401"
    assert post(*ours, "-H", "Sec-Fetch-Site: same-origin") == "200"
    assert post(*ours, "-H", f"Origin: {city.daemon.url}") == "200"


def test_the_policy_allows_our_own_files_and_nothing_inline(city):
    status, text = city.daemon.fetch("/")
    assert status == 200
    assert not re.search(r"<style|<script(?![^>]* src=)| style=| on\w+=", text)
    parts = set(re.findall(r'(?:href|src)="(/page/static/[^"]+)"', text))
    assert len(parts) > 10
    for part in parts:
        assert city.daemon.fetch(part)[0] == 200
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|https?://(?!www\.w3\.org)",
            city.daemon.fetch(part)[1],
        )


def test_a_daemon_that_comes_again_is_heard_and_until_it_has_told_all_nothing_is_taken_for_well(city, read, cut):
    reader = read()
    page = reader.open("/").page
    page.locator(f"article[data-fault='{cut['id']}']").wait_for()
    page.evaluate(NOTES_CALM)
    city.daemon.stop()
    with page.expect_response(lambda reply: "/page/stream" in reply.url and reply.ok, timeout=60_000):
        city.daemon.start().ready()
    page.wait_for_timeout(500)  # in which it is told everything anew
    assert page.evaluate("Boolean(window.calm)") is False
    reader.complaints.clear()  # that nobody answered for a moment
    city.network.restore(f"cable:{city.cable}")
    page.locator(".calm").wait_for(timeout=90_000)

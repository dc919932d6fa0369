"""Debian's Chromium, driven by Playwright: a page with everything it complained of, and axe-core's opinion of it."""

import contextlib
import shutil
from importlib import resources

from playwright.sync_api import sync_playwright

from tests.tools import SYSTEM_PATHS, require_tool
from tests.web import PASSWORD

DESKTOP, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
_AXE = resources.files("axe_playwright_python").joinpath("axe.min.js")
LEVELS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# what another width and other colours can change of it
LOOKS = {"runOnly": ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]}
_GO = "(path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }"
# a page that hears of what it may not do, told to us
_VIOLATIONS = "addEventListener('securitypolicyviolation', (event) => console.error('CSP', event.violatedDirective))"


def chromium():
    """The headless shell, which is the smaller package, or the whole browser."""
    return shutil.which("chromium-headless-shell", path=SYSTEM_PATHS) or require_tool("chromium")


@contextlib.contextmanager
def browser():
    """One Chromium, until the end."""
    with sync_playwright() as playwright:
        # root may not use the sandbox; it shows our own daemon alone
        opened = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"], timeout=90_000)
        try:
            yield opened
        finally:
            opened.close()


class Reader:
    """Somebody with a browser before them. `complaints`: what the browser found wrong with the pages."""

    def __init__(self, opened, url, *, user="", size=DESKTOP, language="en", scheme="light", **more):
        credentials = {"http_credentials": {"username": user, "password": PASSWORD}} if user else {}
        self.context = opened.new_context(
            base_url=url, viewport=size, locale=language, color_scheme=scheme, **credentials, **more
        )
        self.context.set_default_timeout(60_000)
        self.context.add_init_script(_VIOLATIONS)
        self.complaints = []
        self.page = self.context.new_page()
        self.page.on("console", lambda told: told.type == "error" and self.complaints.append(told.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path):
        """Go there, as a link of the page would once it is loaded, and wait until it is drawn."""
        if self.page.url == "about:blank":
            self.page.goto(path)
        else:
            self.page.evaluate(_GO, path)
        self.page.locator(f'main[data-view="{path}"] h1').first.wait_for()
        return self

    def barriers(self, options=LEVELS):
        """What axe-core finds against WCAG 2.2, levels A and AA: rule and elements."""
        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("(how) => axe.run(document, how)", {**options, "resultTypes": ["violations"]})
        found = found["violations"]
        return [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in found]

"""What every test needs."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

import zoo  # noqa: F401  (opens the floor encodings to tests that import nothing else)

# Here property tests look for something new each time; a build asks the same each time, so that
# it fails only for what a change did.  A busy machine is no failure anywhere.
settings.register_profile("here", deadline=None)
settings.register_profile("build", deadline=None, derandomize=True)
settings.load_profile("build" if os.environ.get("CI") else "here")

BROWSER_ARGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        names = ("chromium", "chromium-browser", "google-chrome")
        found = next(filter(None, map(shutil.which, names)), own if Path(own).exists() else None)
        if found is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
                "no Chromium: `make test` installs one, or install `chromium` yourself"
            )
        chromium = playwright.chromium.launch(executable_path=found, args=BROWSER_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser, server):
    """Opens the page as a new visitor; the test fails on whatever the browser complains about."""
    contexts, complaints = [], []

    def open_page(width: int = 1280, theme: str = "light"):
        context = browser.new_context(viewport={"width": width, "height": 844})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda got: complaints.append(got.url) if got.status >= 400 else None)
        page.on("requestfailed", lambda lost: complaints.append(lost.url) if not aborted(lost) else None)
        page.goto(f"{server.address}?__theme={theme}")
        page.wait_for_selector(".status:has-text('finished example')")
        page.wait_for_selector(".cell")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def aborted(request) -> bool:
    """Whether the page itself ended a request, as it does with streams it has read to the end."""
    return request.failure == "net::ERR_ABORTED"

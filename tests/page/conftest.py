"""One process that serves the page and one browser, for all tests of the page."""

import os
import socket
import subprocess
import sys
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.page.gate import Gate
from tests.page.material import ROOT, read_result, write_material
from tests.page.visitor import EXAMPLE, choose_example, open_tab, wait_until
from tests.support.find_browser import find_browser

TIMEOUT_MS = 60_000  # a busy machine is no failure
# What Gradio says when a reload ends its requests; one that fails by itself is a complaint of its own.
RELOADED = ("AbortError: signal is aborted", "Unexpected error Connection errored out")
BROWSER_ARGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    path = find_browser()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "no Chromium: `make test` installs one, or install `chromium` yourself"
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def material(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    write_material(folder)
    return folder


@pytest.fixture(scope="session")
def example(material) -> dict:
    return read_result(material / "examples" / EXAMPLE)


@pytest.fixture(scope="session")
def server(material):
    """The real page in its own process: address, gate, and where it keeps uploads and its log."""
    with served(material, material / "embedded", material / "examples") as server:
        yield server


@contextmanager
def served(folder: Path, embedded: Path, examples: Path, **more: str):
    """Serve the page with other releases and examples than its own; what it keeps and logs is in folder.

    more is added to its environment.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log, uploads, gate = folder / "server.log", folder / "uploads", Gate(folder / "gate")
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(uploads),
        "BENCHSCRIBE_EXAMPLES": str(examples),
        "HF_HUB_OFFLINE": "1",
        **more,
    }
    command = [sys.executable, "-m", "tests.page.serve", str(embedded), str(gate.folder)]
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_until(
            lambda: answers(address) or process.poll() is not None, "the page was not served in time", 180
        )
        assert process.poll() is None, log.read_text()[-4000:]
        yield SimpleNamespace(address=address, uploads=uploads, gate=gate, log=log)
    finally:
        process.terminate()
        process.wait(10)


def answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(address, timeout=2).status == 200
    except OSError:
        return False


@pytest.fixture
def gate(server):
    """Open again after the test."""
    yield server.gate
    server.gate.open()


@pytest.fixture(scope="session")
def context(browser):
    """A browser context whose cache keeps what Gradio serves; visitors in it are apart, each in a tab."""
    return browser.new_context()


@contextmanager
def complaints_of(context):
    """The list of whatever the browser complains about meanwhile."""
    complaints: list[str] = []

    def complain(text: str) -> None:
        if not text.startswith(RELOADED):
            complaints.append(text)

    listeners = {
        "console": lambda line: complain(line.text) if line.type == "error" else None,
        "weberror": lambda error: complain(str(error.error)),
        "response": lambda got: complaints.append(got.url) if got.status >= 400 else None,
        "requestfailed": lambda lost: complaints.append(lost.url) if not aborted(lost) else None,
    }
    for event, listener in listeners.items():
        context.on(event, listener)
    yield complaints
    for event, listener in listeners.items():
        context.remove_listener(event, listener)


@pytest.fixture
def visit(browser, context):
    """Opens an address as a new visitor; the test fails on whatever the browser complains about.

    The first visitor of a test has the context with the warm cache, every other one of their own.
    """
    with ExitStack() as stack:
        pages, complaints = [], []

        def open_address(address: str, width: int = 1280):
            own = stack.enter_context(browser.new_context()) if pages else context
            complaints.append(stack.enter_context(complaints_of(own)))
            page = own.new_page()
            pages.append(page)
            own.set_default_timeout(TIMEOUT_MS)
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(address)
            return page

        yield open_address
        complained = [each for of_one in complaints for each in of_one]
        for page in pages:
            page.close()
        assert not complained


def aborted(request) -> bool:
    """Whether the page itself ended a request, as it does with streams it has read to the end."""
    return request.failure == "net::ERR_ABORTED"


@pytest.fixture
def new_page(visit, server):
    """Opens the page as a new visitor, who sees a finished example."""

    def open_page(width: int = 1280, theme: str = "light"):
        page = visit(f"{server.address}?__theme={theme}", width)
        page.wait_for_selector(".status:has-text('finished example')")
        page.wait_for_selector(".cell")
        page.wait_for_selector("video")
        return page

    return open_page


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture
def compare_page(new_page):
    """Opens the Compare tab with the small example, as a new visitor."""

    def open_page(**looks):
        page = new_page(**looks)
        choose_example(page, "Dilution")
        page.wait_for_selector(".status:visible:has-text('A finished example: 2 clips')")
        open_tab(page, "Compare")
        page.wait_for_selector(".status:visible:has-text('7 of 8 models named 2 clips')")
        return page

    return open_page

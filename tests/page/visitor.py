"""What visitors do on the page."""

import time
from pathlib import Path

from playwright.sync_api import TimeoutError

EXAMPLE, OTHER_EXAMPLE = "collect-weigh-stir", "dilution"  # their folders, in the order of the page
CLIPS, OTHER_CLIPS, OWN_CLIPS = 18, 2, 2  # of the two examples and of the own recording
PLACES = "#example:visible, #compare-example:visible"  # of the menus of examples, where the bar is open
SOON_MS = 3000  # until a click is tried again
LANE = ".lane[aria-label='Vi-Cl']"


def press(page, name: str) -> None:
    """Press a button as soon as it can be pressed."""
    page.locator("button:enabled:visible", has_text=name).last.click()


def can_press(page, name: str) -> bool:
    return page.locator("button:visible", has_text=name).last.is_enabled()


def wait_for_status(page, text: str, state: str = "") -> None:
    page.wait_for_selector(f".status{state}:visible:has-text('{text}')")


def upload(page, control: str, *paths: Path) -> None:
    open_bar(page)
    page.set_input_files(f"{control} input[type=file]", list(map(str, paths)))


def download(page, name: str) -> str:
    with page.expect_download() as started:
        page.locator(f"a:visible:has-text('{name}'), button:visible:has-text('{name}')").last.click()
    return Path(started.value.path()).read_text()


def choose(page, control: str, option: str, **within) -> None:
    page.get_by_label(control, exact=True).locator("visible=true").click(**within)
    page.get_by_role("option", name=option, exact=True).click(**within)


def choose_model(page, name: str) -> None:
    """Choose the model whose line in the menu begins with a name."""
    open_bar(page)
    page.get_by_label("Model", exact=True).locator("visible=true").click()
    page.get_by_role("option").filter(has_text=name).first.click()


def choose_example(page, title: str) -> None:
    """Choose a finished example; a bar that the one before folds meanwhile is opened again."""
    wait_until(lambda: has_chosen(page, title), f"{title} cannot be chosen")


def has_chosen(page, title: str) -> bool:
    """Try to choose a finished example."""
    open_bar(page)
    try:
        choose(page, "Example", title, timeout=SOON_MS)
    except TimeoutError:
        return False
    return True


def open_bar(page) -> None:
    """Uploads and settings, which are one line while there is a result."""
    page.wait_for_selector(".fold:visible")
    if not page.locator(PLACES).count():
        page.locator(".fold:visible > button").click()
    page.wait_for_selector(PLACES)


def open_tab(page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def wait_until(true, otherwise: str, seconds: float = 60) -> None:
    end_s = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end_s, otherwise
        time.sleep(0.05)

"""Visitors and their browser tabs: each has its own session, finds it after a reload, and leaves nothing."""

import json
import os
from collections.abc import Iterator

import pytest

from tests.page.visitor import (
    CLIPS,
    LANE,
    OWN_CLIPS,
    choose_example,
    download,
    press,
    upload,
    wait_for_status,
    wait_until,
)

pytestmark = pytest.mark.page


TICKET = "sessionStorage.getItem('benchscribe')"
KEPT = f"window.kept = {TICKET}"  # what a tab has kept before the page starts


@pytest.fixture
def context(browser):
    """A context of this test alone, which may open more tabs in it and change it."""
    with browser.new_context() as context:
        yield context


def wait_until_kept(tab, before: str | None = None) -> str:
    """The ticket that a tab keeps of its own session: the page is there before it, and a reload needs it.

    before is what a duplicated tab has kept of the other's.
    """
    wait_until(lambda: tab.evaluate(TICKET) not in (None, before), "the tab keeps nothing")
    return tab.evaluate(TICKET)


def upload_own(page, material) -> None:
    wait_until_kept(page)
    upload(page, "#video-file", material / "own.mp4")
    wait_for_status(page, f"own.mp4: {OWN_CLIPS} clips")


def files_of(server, start: str) -> Iterator[str]:
    """The names of uploads and downloads; folders may be deleted meanwhile."""
    for _, _, names in os.walk(server.uploads):
        yield from (name for name in names if name.startswith(start))


def test_two_visitors_do_not_see_each_other(new_page, material, example, gate):
    one, other = new_page(), new_page()
    upload_own(one, material)
    gate.close()  # until both have started
    press(one, "Recognise")
    wait_for_status(one, "0 of", ".running")
    press(other, "Recognise")
    wait_for_status(other, "Waiting for the models", ".running")
    gate.open()
    for visitor, clips in ((one, OWN_CLIPS), (other, CLIPS)):
        wait_for_status(visitor, f"Done: {clips} clips")
        assert visitor.locator(f"{LANE} .cell").count() == clips
    assert one.locator(".lane[aria-label='Truth']").count() == 0
    assert json.loads(download(other, "JSON"))["recording"]["name"] == example["recording"]["name"]


def test_a_reload_finds_the_result_and_a_closed_page_leaves_no_file(page, material, server, gate):
    upload_own(page, material)
    press(page, "Recognise")
    wait_for_status(page, "Done")
    page.add_init_script(KEPT)
    page.reload()
    assert page.evaluate("kept").endswith(" left")
    wait_for_status(page, f"As you left it. The result stands: {OWN_CLIPS} clips.")
    assert page.locator(f"{LANE} .cell").count() == OWN_CLIPS
    assert list(files_of(server, "own."))
    page.close()
    gate.deleting.touch()
    wait_until(lambda: not list(files_of(server, "own.")), "the visitor’s files are still there")


def test_each_tab_of_a_browser_finds_its_own_session_after_a_reload(page, material):
    upload_own(page, material)
    other = page.context.new_page()
    other.goto(page.url)
    wait_for_status(other, "A finished example")
    wait_until_kept(other)
    choose_example(other, "Dilution")
    wait_for_status(other, "A finished example: 2 clips")
    page.reload()
    wait_for_status(page, f"own.mp4: {OWN_CLIPS} clips")
    other.reload()
    wait_for_status(other, "A finished example: 2 clips")


def test_a_duplicated_tab_gets_a_session_of_its_own(page, material):
    upload_own(page, material)
    page.context.add_init_script(KEPT)
    with page.expect_popup() as opened:
        page.evaluate("window.open(location.href)")  # with a copy of what this tab keeps
    copy = opened.value
    wait_for_status(copy, f"A finished example: {CLIPS} clips")
    kept = copy.evaluate("kept")
    assert kept
    assert " " not in kept
    assert wait_until_kept(copy, before=kept) != kept
    page.reload()
    wait_for_status(page, f"own.mp4: {OWN_CLIPS} clips")
    choose_example(copy, "Dilution")
    wait_for_status(copy, "A finished example: 2 clips")
    copy.reload()
    wait_for_status(copy, "A finished example: 2 clips")

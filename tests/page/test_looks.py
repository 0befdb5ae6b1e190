"""How the page looks: on a phone, in the dark, to a screen reader; and the Zoo."""

import pytest

from pipelines.views.timeline import lanes_template
from tests.page.conftest import TIMEOUT_MS
from tests.page.visitor import CLIPS, LANE, open_tab

pytestmark = pytest.mark.page


def test_a_phone_in_the_dark_scrolls_the_lanes_and_nothing_else(new_page):
    page = new_page(width=390, theme="dark")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 390
    assert page.evaluate("document.querySelector('.lanes .scroll').clientWidth") < 390
    assert page.evaluate("getComputedStyle(document.querySelector('.cell')).height") >= "44px"
    page.locator(".foot").scroll_into_view_if_needed()
    assert page.locator("#recording").bounding_box()["y"] == 0  # the video stays in view


def test_the_page_as_served_shows_the_example_before_any_event_is_answered(browser, server):
    page = browser.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.route("**/gradio_api/**", lambda route: route.continue_() if route.request.method == "GET" else None)
    page.goto(server.address)
    page.wait_for_selector(".status:has-text('A finished example: 18 clips.')")
    page.wait_for_selector(".origin:has-text('Vi-Cl · VG · Lab Actions · demo release')")
    page.wait_for_selector(f"{LANE} .cell >> nth={CLIPS - 1}")
    page.wait_for_selector(".steps li")
    page.wait_for_function("document.querySelector('video')?.readyState > 0")
    page.close()


def test_the_browser_shows_the_name_of_a_row_as_text(browser):
    page, name = browser.new_page(), "<img src=x onerror=alert(1)> & \"'`${value}"
    lanes = {"clips": 0, "duration_s": 1, "ticks": [], "thumbnails": []}
    lanes["rows"] = [{"name": name, "cells": []}]
    fill = "([template, value]) => new Function('value', 'return `' + template + '`')(value)"
    page.set_content(page.evaluate(fill, [lanes_template(), lanes]))
    assert page.locator("img").count() == 0
    assert page.locator(".lane .name").last.inner_text() == name
    assert page.locator(".lane[role=group]").get_attribute("aria-label") == name
    page.close()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(compare_page, width, theme):
    from axe_playwright_python.sync_playwright import Axe

    page = compare_page(width=width, theme=theme)
    page.get_by_label("A lane of random labels").check()
    page.wait_for_selector(".compared .lane[aria-label='Chance'] .cell")
    violations = Axe().run(page).response["violations"]
    found = [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in violations]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_zoo_lists_every_variant_and_what_is_missing(page):
    open_tab(page, "Zoo")
    page.wait_for_selector(".zoo table")
    rows = page.locator(".zoo tbody tr")
    assert rows.count() == 32
    assert "Vi-Cl" in rows.first.inner_text()
    assert "not measured" in rows.first.inner_text()
    zero_shot = page.locator(".zoo tr", has_text="microsoft/xclip-base-patch32").first.inner_text()
    assert "below chance" in zero_shot
    assert "a2e27a78" in zero_shot

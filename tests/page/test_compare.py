"""The Compare tab: tiny releases of all variants, one of which has lost its weights."""

import json

import pytest

from tests.page.material import BROKEN
from tests.page.visitor import (
    OWN_CLIPS,
    can_press,
    choose_example,
    download,
    open_bar,
    open_tab,
    press,
    upload,
    wait_for_status,
    wait_until,
)
from zoo.variants import VARIANTS

pytestmark = pytest.mark.page
LANES = ".compared .lane[role=group]"
TO_NAME = f"own.mp4: {OWN_CLIPS} clips to name. Press Compare."


def lane(page, name: str):
    return page.locator(f".compared .lane[aria-label='{name}']")


def test_the_finished_example_shows_every_lane_and_what_is_worth_a_look(compare_page):
    page = compare_page()
    names = [each.get_attribute("aria-label") for each in page.locator(LANES).all()]
    assert names == [*(each.title for each in VARIANTS), "Consensus", "Truth", "Gaze"]
    assert lane(page, "X-CLIP + RF").inner_text().endswith("no answer")
    assert "X-CLIP + RF: " in page.locator(".remarks:visible").first.inner_text()
    for title in ("Worth a look", "Scores on this recording", "Agreement", "Cost", "Evidence"):
        assert page.get_by_role("heading", name=title).is_visible()
    below = page.locator("tr:visible", has_text="below chance in the paper").all_inner_texts()
    assert [row.split("\t")[0] for row in below] == ["X-CLIP", "Video-LLaVA"]
    page.get_by_label("A lane of random labels").check()
    page.wait_for_selector(".compared .lane[aria-label='Chance'] .cell")
    flagged = page.locator(".compared .cell.differs").first
    assert "differs from the truth" in flagged.get_attribute("aria-label")
    page.get_by_label("as the models gave them").check()
    page.wait_for_selector(".compared .cell")
    page.locator(".jump").first.click()
    video_is_at(page, float(page.locator(".jump").first.get_attribute("data-at")))


def video_is_at(page, at_s: float) -> None:
    page.wait_for_function(
        f"Math.abs(document.querySelector('#compare-recording video').currentTime - {at_s}) < 0.2"
    )


def test_clips_are_reached_by_key_and_workflows_aligned_with_another(compare_page):
    page = compare_page()
    lane(page, "Vi-LM").locator(".cell").first.click()
    page.keyboard.press("ArrowRight")
    marked = page.locator(".compared .cell[aria-current]")
    assert marked.get_attribute("data-at") == "4.000"
    page.keyboard.press("ArrowUp")
    assert marked.evaluate("cell => cell.closest('.lane').ariaLabel") == "Vi-Cl"
    assert page.locator(".compared .readout .span").inner_text().startswith("0:04")
    video_is_at(page, 4)
    page.get_by_label("Compared with").click()
    page.get_by_role("option", name="Consensus").click()
    page.wait_for_selector(".note:has-text('Against Consensus')")


def test_seven_go_on_when_one_fails_and_everything_can_be_downloaded(
    compare_page, material, tmp_path, gate, browser
):
    page = compare_page()
    upload(page, "#compare-video-file", material / "own.mp4")
    wait_for_status(page, TO_NAME)
    upload(page, "#compare-truth", material / "other.csv")
    page.wait_for_selector(".problem:visible:has-text('other.csv')")
    upload(page, "#compare-truth", material / "labels.csv")
    page.wait_for_selector(".compared .lane[aria-label='Truth'] .cell")
    gate.close(passes=3)
    press(page, "Compare")
    page.wait_for_selector(".compared .lane:has(.cell):has(.pending)")
    gate.open()
    wait_for_status(page, "Done: 7 of 8 models named 2 clips")
    for each in VARIANTS:
        assert lane(page, each.title).locator(".cell").count() == (0 if each.key == BROKEN else OWN_CLIPS)
    written = json.loads(download(page, "JSON"))
    assert written.keys() >= {"recording", "runs", "forward_passes"}
    assert written["forward_passes"] == 5
    assert [run["settings"]["variant"] for run in written["runs"] if run["failed"]] == [BROKEN]
    assert written["true_labels"] == ["Add", "Stir"]
    assert download(page, "CSV").startswith("start_s,end_s,truth,consensus,disagreement,vi-cl,")
    report = tmp_path / "report.html"
    report.write_text(download(page, "Report"))
    offline = browser.new_page(offline=True)
    offline.goto(report.as_uri())
    assert offline.locator(".cell").count() == 7 * OWN_CLIPS + OWN_CLIPS + 2 + OWN_CLIPS
    offline.locator(".jump").first.click()
    assert offline.locator(".cell[aria-current]").count() == 1
    offline.close()


def test_cancel_keeps_what_was_named_and_another_visitor_sees_none_of_it(compare_page, material, gate):
    page, other = compare_page(), compare_page()
    upload(page, "#compare-video-file", material / "own.mp4")
    wait_for_status(page, TO_NAME)
    gate.close(passes=2)
    press(page, "Compare")
    page.wait_for_selector(".compared .lane:has(.pending) .cell")
    press(page, "Cancel")
    wait_for_status(page, "Cancelled. The ")
    assert page.locator(".compared .pending").count() > 0
    assert "own.mp4" not in other.content()
    assert "A finished example" in other.locator(".status:visible").inner_text()
    open_tab(page, "Recognise")
    wait_for_status(page, f"own.mp4: {OWN_CLIPS} clips")


def test_another_example_during_a_run_ends_it_and_can_be_compared(compare_page, material, gate):
    page = compare_page()
    upload(page, "#compare-video-file", material / "own.mp4")
    wait_for_status(page, TO_NAME)
    gate.close(passes=2)
    press(page, "Compare")
    page.wait_for_selector(".compared .lane:has(.pending) .cell")
    choose_example(page, "Dilution")
    wait_for_status(page, "A finished example: 7 of 8 models named 2 clips.")
    assert can_press(page, "Compare")
    assert not can_press(page, "Cancel")
    gate.open()
    press(page, "Compare")
    wait_for_status(page, "Done: 7 of 8 models named 2 clips")
    assert lane(page, "Truth").count() == 1


def test_without_a_model_compare_says_what_it_lacks(compare_page):
    page = compare_page()
    open_bar(page)
    for box in page.locator("#models input").all():
        box.uncheck()
    page.wait_for_selector("#models:has-text('Choose at least one model.')")
    wait_until(lambda: not can_press(page, "Compare"), "Compare can be pressed")
    page.locator("#models input").first.check()
    page.wait_for_selector("#models:not(:has-text('Choose at least one model.'))")
    wait_until(lambda: can_press(page, "Compare"), "Compare cannot be pressed")

"""The Recognise tab: a finished example, a run, its Cancel, what may be chosen."""

import pytest

from tests.page.visitor import (
    CLIPS,
    LANE,
    OTHER_CLIPS,
    can_press,
    choose,
    choose_example,
    open_bar,
    open_tab,
    press,
    wait_for_status,
)

pytestmark = pytest.mark.page


def test_a_visitor_sees_a_finished_example_first(page, example):
    assert page.locator(f"{LANE} .cell").count() == len(example["clips"]) == CLIPS
    assert page.locator(".steps li").count() == len(example["workflow"])
    assert "× real time" in page.locator("details:has-text('Latency') summary").inner_text()
    assert page.locator(".origin:visible").inner_text() == "Result Vi-Cl · VG · Lab Actions · demo release"
    assert "Vi-Cl: F1 not measured" in page.locator("header").inner_text()
    page.wait_for_selector(".foot:has-text('processor'), .foot:has-text('GPU')")
    page.wait_for_function("document.querySelector('video').readyState > 0")


def test_running_it_again_fills_the_lane_and_is_of_the_settings_it_began_with(page, gate):
    gate.close(passes=3)
    press(page, "Recognise")
    page.wait_for_selector(f"{LANE}:has(.pending) .cell >> nth=2")
    wait_for_status(page, f"3 of {CLIPS} clips, about", ".running")
    assert page.locator(f"{LANE} .cell").count() == 3
    open_bar(page)
    choose(page, "Encoding", "V: video")
    gate.open()
    wait_for_status(page, f"Done: {CLIPS} clips")
    assert page.locator(".pending").count() == 0
    assert page.locator(f"{LANE} .cell").count() == CLIPS
    page.wait_for_selector(".origin:has-text('Result of earlier settings Vi-Cl · VG')")


def test_the_video_follows_the_marked_clip(page, example):
    cells = page.locator(f"{LANE} .cell")
    cells.nth(2).click()
    at_clip(page, example, 2)
    page.keyboard.press("ArrowRight")
    at_clip(page, example, 3)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    at_clip(page, example, 1)
    page.keyboard.press("Home")
    at_clip(page, example, 0)
    page.evaluate("document.querySelector('video').load(); document.querySelectorAll('.cell')[3].click()")
    at_clip(page, example, 3)  # though the video was not ready
    cells.nth(4).hover()
    assert page.locator(".readout .span").first.inner_text().startswith("0:16")
    assert page.locator(".lanes [tabindex='0']:visible").count() == 1


def at_clip(page, example, number: int) -> None:
    at_s = example["clips"][number]["start_s"]
    page.wait_for_function(f"Math.abs(document.querySelector('video')?.currentTime - {at_s}) < 0.2")
    marked = page.locator(".cell[aria-current]:visible")
    assert float(marked.get_attribute("data-at")) == at_s
    assert marked.evaluate("cell => cell === document.activeElement")


@pytest.mark.parametrize("named", [2, 5])
def test_cancel_keeps_what_was_named(page, gate, named):
    gate.close(passes=named)
    press(page, "Recognise")
    page.wait_for_selector(f"{LANE}:has(.pending) .cell >> nth={named - 1}")
    press(page, "Cancel")
    wait_for_status(page, f"Cancelled. The first {named} clips stand.")
    gate.open()  # the clip that was on its way comes to its end, and changes nothing
    round_trip(page)
    assert page.locator(f"{LANE} .cell").count() == named
    assert page.locator(f"{LANE} .pending").count() == CLIPS - named
    press(page, "Recognise")
    wait_for_status(page, "Done")


def test_another_example_during_a_run_ends_it_and_can_be_recognised(page, gate):
    gate.close(passes=2)
    press(page, "Recognise")
    page.wait_for_selector(f"{LANE}:has(.pending) .cell >> nth=1")
    choose_example(page, "Dilution")
    wait_for_status(page, f"A finished example: {OTHER_CLIPS} clips.")
    assert can_press(page, "Recognise")
    assert not can_press(page, "Cancel")
    press(page, "Recognise")  # waits for the last clip of the run before
    wait_for_status(page, "Waiting for the models", ".running")
    gate.open()
    wait_for_status(page, f"Done: {OTHER_CLIPS} clips named.")
    round_trip(page)
    assert page.locator(f"{LANE} .cell").count() == OTHER_CLIPS
    assert can_press(page, "Recognise")
    assert not can_press(page, "Cancel")


def test_a_run_that_is_over_draws_nothing_on_the_next_recording(page, gate):
    gate.close(passes=2)
    press(page, "Recognise")
    page.wait_for_selector(f"{LANE}:has(.pending) .cell >> nth=1")
    choose_example(page, "Dilution")
    wait_for_status(page, f"A finished example: {OTHER_CLIPS} clips.")
    gate.open()
    round_trip(page)
    wait_for_status(page, f"A finished example: {OTHER_CLIPS} clips.")
    assert page.locator(f"{LANE} .cell").count() == OTHER_CLIPS
    assert can_press(page, "Recognise")


def test_labels_without_a_release_of_the_model_are_said_and_cannot_be_recognised(page):
    open_bar(page)
    choose(page, "Labels", "Lab Motion")
    page.wait_for_selector("text=Vi-Cl has no release for Lab Motion on this machine yet.")
    assert not can_press(page, "Recognise")
    choose(page, "Model", "Vi-LM · demo")
    page.wait_for_selector("text=what the model is shown")
    page.wait_for_selector(".origin:has-text('Result of earlier settings Vi-Cl · VG')")
    press(page, "Recognise")
    wait_for_status(page, f"Done: {CLIPS} clips named.")
    page.wait_for_selector(".origin:has-text('Result Vi-LM · VG · Lab Motion')")


def test_a_mistake_of_ours_is_logged_and_shown_as_ours(page, gate, server):
    gate.broken.touch()
    press(page, "Recognise")
    wait_for_status(page, "Stopped. This is a mistake of ours, not yours", ".failed")
    wait_for_status(page, f"The result stands: {CLIPS} clips.", ".failed")
    log = server.log.read_text()
    assert "Traceback (most recent call last)" in log
    assert "ZeroDivisionError: The test asked for it." in log
    gate.open()
    press(page, "Recognise")
    wait_for_status(page, "Done")


def round_trip(page) -> None:
    """Wait until the server has answered a question: what it had drawn before has come."""
    open_tab(page, "Zoo")
    page.wait_for_selector(".zoo table:visible")
    open_tab(page, "Recognise")
    page.wait_for_selector(f"{LANE}:visible")

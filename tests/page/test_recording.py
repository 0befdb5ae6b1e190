"""A visitor's own recording: its upload, its gaze, its downloads."""

import json

import pytest

from tests.page.visitor import (
    CLIPS,
    LANE,
    OWN_CLIPS,
    choose_example,
    download,
    open_bar,
    press,
    upload,
    wait_for_status,
)

pytestmark = pytest.mark.page
FINE = ".note:visible:has-text('Fine: Pupil Cloud at ')"
TO_NAME = f"own.mp4: {OWN_CLIPS} clips to name. Press Recognise."


def test_what_was_assumed_of_the_gaze_is_said(page, material):
    upload(page, "#video-file", material / "own.mp4")
    wait_for_status(page, TO_NAME)
    upload(page, "#gaze-files", material / "gaze.csv")
    page.locator("summary:visible", has_text="How the gaze was read").click()
    page.wait_for_selector(".note:visible li:has-text('gaze and video were assumed to start together')")


def test_gaze_is_shifted_by_hand_and_the_result_is_of_the_earlier_gaze(page, material):
    upload(page, "#video-file", material / "own.mp4")
    wait_for_status(page, TO_NAME)
    upload(page, "#gaze-files", material / "gaze.csv", material / "world_timestamps.csv")
    page.wait_for_selector(FINE)
    page.wait_for_selector(".lane[aria-label='Gaze'] .gaze-seen")
    press(page, "Recognise")
    wait_for_status(page, "Done")
    page.wait_for_selector(".origin:visible:has-text('Result Vi-Cl')")
    page.locator("button:visible", has_text="Adjust gaze").click()
    later_ms = page.get_by_label("later, ms").locator("visible=true")
    later_ms.fill("200")
    later_ms.press("Tab")
    page.wait_for_selector(".origin:visible:has-text('Result of earlier settings')")
    press(page, "Recognise")
    page.wait_for_selector(".origin:visible:has-text('Result Vi-Cl')")
    wait_for_status(page, "Done")
    written = json.loads(download(page, "JSON"))
    assert "Gaze was shifted by 200 ms by hand." in written["recording"]["gaze"]["notes"]


def test_an_own_recording_with_gaze_to_its_downloads(page, material):
    upload(page, "#video-file", material / "own.mp4")
    wait_for_status(page, TO_NAME)
    upload(page, "#gaze-files", material / "gaze.csv", material / "world_timestamps.csv")
    page.wait_for_selector(FINE)
    press(page, "Recognise")
    wait_for_status(page, "Done")
    page.wait_for_selector(".strip:visible:has-text('This model has')")
    written = json.loads(download(page, "JSON"))
    assert written["origin"] == "Vi-Cl · VG · Lab Actions · demo release"
    assert set(written) >= {"recording", "settings", "clips", "workflow", "latency_s"}
    assert set(written["recording"]) >= {"name", "sha256", "duration_s", "frames", "gaze"}
    assert set(written["settings"]) >= {"variant", "labels", "encoding", "tier", "release", "revision"}
    for clip in written["clips"]:
        assert set(clip) >= {"start_s", "end_s", "label", "scores", "caption", "encoding"}
    assert (written["recording"]["name"], written["settings"]["encoding"]) == ("own.mp4", "VG")
    assert [clip["start_s"] for clip in written["clips"]] == [0, 4]
    columns = "start_s,end_s,label,score,encoding,settled,truth,origin"
    assert download(page, "CSV").startswith(f"{columns}\n0.00,4.00,")


@pytest.mark.parametrize(
    ("control", "name", "sentence"),
    [("#video-file", "text.mp4", "is no video"), ("#gaze-files", "gaze.csv", "Choose your video first")],
)
def test_a_bad_upload_is_one_sentence_and_what_was_there_stays(page, material, control, name, sentence):
    open_bar(page)
    upload(page, control, material / name)
    page.wait_for_selector(f".upload:has({control}) .problem:visible:has-text('{sentence}')")
    assert page.locator(f"text={sentence}").count() == 1
    assert page.locator(".toast-body").count() == 0
    wait_for_status(page, "A finished example")
    choose_example(page, "Dilution")
    page.wait_for_selector(".problem", state="detached")
    choose_example(page, "Collect weigh stir")
    wait_for_status(page, f"A finished example: {CLIPS} clips")
    assert page.locator(f"{LANE} .cell").count() == CLIPS


def test_a_run_works_after_gaze_that_cannot_be_read(page, material):
    upload(page, "#video-file", material / "own.mp4")
    wait_for_status(page, TO_NAME)
    upload(page, "#gaze-files", material / "other.csv")
    page.wait_for_selector(".problem:visible:has-text('other.csv')")
    press(page, "Recognise")
    wait_for_status(page, f"Done: {OWN_CLIPS} clips")

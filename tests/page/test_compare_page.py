"""The Compare tab, driven in a real Chromium: tiny releases of all variants, one of them broken."""

import json
from pathlib import Path

import pytest

import zoo.releases
from pipelines.__main__ import main
from tests.page.test_page import (
    download,
    served,
    upload,
    write_gaze,
    write_video,
)
from tests.support.tiny_releases import describe, write_zoo
from zoo.labels import LAB_ACTIONS
from zoo.variants import VARIANTS

BROKEN = "x-clip-rf"
CLIPS, LASTS_S = 2, 5.5  # of the example and of the own recording
SLOW = 60_000  # ms: eight models are asked, and a busy machine is no failure
LANES = ".compared .lane[role=group]"

pytestmark = pytest.mark.page


@pytest.fixture(scope="session")
def material(tmp_path_factory) -> Path:
    """Eight releases of which one has lost its weights, a finished example, and files to upload."""
    folder = tmp_path_factory.mktemp("compare")
    embedded, example = write_zoo(folder / "embedded"), folder / "examples" / "dilution"
    (embedded / f"{BROKEN}-lab-actions" / "model.safetensors").unlink()
    describe(embedded / "vi-cl-lab-actions", training_labels=dict.fromkeys(LAB_ACTIONS.labels, 10))
    write_video(folder / "own.mp4", LASTS_S)
    (folder / "labels.csv").write_text("start_s,end_s,label\n0,4,Add\n4,5.5,Stir\n")
    (folder / "other.csv").write_text("name,value\nfirst,1\n")
    example.mkdir(parents=True)
    write_video(example / "scene.mp4", LASTS_S)
    write_gaze(example, LASTS_S)
    (example / "labels.csv").write_text("start_s,end_s,label\n0,4,Add\n4,5.5,Stir\n")
    asked = [str(example / "scene.mp4"), "--gaze", str(example), "--encoding", "VG"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zoo.releases, "EMBEDDED", embedded)
        one = ["--json", str(example / "result.json"), "--thumbnails", str(example / "thumbnails.json")]
        truth = ["--truth", str(example / "labels.csv"), "--json", str(example / "compare.json")]
        assert main(["recognise", *asked, *one]) == 0
        assert main(["compare", *asked, *truth]) == 0
    return folder


@pytest.fixture(scope="session")
def example(material) -> dict:
    return json.loads((material / "examples" / "dilution" / "result.json").read_text())


@pytest.fixture(scope="session")
def server(material):
    with served(material, material / "embedded", material / "examples") as server:
        yield server


@pytest.fixture
def compare_page(new_page):
    """Opens the Compare tab as a new visitor."""

    def open_tab(**looks):
        page = new_page(**looks)
        page.set_default_timeout(SLOW)
        page.get_by_role("tab", name="Compare").click()
        page.wait_for_selector(".compared .cell")
        return page

    return open_tab


def lane(page, name: str):
    return page.locator(f".compared .lane[aria-label='{name}']")


def compare(page) -> None:
    page.locator("button:enabled", has_text="Compare").last.click()


def test_the_finished_example_shows_every_lane_and_what_is_worth_a_look(compare_page, example):
    page = compare_page()
    names = [each.get_attribute("aria-label") for each in page.locator(LANES).all()]
    assert names == [*(each.title for each in VARIANTS), "Consensus", "Truth"]
    assert lane(page, "X-CLIP + RF").inner_text().endswith("no answer")
    assert "7 of 8 models named 2 clips" in page.locator(".status:visible").inner_text()
    assert "X-CLIP + RF: " in page.locator(".remarks:visible").first.inner_text()
    for title in ("Worth a look", "Scores on this recording", "Agreement", "Cost", "Evidence"):
        assert page.get_by_role("heading", name=title).is_visible()
    below = page.locator("tr:visible", has_text="below chance in the paper").all_inner_texts()
    assert [row.split("\t")[0] for row in below] == ["X-CLIP", "Video-LLaVA"]
    page.get_by_label("Also a random draw").check()
    page.wait_for_selector(".compared .lane[aria-label='Chance'] .cell")
    page.locator(".jump").first.click()
    at_s = float(page.locator(".jump").first.get_attribute("data-at"))
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
    page.wait_for_function(
        "Math.abs(document.querySelector('#compare-recording video').currentTime - 4) < 0.2"
    )
    page.get_by_label("Aligned with").click()
    page.get_by_role("option", name="Consensus").click()
    page.wait_for_selector(".note:has-text('Against Consensus')")


def test_seven_go_on_when_one_fails_and_everything_can_be_taken_away(compare_page, material, tmp_path):
    page = compare_page()
    upload(page, "#compare-video-file", material / "own.mp4")
    page.wait_for_selector(".status:has-text('own.mp4: 2 clips')")
    upload(page, "#compare-truth", material / "other.csv")
    page.wait_for_selector(".status.failed:has-text('other.csv')")
    upload(page, "#compare-truth", material / "labels.csv")
    page.wait_for_selector(".compared .lane[aria-label='Truth'] .cell")
    compare(page)
    page.wait_for_selector(".compared .lane:has(.cell):has(.pending)")
    page.wait_for_selector(".status:has-text('Done: 7 of 8 models named 2 clips')")
    for each in VARIANTS:
        assert lane(page, each.title).locator(".cell").count() == (0 if each.key == BROKEN else CLIPS)
    written = json.loads(download(page, "JSON"))
    assert written.keys() >= {"recording", "runs", "forward_passes"}
    assert written["forward_passes"] == 5
    assert [run["settings"]["variant"] for run in written["runs"] if run["failed"]] == [BROKEN]
    assert written["true_labels"] == ["Add", "Stir"]
    assert download(page, "CSV").startswith("start_s,end_s,truth,consensus,disagreement,vi-cl,")
    report = tmp_path / "report.html"
    report.write_text(download(page, "Report"))
    page.context.set_offline(True)
    page.goto(report.as_uri())
    assert page.locator(".cell").count() == 7 * CLIPS + CLIPS + 2 + CLIPS
    page.locator(".jump").first.click()
    assert page.locator(".cell[aria-current]").count() == 1


def test_cancel_keeps_what_was_named_and_another_visitor_sees_none_of_it(compare_page, material):
    page, other = compare_page(), compare_page()
    upload(page, "#compare-video-file", material / "own.mp4")
    page.wait_for_selector(".status:has-text('own.mp4: 2 clips')")
    compare(page)
    page.wait_for_selector(".compared .lane:has(.pending) .cell")
    page.locator("button:enabled:visible", has_text="Cancel").click()
    page.wait_for_selector(".status:has-text('Cancelled. The ')")
    assert page.locator(".compared .pending").count() > 0
    assert "own.mp4" not in other.content()
    assert "A finished example" in other.locator(".status:visible").inner_text()
    page.get_by_role("tab", name="Recognise").click()
    page.wait_for_selector(".status:visible:has-text('own.mp4: 2 clips')")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(compare_page, width, theme):
    from axe_playwright_python.sync_playwright import Axe

    page = compare_page(width=width, theme=theme)
    page.get_by_label("Also a random draw").check()
    page.wait_for_selector(".compared .lane[aria-label='Chance'] .cell")
    found = Axe().run(page).response["violations"]
    told = [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found]
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

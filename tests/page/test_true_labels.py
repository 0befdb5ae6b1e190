"""True labels on the Compare tab: other tools' files, names that are no labels, and what does not fit."""

import json

import pytest

from tests.page.visitor import OWN_CLIPS, choose, download, open_bar, press, upload, wait_for_status

pytestmark = pytest.mark.page
TRUTH = ".compared .lane[aria-label='Truth'] .cell"
MAPPING = "#compare-truth-mapping"


@pytest.fixture
def page(compare_page, material):
    page = compare_page()
    upload(page, "#compare-video-file", material / "own.mp4")
    wait_for_status(page, f"own.mp4: {OWN_CLIPS} clips to name")
    return page


def stands_for(page, name: str, label: str) -> None:
    """Choose a label for a name, and wait until the menu has closed."""
    choose(page, name, label)
    page.locator("[role=option]").first.wait_for(state="detached")


def test_names_of_no_label_are_mapped_beside_the_upload(page, tmp_path):
    path = tmp_path / "mine.tsv"
    path.write_text("Start (s)\tStop (s)\tActivity\n0,0\t4,0\tpour in\n4,0\t5,2\tmix\n5,2\t5,5\ttalk\n")
    upload(page, "#compare-truth", path)
    page.wait_for_selector(f"{MAPPING}:visible:has-text('What the labels of mine.tsv stand for')")
    problem = page.locator(".problem:visible", has_text="choose below what each stands for").first
    assert "“pour in”, “mix”, “talk”" in problem.inner_text()
    stands_for(page, "pour in", "Add")
    stands_for(page, "mix", "Stir")
    press(page, "Use these labels")
    page.wait_for_selector(f"{MAPPING} .problem:has-text('Choose a label for “talk”')")
    assert page.locator(TRUTH).count() == 0
    stands_for(page, "talk", "leave out")
    press(page, "Use these labels")
    page.wait_for_selector(TRUTH)
    wait_for_status(page, "2 labelled stretches read.")
    assert not page.locator(MAPPING).is_visible()
    assert page.locator(".remarks:visible", has_text="read by a mapping: “pour in” as Add").count()
    press(page, "Compare")
    wait_for_status(page, "Done: 7 of 8 models named 2 clips")
    written = json.loads(download(page, "JSON"))
    assert written["true_labels"] == ["Add", "Stir"]
    assert any("read by a mapping" in note for note in written["truth_notes"])
    assert "read by a mapping" in download(page, "Report")


def test_other_tools_files_are_taken_and_what_does_not_fit_is_refused_beside_the_upload(page, tmp_path):
    project = tmp_path / "project.json"
    value = {"timelinelabels": ["Add"], "ranges": [{"start": 1, "end": 16}]}
    project.write_text(
        json.dumps([{"data": {"video": "own.mp4"}, "annotations": [{"result": [{"value": value}]}]}])
    )
    late = tmp_path / "late.csv"
    late.write_text("start_s,end_s,label\n3600,3608,Add\n")
    upload(page, "#compare-truth", late)
    page.wait_for_selector(".problem:visible:has-text('No label of late.csv touches the video')")
    open_bar(page)
    assert not page.locator(MAPPING).is_visible()
    upload(page, "#compare-truth", project)
    page.wait_for_selector(TRUTH)
    assert page.locator(".remarks:visible", has_text="an export of Label Studio").count()

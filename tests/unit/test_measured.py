"""The tables of the training log are what was measured, and shortcut probes stay weak."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEASURED = ROOT / "examples" / "measured"
ROW = re.compile(r"^\| (.+?) \| *(.*?) *\| *(.*?) *\| \[.+?\]\((\S+\.json)\) \|$", re.MULTILINE)
EMBEDDED = ROOT / "zoo" / "embedded"
LOG = EMBEDDED / "README.md"
ROWS = ROW.findall(LOG.read_text())


def read(name: str) -> dict:
    return json.loads((MEASURED / f"{name}.json").read_text())


def measured(release: str, encoding: str) -> dict:
    scores = json.loads((EMBEDDED / release / "evaluation.json").read_text())
    return next(each for each in scores if each["encoding"] == encoding)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_of_the_table_is_what_its_file_says(row):
    _, v, vg, path = row
    scores = json.loads((EMBEDDED / path).read_text())
    scores = scores if isinstance(scores, list) else [scores]
    f1 = {each["encoding"]: f"{each['f1']:.2f}" for each in scores}
    assert (v, vg) == (f1.get("V", ""), f1.get("VG", ""))


def test_every_file_of_a_score_stands_in_the_table():
    scores = {path.name for path in MEASURED.glob("*.json") if not path.name.startswith("guards-")}
    assert scores == {Path(row[3]).name for row in ROWS if "measured" in row[3]}


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "zoo/embedded/README.md", "examples/README.md"]
)
def test_every_link_of_a_page_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", (ROOT / page).read_text())
    assert links or page == "CONTRIBUTING.md"
    assert not [link for link in links if not ((ROOT / page).parent / link).exists()]


def test_colours_tell_little():
    for labels in ("lab-actions", "lab-motion"):
        assert read(f"guards-{labels}")["colours_f1"] < 0.40


@pytest.mark.parametrize("variant", ["vi-cl", "vi-lm"])
def test_gaze_is_worth_something_and_that_of_another_clip_is_not(variant):
    release = f"{variant}-lab-actions"
    other = read(f"gaze-{variant}")
    assert (other["shuffled"], other["encoding"], other["release"]) == ("gaze", "VG", release)
    v, vg = (measured(release, each) for each in ("V", "VG"))
    assert other["clips"] == vg["clips"]
    assert vg["f1"] >= v["f1"] + 0.05
    assert other["f1"] < v["f1"] + 0.02


def test_one_frame_tells_less_than_a_clip():
    best = max(measured(f"{each}-lab-actions", "VG")["f1"] for each in ("vi-cl", "vi-lm"))
    assert read("guards-lab-actions")["middle_frame_f1"] <= best - 0.15


def test_developments_differ_by_their_motion_alone():
    other = read("frames-vi-cl")
    assert (other["shuffled"], other["release"]) == ("frames", "vi-cl-lab-motion")
    whole = measured("vi-cl-lab-motion", "V")
    assert other["clips"] == whole["clips"]
    assert other["f1"] < whole["chance"] + 0.1
    assert whole["f1"] > other["f1"] + 0.3


def test_short_trainings_differ_in_one_thing_and_are_measured_alike():
    short = [read(f"small-{each}") for each in ("scratch", "alone", "64px", "masked")]
    settings = {
        (each["variant"], each["labels"], each["encoding"], each["split"], each["clips"]) for each in short
    }
    assert settings == {("vi-cl", "lab-actions", "V", "testing", 333)}
    scratch, alone, _, masked = (each["f1"] for each in short)
    assert scratch > alone > masked


def test_other_wearers_are_the_same_for_every_release():
    others = [json.loads(path.read_text()) for path in MEASURED.glob("other-*.json")]
    settings = {(each["labels"], each["split"], each["clips"], each["workflows"]) for each in others}
    assert settings == {("lab-motion", "training", 1089, 20)}
    answered = {(each["release"], each["encoding"]) for each in others}
    assert len(answered) == len(others) == 10
    fewer, now = read("fewer-vi-cl"), read("other-vi-cl")
    settings = ("release", "labels", "encoding", "split", "clips", "workflows")
    assert [fewer[name] for name in settings] == [now[name] for name in settings]
    assert fewer["f1"] < now["f1"]


@pytest.mark.parametrize("head", ["rf", "xgb"])
def test_a_longer_training_of_x_clip_is_measured_on_what_its_release_is(head):
    longer, release = read(f"long-x-clip-{head}"), measured(f"x-clip-{head}-lab-actions", "V")
    settings = ("labels", "encoding", "split", "clips", "workflows")
    assert [longer[name] for name in settings] == [release[name] for name in settings]


def test_the_larger_set_s_vi_cl_is_measured_on_the_other_releases_testing_wearers_too():
    own, other = read("four-vi-cl"), measured("vi-lm-lab-motion", "V")
    settings = ("labels", "encoding", "split", "clips", "workflows")
    assert [own[name] for name in settings] == [other[name] for name in settings]
    assert own["release"] == "vi-cl-lab-motion"

"""How close the label texts are to the narrations of the embedded backbones, as their config.json states."""

import json
from pathlib import Path

import pytest

from pipelines.datasets.rendered.output.render import clip_rows, workflow_scene
from pipelines.datasets.rendered.output.settings import Settings
from pipelines.training.narrations import strip_narrator
from pipelines.training.text_overlap import bag_of_words, jaccard, largest_overlaps
from zoo.labels import LABEL_SETS
from zoo.release_config import ReleaseConfig
from zoo.releases import EMBEDDED, find_release, releases, zero_shot_note

# The set both were trained on; these of its training workflows hold the narrations closest to a label's text.
EVERYDAY = Settings(labels="everyday", workflows=480, seed=12)
CLOSEST = (12, 20)


@pytest.fixture(scope="module")
def narrations() -> set[str]:
    rows = [row for number in CLOSEST for row in clip_rows(workflow_scene(EVERYDAY, number), EVERYDAY)]
    return {strip_narrator(row.label) for row in rows if row.split == "training"}


@pytest.mark.parametrize("backbone", ["x-clip", "video-llava"])
def test_a_backbone_states_the_overlap_of_its_narrations(backbone, narrations):
    assert largest_overlaps(sorted(narrations)) == ReleaseConfig.read(EMBEDDED / backbone).label_overlap


def test_the_largest_overlap_by_hand():
    shared = "turns a stick round and round in a jar"  # Stir's text has a glass in place of the jar
    by_set = largest_overlaps(["waits", shared])
    assert by_set["lab-actions"] == round(3 / 5, 4)
    assert by_set["lab-motion"] == max(
        round(jaccard(bag_of_words(shared), bag_of_words(each.text)), 4) for each in LABEL_SETS[1].activities
    )


def test_the_note_stands_beside_zero_shot_scores_alone():
    for release in releases("embedded"):
        note = zero_shot_note(release, EMBEDDED / release.weights.name)
        assert bool(note) == release.variant.zero_shot
        if note:
            assert "resemble the narrations it was trained on" in note
            card = (EMBEDDED / release.weights.name / "README.md").read_text(encoding="utf-8")
            assert note in card
            assert "and no more" not in card
    assert zero_shot_note(release, None) == ""


COMPARED = sorted((Path(__file__).parents[4] / "examples").glob("*/compare.json"))


@pytest.mark.parametrize("path", COMPARED, ids=lambda path: path.parent.name)
def test_a_finished_comparison_has_the_note_beside_its_zero_shot_scores(path):
    for run in json.loads(path.read_text(encoding="utf-8"))["runs"]:
        settings = run["settings"]
        release = find_release(settings["variant"], settings["labels"], settings["encoding"])
        assert run["about"]["zero_shot_note"] == zero_shot_note(release, EMBEDDED / release.weights.name)

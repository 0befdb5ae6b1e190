"""What the page shows first is what the models say, and its files are what the README says."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from encodings.names import encoding
from pipelines.evaluation.comparison_report import make_report
from pipelines.exports.json import as_json, comparison_as_json
from pipelines.recognition.compare import compare, find_releases
from pipelines.recognition.recognise import recognise
from pipelines.recordings.annotations.labelled_video import as_labelled
from pipelines.recordings.annotations.labels_file import read_labels
from pipelines.recordings.recording import open_recording
from zoo.labels import LABEL_SETS, label_set
from zoo.model_store import ModelStore
from zoo.releases import find_release

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/scene.mp4"))
ANSWERED = [folder for folder in FOLDERS if (folder / "result.json").is_file()]


def test_there_are_examples_of_both_label_sets_and_finished_ones():
    assert {labels_of(folder).key for folder in FOLDERS} == {each.key for each in LABEL_SETS}
    assert ANSWERED


def labels_of(folder):
    """The label set of a folder's true labels."""
    seen = {row["label"] for row in csv.DictReader((folder / "labels.csv").open())}
    return next(each for each in LABEL_SETS if seen <= set(each.labels))


@pytest.mark.parametrize("folder", ANSWERED, ids=lambda folder: folder.name)
def test_the_finished_answer_is_the_models_own(folder):
    kept = json.loads((folder / "result.json").read_text())
    asked = kept["settings"]
    release = find_release(asked["variant"], asked["labels"], asked["encoding"])
    recording = open_recording(folder / "scene.mp4", folder)
    *_, last = recognise(recording, release, encoding(asked["encoding"]), ModelStore())
    again = as_json(last)
    for key in ("recording", "settings", "workflow"):
        assert again[key] == kept[key], key
    for one, two in zip(again["clips"], kept["clips"], strict=True):
        assert {k: v for k, v in one.items() if k != "scores"} == {
            k: v for k, v in two.items() if k != "scores"
        }
        assert one["scores"] == pytest.approx(two["scores"], abs=0.02)
    assert len(json.loads((folder / "thumbnails.json").read_text())) == len(kept["clips"])


class DisturbedStore(ModelStore):
    """Answers every clip again from features that differ in the last bits, as on another processor."""

    def answer(self, release, features):
        answers, rng = super().answer(release, features), np.random.default_rng(0)
        arrays = {"vectors": features.vectors, "tokens": features.tokens}
        noise = {
            name: (each + rng.uniform(-1e-6, 1e-6, each.shape)).astype(np.float32)
            for name, each in arrays.items()
            if each is not None
        }
        disturbed = super().answer(release, replace(features, **noise))
        assert [each.label for each in disturbed] == [each.label for each in answers], release.variant.key
        return answers


FIRST, *OTHERS = sorted(path.parent for path in EXAMPLES.glob("*/compare.json"))


@pytest.mark.parametrize(
    "folder",
    [FIRST, *(pytest.param(folder, marks=pytest.mark.long) for folder in OTHERS)],
    ids=lambda folder: folder.name,
)
def test_the_finished_comparison_is_the_models_own_on_every_processor(folder):
    kept = json.loads((folder / "compare.json").read_text())
    asked = kept["settings"]
    keys = [run["settings"]["variant"] for run in kept["runs"]]
    painted = encoding(asked["encoding"])
    recording = open_recording(folder / "scene.mp4", folder)
    releases = find_releases(keys, asked["labels"], painted, asked["tier"])
    *_, last = compare(recording, releases, painted, DisturbedStore())
    truth = read_labels(folder / "labels.csv", as_labelled(recording), label_set(asked["labels"]))
    again = json.loads(json.dumps(comparison_as_json(last, make_report(last, truth))))
    for one, two in zip(again["runs"], kept["runs"], strict=True):
        for key in ("settings", "finished", "workflow", "failed"):
            assert one[key] == two[key], (two["settings"]["variant"], key)
        assert [clip["label"] for clip in one["clips"]] == [clip["label"] for clip in two["clips"]]
    for key in ("recording", "forward_passes", "consensus", "true_labels", "workflows", "chance"):
        assert again[key] == kept[key], key


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_files(folder):
    assert sum(path.stat().st_size for path in folder.iterdir()) < 3_000_000
    assert json.loads((folder / "info.json").read_text())["rendered"]
    if folder in ANSWERED:
        assert json.loads((folder / "result.json").read_text())["settings"]["labels"] == labels_of(folder).key
    rows = list(csv.DictReader((folder / "labels.csv").open()))
    assert [float(row["end_s"]) for row in rows[:-1]] == [float(row["start_s"]) for row in rows[1:]]
    assert folder.name in (EXAMPLES / "README.md").read_text()

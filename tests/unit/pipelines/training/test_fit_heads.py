"""Heads are chosen on the validation split, stand beside their backbone, and answer from the shelf."""

import json

import numpy as np
import pytest

from encodings.names import encoding
from pipelines.datasets.clips import rows_of
from pipelines.datasets.manifest import ClipRow
from pipelines.datasets.rendered.output.render import render
from pipelines.training import fit_heads as fitting
from pipelines.training.feature_cache import embed_rows
from pipelines.training.fit_heads import NoBackbone, fit_heads, whole_recordings
from pipelines.training.trees import FIT, GRIDS, Vectors, fit
from tests.support.tiny_releases import describe, write_xclip
from zoo.features import Features
from zoo.labels import LAB_ACTIONS
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import find_release
from zoo.weights import Weights

V = encoding("V")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    out = tmp_path_factory.mktemp("bench") / "out"
    return render("lab-actions", 12, 5, out, rate_hz=4, width=64, height=48, workflow_s=8, clips=False)


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    forest = {"n_estimators": 5, "max_depth": 4, "max_features": "sqrt", "min_samples_leaf": 1}
    boosting = {"rounds": 3, "max_depth": 2, "eta": 0.5, "colsample_bytree": 1.0}
    monkeypatch.setitem(GRIDS, "forest", (forest, forest | {"max_depth": 1}))
    monkeypatch.setitem(GRIDS, "boosting", (boosting, boosting | {"rounds": 1}))


def clouds(count: int, seed: int) -> Vectors:
    """Vectors of six of the eight labels, each about a place of its own."""
    rng = np.random.default_rng(seed)
    truth = np.arange(count) % 6
    return Vectors((rng.normal(0, 0.3, (count, 8)) + np.eye(8)[truth] * 2).astype(np.float32), truth)


@pytest.mark.parametrize("head", FIT)
def test_the_best_of_the_grid_by_validation(head, tmp_path):
    best, trials = fit(head, clouds(60, 0), clouds(60, 1), LAB_ACTIONS.labels, 0)
    assert [trial.keys() >= {"validation_f1", "bytes"} for trial in trials] == [True, True]
    assert best.validation_f1 == max(trial["validation_f1"] for trial in trials) > 0.8
    best.write(tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size == pytest.approx(best.size, abs=1000)


@pytest.mark.parametrize("head", FIT)
def test_a_file_that_would_be_too_large_is_not_chosen(head, monkeypatch):
    _, trials = fit(head, clouds(60, 0), clouds(60, 1), LAB_ACTIONS.labels, 0)
    sizes = sorted(trial["bytes"] for trial in trials)
    monkeypatch.setattr("pipelines.training.trees.MOST_BYTES", sizes[0])
    best, _ = fit(head, clouds(60, 0), clouds(60, 1), LAB_ACTIONS.labels, 0)
    assert best.size == sizes[0] < sizes[1]


def test_heads_and_their_backbone_are_measured(manifest, tmp_path):
    backbone = tmp_path / "x-clip"
    write_xclip(backbone)
    describe(backbone, backbone="x-clip", encodings=["V"], trained_on="nothing")
    fit_heads([(manifest, LAB_ACTIONS)], backbone, V, tmp_path / "run", 0)
    testing = rows_of(manifest, "testing")
    for key in ("x-clip", "x-clip-rf", "x-clip-xgb"):
        folder = backbone if key == "x-clip" else tmp_path / f"{key}-lab-actions"
        (result,) = json.loads((folder / "evaluation.json").read_text())
        assert (result["variant"], result["labels"], result["clips"]) == (key, "lab-actions", len(testing))
        assert f"{result['f1']:.2f}" in (folder / "README.md").read_text()
        assert 0 < result["chance"] < 1
        ModelStore().load(find_release(key, "lab-actions", "V", "hub", str(folder)))
    about = ReleaseConfig.read(tmp_path / "x-clip-rf-lab-actions")
    assert about.backbone == Weights("x-clip")
    assert sum(about.training_labels.values()) == len(rows_of(manifest, "training"))
    assert about.hyper_parameters in [
        {name: trial[name] for name in about.hyper_parameters} for trial in about.trials
    ]


class Counting(ModelStore):
    """A shelf that counts the clips it embeds, one at a time like a visitor's or many at once."""

    def __init__(self) -> None:
        super().__init__()
        self.clips = 0

    def embed(self, spec, clips) -> Features:
        self.clips += len(clips)
        return super().embed(spec, clips)


def test_clips_are_embedded_once_and_as_one_by_one(manifest, tmp_path, monkeypatch):
    write_xclip(tmp_path / "x-clip")
    spec = find_release("x-clip", "lab-actions", "V", "hub", str(tmp_path / "x-clip")).feature_spec
    rows, store = rows_of(manifest, "testing"), Counting()
    together = embed_rows(manifest, rows, spec, V, store, tmp_path / "run")
    again = embed_rows(manifest, rows, spec, V, store, tmp_path / "run")
    assert store.clips == len(rows)
    monkeypatch.setattr("pipelines.training.feature_cache.TOGETHER", 1)
    alone = embed_rows(manifest, rows, spec, V, store, tmp_path / "other")
    for features in (again, alone):
        np.testing.assert_allclose(features.vectors, together.vectors, atol=1e-5)
        np.testing.assert_allclose(features.tokens, together.tokens, atol=1e-5)
    assert (together.starts_s == [row.start_s for row in rows]).all()


def test_other_weights_are_embedded_anew(manifest, tmp_path):
    model, _ = write_xclip(tmp_path / "x-clip")
    spec = find_release("x-clip", "lab-actions", "V", "hub", str(tmp_path / "x-clip")).feature_spec
    rows = rows_of(manifest, "testing")[:2]
    first = embed_rows(manifest, rows, spec, V, ModelStore(), tmp_path / "run")
    model.visual_projection.weight.data.mul_(2)
    model.save_pretrained(tmp_path / "x-clip")
    second = embed_rows(manifest, rows, spec, V, ModelStore(), tmp_path / "run")
    assert np.abs(first.vectors - second.vectors).max() > 1e-3


def test_a_folder_that_is_no_backbone(manifest, tmp_path):
    describe(tmp_path / "vi-cl", variant="vi-cl")
    with pytest.raises(NoBackbone, match="video-llava"):
        fit_heads([(manifest, LAB_ACTIONS)], tmp_path / "vi-cl", V, tmp_path / "run", 0)


def test_whole_recordings_up_to_a_number_of_clips():
    rows = tuple(
        ClipRow(
            video=f"{video}.mp4",
            start_s=4.0 * n,
            end_s=4.0 * n + 4,
            label="Add",
            split="training",
            wearer="w",
            workflow=str(video),
        )
        for video in range(4)
        for n in range(3)
    )
    assert whole_recordings(rows, 100) == rows
    assert whole_recordings(rows, 7) == rows[:6]
    assert whole_recordings(rows, 1) == rows[:3]
    assert fitting.MOST_CLIPS >= 1313

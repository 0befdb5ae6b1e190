"""Heads are chosen on the validation split, stand beside their backbone, and answer from the model store."""

import json
from pathlib import Path

import numpy as np
import pytest

from encodings.names import encoding
from pipelines.datasets.clips import rows_of
from pipelines.datasets.manifest import ClipRow
from pipelines.training import fit_heads as fitting
from pipelines.training.config import HeadFittingRun
from pipelines.training.feature_cache import embed_rows
from pipelines.training.fit_heads import NoBackbone, fit_heads, whole_recordings
from pipelines.training.trees import FIT, GRIDS, Samples, fit_trees
from tests.support.tiny_releases import describe, write_xclip
from zoo.features import Features
from zoo.labels import LAB_ACTIONS
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import find_release
from zoo.weights import Weights

V = encoding("V")


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    forest = {"n_estimators": 5, "max_depth": 4, "max_features": "sqrt", "min_samples_leaf": 1}
    boosting = {"rounds": 3, "max_depth": 2, "eta": 0.5, "colsample_bytree": 1.0}
    monkeypatch.setitem(GRIDS, "forest", (forest, forest | {"max_depth": 1}))
    monkeypatch.setitem(GRIDS, "boosting", (boosting, boosting | {"rounds": 1}))


def head_fitting(manifest: Path, backbone: Path, folder: Path) -> HeadFittingRun:
    manifests = ((manifest, LAB_ACTIONS),)
    return HeadFittingRun(manifests=manifests, backbone=backbone, encoding=V, folder=folder, seed=0)


def clouds(count: int, seed: int) -> Samples:
    """Samples of six of the eight labels, each about a place of its own."""
    rng = np.random.default_rng(seed)
    truth = np.arange(count) % 6
    return Samples((rng.normal(0, 0.3, (count, 8)) + np.eye(8)[truth] * 2).astype(np.float32), truth)


@pytest.mark.parametrize("head", FIT)
def test_the_best_of_the_grid_by_validation(head, tmp_path):
    best, trials = fit_trees(head, clouds(60, 0), clouds(60, 1), LAB_ACTIONS.labels, 0)
    assert [trial.keys() >= {"validation_f1", "bytes"} for trial in trials] == [True, True]
    assert best.validation_f1 == max(trial["validation_f1"] for trial in trials) > 0.8
    best.write(tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size == pytest.approx(best.size, abs=1000)


@pytest.mark.parametrize("head", FIT)
def test_a_file_that_would_be_too_large_is_not_chosen(head, monkeypatch):
    _, trials = fit_trees(head, clouds(60, 0), clouds(60, 1), LAB_ACTIONS.labels, 0)
    sizes = sorted(trial["bytes"] for trial in trials)
    monkeypatch.setattr("pipelines.training.trees.MAX_BYTES", sizes[0])
    best, _ = fit_trees(head, clouds(60, 0), clouds(60, 1), LAB_ACTIONS.labels, 0)
    assert best.size == sizes[0] < sizes[1]


def test_heads_and_their_backbone_are_measured(lab, tmp_path):
    backbone = tmp_path / "x-clip"
    write_xclip(backbone)
    describe(backbone, backbone="x-clip", encodings=["V"], trained_on="nothing")
    fit_heads(head_fitting(lab, backbone, tmp_path / "run"))
    testing = rows_of(lab, "testing")
    for key in ("x-clip", "x-clip-rf", "x-clip-xgb"):
        folder = backbone if key == "x-clip" else tmp_path / f"{key}-lab-actions"
        (result,) = json.loads((folder / "evaluation.json").read_text())
        assert (result["variant"], result["labels"], result["clips"]) == (key, "lab-actions", len(testing))
        assert f"{result['f1']:.2f}" in (folder / "README.md").read_text()
        assert 0 < result["chance"] < 1
        ModelStore().load(find_release(key, "lab-actions", "V", "hub", str(folder)))
    config = ReleaseConfig.read(tmp_path / "x-clip-rf-lab-actions")
    assert config.backbone == Weights("x-clip")
    assert sum(config.training_labels.values()) == len(rows_of(lab, "training"))
    assert config.hyper_parameters in [
        {name: trial[name] for name in config.hyper_parameters} for trial in config.trials
    ]


class Counting(ModelStore):
    """A model store that counts the clips it embeds, one at a time like a visitor's or many at once."""

    def __init__(self) -> None:
        super().__init__()
        self.clips = 0

    def embed(self, spec, clips) -> Features:
        self.clips += len(clips)
        return super().embed(spec, clips)


def test_clips_are_embedded_once_and_as_one_by_one(lab, tmp_path, monkeypatch):
    write_xclip(tmp_path / "x-clip")
    spec = find_release("x-clip", "lab-actions", "V", "hub", str(tmp_path / "x-clip")).feature_spec
    rows, store = rows_of(lab, "testing"), Counting()
    together = embed_rows(lab, rows, spec, V, store, tmp_path / "run")
    again = embed_rows(lab, rows, spec, V, store, tmp_path / "run")
    assert store.clips == len(rows)
    monkeypatch.setattr("pipelines.training.feature_cache.BATCH", 1)
    alone = embed_rows(lab, rows, spec, V, store, tmp_path / "other")
    for features in (again, alone):
        np.testing.assert_allclose(features.vectors, together.vectors, atol=1e-5)
        np.testing.assert_allclose(features.tokens, together.tokens, atol=1e-5)
    assert (together.starts_s == [row.start_s for row in rows]).all()


def test_other_weights_are_embedded_anew(lab, tmp_path):
    model, _ = write_xclip(tmp_path / "x-clip")
    spec = find_release("x-clip", "lab-actions", "V", "hub", str(tmp_path / "x-clip")).feature_spec
    rows = rows_of(lab, "testing")[:2]
    first = embed_rows(lab, rows, spec, V, ModelStore(), tmp_path / "run")
    model.visual_projection.weight.data.mul_(2)
    model.save_pretrained(tmp_path / "x-clip")
    second = embed_rows(lab, rows, spec, V, ModelStore(), tmp_path / "run")
    assert np.abs(first.vectors - second.vectors).max() > 1e-3


def test_a_folder_that_is_no_backbone(lab, tmp_path):
    describe(tmp_path / "vi-cl", variant="vi-cl")
    with pytest.raises(NoBackbone, match="video-llava"):
        fit_heads(head_fitting(lab, tmp_path / "vi-cl", tmp_path / "run"))


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
    assert fitting.MAX_CLIPS >= 1313

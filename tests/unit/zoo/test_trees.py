"""Forests and boosted trees answer as their own libraries do, and broken ones are refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xgboost
from safetensors.numpy import save_file
from sklearn.ensemble import RandomForestClassifier

from zoo.features import Features
from zoo.heads.forest import forest_arrays
from zoo.labels import LAB_ACTIONS, LAB_MOTION
from zoo.model_store import ModelStore
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights, WeightsMissing

REVISION = "0123456789abcdef0123456789abcdef01234567"
WIDTH = 12


@pytest.fixture(scope="module")
def material() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    truth = np.arange(200) % len(LAB_ACTIONS.labels)
    return (rng.normal(0, 1, (200, WIDTH)) + truth[:, None] * 0.3).astype(np.float32), truth


def features(vectors: np.ndarray, captions=None) -> Features:
    starts = np.arange(len(vectors)) * 4.0
    return Features(starts_s=starts, ends_s=starts + 4, vectors=vectors, captions=captions)


def write(folder: Path, labels=LAB_ACTIONS, **about) -> Path:
    folder.mkdir(exist_ok=True)
    config = {"id2label": dict(enumerate(labels.labels)), "benchscribe": about}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def fit_forest(folder: Path, material, **settings) -> RandomForestClassifier:
    forest = RandomForestClassifier(20, random_state=0, **settings).fit(*material)
    write(folder)
    save_file(forest_arrays(forest), folder / "model.safetensors")
    return forest


def fit_boosting(folder: Path, material) -> xgboost.XGBClassifier:
    trees = xgboost.XGBClassifier(n_estimators=10, max_depth=3, random_state=0, n_jobs=1).fit(*material)
    write(folder)
    trees.save_model(folder / "model.ubj")
    return trees


def release(key: str, folder: Path, labels=LAB_ACTIONS, backbone=None) -> Release:
    return Release(
        variant=variant(key),
        labels=labels,
        encodings=("V",),
        tier="hub",
        weights=Weights(str(folder)),
        backbone=backbone,
    )


@pytest.mark.parametrize("settings", [{}, {"max_depth": 3}, {"class_weight": "balanced"}])
def test_a_forest_answers_as_scikit_learn_does(tmp_path, material, settings):
    forest = fit_forest(tmp_path, material, **settings)
    fresh = np.random.default_rng(1).normal(1, 2, (50, WIDTH)).astype(np.float32)
    said = ModelStore().answer(release("x-clip-rf", tmp_path), features(fresh))
    scores = np.array([list(each.scores.values()) for each in said])
    np.testing.assert_allclose(scores, forest.predict_proba(fresh), atol=1e-6)  # shares are float32
    assert [each.label for each in said] == [LAB_ACTIONS.labels[n] for n in forest.predict(fresh)]
    assert (said[3].start_s, said[3].end_s) == (12, 16)


def test_boosted_trees_answer_as_xgboost_does(tmp_path, material):
    trees = fit_boosting(tmp_path, material)
    fresh = np.random.default_rng(1).normal(1, 2, (50, WIDTH)).astype(np.float32)
    said = ModelStore().answer(release("x-clip-xgb", tmp_path), features(fresh, ("a caption",) * 50))
    scores = np.array([list(each.scores.values()) for each in said])
    np.testing.assert_allclose(scores, trees.predict_proba(fresh), rtol=1e-5)
    assert said[0].caption == "a caption"


@pytest.mark.parametrize(("key", "fit"), [("x-clip-rf", fit_forest), ("x-clip-xgb", fit_boosting)])
class TestRefusals:
    def ask(self, key, folder, width=WIDTH, **settings):
        with pytest.raises(WeightsMissing) as caught:
            ModelStore().answer(release(key, folder, **settings), features(np.zeros((2, width), np.float32)))
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_labels_that_do_not_fit(self, key, fit, tmp_path, material):
        fit(tmp_path, material)
        assert "Lab Motion" in self.ask(key, tmp_path, labels=LAB_MOTION)
        write(tmp_path, LAB_MOTION)
        assert "Lab Motion" in self.ask(key, tmp_path, labels=LAB_MOTION)

    def test_vectors_of_another_encoder(self, key, fit, tmp_path, material):
        fit(tmp_path, material)
        assert "another encoder" in self.ask(key, tmp_path, width=3)

    def test_another_backbone(self, key, fit, tmp_path, material):
        fit(tmp_path, material)
        write(tmp_path, backbone={"source": "lab/x-clip", "revision": REVISION})
        assert "lab/x-clip" in self.ask(key, tmp_path, backbone=Weights("lab/other", REVISION))

    def test_another_sentence_model(self, key, fit, tmp_path, material):
        fit(tmp_path, material)
        write(tmp_path, sentences={"source": "lab/words", "revision": REVISION})
        other = replace(release(key, tmp_path), sentences=Weights("lab/other", REVISION))
        with pytest.raises(WeightsMissing, match="lab/words"):
            ModelStore().answer(other, features(np.zeros((2, WIDTH), np.float32)))

    def test_half_a_file(self, key, fit, tmp_path, material):
        fit(tmp_path, material)
        path = next(path for path in tmp_path.iterdir() if path.suffix != ".json")
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        assert "push" in self.ask(key, tmp_path)

    def test_no_file(self, key, fit, tmp_path, material):
        write(tmp_path)
        assert "has no model" in self.ask(key, tmp_path)


def ruin(name: str, change):
    def apply(arrays):
        arrays[name] = change(arrays[name].copy())

    return apply


def put(value, place=0):
    def change(array):
        array[place] = value
        return array

    return change


@pytest.mark.parametrize(
    "harm",
    [
        lambda arrays: arrays.pop("left"),
        ruin("left", put(10**9)),
        ruin("left", put(0)),  # a circle: the walk would never end
        ruin("right", put(-1)),
        ruin("left", put(-7)),
        ruin("feature", put(-1)),
        ruin("threshold", put(np.nan)),
        ruin("shares", put(np.nan)),
        ruin("roots", put(10**9)),
        ruin("roots", put(-1)),
        ruin("feature", lambda array: array[:-1].copy()),
        ruin("left", lambda array: array.astype(np.float64)),
        ruin("threshold", lambda array: array[:, None].copy()),
        ruin("threshold", lambda array: array.astype(np.int64)),
    ],
)
def test_a_forest_whose_indices_run_wild_is_refused(tmp_path, material, harm):
    forest = fit_forest(tmp_path, material)
    arrays = forest_arrays(forest)
    harm(arrays)
    save_file(arrays, tmp_path / "model.safetensors")
    with pytest.raises(WeightsMissing, match="broken") as caught:
        ModelStore().answer(release("x-clip-rf", tmp_path), features(np.zeros((2, WIDTH), np.float32)))
    assert "\n" not in str(caught.value)

"""Fit a random forest or boosted trees on feature vectors: grid search, the best by validation F1."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xgboost
from safetensors.numpy import save_file
from sklearn.ensemble import RandomForestClassifier

from pipelines.evaluation.metrics import weighted_f1
from zoo.heads.boosting import FILE
from zoo.heads.forest import ForestHead, forest_arrays

MAX_BYTES = 9_500_000  # of a head's file
Settings = dict[str, float | int | str]

# The first of each is the published one, as far as a forest has the same settings.
GRIDS: dict[str, tuple[Settings, ...]] = {
    "forest": (
        {"n_estimators": 100, "max_depth": 8, "max_features": "sqrt", "min_samples_leaf": 1},
        {"n_estimators": 100, "max_depth": 8, "max_features": 0.2, "min_samples_leaf": 2},
        {"n_estimators": 100, "max_depth": 14, "max_features": "sqrt", "min_samples_leaf": 3},
    ),
    "boosting": (
        {"rounds": 100, "max_depth": 8, "eta": 0.5, "colsample_bytree": 1.0},
        {"rounds": 60, "max_depth": 4, "eta": 0.3, "colsample_bytree": 0.3},
        {"rounds": 150, "max_depth": 3, "eta": 0.1, "colsample_bytree": 0.3},
    ),
}
MAX_LEAVES = 350  # of a tree of the forest


@dataclass(frozen=True, eq=False)
class Samples:
    """vectors [N, D] float32, and truth [N] as places in the label set."""

    vectors: np.ndarray
    truth: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedTrees:
    """The trees of one trial: their F1, their size, and how they are written into a folder."""

    settings: Settings
    validation_f1: float
    size: int  # bytes
    write: Callable[[Path], None]


def fit_trees(
    head: str, training: Samples, validation: Samples, labels: tuple[str, ...], seed: int
) -> tuple[FittedTrees, list[dict]]:
    """The best trees of a head's grid that fit into a file, and the result of each trial."""
    trials = [FIT[head](settings, training, validation, labels, seed) for settings in GRIDS[head]]
    results = [{**each.settings, "validation_f1": each.validation_f1, "bytes": each.size} for each in trials]
    small = [each for each in trials if each.size <= MAX_BYTES]
    if not small:
        raise ValueError(f"no {head} of the grid is under {MAX_BYTES} bytes: {json.dumps(results)}")
    return max(small, key=lambda each: each.validation_f1), results


def _fit_forest(
    settings: Settings, training: Samples, validation: Samples, labels: tuple[str, ...], seed: int
) -> FittedTrees:
    forest = RandomForestClassifier(max_leaf_nodes=MAX_LEAVES, random_state=seed, n_jobs=-1, **settings)
    forest.fit(training.vectors, training.truth)
    arrays = forest_arrays(forest)
    # A label without a clip has no column yet.
    shares = np.zeros((len(arrays["shares"]), len(labels)), np.float32)
    shares[:, forest.classes_] = arrays["shares"]
    arrays["shares"] = shares
    predictions = ForestHead(arrays, labels).shares(validation.vectors).argmax(1)
    size = sum(each.nbytes for each in arrays.values())
    return FittedTrees(
        settings=settings,
        validation_f1=weighted_f1(validation.truth, predictions),
        size=size,
        write=lambda folder: save_file(arrays, folder / "model.safetensors"),
    )


def _fit_boosting(
    settings: Settings, training: Samples, validation: Samples, labels: tuple[str, ...], seed: int
) -> FittedTrees:
    parameters = {name: value for name, value in settings.items() if name != "rounds"}
    fixed = {"objective": "multi:softprob", "num_class": len(labels), "seed": seed, "tree_method": "hist"}
    data = xgboost.DMatrix(training.vectors, training.truth)
    booster = xgboost.train(parameters | fixed, data, num_boost_round=settings["rounds"])
    predictions = booster.inplace_predict(validation.vectors).argmax(1)
    return FittedTrees(
        settings=settings,
        validation_f1=weighted_f1(validation.truth, predictions),
        size=len(booster.save_raw("ubj")),
        write=lambda folder: booster.save_model(folder / FILE),
    )


FIT = {"forest": _fit_forest, "boosting": _fit_boosting}

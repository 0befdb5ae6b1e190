"""A random forest on an encoder's vector (Breiman 2001), fitted by scikit-learn and stored as plain arrays.

A pickle of a forest can run code, and its node indices can crash scikit-learn: arrays are checked instead.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import load_file

from zoo.device import Compute
from zoo.features import Features, quantise
from zoo.heads.classes import predict, read_classes, read_fitted
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.weights import Weights, WeightsMissing, reading, require_files

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestClassifier

ARRAYS = ("roots", "left", "right", "feature", "threshold", "shares")


class ForestHead:
    """The mean of every tree's class shares.

    roots [T] the first node of each tree; left, right [M] children, -1 at a leaf; feature [M] and
    threshold [M]: a vector goes left where its feature is at most the threshold; shares [M, labels].
    """

    def __init__(
        self, arrays: dict[str, np.ndarray], labels: tuple[str, ...], vector_decimals: int | None = None
    ) -> None:
        self.arrays, self.labels, self.vector_decimals = arrays, labels, vector_decimals

    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order.  Raises WeightsMissing for vectors of another length."""
        last, width = int(self.arrays["feature"].max(initial=-1)), features.vectors.shape[1]
        if last >= width:
            raise WeightsMissing(
                f"This forest splits on feature {last}, the encoder gives {width}; "
                "it was fitted on another encoder: fetch or push the release again."
            )
        vectors = quantise(features, self.vector_decimals).vectors
        return predict(features, self.shares(vectors), self.labels)

    def shares(self, vectors: np.ndarray) -> np.ndarray:
        """Class shares [N, labels] of vectors [N, D]."""
        left, right, feature, threshold = (self.arrays[name] for name in ARRAYS[1:5])
        rows = np.arange(len(vectors))[:, None]
        nodes = np.repeat(self.arrays["roots"][None], len(vectors), 0)  # [N, T]
        while (is_inner := left[nodes] >= 0).any():
            goes_left = vectors[rows, feature[nodes] * is_inner] <= threshold[nodes]
            nodes = np.where(is_inner, np.where(goes_left, left[nodes], right[nodes]), nodes)
        return self.arrays["shares"][nodes].mean(1, dtype=np.float64)

    def parameters(self) -> int:
        """How many nodes its trees have."""
        return len(self.arrays["left"])

    def memory(self) -> int:
        """How many bytes they take."""
        return sum(each.nbytes for each in self.arrays.values())


def forest_arrays(forest: "RandomForestClassifier") -> dict[str, np.ndarray]:
    """A fitted forest as the arrays of a ForestHead, of the smallest types that keep its answers.

    Thresholds stay float64, as scikit-learn compares with those.
    """
    trees = [each.tree_ for each in forest.estimators_]
    roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]

    def child(name: str) -> np.ndarray:
        sides = [getattr(tree, name) for tree in trees]
        return np.concatenate([np.where(s < 0, -1, s + root) for s, root in zip(sides, roots, strict=True)])

    shares = np.concatenate([tree.value[:, 0] for tree in trees])
    return {
        "roots": roots.astype(np.int32),
        "left": child("children_left").astype(np.int32),
        "right": child("children_right").astype(np.int32),
        "feature": np.concatenate([tree.feature for tree in trees]).clip(0).astype(np.int32),
        "threshold": np.concatenate([tree.threshold for tree in trees]).astype(np.float64),
        "shares": (shares / shares.sum(1, keepdims=True)).astype(np.float32),
    }


def load(release: Release, fetch: Callable[[Weights], Path], compute: Compute) -> ForestHead:
    """Load a release's forest.  Raises WeightsMissing if some walk through it would not end at a leaf."""
    folder = fetch(release.weights)
    config = read_fitted(folder, release)
    require_files(folder, "model.safetensors")
    with reading(folder):
        arrays = load_file(folder / "model.safetensors")
    if fault := _fault(arrays):
        raise WeightsMissing(f"The forest of {folder.name} is broken ({fault}); fetch or push it again.")
    labels = read_classes(folder, release.labels, arrays["shares"].shape[1])
    return ForestHead(arrays, labels, config.vector_decimals)


def _fault(arrays: dict[str, np.ndarray]) -> str:
    """What is wrong with the arrays of a forest; "" if every walk through it ends at a leaf."""
    if lacking := [name for name in ARRAYS if name not in arrays]:
        return f"it has no {lacking[0]}"
    roots, left, right, feature, threshold, shares = (arrays[name] for name in ARRAYS)
    count = len(left)
    if shares.ndim != 2 or not count == len(right) == len(feature) == len(threshold) == len(shares) > 0:
        return "its arrays have different lengths"
    if any(each.ndim != 1 or each.dtype.kind != "i" for each in (roots, left, right, feature)):
        return "an index is no whole number"
    if threshold.ndim != 1 or threshold.dtype.kind != "f" or shares.dtype.kind != "f":
        return "a threshold or a share is out of range"
    if not len(roots) or roots.min() < 0 or roots.max() >= count or feature.min() < 0:
        return "an index points outside"
    is_inner, own = left >= 0, np.arange(count)
    trees = np.searchsorted(np.sort(roots), own, "right")  # [M] the number of each node's tree, from 1
    end = np.append(np.sort(roots), count)[trees]  # [M] the first node after it
    for child in (left, right):
        # A child comes after its parent and in the same tree, so that every walk ends.
        if ((child >= 0) != is_inner).any() or (is_inner & ((child <= own) | (child >= end))).any():
            return "a child comes before its parent or is in another tree"
    if not np.isfinite(threshold).all() or not np.allclose(shares.sum(1), 1) or shares.min() < 0:
        return "a threshold or a share is out of range"
    return ""

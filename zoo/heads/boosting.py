"""Gradient-boosted trees on an encoder's vector (XGBoost, Chen and Guestrin 2016), in its own ubj format."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import xgboost

from zoo.device import Compute
from zoo.features import Features, quantise
from zoo.heads.classes import predict, read_classes, read_fitted
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.weights import Weights, WeightsMissing, require_files

FILE = "model.ubj"


class BoostingHead:
    """One score a label: the softmax of the booster."""

    def __init__(
        self, booster: xgboost.Booster, labels: tuple[str, ...], vector_decimals: int | None = None
    ) -> None:
        self.booster, self.labels, self.vector_decimals = booster, labels, vector_decimals

    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order.  Raises WeightsMissing for vectors of another length."""
        expected, got = self.booster.num_features(), features.vectors.shape[1]
        if expected != got:
            raise WeightsMissing(
                f"These trees take {expected} features, the encoder gives {got}; they were fitted on "
                "another encoder: fetch or push the release again."
            )
        vectors = quantise(features, self.vector_decimals).vectors
        return predict(features, self.booster.inplace_predict(vectors), self.labels)

    def parameters(self) -> int:
        """How many nodes its trees have."""
        return sum(tree.count("\n") for tree in self.booster.get_dump())

    def memory(self) -> int:
        """How many bytes they take."""
        return len(self.booster.save_raw("ubj"))


def load(release: Release, fetch: Callable[[Weights], Path], compute: Compute) -> BoostingHead:
    """Load a release's booster.  Raises WeightsMissing."""
    folder = fetch(release.weights)
    config = read_fitted(folder, release)
    require_files(folder, FILE)
    try:
        booster = xgboost.Booster(model_file=folder / FILE)
        scores = booster.inplace_predict(np.zeros((1, booster.num_features()), np.float32))
    except xgboost.core.XGBoostError as error:
        raise WeightsMissing(
            f"The {FILE} of {folder.name} cannot be read as XGBoost's trees; fetch or push it again."
        ) from error
    labels = read_classes(folder, release.labels, scores.shape[-1] if scores.ndim == 2 else 1)
    return BoostingHead(booster, labels, config.vector_decimals)

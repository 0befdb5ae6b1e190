"""Vi-Cl's head: a linear classifier on an encoder's vector."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors import safe_open

from zoo.device import Compute
from zoo.features import Features
from zoo.heads.classes import predict, read_classes
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.weights import Weights, reading, require_files


class LinearHead:
    """Softmax over `vectors @ weight.T + bias`, one score a label."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray, labels: tuple[str, ...]) -> None:
        self.weight = weight  # [labels, D] float32
        self.bias = bias  # [labels] float32
        self.labels = labels

    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order."""
        logits = features.vectors @ self.weight.T + self.bias  # [N, labels]
        scores = np.exp(logits - logits.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        return predict(features, scores, self.labels)

    def parameters(self) -> int:
        """How many weights it has."""
        return self.weight.size + self.bias.size

    def memory(self) -> int:
        """How many bytes they take."""
        return self.weight.nbytes + self.bias.nbytes


def load(release: Release, fetch: Callable[[Weights], Path], compute: Compute) -> LinearHead:
    """Load a release's classifier.  Raises WeightsMissing if its labels are not the label set's."""
    folder = fetch(release.weights)
    require_files(folder, "model.safetensors")
    with reading(folder), safe_open(folder / "model.safetensors", "pt") as file:  # NumPy has no bfloat16
        weight, bias = (file.get_tensor(f"classifier.{part}").float().numpy() for part in ("weight", "bias"))
    return LinearHead(weight, bias, read_classes(folder, release.labels, len(bias)))

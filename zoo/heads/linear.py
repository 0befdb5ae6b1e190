"""A linear classifier on an encoder's vector: the head of Vi-Cl."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from zoo.answers import ClipPrediction
from zoo.features import Features
from zoo.labels import LabelSet, UnknownLabels, parse_label
from zoo.releases import WeightsMissing


class LinearHead:
    """Softmax over `vectors @ weight.T + bias`, one score a label."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray, labels: tuple[str, ...]) -> None:
        self.weight = weight.astype(np.float32)  # [labels, D]
        self.bias = bias.astype(np.float32)  # [labels]
        self.labels = labels

    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order."""
        logits = features.vectors @ self.weight.T + self.bias  # [N, labels]
        scores = np.exp(logits - logits.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        rows = zip(features.starts_s, features.ends_s, scores, strict=True)
        return tuple(
            ClipPrediction(
                float(start_s),
                float(end_s),
                self.labels[row.argmax()],
                dict(zip(self.labels, row.tolist(), strict=True)),
            )
            for start_s, end_s, row in rows
        )


def load(folder: Path, labels: LabelSet) -> LinearHead:
    """Load a release's classifier.  Raises WeightsMissing if its labels are not the label set's."""
    weights = load_file(folder / "model.safetensors")
    names = json.loads((folder / "config.json").read_text()).get("id2label", {})
    try:
        spelled = tuple(parse_label(names[str(number)], labels) for number in range(len(names)))
    except (KeyError, UnknownLabels) as error:
        raise WeightsMissing(f"The head of {folder.name} does not fit {labels.title}: {error}") from error
    if sorted(spelled) != sorted(labels.labels) or len(weights["classifier.bias"]) != len(spelled):
        raise WeightsMissing(
            f"The head of {folder.name} knows {len(weights['classifier.bias'])} labels; "
            f"{labels.title} has {len(labels.labels)}."
        )
    return LinearHead(weights["classifier.weight"], weights["classifier.bias"], spelled)

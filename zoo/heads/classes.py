"""What heads share: the order of their labels, the weights they were fitted on, and scores to predictions."""

from pathlib import Path

import numpy as np

from zoo.features import Features
from zoo.labels import LabelSet, UnknownLabels, parse_label
from zoo.predictions import ClipPrediction
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.weights import WeightsMissing, read_json


def read_classes(folder: Path, labels: LabelSet, count: int) -> tuple[str, ...]:
    """The label behind each of a head's outputs, from id2label in config.json.

    Raises WeightsMissing if they are not the labels of the set, each once, or not as many as outputs.
    """
    names = read_json(folder, "config.json").get("id2label", {})
    try:
        ordered = tuple(parse_label(names[str(number)], labels) for number in range(len(names)))
    except (KeyError, TypeError, UnknownLabels) as error:
        raise WeightsMissing(f"The head of {folder.name} does not fit {labels.title}: {error}") from error
    if sorted(ordered) != sorted(labels.labels) or count != len(ordered):
        raise WeightsMissing(
            f"The head of {folder.name} knows {count} labels; {labels.title} has {len(labels.labels)}."
        )
    return ordered


def read_fitted(folder: Path, release: Release) -> ReleaseConfig:
    """Read a fitted head's config and make sure that the head gets what it was fitted on.

    Raises WeightsMissing for another backbone; of a captioner's head for another sentence model too.
    """
    config = ReleaseConfig.read(folder)
    for got, fitted in ((release.backbone, config.backbone), (release.sentences, config.sentences)):
        if got is not None and got.revision is not None and fitted is not None and fitted != got:
            raise WeightsMissing(
                f"The head of {folder.name} was fitted on {fitted.source} at {fitted.revision}; "
                f"got {got.source} at {got.revision}: pin the one it names."
            )
    return config


def predict(features: Features, scores: np.ndarray, labels: tuple[str, ...]) -> tuple[ClipPrediction, ...]:
    """One prediction a clip: the label of the greatest of its scores [N, labels], with all of them."""
    captions = features.captions or (None,) * len(scores)
    rows = zip(features.starts_s, features.ends_s, scores, captions, strict=True)
    return tuple(
        ClipPrediction(
            start_s=float(start_s),
            end_s=float(end_s),
            label=labels[row.argmax()],
            scores=dict(zip(labels, map(float, row), strict=True)),
            caption=caption,
        )
        for start_s, end_s, row, caption in rows
    )

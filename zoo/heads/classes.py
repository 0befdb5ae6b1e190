"""What heads have in common: the order of their labels, and scores that become predictions."""

import json
from pathlib import Path

import numpy as np

from zoo.features import Features
from zoo.labels import LabelSet, UnknownLabels, parse_label
from zoo.predictions import ClipPrediction
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.weights import WeightsMissing


def read_classes(folder: Path, labels: LabelSet, count: int) -> tuple[str, ...]:
    """The label behind each of a head's outputs, from id2label in config.json.

    Raises WeightsMissing if they are not the labels of the set, each once, or not as many as outputs.
    """
    names = json.loads((folder / "config.json").read_text()).get("id2label", {})
    try:
        spelled = tuple(parse_label(names[str(number)], labels) for number in range(len(names)))
    except (KeyError, UnknownLabels) as error:
        raise WeightsMissing(f"The head of {folder.name} does not fit {labels.title}: {error}") from error
    if sorted(spelled) != sorted(labels.labels) or count != len(spelled):
        raise WeightsMissing(
            f"The head of {folder.name} knows {count} labels; {labels.title} has {len(labels.labels)}."
        )
    return spelled


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
    """The label of the greatest score [N, labels] of each clip, all scores beside it."""
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

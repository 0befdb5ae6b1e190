"""What heads have in common: the order of their labels, and scores that become predictions."""

import json
from pathlib import Path

import numpy as np

from zoo.answers import ClipPrediction
from zoo.features import Features
from zoo.hub import describe
from zoo.labels import LabelSet, UnknownLabels, parse_label
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


def check_backbone(folder: Path, release: Release) -> None:
    """Make sure that a head gets what it was fitted on.  Raises WeightsMissing for another backbone.

    Of a captioner's head that is the sentence model too.
    """
    about = describe(folder)
    for part, got in (("backbone", release.backbone), ("sentences", release.sentences)):
        told = about.get(part)
        if got is None or got.revision is None or not isinstance(told, dict):
            continue
        if (told.get("source"), told.get("revision")) != (got.source, got.revision):
            raise WeightsMissing(
                f"The head of {folder.name} was fitted on {told.get('source')} at {told.get('revision')}; "
                f"got {got.source} at {got.revision}: pin the one it names."
            )


def predict(features: Features, scores: np.ndarray, labels: tuple[str, ...]) -> tuple[ClipPrediction, ...]:
    """The label of the greatest score [N, labels] of each clip, all scores beside it."""
    captions = features.captions or (None,) * len(scores)
    rows = zip(features.starts_s, features.ends_s, scores, captions, strict=True)
    return tuple(
        ClipPrediction(
            float(start_s),
            float(end_s),
            labels[row.argmax()],
            dict(zip(labels, map(float, row), strict=True)),
            caption,
        )
        for start_s, end_s, row, caption in rows
    )

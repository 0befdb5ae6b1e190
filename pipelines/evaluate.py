"""Score a release on labelled recordings that its training never saw."""

import csv
from pathlib import Path

import numpy as np

from encodings.clip import CLIP_S
from encodings.names import Encoding
from encodings.paint import encode
from pipelines.datasets.clips import labelled_clips, rows_of
from pipelines.metrics import weighted_f1
from pipelines.score import COLUMNS, ScoredClip, score_clips
from zoo.labels import LabelSet, parse_label
from zoo.releases import Release
from zoo.shelf import Shelf

DRAWS = 10


def evaluate(
    manifest: Path, split: str, release: Release, encoding: Encoding, predictions: Path | None = None
) -> dict:
    """Answer every clip of a split; returns what `score_clips` does, and a confusion matrix.

    `predictions` is where the table that `score` reads is written.  Raises WeightsMissing,
    BrokenManifest, EmptySplit, UnreadableRecording, UnreadableGaze, MissingSignal.
    """
    clips = _answer(manifest, split, release, encoding)
    if predictions is not None:
        _write_predictions(clips, split, predictions)
    return {
        "release": release.weights.name,
        "encoding": encoding.name,
        "split": split,
        **score_clips(clips, release.labels),
        "confusion": confusion(clips, release.labels),
    }


def random_draw(manifest: Path, split: str, labels: LabelSet, seed: int = 0) -> float:
    """The paper's baseline: F1 of labels drawn as often as the training split has them, mean of 10 draws."""
    known, truth = (
        [parse_label(row.label, labels) for row in rows_of(manifest, each)] for each in ("training", split)
    )
    rng = np.random.default_rng(seed)
    return float(np.mean([weighted_f1(truth, rng.choice(known, len(truth)).tolist()) for _ in range(DRAWS)]))


def confusion(clips: list[ScoredClip], labels: LabelSet) -> dict[str, dict[str, int]]:
    """Counts by true label, then by answered label."""
    table = {label: dict.fromkeys(labels.labels, 0) for label in labels.labels}
    for clip in clips:
        table[clip.truth][clip.predicted] += 1
    return table


def _answer(manifest: Path, split: str, release: Release, encoding: Encoding) -> list[ScoredClip]:
    shelf = Shelf()
    clips = []
    for clip, row in labelled_clips(manifest, rows_of(manifest, split)):
        features = shelf.embed(release.feature_spec, [encode(clip, encoding)])
        (said,) = shelf.answer(release, features)
        truth = parse_label(row.label, release.labels)
        clips.append(ScoredClip(row.workflow, row.start_s, row.end_s, truth, said.label))
    return clips


def _write_predictions(clips: list[ScoredClip], split: str, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for clip in clips:
            index = round(clip.start_s / CLIP_S)
            writer.writerow((f"{clip.workflow}_0_{index}.mp4", clip.truth, split, clip.predicted))

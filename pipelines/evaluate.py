"""Score a release on labelled recordings that its training never saw."""

import csv
from itertools import groupby
from pathlib import Path

import numpy as np

from encodings.names import Encoding
from encodings.paint import encode
from pipelines.datasets.clips import labelled_clips, rows_of
from pipelines.datasets.manifest import ClipRow
from pipelines.metrics import RATIOS, f1_per_activity, interval_95, weighted_f1
from pipelines.score import COLUMNS
from pipelines.workflow import compile_workflow
from zoo.answers import ClipPrediction
from zoo.labels import LabelSet, parse_label
from zoo.releases import Release
from zoo.shelf import Shelf

Answered = tuple[ClipRow, ClipPrediction]


def evaluate(
    manifest: Path, split: str, release: Release, encoding: Encoding, predictions: Path | None = None
) -> dict:
    """Answer every clip of a split and score the answers as `score` does, plus a confusion matrix.

    `predictions` is where the table that `score` reads is written.  Raises WeightsMissing,
    BrokenManifest, EmptySplit, UnreadableRecording, UnreadableGaze, MissingSignal.
    """
    answered = _answer(manifest, split, release, encoding)
    if predictions is not None:
        _write_predictions(answered, predictions)
    labels = release.labels
    truth = [parse_label(row.label, labels) for row, _ in answered]
    said = [prediction.label for _, prediction in answered]
    ratios = workflow_ratios(answered, labels)
    return {
        "release": release.weights.name,
        "encoding": encoding.name,
        "split": split,
        "clips": len(answered),
        "f1": weighted_f1(truth, said),
        "per_activity": f1_per_activity(truth, said, labels.labels),
        "workflows": len(ratios["names"]),
        "ratio": {name: float(np.mean(values)) for name, values in ratios.items()},
        "ratio_ci": {name: interval_95(values) for name, values in ratios.items()},
        "confusion": confusion(truth, said, labels),
    }


def _answer(manifest: Path, split: str, release: Release, encoding: Encoding) -> list[Answered]:
    shelf = Shelf()
    encoder, head = shelf.encoder(release.feature_spec), shelf.head(release)
    return [
        (row, head.answer(encoder.embed([encode(clip, encoding)]))[0])
        for clip, row in labelled_clips(manifest, rows_of(manifest, split))
    ]


def workflow_ratios(answered: list[Answered], labels: LabelSet) -> dict[str, list[float]]:
    """Each of the three ratios, one value a workflow."""
    ratios: dict[str, list[float]] = {name: [] for name in RATIOS}
    for _, group in groupby(answered, key=lambda pair: pair[0].workflow):
        rows, said = zip(*group, strict=True)
        truth = [ClipPrediction(row.start_s, row.end_s, parse_label(row.label, labels)) for row in rows]
        names = [compile_workflow(clips, labels).names for clips in (truth, said)]
        for name, ratio in RATIOS.items():
            ratios[name].append(ratio(*names))
    return ratios


def confusion(truth: list[str], said: list[str], labels: LabelSet) -> dict[str, dict[str, int]]:
    """Counts by true label, then by answered label."""
    table = {label: dict.fromkeys(labels.labels, 0) for label in labels.labels}
    for true, answer in zip(truth, said, strict=True):
        table[true][answer] += 1
    return table


def _write_predictions(answered: list[Answered], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row, said in answered:
            index = round(row.start_s / 4)
            writer.writerow((f"{row.workflow}_0_{index}.mp4", row.label, row.split, said.label))

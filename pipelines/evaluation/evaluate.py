"""Score a release on labelled recordings that its training never saw."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import numpy as np

from encodings.clip import CLIP_S, Clip
from encodings.names import Encoding
from encodings.paint import encode
from pipelines.datasets.clips import labelled_clips, rows_of, workflow_times
from pipelines.datasets.manifest import ClipRow
from pipelines.evaluation.metrics import f1_interval, weighted_f1
from pipelines.evaluation.perturbations import (
    SHUFFLES,
    UnknownShuffle,
    relative_gaze,
    shuffle_frames,
    shuffle_gaze,
)
from pipelines.evaluation.score import COLUMNS, ScoredClip, score_clips
from pipelines.recognition.smoothing import smooth, transition_counts_of
from zoo.features import Features
from zoo.labels import LabelSet, parse_label
from zoo.model_store import ModelStore
from zoo.predictions import ClipPrediction
from zoo.releases import Release

DRAWS = 10


def evaluate(
    manifest: Path,
    split: str,
    release: Release,
    encoding: Encoding,
    predictions: Path | None = None,
    shuffle: str | None = None,
    seed: int = 0,
) -> dict:
    """Answer every clip of a split and score the answers, see `scored`.

    `predictions` is where the table that `score` reads is written; `shuffle` takes the gaze or the order of
    the frames from the clips first.  Raises WeightsMissing, BrokenManifest, EmptySplit,
    UnreadableRecording, UnreadableGaze, MissingSignal, UnknownShuffle.
    """
    clips = answered(manifest, split, release, encoding, shuffle, seed)
    if predictions is not None:
        _write_predictions(clips, split, predictions)
    told = {"shuffled": shuffle, "seed": seed} if shuffle else {}
    return scored(clips, split, release, encoding) | told


def scored(clips: list[ScoredClip], split: str, release: Release, encoding: Encoding) -> dict:
    """What `score_clips` returns, the 95 % interval of F1, a confusion matrix, and what was evaluated."""
    matrices = [confusion(each, release.labels) for each in _by_workflow(clips)]
    return {
        "release": release.weights.name,
        "variant": release.variant.key,
        "labels": release.labels.key,
        "encoding": encoding.name,
        "split": split,
        **score_clips(clips, release.labels),
        "f1_interval": f1_interval([_counts(each) for each in matrices]),
        "confusion": confusion(clips, release.labels),
    }


def answered(
    manifest: Path,
    split: str,
    release: Release,
    encoding: Encoding,
    shuffle: str | None = None,
    seed: int = 0,
    features: Features | None = None,
) -> list[ScoredClip]:
    """Every clip of a split with its answer, in the manifest's order.

    features are what the release's encoder saw in them, where that is known already.
    """
    rows, store = rows_of(manifest, split), ModelStore()
    if features is not None:
        answers = store.answer(release, features)
    else:
        clips = _clips(manifest, rows, shuffle, seed)
        spec = release.feature_spec
        answers = [store.answer(release, store.embed(spec, [encode(each, encoding)]))[0] for each in clips]
    said = []
    smoothed = _settled(rows, answers, release)
    for answer, row, when_s, label in zip(answers, rows, workflow_times(rows), smoothed, strict=True):
        truth = parse_label(row.label, release.labels)
        score = None if answer.scores is None else answer.scores[answer.label]
        said.append(ScoredClip(row.workflow, *when_s, truth, answer.label, score, label))
    return said


def _settled(
    rows: Sequence[ClipRow], answers: Sequence[ClipPrediction], release: Release
) -> list[str | None]:
    """The labels in the workflows, None where the release knows nothing of their order."""
    transition_counts = transition_counts_of(release)
    if not transition_counts:
        return [None] * len(rows)
    found: list[str | None] = []
    for _, group in groupby(zip(rows, answers, strict=True), key=lambda each: each[0].workflow):
        found += smooth([answer for _, answer in group], release.labels, transition_counts)
    return found


def random_draw(manifest: Path, split: str, labels: LabelSet, seed: int = 0) -> float:
    """The paper's baseline: F1 of labels drawn as often as the training split has them, mean of 10 draws."""
    known, truth = (
        [parse_label(row.label, labels) for row in rows_of(manifest, each)] for each in ("training", split)
    )
    rng = np.random.default_rng(seed)
    return float(np.mean([weighted_f1(truth, rng.choice(known, len(truth)).tolist()) for _ in range(DRAWS)]))


def label_counts(manifest: Path, labels: LabelSet, split: str = "training") -> dict[str, int]:
    """How often a split has each label, in the label set's order."""
    counts = Counter(parse_label(row.label, labels) for row in rows_of(manifest, split))
    return {label: counts[label] for label in labels.labels}


def count_transitions(
    manifest: Path, labels: LabelSet, split: str = "training"
) -> tuple[tuple[int, ...], ...]:
    """How often each label (row) is followed by each (column) in the workflows of a split."""
    places = {label: place for place, label in enumerate(labels.labels)}
    counts = np.zeros((len(places), len(places)), int)
    for _, group in groupby(rows_of(manifest, split), key=attrgetter("workflow")):
        labelled = [places[parse_label(row.label, labels)] for row in group]
        np.add.at(counts, (labelled[:-1], labelled[1:]), 1)
    return tuple(map(tuple, counts.tolist()))


def confusion(clips: list[ScoredClip], labels: LabelSet) -> dict[str, dict[str, int]]:
    """Counts by true label, then by answered label."""
    table = {label: dict.fromkeys(labels.labels, 0) for label in labels.labels}
    for clip in clips:
        table[clip.truth][clip.predicted] += 1
    return table


def _clips(manifest: Path, rows: tuple[ClipRow, ...], shuffle: str | None, seed: int) -> Iterator[Clip]:
    """The clips of rows, robbed of what is to be shuffled."""
    clips = (clip for clip, _ in labelled_clips(manifest, rows))
    if shuffle is None:
        return clips
    if shuffle == "frames":
        return shuffle_frames(clips, seed)
    if shuffle == "gaze":
        gazes = [relative_gaze(clip) for clip in clips]
        return shuffle_gaze((clip for clip, _ in labelled_clips(manifest, rows)), gazes, seed)
    raise UnknownShuffle(f"“{shuffle}” cannot be shuffled; expected one of {', '.join(SHUFFLES)}.")


def _by_workflow(clips: list[ScoredClip]) -> list[list[ScoredClip]]:
    groups: dict[str, list[ScoredClip]] = {}
    for clip in clips:
        groups.setdefault(clip.workflow, []).append(clip)
    return list(groups.values())


def _counts(matrix: dict[str, dict[str, int]]) -> list[list[int]]:
    return [list(row.values()) for row in matrix.values()]


def _write_predictions(clips: list[ScoredClip], split: str, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for clip in clips:
            index = round(clip.start_s / CLIP_S)
            writer.writerow((f"{clip.workflow}_0_{index}.mp4", clip.truth, split, clip.predicted))

"""Score a release on labelled recordings that its training never saw."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from encodings.clip import Clip
from encodings.names import Encoding
from encodings.paint import encode
from pipelines.datasets.clips import labelled_clips, rows_of, workflow_times
from pipelines.datasets.manifest import ClipRow
from pipelines.evaluation.metrics import weighted_f1
from pipelines.evaluation.perturbations import Perturbation, relative_gaze, shuffle_frames, shuffle_gaze
from pipelines.evaluation.prediction_table import write_predictions
from pipelines.evaluation.score import ScoredClip, score_clips
from pipelines.recognition.smoothing import clip_steps, smooth, transition_counts_of
from zoo.evaluation import Evaluation
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
    perturbation: Perturbation | None = None,
    predictions: Path | None = None,
) -> Evaluation:
    """Answer every clip of a split and score the answers.

    `predictions` is where the table that `score` reads is written.  Raises WeightsMissing, BrokenManifest,
    EmptySplit, UnreadableRecording, UnreadableGaze, MissingSignal.
    """
    clips = answer_split(manifest, split, release, encoding, perturbation)
    if predictions is not None:
        write_predictions(clips, split, predictions)
    evaluation = evaluate_clips(clips, split, release, encoding)
    if perturbation is None:
        return evaluation
    return replace(evaluation, shuffled=perturbation.shuffled, seed=perturbation.seed)


def evaluate_clips(
    clips: Sequence[ScoredClip], split: str, release: Release, encoding: Encoding
) -> Evaluation:
    """The scores of the answered clips of a split, and what was evaluated."""
    return Evaluation(
        release=release.weights.name,
        variant=release.variant.key,
        labels=release.labels.key,
        encoding=encoding.name,
        split=split,
        scores=score_clips(clips, release.labels),
    )


def answer_split(
    manifest: Path,
    split: str,
    release: Release,
    encoding: Encoding,
    perturbation: Perturbation | None = None,
    features: Features | None = None,
) -> list[ScoredClip]:
    """Every clip of a split with its answer, in the manifest's order.

    features are what the release's encoder saw in them, where that is known already.
    """
    rows, store = rows_of(manifest, split), ModelStore()
    if features is not None:
        answers = store.answer(release, features)
    else:
        clips = _clips(manifest, rows, perturbation)
        spec = release.feature_spec
        answers = [store.answer(release, store.embed(spec, [encode(each, encoding)]))[0] for each in clips]
    smoothed = _smooth_workflows(rows, answers, release)
    each_row = zip(rows, answers, smoothed, workflow_times(rows), _wearers(rows), strict=True)
    return [
        ScoredClip(
            workflow=row.workflow,
            start_s=start_s,
            end_s=end_s,
            truth=parse_label(row.label, release.labels),
            predicted=answer.label,
            score=None if answer.scores is None else answer.scores[answer.label],
            smoothed=label,
            wearer=wearer,
        )
        for row, answer, label, (start_s, end_s), wearer in each_row
    ]


def _wearers(rows: Sequence[ClipRow]) -> list[str]:
    """Who wore the camera; "" where a manifest lets every workflow count as its own wearer's."""
    known = any(row.wearer != row.workflow for row in rows)
    return [row.wearer if known else "" for row in rows]


def _smooth_workflows(
    rows: Sequence[ClipRow], answers: Sequence[ClipPrediction], release: Release
) -> list[str | None]:
    """The smoothed label of each clip in its workflow; None where the release has no transition counts."""
    transition_counts = transition_counts_of(release)
    if not transition_counts:
        return [None] * len(rows)
    clips = [
        replace(answer, start_s=start_s, end_s=end_s)
        for answer, (start_s, end_s) in zip(answers, workflow_times(rows), strict=True)
    ]
    smoothed: list[str | None] = []
    for _, group in groupby(zip(rows, clips, strict=True), key=lambda each: each[0].workflow):
        smoothed += smooth([clip for _, clip in group], release.labels, transition_counts)
    return smoothed


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
    """How often each label (row) is followed by each (column) in the workflows of a split, [K, K].

    Clips with a gap between them do not follow each other.
    """
    places = {label: place for place, label in enumerate(labels.labels)}
    counts = np.zeros((len(places), len(places)), int)
    rows = rows_of(manifest, split)
    for (one, (_, end_s)), (two, (start_s, _)) in pairwise(zip(rows, workflow_times(rows), strict=True)):
        if one.workflow == two.workflow and clip_steps(end_s, start_s) == 1:
            counts[places[parse_label(one.label, labels)], places[parse_label(two.label, labels)]] += 1
    return tuple(map(tuple, counts.tolist()))


def _clips(manifest: Path, rows: tuple[ClipRow, ...], perturbation: Perturbation | None) -> Iterator[Clip]:
    """The clips of rows, without what a perturbation takes from them."""
    clips = (clip for clip, _ in labelled_clips(manifest, rows))
    if perturbation is None:
        return clips
    if perturbation.shuffled == "frames":
        return shuffle_frames(clips, perturbation.seed)
    gazes = [relative_gaze(clip) for clip in clips]
    return shuffle_gaze((clip for clip, _ in labelled_clips(manifest, rows)), gazes, perturbation.seed)

"""Score answers against the truth: clips by F1, workflows by three ratios."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from pipelines.evaluation.intervals import f1_interval, mean_interval
from pipelines.evaluation.metrics import RATIO_METRICS, f1_per_activity, weighted_f1
from pipelines.recognition.workflow import compile_workflow
from zoo.evaluation import WEARER, WORKFLOW, Scores
from zoo.labels import LabelSet
from zoo.predictions import ClipPrediction

Ratios = dict[str, list[float]]  # of each workflow, by the ratio's name


@dataclass(frozen=True, kw_only=True)
class ScoredClip:
    """A clip of some workflow: its true label, the answer, and the answer's score if there is one.

    smoothed is its label in the workflow, where that was smoothed with its neighbours.  wearer is "" where
    nobody knows who wore the camera.
    """

    workflow: str
    start_s: float
    end_s: float
    truth: str
    predicted: str
    score: float | None = None
    smoothed: str | None = None
    wearer: str = ""


def score_clips(clips: Sequence[ScoredClip], labels: LabelSet) -> Scores:
    """Score clips, those of one workflow next to each other and in order of time.

    Clips are scored by the labels they were given, workflows as they are compiled from smoothed labels.
    Intervals resample wearers where all are known, otherwise workflows.
    """
    truth, predicted = [clip.truth for clip in clips], [clip.predicted for clip in clips]
    smoothed = [clip.smoothed or clip.predicted for clip in clips]
    ratios = _workflow_ratios(clips, smoothed, labels)
    is_smoothed = any(clip.smoothed for clip in clips)
    as_named = _means(_workflow_ratios(clips, predicted, labels)) if is_smoothed else None
    unit = WEARER if all(clip.wearer for clip in clips) else WORKFLOW
    units = list(_by_unit(clips, unit).values())
    bounds = _ratio_intervals(clips, ratios, unit)
    return Scores(
        f1=weighted_f1(truth, predicted),
        per_activity=f1_per_activity(truth, predicted, labels.labels),
        workflows=len(ratios["names"]),
        ratio=_means(ratios),
        ratio_ci={name: (bounds[name][1] - bounds[name][0]) / 2 if bounds else 0.0 for name in ratios},
        clips=len(clips),
        f1_smoothed=weighted_f1(truth, smoothed) if is_smoothed else None,
        ratio_as_named=as_named,
        f1_interval=f1_interval([_counts(each, labels) for each in units]),
        ratio_interval=bounds,
        interval_unit=unit,
        interval_units=len(units),
        confusion=confusion(clips, labels),
    )


def confusion(clips: Sequence[ScoredClip], labels: LabelSet) -> dict[str, dict[str, int]]:
    """Counts by true label, then by answered label."""
    table = {label: dict.fromkeys(labels.labels, 0) for label in labels.labels}
    for clip in clips:
        table[clip.truth][clip.predicted] += 1
    return table


def _workflow_ratios(clips: Sequence[ScoredClip], given: Sequence[str], labels: LabelSet) -> Ratios:
    """The ratios of each workflow, if its clips had the labels that are given."""
    ratios: Ratios = {name: [] for name in RATIO_METRICS}
    for _, group in groupby(zip(clips, given, strict=True), key=lambda each: each[0].workflow):
        rows = list(group)
        truth = [ClipPrediction(start_s=row.start_s, end_s=row.end_s, label=row.truth) for row, _ in rows]
        predicted = [ClipPrediction(start_s=row.start_s, end_s=row.end_s, label=label) for row, label in rows]
        names = [compile_workflow(each, labels).names for each in (truth, predicted)]
        for name, ratio in RATIO_METRICS.items():
            ratios[name].append(ratio(*names))
    return ratios


def _means(ratios: Ratios) -> dict[str, float]:
    return {name: float(np.mean(values)) for name, values in ratios.items()}


def _ratio_intervals(
    clips: Sequence[ScoredClip], ratios: Ratios, unit: str
) -> dict[str, tuple[float, float]] | None:
    """The interval of each ratio over the units of its workflows; None for a single unit."""
    firsts = [next(group) for _, group in groupby(clips, key=lambda clip: clip.workflow)]
    places: dict[str, list[int]] = {}
    for place, clip in enumerate(firsts):
        places.setdefault(getattr(clip, unit), []).append(place)
    if len(places) < 2:
        return None
    return {
        name: mean_interval([[values[place] for place in each] for each in places.values()])
        for name, values in ratios.items()
    }


def _by_unit(clips: Sequence[ScoredClip], unit: str) -> dict[str, list[ScoredClip]]:
    groups: dict[str, list[ScoredClip]] = {}
    for clip in clips:
        groups.setdefault(getattr(clip, unit), []).append(clip)
    return groups


def _counts(clips: Sequence[ScoredClip], labels: LabelSet) -> list[list[int]]:
    return [list(row.values()) for row in confusion(clips, labels).values()]

"""Score answers against the truth: clips by F1, workflows by three ratios."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from encodings.clip import CLIP_S
from encodings.errors import UserError
from pipelines.evaluation.metrics import RATIOS, f1_per_activity, interval_95, weighted_f1
from pipelines.recognition.workflow import compile_workflow
from pipelines.recordings.annotations.published import CLIP_NAME
from zoo.labels import LabelSet, match_label, parse_label
from zoo.predictions import ClipPrediction

COLUMNS = ("video", "label", "split", "prediction")


class UnreadableTable(UserError):
    """A table of predictions that cannot be scored."""


@dataclass(frozen=True)
class ScoredClip:
    """A clip of some workflow: what it is, what was answered, and how sure that was if it is known.

    settled is its label in the workflow, where that was weighed with the clips around it.
    """

    workflow: str
    start_s: float
    end_s: float
    truth: str
    predicted: str
    score: float | None = None
    smoothed: str | None = None


def score_clips(clips: Sequence[ScoredClip], labels: LabelSet) -> dict:
    """Score clips, those of one workflow next to each other and in order of time.

    Returns f1, per_activity, workflows, ratio, ratio_ci (half width of the 95 % interval) and clips.  Clips
    are scored as they were named, workflows as they are written: where labels were settled, f1_settled and
    ratio_as_named say what either would be the other way round.
    """
    truth, predicted = [clip.truth for clip in clips], [clip.predicted for clip in clips]
    smoothed = [clip.smoothed or clip.predicted for clip in clips]
    ratios = _workflow_ratios(clips, smoothed, labels)
    scores = {
        "f1": weighted_f1(truth, predicted),
        "per_activity": f1_per_activity(truth, predicted, labels.labels),
        "workflows": len(ratios["names"]),
        "ratio": {name: float(np.mean(values)) for name, values in ratios.items()},
        "ratio_ci": {name: interval_95(values) for name, values in ratios.items()},
        "clips": len(clips),
    }
    if any(clip.smoothed for clip in clips):
        scores["f1_settled"] = weighted_f1(truth, smoothed)
        as_named = _workflow_ratios(clips, predicted, labels)
        scores["ratio_as_named"] = {name: float(np.mean(values)) for name, values in as_named.items()}
    return scores


def score(path: Path, labels: LabelSet, split: str = "testing") -> dict:
    """Score the rows of one split of a table in the published layout, or all if it has none of it.

    A prediction that is no label of the set counts as No action.  Raises UnreadableTable.
    """
    table = _read(path)
    has_split = bool((table["split"] == split).any())
    clips = _clips(table[table["split"] == split] if has_split else table, path, labels)
    return {**score_clips(clips, labels), "split": split if has_split else "all"}


def _workflow_ratios(
    clips: Sequence[ScoredClip], given: Sequence[str], labels: LabelSet
) -> dict[str, list[float]]:
    """The ratios of each workflow, if its clips had the labels that are given."""
    ratios: dict[str, list[float]] = {name: [] for name in RATIOS}
    for _, group in groupby(zip(clips, given, strict=True), key=lambda each: each[0].workflow):
        rows = list(group)
        truth = [ClipPrediction(start_s=row.start_s, end_s=row.end_s, label=row.truth) for row, _ in rows]
        predicted = [ClipPrediction(start_s=row.start_s, end_s=row.end_s, label=label) for row, label in rows]
        names = [compile_workflow(each, labels).names for each in (truth, predicted)]
        for name, ratio in RATIOS.items():
            ratios[name].append(ratio(*names))
    return ratios


def _read(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # pandas' parser errors are ValueErrors
        raise UnreadableTable(
            f"{path.name} cannot be read as a table; expected a CSV of {', '.join(COLUMNS)}."
        ) from error
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing or table.empty:
        found = "no rows" if table.empty and not missing else f"the columns {', '.join(table.columns)}"
        raise UnreadableTable(f"{path.name} has {found}; expected rows of {', '.join(COLUMNS)}.")
    return table


def _clips(table: pd.DataFrame, path: Path, labels: LabelSet) -> list[ScoredClip]:
    """The rows in natural order (workflow, part, index), each part going on where the last one ended."""
    rows = sorted((*_place(row.video, path), row.label, row.prediction) for row in table.itertuples())
    clips: list[ScoredClip] = []
    before, offset_s = None, 0.0
    for uuid, part, index, label, prediction in rows:
        if before != (uuid, part):
            end_s = clips[-1].end_s if before and before[0] == uuid else 0.0
            before, offset_s = (uuid, part), end_s - index * CLIP_S
        start_s = offset_s + index * CLIP_S
        truth, predicted = parse_label(label, labels), match_label(prediction, labels)
        clips.append(ScoredClip(uuid, start_s, start_s + CLIP_S, truth, predicted))
    return clips


def _place(video: str, path: Path) -> tuple[str, int, int]:
    """(uuid, part, index) of a clip's file name."""
    name = CLIP_NAME.fullmatch(Path(video).name)
    if name is None:
        raise UnreadableTable(
            f"{path.name} names the clip “{video}”; expected <recording>_<part>_<index>.mp4."
        )
    return name["uuid"], int(name["part"]), int(name["index"])

"""Score a table of predictions in the published layout: video, label, split, prediction."""

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from encodings.clip import CLIP_S
from encodings.errors import UserError
from pipelines.metrics import RATIOS, f1_per_activity, interval_95, weighted_f1
from pipelines.workflow import compile_workflow
from zoo.answers import ClipPrediction
from zoo.labels import LabelSet, match_label, parse_label

COLUMNS = ("video", "label", "split", "prediction")
CLIP_NAME = re.compile(r"(?P<uuid>.+)_(?P<part>\d+)_(?P<index>\d+)(\.\w+)?")


class UnreadableTable(UserError):
    """A table of predictions that cannot be scored."""


@dataclass(frozen=True)
class ScoredClip:
    """One row: which clip of which workflow, what it is, what was answered."""

    workflow: str
    part: int
    index: int
    truth: str
    predicted: str


def score(path: Path, labels: LabelSet, split: str = "testing") -> dict:
    """Score the rows of one split, or all rows if the table has none of it.

    Returns f1, per_activity, workflows, ratio and its 95 % half width ratio_ci, clips, split.
    A prediction that is no label of the set counts as No action.  Raises UnreadableTable.
    """
    table = _read(path)
    has_split = bool((table["split"] == split).any())
    clips = _clips(table[table["split"] == split] if has_split else table, path, labels)
    truth, predicted = [c.truth for c in clips], [c.predicted for c in clips]
    ratios = _workflow_ratios(clips, labels)
    return {
        "f1": weighted_f1(truth, predicted),
        "per_activity": f1_per_activity(truth, predicted, labels.labels),
        "workflows": len(ratios["names"]),
        "ratio": {name: float(np.mean(values)) for name, values in ratios.items()},
        "ratio_ci": {name: interval_95(values) for name, values in ratios.items()},
        "clips": len(clips),
        "split": split if has_split else "all",
    }


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
    """The rows in natural order: workflow, part, index."""
    clips = []
    for row in table.itertuples():
        name = CLIP_NAME.fullmatch(Path(row.video).name)
        if name is None:
            raise UnreadableTable(
                f"{path.name} names the clip “{row.video}”; expected <recording>_<part>_<index>.mp4."
            )
        predicted = match_label(row.prediction, labels)
        truth = parse_label(row.label, labels)
        clips.append(ScoredClip(name["uuid"], int(name["part"]), int(name["index"]), truth, predicted))
    return sorted(clips, key=lambda clip: (clip.workflow, clip.part, clip.index))


def _workflow_ratios(clips: list[ScoredClip], labels: LabelSet) -> dict[str, list[float]]:
    ratios: dict[str, list[float]] = {name: [] for name in RATIOS}
    for _, group in groupby(clips, key=lambda clip: clip.workflow):
        rows = list(group)
        truth = compile_workflow(_in_time(rows, "truth"), labels).names
        predicted = compile_workflow(_in_time(rows, "predicted"), labels).names
        for name, ratio in RATIOS.items():
            ratios[name].append(ratio(truth, predicted))
    return ratios


def _in_time(rows: list[ScoredClip], which: str) -> list[ClipPrediction]:
    """Clips of one workflow on one clock: a new part goes on where the last one ended."""
    clips, offset_s, part, end_s = [], 0.0, rows[0].part, 0.0
    for row in rows:
        if row.part != part:
            part, offset_s = row.part, end_s - row.index * CLIP_S
        start_s = offset_s + row.index * CLIP_S
        end_s = start_s + CLIP_S
        clips.append(ClipPrediction(start_s, end_s, getattr(row, which)))
    return clips

"""Tables of predictions beside true labels, as CSV: read to be scored, and written by `evaluate`.

Three layouts are read: the published one (video,label,split,prediction), where label is the true label; the
page's table of one model (start_s,end_s,label,…,truth), where label is the prediction; and the page's table
of a comparison, with a column for each variant.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from encodings.clip import CLIP_S
from encodings.errors import UserError
from pipelines.evaluation.comparison_report import CHANCE, CONSENSUS, TRUTH
from pipelines.evaluation.score import ScoredClip, score_clips
from pipelines.recognition.smoothing import SMOOTHED
from pipelines.recordings.annotations.published import CLIP_NAME
from zoo.evaluation import Scores
from zoo.labels import LabelSet, match_label, parse_label
from zoo.variants import VARIANTS

COLUMNS = ("video", "label", "split", "prediction")  # the published layout
SPAN = ("start_s", "end_s")
COMPARED = (*(each.key for each in VARIANTS), CONSENSUS, CHANCE)


class UnreadableTable(UserError):
    """A table of predictions that cannot be scored."""


@dataclass(frozen=True)
class ScoredTable:
    """The scores of a table: those of its one column of predictions, or by column those of a comparison.

    split is that of the rows that were scored, “all” in a table without splits.
    """

    scores: Scores | Mapping[str, Scores]
    split: str

    def to_json(self) -> dict[str, Any]:
        """Plain data: the scores of one column beside the split, of a comparison under “columns”."""
        if isinstance(self.scores, Scores):
            return {**self.scores.to_json(), "split": self.split}
        return {"columns": {name: each.to_json() for name, each in self.scores.items()}, "split": self.split}


def score(path: Path, labels: LabelSet, split: str = "testing") -> ScoredTable:
    """Score a table of predictions in one of the three layouts.

    Of a published table the rows of one split are scored, or all if it has none of it; of the page's tables
    every row that has a true label and a prediction.  A prediction that is no label of the set counts as
    No action.  Raises UnreadableTable, and UnknownLabels for a true label of no label set.
    """
    table = _read(path)
    if set(COLUMNS) <= set(table.columns):
        has_split = bool((table["split"] == split).any())
        clips = _clips(table[table["split"] == split] if has_split else table, path, labels)
        return ScoredTable(score_clips(clips, labels), split if has_split else "all")
    _check_truth(table, path)
    if "label" in table.columns:
        return ScoredTable(score_clips(_page_clips(table, "label", SMOOTHED, path, labels), labels), "all")
    scores = {}
    for name in COMPARED:
        if name in table.columns and (clips := _page_clips(table, name, f"{name} {SMOOTHED}", path, labels)):
            scores[name] = score_clips(clips, labels)
    return ScoredTable(scores, "all")


def write_predictions(clips: Sequence[ScoredClip], split: str, path: Path) -> None:
    """Write answers in the published layout, the clips numbered by their time."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for clip in clips:
            index = round(clip.start_s / CLIP_S)
            writer.writerow((f"{clip.workflow}_0_{index}.mp4", clip.truth, split, clip.predicted))


def _read(path: Path) -> pd.DataFrame:
    """A table in one of the three layouts, every cell as text."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # pandas' parser errors are ValueErrors
        raise UnreadableTable(
            f"{path.name} cannot be read as a table; expected a CSV of {', '.join(COLUMNS)}."
        ) from error
    columns = set(table.columns)
    is_page_table = set(SPAN) <= columns and bool(columns & {"label", *COMPARED})
    if not is_page_table and not set(COLUMNS) <= columns:
        raise UnreadableTable(
            f"{path.name} has the columns {', '.join(map(str, table.columns))}; expected "
            f"{', '.join(COLUMNS)}, or a table that the page or `compare` wrote."
        )
    if table.empty:
        raise UnreadableTable(f"{path.name} has no rows; expected a row for each clip.")
    return table


def _check_truth(table: pd.DataFrame, path: Path) -> None:
    """Predictions alone cannot be scored.  Raises UnreadableTable."""
    if TRUTH in table.columns and (table[TRUTH] != "").any():
        return
    got = "an empty column truth" if TRUTH in table.columns else "no column truth"
    raise UnreadableTable(
        f"{path.name} has predictions and {got}; expected the true label of a clip in each row. Add the "
        "recording's true labels on the page and download the table again, or fill in a column truth."
    )


def _page_clips(
    table: pd.DataFrame, predicted: str, smoothed: str, path: Path, labels: LabelSet
) -> list[ScoredClip]:
    """The clips of one recording that have a true label and a prediction in the column `predicted`.

    Labels in the workflow count as smoothed if they differ from the predictions anywhere.
    """
    table = table[(table[TRUTH] != "") & (table[predicted] != "")]
    is_smoothed = smoothed in table.columns and bool((table[smoothed] != table[predicted]).any())
    return [
        ScoredClip(
            workflow=path.stem,
            start_s=_seconds(row["start_s"], path),
            end_s=_seconds(row["end_s"], path),
            truth=parse_label(row[TRUTH], labels),
            predicted=match_label(row[predicted], labels),
            smoothed=match_label(row[smoothed], labels) if is_smoothed else None,
        )
        for row in table.to_dict("records")
    ]


def _seconds(text: str, path: Path) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise UnreadableTable(f"{path.name} has the time “{text}”; expected seconds such as 4.00.")
    return seconds


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
        clips.append(
            ScoredClip(
                workflow=uuid, start_s=start_s, end_s=start_s + CLIP_S, truth=truth, predicted=predicted
            )
        )
    return clips


def _place(video: str, path: Path) -> tuple[str, int, int]:
    """(uuid, part, index) of a clip's file name."""
    name = CLIP_NAME.fullmatch(Path(video).name)
    if name is None:
        raise UnreadableTable(
            f"{path.name} names the clip “{video}”; expected <recording>_<part>_<index>.mp4."
        )
    return name["uuid"], int(name["part"]), int(name["index"])

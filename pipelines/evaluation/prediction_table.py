"""Tables of predictions beside true labels, as CSV: read to be scored, and written by `evaluate`.

Three layouts are read: the published one (video,label[,split],prediction), where label is the true label; the
page's table of one model (start_s,end_s,label,…,truth), where label is the prediction; and the page's table
of a comparison, with a column for each model.  Each may be in any spelling that spreadsheets make of it.
"""

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd

from encodings.clip import CLIP_S
from encodings.errors import UserError
from pipelines.evaluation.comparison_report import CHANCE, CONSENSUS, TRUTH
from pipelines.evaluation.score import ScoredClip, score_clips
from pipelines.recognition.smoothing import SMOOTHED
from pipelines.recordings.annotations.entries import UnreadableLabels
from pipelines.recordings.annotations.label_studio import is_json
from pipelines.recordings.annotations.names import LabelNames, UnknownNames
from pipelines.recordings.annotations.published import CLIP_NAME
from pipelines.recordings.annotations.registry import open_labels
from pipelines.recordings.annotations.table import EXPECTED as OF_LABELS
from pipelines.recordings.annotations.table import LabelTable, find_header, without_header
from pipelines.recordings.annotations.times import parse_time
from zoo.evaluation import Scores
from zoo.labels import LabelSet

COLUMNS = ("video", "label", "split", "prediction")  # the published layout
NEEDED = frozenset(("video", "label", "prediction"))  # of them; without a split all rows count
SPAN = ("start_s", "end_s")
SCORE = " score"  # ends the name of the column that is beside a model's labels in a comparison


EXPECTED = f"a CSV with {', '.join(COLUMNS)}, or a table that the page or `compare` wrote"


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


@dataclass(frozen=True)
class Predictions:
    """A table of predictions: its cells as text by column, in lower case; titles are columns as written."""

    path: Path
    cells: pd.DataFrame
    titles: dict[str, str] = field(default_factory=dict)

    @property
    def compared(self) -> list[str]:
        """The columns of a comparison that hold labels: of each model, of the consensus, of chance."""
        columns = list(self.cells.columns)
        return [each for each in columns if f"{each}{SCORE}" in columns or each in (CONSENSUS, CHANCE)]


def score(
    path: Path, labels: LabelSet, split: str = "testing", mapping: Mapping[str, str] | None = None
) -> ScoredTable:
    """Score a table of predictions in one of the three layouts.

    Of a published table the rows of one split are scored, or all if it has none of it; of the page's tables
    every row that has a true label and a prediction.  A prediction that is no label of the set counts as
    No action.  mapping gives labels of the set, or "" for none, by other names.  Raises UnreadableTable,
    UnknownNames for true labels that are not of the set, and BadMapping.
    """
    table, names = _read(path), LabelNames(labels, mapping or {})
    cells = table.cells
    if set(cells.columns) >= NEEDED:
        has_split = "split" in cells.columns and bool((cells["split"] == split).any())
        clips = _clips(
            _known(cells[cells["split"] == split] if has_split else cells, "label", table, names), path
        )
        return ScoredTable(score_clips(clips, labels), split if has_split else "all")
    _check_truth(cells, path)
    cells = _known(cells[cells[TRUTH] != ""], TRUTH, table, names)
    if "label" in cells.columns:
        return ScoredTable(score_clips(_page_clips(cells, "label", SMOOTHED, path, names), labels), "all")
    scores = {}
    for name in table.compared:
        if clips := _page_clips(cells, name, f"{name} {SMOOTHED}", path, names):
            scores[table.titles[name]] = score_clips(clips, labels)
    return ScoredTable(scores, "all")


def _known(cells: pd.DataFrame, column: str, table: Predictions, names: LabelNames) -> pd.DataFrame:
    """The rows whose true label is not left out, that label in its one spelling.  Raises UnknownNames."""
    unknown = Counter(text for text in cells[column] if not names.knows(text))
    if unknown:
        raise UnknownNames(tuple(text for text, _ in unknown.most_common()), table.path.name, names.labels)
    parsed = [names.parse(text) for text in cells[column]]
    kept = cells.assign(**{column: parsed})[[label is not None for label in parsed]]
    if kept.empty:
        raise UnreadableTable(f"{table.path.name} has no row whose true label counts; map fewer to nothing.")
    if "prediction" in kept.columns:
        kept = kept.assign(prediction=[names.match(text) for text in kept["prediction"]])
    return kept


def write_predictions(clips: Sequence[ScoredClip], split: str, path: Path) -> None:
    """Write answers in the published layout, the clips numbered by their time."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for clip in clips:
            index = round(clip.start_s / CLIP_S)
            writer.writerow((f"{clip.workflow}_0_{index}.mp4", clip.truth, split, clip.predicted))


def _read(path: Path) -> Predictions:
    """A table in one of the three layouts, every cell as text.  Raises UnreadableTable."""
    try:
        text, _ = open_labels(path)
        if is_json(text):
            return _of_json(text, path)
        table = find_header(text, path.name, _is_header)
        bare = without_header(text, path.name)
    except UnreadableLabels as error:
        raise UnreadableTable(str(error).replace(OF_LABELS, f"expected {EXPECTED}")) from error
    if table is None:
        shown = ", ".join(" ".join(cell.split())[:40] for cell in bare.rows[0].cells[:8])
        raise UnreadableTable(f"{path.name} has the columns {shown}; expected {EXPECTED}.")
    return Predictions(path, _cells(table), dict(zip(table.columns, table.titles, strict=True)))


def _of_json(text: str, path: Path) -> Predictions:
    """The table of a comparison or a recognition that the page or the command line wrote as JSON."""
    try:
        data = json.loads(text)
        runs = (
            {run["key"]: run["clips"] for run in data["runs"]} if "runs" in data else {"label": data["clips"]}
        )
        longest = max(runs.values(), key=len)
        columns = {name: [str(clip[name]) for clip in longest] for name in SPAN}
        for key, clips in runs.items():
            columns[key] = [clip["label"] for clip in clips]
            columns[f"{key}{SCORE}"] = columns[key]
            columns[f"{key} {SMOOTHED}"] = [clip[SMOOTHED] for clip in clips]
        if "runs" in data:
            columns[TRUTH] = [label or "" for label in data["true_labels"]]
            columns[CONSENSUS] = [vote["label"] for vote in data["consensus"]]
            columns[CHANCE] = list(data["chance"]["labels"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableTable(
            f"{path.name} is JSON, but no result of this program; expected {EXPECTED}."
        ) from error
    count = len(columns[SPAN[0]])
    filled = {name.casefold(): (values + [""] * count)[:count] for name, values in columns.items()}
    filled[SMOOTHED] = filled.pop(f"label {SMOOTHED}", [""] * count)
    return Predictions(path, pd.DataFrame(filled, dtype=str), {name.casefold(): name for name in columns})


def _is_header(columns: frozenset[str]) -> bool:
    has_labels = columns & {"label", CONSENSUS} or any(each.endswith(SCORE) for each in columns)
    return columns >= NEEDED or (columns >= {*SPAN} and bool(has_labels))


def _cells(table: LabelTable) -> pd.DataFrame:
    columns = [name for name in dict.fromkeys(table.columns) if name]
    return pd.DataFrame({name: [table.cell(row, name) for row in table.rows] for name in columns}, dtype=str)


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
    table: pd.DataFrame, predicted: str, smoothed: str, path: Path, names: LabelNames
) -> list[ScoredClip]:
    """The clips of one recording that have a true label and a prediction in the column `predicted`.

    Labels in the workflow count as smoothed if they differ from the predictions anywhere.
    """
    table = table[table[predicted] != ""]
    is_smoothed = smoothed in table.columns and bool((table[smoothed] != table[predicted]).any())
    return [
        ScoredClip(
            workflow=path.stem,
            start_s=_seconds(row["start_s"], path),
            end_s=_seconds(row["end_s"], path),
            truth=row[TRUTH],
            predicted=names.match(row[predicted]),
            smoothed=names.match(row[smoothed]) if is_smoothed else None,
        )
        for row in table.to_dict("records")
    ]


def _seconds(text: str, path: Path) -> float:
    seconds = parse_time(text)
    if not isfinite(seconds):
        raise UnreadableTable(f"{path.name} has the time “{text[:40]}”; expected seconds such as 4.00.")
    return seconds


def _clips(table: pd.DataFrame, path: Path) -> list[ScoredClip]:
    """The rows in natural order (workflow, part, index), each part going on where the last one ended."""
    rows = sorted((*_place(row.video, path), row.label, row.prediction) for row in table.itertuples())
    clips: list[ScoredClip] = []
    before, offset_s = None, 0.0
    for uuid, part, index, label, prediction in rows:
        if before != (uuid, part):
            end_s = clips[-1].end_s if before and before[0] == uuid else 0.0
            before, offset_s = (uuid, part), end_s - index * CLIP_S
        start_s = offset_s + index * CLIP_S
        clips.append(
            ScoredClip(
                workflow=uuid, start_s=start_s, end_s=start_s + CLIP_S, truth=label, predicted=prediction
            )
        )
    return clips


def _place(video: str, path: Path) -> tuple[str, int, int]:
    """(uuid, part, index) of a clip's file name."""
    name = CLIP_NAME.fullmatch(Path(video).name)
    if name is None:
        raise UnreadableTable(
            f"{path.name} names the clip “{video[:80]}”; expected <recording>_<part>_<index>.mp4."
        )
    return name["uuid"], int(name["part"]), int(name["index"])

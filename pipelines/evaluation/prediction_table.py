"""Tables of predictions beside true labels, as CSV: read to be scored, and written by `evaluate`."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from encodings.clip import CLIP_S
from encodings.errors import UserError
from pipelines.evaluation.score import ScoredClip, score_clips
from pipelines.recordings.annotations.published import CLIP_NAME
from zoo.labels import LabelSet, match_label, parse_label

COLUMNS = ("video", "label", "split", "prediction")


class UnreadableTable(UserError):
    """A table of predictions that cannot be scored."""


def score(path: Path, labels: LabelSet, split: str = "testing") -> dict:
    """Score the rows of one split of a table in the published layout, or all if it has none of it.

    A prediction that is no label of the set counts as No action.  Raises UnreadableTable.
    """
    table = _read(path)
    has_split = bool((table["split"] == split).any())
    clips = _clips(table[table["split"] == split] if has_split else table, path, labels)
    return {**score_clips(clips, labels).to_json(), "split": split if has_split else "all"}


def write_predictions(clips: Sequence[ScoredClip], split: str, path: Path) -> None:
    """Write answers in the published layout, the clips numbered by their time."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for clip in clips:
            index = round(clip.start_s / CLIP_S)
            writer.writerow((f"{clip.workflow}_0_{index}.mp4", clip.truth, split, clip.predicted))


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

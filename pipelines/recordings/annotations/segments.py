"""The layout start_s,end_s,label: one segment a row, with a column video if there are several recordings."""

from dataclasses import replace
from pathlib import Path

from pipelines.recordings.annotations.segment import Segment
from pipelines.recordings.annotations.table import LabelTable, Row, UnreadableLabels
from zoo.labels import LabelSet

COLUMNS = frozenset(("start_s", "end_s", "label"))


def read(table: LabelTable, recording: str, labels: LabelSet) -> list[Segment]:
    """The segments of one recording, in the table's order.  Raises UnreadableLabels."""
    if "video" in table.columns:
        table = _of_recording(table, recording)
    return [_segment(table, row, labels) for row in table.rows]


def _segment(table: LabelTable, row: Row, labels: LabelSet) -> Segment:
    try:
        start_s, end_s = float(row.cells["start_s"]), float(row.cells["end_s"])
    except (TypeError, ValueError):
        start_s = end_s = float("nan")
    if not 0 <= start_s < end_s < float("inf"):
        raise table.error(
            row,
            f"start_s is “{row.cells['start_s']}” and end_s is “{row.cells['end_s']}”; "
            "give seconds from 0 on, the end after the start.",
        )
    return Segment(table.label(row, labels), start_s, end_s)


def _of_recording(table: LabelTable, recording: str) -> LabelTable:
    """The rows of one recording; its name decides where a table lists several."""
    videos = {row.cells["video"] for row in table.rows}
    matching = {video for video in videos if Path(video or "").name == recording}
    named = matching if len(videos) > 1 else videos
    if len(named) != 1:
        raise UnreadableLabels(
            f"{table.name} lists {len(videos)} recordings, and {len(named)} of them are called {recording}; "
            "give the rows of this recording alone."
        )
    return replace(table, rows=tuple(row for row in table.rows if row.cells["video"] in named))

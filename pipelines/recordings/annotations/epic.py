"""EPIC-KITCHENS and tables like it: a narration, verb and noun for each stretch of each video."""

from pipelines.recordings.annotations.entries import Annotations, Unit
from pipelines.recordings.annotations.table import LabelTable

TIMES = {  # start and end by column, the first pair that is there
    ("start_timestamp", "stop_timestamp"): Unit.SECONDS,
    ("start_sec", "end_sec"): Unit.SECONDS,
    ("start_sec", "stop_sec"): Unit.SECONDS,
    ("start_frame", "stop_frame"): Unit.FRAMES,
}
NAMES = ("narration", "verb", "noun")  # each names the same stretches


def matches(columns: frozenset[str]) -> bool:
    """Whether a header has a video, its times, and a narration, verb or noun."""
    return "video_id" in columns and bool(columns & {*NAMES}) and _times(columns) is not None


def _times(columns: frozenset[str]) -> tuple[str, str] | None:
    return next((pair for pair in TIMES if set(pair) <= columns), None)


def read(table: LabelTable) -> Annotations:
    """Every stretch of every video, once for each of the columns that name it."""
    start, end = pair = _times(frozenset(table.columns))
    entries = tuple(
        table.entry(
            row,
            start,
            end,
            TIMES[pair],
            label=table.cell(row, name),
            tier=name,
            video=table.cell(row, "video_id"),
        )
        for name in NAMES
        if name in table.columns
        for row in table.rows
    )
    source = "annotations of EPIC-KITCHENS" if "narration" in table.columns else "a table of verbs and nouns"
    return Annotations(file=table.name, source=source, entries=entries, alternatives=True)

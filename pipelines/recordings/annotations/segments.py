"""Plain tables: start_s,end_s,label, a row a segment, in the spellings that people give these columns."""

from dataclasses import replace

from pipelines.recordings.annotations.entries import Annotations, Entry, Unit, UnreadableLabels
from pipelines.recordings.annotations.table import LabelTable, Row

START = ("start", "begin", "onset", "start time", "begin time", "start_time", "from", "t_start", "starttime")
END = ("end", "stop", "offset", "end time", "stop time", "end_time", "stop_time", "to", "t_end", "endtime")
DURATION = ("duration", "length")
LABEL = ("label", "activity", "action", "behavior", "behaviour", "class", "annotation", "category", "name")
VIDEO = ("video", "video_id", "video_name", "file", "filename", "file_name", "clip", "recording")
EXTRA = ("wearer", "gaze", "split", "workflow")  # read by `gather`
TRUTH, PREDICTIONS = "truth", ("score", "origin", "consensus", "encoding")
# How the unit of a time is written after its name.
UNITS = {
    Unit.SECONDS: ("_s", "_sec", "_secs", "_seconds", " (s)", " [s]", " (sec)", " [sec]", " (seconds)", " s"),
    Unit.MILLISECONDS: (
        "_ms",
        "_msec",
        " (ms)",
        " [ms]",
        " (msec)",
        " ms",
        "_milliseconds",
        " (milliseconds)",
    ),
    Unit.MICROSECONDS: ("_us", "_µs", "_μs", " (us)", " [us]", " (µs)", " [µs]", " [μs]", "_microseconds"),
    Unit.FRAMES: ("_frame", " frame", "_f", " (frame)", " (frames)", " [frames]"),
    Unit.UNKNOWN: ("",),
}


def spellings(names: tuple[str, ...]) -> dict[str, Unit]:
    """The unit of a time by the name of its column, the seconds first."""
    return {f"{name}{mark}": unit for unit, marks in UNITS.items() for name in names for mark in marks}


STARTS, ENDS, DURATIONS = map(spellings, (START, END, DURATION))


def matches(columns: frozenset[str]) -> bool:
    """Whether a header has a start, an end or a duration, and a label."""
    has_end = columns & (ENDS.keys() | DURATIONS.keys())
    return bool(columns & STARTS.keys() and has_end and columns & {*LABEL, TRUTH})


def read(table: LabelTable) -> Annotations:
    """Every segment of every video.  Raises UnreadableLabels."""
    start, end, duration = (table.first(*names) for names in (STARTS, ENDS, DURATIONS))
    unit, label, video = STARTS[start], table.first(*LABEL), table.first(*VIDEO)
    if TRUTH in table.columns and set(PREDICTIONS) & set(table.columns):
        label = TRUTH
        if not any(table.cell(row, TRUTH) for row in table.rows):
            raise UnreadableLabels(
                f"{table.name} holds the labels of a model, and its column truth is empty; fill in that "
                "column, or give start_s,end_s,label with the true labels alone."
            )
    if end and ENDS[end] is not unit:
        raise UnreadableLabels(
            f"{table.name} gives {start} and {end}, which differ in their unit; give both as start_s and "
            "end_s."
        )
    label = label or TRUTH
    entries = [
        table.entry(row, start, end, unit, **_fields(table, row, label, video))
        if end
        else with_duration(table.entry(row, start, duration, unit, **_fields(table, row, label, video)))
        for row in table.rows
    ]
    return Annotations(file=table.name, source="a table of segments", entries=tuple(entries))


def with_duration(entry: Entry) -> Entry:
    """An entry whose end was read from a column of durations."""
    return replace(entry, end=entry.start + entry.end)


def _fields(table: LabelTable, row: Row, label: str, video: str | None) -> dict:
    extra = {name: table.cell(row, name) for name in EXTRA if name in table.columns}
    return {"label": table.cell(row, label), "video": table.cell(row, video), "extra": extra}

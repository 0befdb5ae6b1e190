"""Pupil Cloud's events.csv and Pupil Player's annotations.csv: moments, on the recording's own clock."""

import re
from dataclasses import replace
from math import inf, isfinite

from pipelines.recordings.annotations.entries import (
    Annotations,
    Entry,
    Unit,
    UnreadableLabels,
    left_out,
    listed,
)
from pipelines.recordings.annotations.table import LabelTable, Row
from pipelines.recordings.annotations.times import parse_time

STAMP, NAME, RECORDING = "timestamp [ns]", "name", "recording id"
BEGIN, END = "recording.begin", "recording.end"
HALF = re.compile(r"(?P<name>.+?)[ ._-]+(?P<half>begin|start|end|stop)", re.IGNORECASE)
STARTS = ("begin", "start")
UNTIL_NEXT = "An event lasts until the next one."
NANOSECONDS = 1_000_000_000


def is_cloud(columns: frozenset[str]) -> bool:
    """Whether a header is that of events.csv."""
    return columns >= {STAMP, NAME} and not any("gaze" in each for each in columns)


def is_player(columns: frozenset[str]) -> bool:
    """Whether a header is that of Pupil Player's annotations."""
    return columns >= {"timestamp", "label"} and bool(columns & {"index", "duration"})


def read_cloud(table: LabelTable) -> Annotations:
    """The events of a recording, counted from its beginning.  Raises UnreadableLabels without one."""
    recordings = list(dict.fromkeys(table.cell(row, RECORDING) for row in table.rows))
    if len(recordings) > 1:
        raise UnreadableLabels(
            f"{table.name} holds the events of {len(recordings)} recordings, {listed(recordings)}; give "
            "the rows of this one alone."
        )
    events = [(_stamp(table, row), table.cell(row, NAME), row) for row in table.rows]
    begin = next((stamp for stamp, name, _ in events if name == BEGIN), None)
    if begin is None:
        raise UnreadableLabels(
            f"{table.name} has no event {BEGIN}, from which its times count; use events.csv as Pupil Cloud "
            "exports it."
        )
    end = next((stamp for stamp, name, _ in events if name == END), None)
    length_s = (end - begin) / NANOSECONDS if end else inf
    moments = [
        Entry(label=name, start=(stamp - begin) / NANOSECONDS, end=inf, line=row.line, written=f"“{stamp}”")
        for stamp, name, row in events
        if name not in (BEGIN, END)
    ]
    entries, notes = intervals_of(moments, length_s)
    notes += ("Times count from recording.begin, which the video may begin a moment after.",)
    return Annotations(
        file=table.name,
        source="events of Pupil Cloud",
        entries=entries,
        notes=notes,
        length_s=length_s if isfinite(length_s) else None,
    )


def _stamp(table: LabelTable, row: Row) -> int:
    text = table.cell(row, STAMP)
    if not re.fullmatch(r"\d{1,19}", text):
        raise table.error(
            row,
            f"the time is “{text[:40]}”; expected whole nanoseconds, as Pupil Cloud exports them and a "
            "spreadsheet does not keep them.",
        )
    return int(text)


def intervals_of(moments: list[Entry], last: float) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """What lies between X.begin and X.end; without such pairs each moment lasts until the next, or `last`.

    With it come notes on that.
    """
    moments = sorted(moments, key=lambda entry: entry.start)
    halves = [HALF.fullmatch(entry.label.strip()) for entry in moments]
    starts = {half["name"] for half in halves if half and half["half"].casefold() in STARTS}
    ends = {half["name"] for half in halves if half and half["half"].casefold() not in STARTS}
    if starts & ends:
        return _pairs(moments, halves)
    following = [entry.start for entry in moments[1:]] + [last]
    lasting = [replace(entry, end=end) for entry, end in zip(moments, following, strict=True)]
    kept = tuple(entry for entry in lasting if entry.start < entry.end)
    notes = left_out(len(lasting) - len(kept), "event", "at the moment of the next or after the end")
    return kept, ((UNTIL_NEXT,) if moments else ()) + notes


def _pairs(moments: list[Entry], halves: list[re.Match | None]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    going_on: dict[str, Entry] = {}
    pairs, single = [], 0
    for entry, half in zip(moments, halves, strict=True):
        if half is None:
            single += 1
        elif half["half"].casefold() in STARTS:
            single += half["name"] in going_on
            going_on[half["name"]] = replace(entry, label=half["name"])
        elif half["name"] in going_on:
            pairs.append(replace(going_on.pop(half["name"]), end=entry.start))
        else:
            single += 1
    notes = ("Events called X.begin and X.end are read as the beginning and end of X.",)
    return tuple(pairs), notes + left_out(single + len(going_on), "event", "without its other half")


def read_player(table: LabelTable) -> Annotations:
    """The annotations of a recording and the frames they start in; without durations, until the next."""
    entries, notes = [], ()
    for row in table.rows:
        entry = table.entry(row, "timestamp", "duration", Unit.CLOCK, label=table.cell(row, "label"))
        frame = parse_time(table.cell(row, "index"))
        length = entry.end if isfinite(entry.end) else 0.0
        known = int(frame) if 0 <= frame < 1e9 else None
        entries.append(replace(entry, frame=known, end=entry.start + length))
    lasting = [entry for entry in entries if entry.end > entry.start]
    if not lasting:
        lasting, notes = intervals_of([entry for entry in entries if isfinite(entry.start)], inf)
    else:
        notes = left_out(len(entries) - len(lasting), "annotation", "without a duration")
    return Annotations(
        file=table.name, source="annotations of Pupil Player", entries=tuple(lasting), notes=notes
    )

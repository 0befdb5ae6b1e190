"""ELAN's tab-delimited text: times in several notations, tiers as columns or rows, a header or none."""

import re
from dataclasses import replace
from math import isfinite

from pipelines.recordings.annotations.entries import Annotations, Entry, Unit, UnreadableLabels
from pipelines.recordings.annotations.table import LabelTable, Row
from pipelines.recordings.annotations.times import parse_time

# The notations that can be read, the first that is there counts; time codes in frames cannot.
NOTATIONS = {"ss.msec": Unit.SECONDS, "hh:mm:ss.ms": Unit.SECONDS, "msec": Unit.MILLISECONDS}
ALL_NOTATIONS = (*NOTATIONS, "pal", "pal-50fps", "ntsc", "hh:mm:ss:ff", "frames")
TIER, VALUE = ("tier", "tier name"), ("annotation", "annotation value", "value", "text")
NOT_TIERS = (
    "participant",
    "annotator",
    "file name",
    "file path",
    "annotation id",
    "language",
    "section",
    "#",
)
SOURCE = "tab-delimited text of ELAN"
REMEDY = (
    "export it from ELAN with “File > Export As > Tab-delimited Text”, times as ss.msec, and column names"
)
SAME_S = 0.002  # an end less a begin is the duration but for rounding


def matches(columns: frozenset[str]) -> bool:
    """Whether a header has two times in one of ELAN's notations, in whatever language their names are."""
    return any(sum(each.endswith(f" - {notation}") for each in columns) > 1 for notation in ALL_NOTATIONS)


def read(table: LabelTable) -> Annotations:
    """Every annotation of every tier.  Raises UnreadableLabels for time codes in frames alone."""
    times = {
        notation: [each for each in table.columns if each.endswith(f" - {notation}")]
        for notation in NOTATIONS
    }
    notation = next((each for each, columns in times.items() if len(columns) > 1), None)
    if notation is None:
        found = [each for each in table.columns if _is_other(each) and " - " in each]
        raise UnreadableLabels(
            f"{table.name} gives its times as {', '.join(found)}; expected begin and end as ss.msec: "
            f"{REMEDY}."
        )
    # The first column is the begin, the second the end unless it is called a duration.
    begin, end = times[notation][:2]
    is_duration = end.startswith("duration")
    entries = []
    tier, value = table.first(*TIER), table.first(*VALUE)
    tiers = [value] if value else [each for each in table.columns if each and not _is_other(each)]
    for row in table.rows:
        if row.cells[0].startswith("#") and not table.cell(row, begin):
            continue  # the path of the file, and remarks
        for name in filter(lambda name: table.cell(row, name), tiers):
            title = table.cell(row, tier) if value else table.titles[table.columns.index(name)]
            entry = table.entry(row, begin, end, NOTATIONS[notation], label=table.cell(row, name), tier=title)
            entries.append(replace(entry, end=entry.start + entry.end) if is_duration else entry)
    return Annotations(file=table.name, source=SOURCE, entries=tuple(entries))


def _is_other(column: str) -> bool:
    return column.endswith(tuple(f" - {notation}" for notation in ALL_NOTATIONS)) or column in (
        *TIER,
        *NOT_TIERS,
    )


def read_without_header(table: LabelTable) -> Annotations | None:
    """The rows of a table without a header: [tier, participant,] begins, ends[, durations], annotation.

    Each of the three may stand in several notations.  None if the table is not of that kind.
    """
    rows = [row for row in table.rows if not row.cells[0].startswith(("#", '"#'))]
    places = _time_columns(rows)
    groups = _groups(rows, places)
    if groups is None:
        return None
    begin, end, unit = groups
    entries = tuple(_entry(row, begin, end, unit, places) for row in rows)
    note = f"{table.name} has no header: its columns {begin + 1} and {end + 1} are read as begin and end."
    return Annotations(
        file=table.name, source=f"{SOURCE}, or a table without a header", entries=entries, notes=(note,)
    )


def _time_columns(rows: list[Row]) -> list[int]:
    """The columns in which every row has a time, next to each other."""
    width = min((len(row.cells) for row in rows), default=0)
    places = [place for place in range(width) if all(isfinite(parse_time(row.cells[place])) for row in rows)]
    first = places[:1]
    for place in places[1:]:
        if first and place == first[-1] + 1:
            first.append(place)
    return first


def _groups(rows: list[Row], places: list[int]) -> tuple[int, int, Unit] | None:
    """The columns of begin and end, and their unit; None if the times are no begins and ends."""
    for kinds in (3, 2):
        size, rest = divmod(len(places), kinds)
        if size == 0 or rest:
            continue
        begin, end = places[0], places[size]
        spans = [parse_time(row.cells[end]) - parse_time(row.cells[begin]) for row in rows]
        if min(spans) <= 0:
            continue
        if kinds == 3:
            lengths = [parse_time(row.cells[places[2 * size]]) for row in rows]
            if any(abs(span - length) > SAME_S for span, length in zip(spans, lengths, strict=True)):
                continue
        is_seconds = size > 1 or any(re.search(r"[.,:]", row.cells[begin]) for row in rows)
        return begin, end, Unit.SECONDS if is_seconds else Unit.UNKNOWN
    return None


def _entry(row: Row, begin: int, end: int, unit: Unit, places: list[int]) -> Entry:
    others = [cell.strip() for place, cell in enumerate(row.cells) if place not in places]
    after = [cell.strip() for cell in row.cells[places[-1] + 1 :] if cell.strip()]
    label = after[0] if after else next((each for each in reversed(others) if each), "")
    return Entry(
        label=label,
        start=parse_time(row.cells[begin]),
        end=parse_time(row.cells[end]),
        unit=unit,
        tier=row.cells[0].strip() if places[0] > 0 and after else "",
        line=row.line,
        written=f"“{row.cells[begin]}” to “{row.cells[end]}”",
    )

"""A plain table of time, x and y, in any unit, which is inferred from the columns' names and values."""

from pathlib import PurePath

import numpy as np

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.column_names import (
    PointColumns,
    TimeColumn,
    find_points,
    find_recordings,
    find_times,
)
from pipelines.recordings.gaze.files import MAX_NAMES, GazeFiles, UnreadableGaze
from pipelines.recordings.gaze.formats.plain_points import read_points
from pipelines.recordings.gaze.formats.samples import BOTTOM_LEFT, TOP_LEFT, Samples
from pipelines.recordings.gaze.formats.texts import Text, Words
from pipelines.recordings.gaze.time_unit import place_times
from pipelines.recordings.gaze.validity import find_seen_columns, find_unread_columns
from pipelines.recordings.tables import Table, clock_seconds, number, read_columns

COLUMNS = ("t", "x", "y")
MOST = 0.5  # of the rows
MANY_NAMES = 0.5  # a column with more different values, as a share of the rows, counts the rows
# These may change within a recording.
ONE_CLOCK = ("trial", "section", "session", "stimulus", "clip", "id")


def matches(columns: frozenset[str]) -> bool:
    """Whether a header has a time and a point by any of their usual names."""
    names = tuple(sorted(columns))
    return bool(find_times(names)) and bool(find_points(names))


def read(table: Table, files: GazeFiles, video: Video | None) -> Samples:
    """Read the first time and point; each inference is a note.  Raises UnreadableGaze."""
    name = table.source.name
    points_of = _choose_points(find_points(table.columns), name)
    used = {each for point in points_of for each in (point.x, point.y)}
    times_of = [each for each in find_times(table.columns) if each.name not in used]
    if not times_of:
        raise UnreadableGaze(f"“{name}” has points but no time beside them: add a column time_s, in seconds.")
    seen_of = [each for each in find_seen_columns(table.columns) if each.name != times_of[0].name]
    texts = {each: Words() for each in find_recordings(table.columns)}
    converters = dict.fromkeys((*used, *(each.name for each in times_of)), number)
    converters |= {each.name: each.converter() for each in seen_of} | texts
    columns = read_columns(table, converters)
    for each, convert in converters.items():
        if isinstance(convert, Words):
            columns[each] = convert.text(columns[each])
    _read_clocks(table, times_of, columns)
    rows, notes = _choose_rows(columns, texts, columns[times_of[0].name], (name, video))
    columns = {
        each: cells.at(rows) if isinstance(cells, Text) else cells[rows] for each, cells in columns.items()
    }
    time, times_s, timed = _choose_time(times_of, columns, video, name)
    if len([each for each in find_points(table.columns) if not (each.eye or each.deep)]) > 1:
        timed += (f"Of several points “{points_of[0].x}” and “{points_of[0].y}” were read.",)
    unread = find_unread_columns(table.columns)
    if unread:
        timed += (f"Not known, and left unread, is what {', '.join(unread[:MAX_NAMES])} says of gaze.",)
    points, normalised, placed = read_points(columns, points_of, seen_of, (name, video))
    names = (time.name, *(each for point in points_of for each in (point.x, point.y)))
    return Samples(
        source=f"table of {' '.join(names)}",
        times_s=times_s,
        points=points,
        normalised=normalised,
        origin=BOTTOM_LEFT if points_of[0].bottom else TOP_LEFT,
        notes=(*notes, *timed, *placed),
    )


def _read_clocks(table: Table, times_of: list[TimeColumn], columns: dict) -> None:
    """Replace times that are no numbers by the seconds of clock times, in place."""
    texts = [each for each in times_of if np.isnan(columns[each.name]).mean() > MOST]
    clocks = read_columns(table, {each.name: clock_seconds for each in texts}) if texts else {}
    for number_of, each in enumerate(times_of):
        if each.name in clocks and np.isfinite(clocks[each.name]).mean() > MOST:
            columns[each.name] = clocks[each.name]
            times_of[number_of] = TimeColumn(each.name, "seconds")


def _choose_points(found: list[PointColumns], name: str) -> list[PointColumns]:
    """The point of both eyes, or those of each.  Raises UnreadableGaze if there are only directions."""
    flat = [each for each in found if not each.deep]
    if not flat:
        raise UnreadableGaze(
            f"“{name}” has points with x, y and z, which are no points of the video: export gaze in "
            "pixels or in fractions of the frame."
        )
    if not flat[0].eye:
        return flat[:1]
    eyes = [next((each for each in flat if each.eye == eye), None) for eye in ("left", "right")]
    return [each for each in eyes if each]


def _choose_rows(
    columns: dict, texts: dict[str, Words], times: np.ndarray, of: tuple[str, Video | None]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """[N] bool, the rows of the video's recording, if a column tells several apart.

    of is the table's name and the video.  Raises UnreadableGaze.
    """
    name, video = of
    rows, notes = np.ones(len(times), bool), ()
    for column in texts:
        text = columns[column]
        values = [each for each in text.at(rows).used if each]
        if len(values) < 2 or len(values) > MANY_NAMES * rows.sum():
            continue
        named = [each for each in values if video and _stem(each) == _stem(video.name)]
        if len(named) == 1:
            rows &= text.codes == text.words.index(named[0])
            notes += (f"Of several recordings in it, {named[0]} was read, which is named like the video.",)
        elif column.startswith(ONE_CLOCK) and not (np.diff(times[rows]) < 0).any():
            notes += (
                f"“{column}” has several values; all rows were read as one recording, as time runs on.",
            )
        else:
            listed = ", ".join(values[:MAX_NAMES]) + (", …" if len(values) > MAX_NAMES else "")
            raise UnreadableGaze(
                f"“{name}” holds gaze of several recordings ({column}: {listed}): export that of this video "
                "alone."
            )
    return rows, notes


def _stem(name: str) -> str:
    return PurePath(name.replace("\\", "/")).stem.casefold()


def _choose_time(
    times_of: list[TimeColumn], columns: dict[str, np.ndarray], video: Video | None, name: str
) -> tuple[TimeColumn, np.ndarray, tuple[str, ...]]:
    """The first column of times that are on the video's clock, or the first one."""
    placed, refused = [], None
    for column in times_of:
        try:
            placed.append((column, *place_times(columns[column.name], column, video, name)))
        except UnreadableGaze as error:
            refused = refused or error
    if not placed:
        raise refused
    fitting = [each for each in placed if not any("count" in note for note in each[2])]
    column, times_s, notes = (fitting or placed)[0]
    if len(times_of) > 1:
        others = ", ".join(each.name for each in times_of if each is not column)
        notes += (f"Of several times “{column.name}” was read, not {others}.",)
    return column, times_s, notes

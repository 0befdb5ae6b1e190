"""A plain table t, x, y: seconds of the video, and points from the top left in pixels or fractions."""

import numpy as np

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import GazeFiles
from pipelines.recordings.gaze.formats.samples import Samples
from pipelines.recordings.tables import Table, number, read_columns

COLUMNS = ("t", "x", "y")
# Common names of the column of time, with the length of its unit in seconds.
TIMES = {
    **dict.fromkeys(("t", "t_s", "t [s]", "time", "time_s", "time [s]", "seconds"), 1.0),
    **dict.fromkeys(("timestamp", "timestamp_s", "timestamp [s]"), 1.0),
    **dict.fromkeys(("t_ms", "t [ms]", "time_ms", "time [ms]", "timestamp_ms", "timestamp [ms]"), 1e-3),
}
# Common names of the two columns of a point.
POINTS = tuple(
    (form.format("x"), form.format("y"))
    for form in ("{}", "{}_px", "{} [px]", "gaze_{}", "gaze {}", "gaze_{}_px", "gaze {} [px]")
)


def matches(columns: frozenset[str]) -> bool:
    """Whether a header has a time and a point by any of their common names."""
    return bool(columns.intersection(TIMES)) and any(columns.issuperset(pair) for pair in POINTS)


def read(table: Table, files: GazeFiles, video: Video | None) -> Samples:
    """Read the first time and point; if all points lie within 0 to 1 they are fractions of the frame."""
    time = next(name for name in TIMES if name in table.columns)
    pair = next(names for names in POINTS if set(names) <= set(table.columns))
    columns = read_columns(table, dict.fromkeys((time, *pair), number))
    points = np.column_stack([columns[name] for name in pair])
    finite = points[np.isfinite(points)]
    normalised = len(finite) > 0 and bool((finite >= 0).all() and (finite <= 1).all())
    note = "All points lie within 0 to 1 and were read as fractions of the frame from the top left."
    return Samples(
        source=f"table of {' '.join((time, *pair))}",
        times_s=columns[time] * TIMES[time],
        points=points,
        normalised=normalised,
        notes=(note,) if normalised else (),
    )

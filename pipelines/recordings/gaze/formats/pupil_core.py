"""Pupil Core (Pupil Player, Neon Player): seconds of an arbitrary clock, fractions from the bottom left.

Source: docs.pupil-labs.com/core/software/pupil-player, "raw data export"; raw_data_exporter.py of Pupil
Player and Neon Player for the three headers.
"""

import numpy as np

from pipelines.recordings.gaze.clock import Video, check_same_clock, read_world_stamps, video_times
from pipelines.recordings.gaze.files import WORLD_NAME, GazeFiles
from pipelines.recordings.gaze.formats.samples import BOTTOM_LEFT, START_TOGETHER, Samples, mark_unseen
from pipelines.recordings.gaze.formats.world_index import check_world_index, times_by_frame
from pipelines.recordings.tables import Table, number, read_columns

COLUMNS = ("gaze_timestamp", "world_index", "norm_pos_x", "norm_pos_y")
TIMES = ("gaze_timestamp", "timestamp")  # the second in exports before Pupil Player 1.8
INDICES = ("world_index", "index")
CONFIDENCE, X, Y = "confidence", "norm_pos_x", "norm_pos_y"
WORLD_TIME = "timestamps [seconds]"
MIN_CONFIDENCE = 0.6  # Pupil Core's own recommendation


def matches(columns: frozenset[str]) -> bool:
    """Whether a header is one of gaze_positions.csv: of today, the older one, or without a confidence."""
    return columns.issuperset((X, Y)) and not (columns.isdisjoint(TIMES) or columns.isdisjoint(INDICES))


def read(table: Table, files: GazeFiles, video: Video | None) -> Samples:
    """Read gaze_positions.csv; samples of low confidence are not seen.  Raises UnreadableGaze.

    Times come from world_timestamps.csv; without it each sample lies in the frame that its world_index names.
    """
    time, index = _first(TIMES, table), _first(INDICES, table)
    names = [name for name in (time, index, CONFIDENCE, X, Y) if name in table.columns]
    columns = read_columns(table, dict.fromkeys(names, number))
    stamps, frame_index = columns[time], columns.get(index)
    points = np.column_stack((columns[X], 1 - columns[Y]))
    unsure = ~(columns[CONFIDENCE] >= MIN_CONFIDENCE) if CONFIDENCE in columns else None  # NaN is unsure, too
    notes = mark_unseen(points, unsure, f"of a confidence under {MIN_CONFIDENCE}")
    source = f"Pupil Core, {'with' if files.world else 'without'} {WORLD_NAME}"
    if files.world:
        source = f"Pupil Core, with {files.world.name}"
        world = read_world_stamps(files.world, WORLD_TIME, number)
        check_same_clock(table.source.name, stamps, world, 1.0, files.world.name)
        times_s, assumed = video_times(stamps, world, 1.0, video, files.world.name)
        assumed += check_world_index(stamps, frame_index, world, files.world.name)
    elif video and frame_index is not None:
        times_s, assumed = times_by_frame(table.source.name, stamps, frame_index, video)
    else:
        times_s = stamps - np.nanmin(stamps, initial=np.inf)
        assumed = (f"Without {WORLD_NAME} and world_index {START_TOGETHER}.",) if video else ()
    return Samples(
        source=source,
        times_s=times_s,
        points=points,
        normalised=True,
        origin=BOTTOM_LEFT,
        notes=assumed + notes,
    )


def _first(names: tuple[str, ...], table: Table) -> str:
    """The first of some names that a table has as a column, or else the first."""
    return next((name for name in names if name in table.columns), names[0])

"""Pupil Cloud (Neon, Invisible): UTC nanoseconds, pixels from the top left."""

import numpy as np

from pipelines.recordings.gaze.clock import (
    NANOSECOND_S,
    Video,
    check_same_clock,
    read_start_time_ns,
    read_world_stamps,
    video_times,
)
from pipelines.recordings.gaze.files import INFO_NAME, WORLD_NAME, GazeFiles
from pipelines.recordings.gaze.formats.samples import START_TOGETHER, Samples, mark_unseen
from pipelines.recordings.gaze.formats.scene_camera import camera_size
from pipelines.recordings.gaze.formats.sections import RECORDING, SECTION, Names, choose_recording
from pipelines.recordings.tables import (
    NO_TIME,
    Table,
    check_distinct,
    is_given,
    is_no,
    nanoseconds,
    number,
    read_columns,
)

TIME, X, Y = COLUMNS = ("timestamp [ns]", "gaze x [px]", "gaze y [px]")
WORN, BLINK = "worn", "blink id"


def matches(columns: frozenset[str]) -> bool:
    """Whether a header is one of Pupil Cloud's gaze.csv."""
    return columns.issuperset(COLUMNS)


def read(table: Table, files: GazeFiles, video: Video | None) -> Samples:
    """Read gaze.csv; samples in blinks and with the glasses off are not seen.  Raises UnreadableGaze."""
    recordings = Names()
    converters = {TIME: nanoseconds, X: number, Y: number}
    others = {WORN: is_no, BLINK: is_given, RECORDING: recordings, SECTION: Names()}
    converters |= {name: convert for name, convert in others.items() if name in table.columns}
    columns = read_columns(table, converters)
    chosen = choose_recording(columns, recordings.names, columns[TIME], files)
    columns = {name: values[chosen.rows] for name, values in columns.items()}
    stamps, points = columns[TIME], np.column_stack((columns[X], columns[Y]))
    notes = chosen.notes + mark_unseen(points, columns.get(WORN), "with the glasses off")
    notes += mark_unseen(points, columns.get(BLINK), "in blinks")
    times_s, source = np.full(len(stamps), np.nan), "Pupil Cloud"
    timed = stamps != NO_TIME
    if timed.any():
        check_distinct(table.source, stamps[timed])
        times_s[timed], clock, assumed = _times(stamps[timed], files, video)
        source, notes = f"{source}, {clock}", assumed + notes
    return Samples(
        source=source,
        times_s=times_s,
        points=points,
        normalised=False,
        frame_size_px=camera_size(points, files, video),
        notes=notes,
    )


def _times(
    stamps: np.ndarray, files: GazeFiles, video: Video | None
) -> tuple[np.ndarray, str, tuple[str, ...]]:
    """Seconds of video at each stamp, the file that gave the clock, and notes on what was assumed."""
    if files.world:
        world = read_world_stamps(files.world, TIME, nanoseconds)
        check_same_clock(files.gaze.name, stamps, world, NANOSECOND_S, files.world.name)
        times_s, notes = video_times(stamps, world, NANOSECOND_S, video, files.world.name)
        return times_s, f"with {files.world.name}", notes
    start_ns = read_start_time_ns(files.info)
    if start_ns is not None:
        note = f"Without {WORLD_NAME} the video was assumed to begin at the start_time of {INFO_NAME}."
        return (stamps - start_ns) * NANOSECOND_S, f"with {INFO_NAME}", (note,)
    note = f"Without {WORLD_NAME} and {INFO_NAME} {START_TOGETHER}."
    return (stamps - stamps.min()) * NANOSECOND_S, f"without {WORLD_NAME}", (note,)

"""Clocks: from the time stamps of an eye tracker to seconds after the video's first frame."""

import json
from dataclasses import dataclass

import numpy as np

from pipelines.limits import MAX_INFO_BYTES
from pipelines.recordings.gaze.files import UnreadableGaze
from pipelines.recordings.source import Source
from pipelines.recordings.tables import (
    NO_TIME,
    Convert,
    check_distinct,
    open_table,
    read_columns,
    reading,
)

# World timestamps and frames that differ by no more than this (rows, or a share of the frames) are
# of one recording: recorders drop a frame or two at the end.
MAX_ROWS_OFF, MAX_SHARE_OFF = 5, 0.01


@dataclass(frozen=True, eq=False)
class Video:
    """What reading gaze must know of its video: frame times [F] in seconds, size in pixels as displayed."""

    times_s: np.ndarray
    width: int
    height: int


def read_world_stamps(source: Source, column: str, convert: Convert) -> np.ndarray:
    """[F] the time stamp of each frame of the video, in the tracker's own unit.  Raises UnreadableGaze."""
    table = open_table(source)
    if column not in table.columns:
        raise UnreadableGaze(
            f"“{source.name}” has the columns {table.described}, and {column} is needed: choose the world "
            "timestamps exported with this gaze."
        )
    stamps = read_columns(table, {column: convert})[column]
    missing = stamps == NO_TIME if stamps.dtype == np.int64 else np.isnan(stamps)
    check_distinct(source, stamps)
    if missing.any() or (np.diff(stamps) < 0).any():
        raise UnreadableGaze(
            f"“{source.name}” has rows without a time or out of order: use the file as it was exported."
        )
    return stamps


def video_times(
    stamps: np.ndarray, world: np.ndarray, tick_s: float, video: Video | None, name: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Seconds of video at each stamp, given the stamps of the frames; and notes on what was assumed.

    stamps [N] of samples and world [F] of frames are in ticks of tick_s seconds; name is the file of
    world's.  With a row for every frame, row i is frame i, and times between frames are interpolated;
    beyond the frames both clocks run alike.  Raises UnreadableGaze if there are far more or fewer rows.
    """
    since_s = (stamps - world[0]) * tick_s  # integers are subtracted as integers
    if video is None:
        return since_s, ()
    rows, frames = len(world), len(video.times_s)
    if abs(rows - frames) > max(MAX_ROWS_OFF, MAX_SHARE_OFF * frames):
        raise UnreadableGaze(
            f"“{name}” has {rows} rows and the video has {frames} frames, which should be as many: choose "
            "the files of one recording, uncut."
        )
    if rows != frames:
        return since_s, (f"{name} has {rows} rows for {frames} frames: row 1 was taken for the first frame.",)
    world_s = (world - world[0]) * tick_s
    before_s = np.minimum(since_s, 0.0)
    after_s = np.maximum(since_s - world_s[-1], 0.0)
    return np.interp(since_s, world_s, video.times_s) + before_s + after_s, ()


def read_start_time_ns(info: Source | None) -> int | None:
    """The start of a recording in UTC nanoseconds from its info.json; None if it has no usable start_time."""
    if info is None or info.size > MAX_INFO_BYTES:
        return None
    with reading(info), info.opened() as file:
        content = file.read()
    try:
        start = json.loads(content)["start_time"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return start if type(start) is int and 0 < start < 2**63 else None

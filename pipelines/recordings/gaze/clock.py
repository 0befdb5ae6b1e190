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
# The duration by world timestamps may differ from the video's by this share without a note.
MAX_DURATION_SHARE = 0.02
MAX_REORDER_S = 0.25  # a time that is earlier by more than this, and than three steps, was not just reordered
NANOSECOND_S = 1e-9
MAX_STRAY_SHARE = 0.01  # of times far from those around them; more are a second clock


@dataclass(frozen=True, kw_only=True, eq=False)
class Video:
    """What reading gaze must know of its video: frame times [F] in seconds, size in pixels as displayed.

    name  its file's, by which one of several recordings in a gaze file is known
    """

    times_s: np.ndarray
    width: int
    height: int
    name: str = ""


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


def is_as_long(rows: int, frames: int) -> bool:
    """Whether world timestamps with so many rows can be those of a video with so many frames."""
    return abs(rows - frames) <= max(MAX_ROWS_OFF, MAX_SHARE_OFF * frames)


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
    if not is_as_long(rows, frames):
        raise UnreadableGaze(
            f"“{name}” has {rows} rows and the video has {frames} frames, which should be as many: choose "
            "the files of one recording, uncut."
        )
    if rows != frames:
        return since_s, (f"{name} has {rows} rows for {frames} frames: row 1 was taken for the first frame.",)
    world_s = (world - world[0]) * tick_s
    notes = _compare_durations(float(world_s[-1]), float(video.times_s[-1]), name)
    before_s = np.minimum(since_s, 0.0)
    after_s = np.maximum(since_s - world_s[-1], 0.0)
    return np.interp(since_s, world_s, video.times_s) + before_s + after_s, notes


def _compare_durations(world_s: float, video_s: float, name: str) -> tuple[str, ...]:
    if abs(world_s - video_s) <= max(MAX_DURATION_SHARE * video_s, MAX_REORDER_S):
        return ()
    return (
        f"By {name} the recording lasts {world_s:.1f} s and by the video {video_s:.1f} s: row i was taken "
        "for frame i.",
    )


def check_same_clock(gaze: str, stamps: np.ndarray, world: np.ndarray, tick_s: float, name: str) -> None:
    """Refuse gaze of which no stamp [N] lies between the stamps [F] of the frames.

    Both are in ticks of tick_s seconds; gaze and name are the names of their files.  Raises UnreadableGaze.
    """
    known = stamps if stamps.dtype == np.int64 else stamps[np.isfinite(stamps)]
    margin = round(MAX_REORDER_S / tick_s) if stamps.dtype == np.int64 else MAX_REORDER_S / tick_s
    if len(known) == 0 or ((known >= world[0] - margin) & (known <= world[-1] + margin)).any():
        return
    first_s, last_s = (float((each - world[0]) * tick_s) for each in (known.min(), known.max()))
    raise UnreadableGaze(
        f"“{gaze}” runs from {first_s:.1f} s to {last_s:.1f} s on the clock of “{name}”, whose "
        f"frames run from 0 s to {float((world[-1] - world[0]) * tick_s):.1f} s: choose the files of one "
        "recording."
    )


def leave_out_strays(name: str, times_s: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Times [N] in a file's order with NaN for single times that do not fit their neighbours, and a note.

    Times that are earlier than the one before by no more than reordering explains stay.  Raises
    UnreadableGaze if the clock falls back for good: as in joined recordings, or when it started again.
    """
    rows = np.flatnonzero(np.isfinite(times_s))
    known = times_s[rows]
    steps = np.diff(known)
    usual_s = float(np.median(np.diff(np.sort(known)))) if len(steps) else 0.0
    most = max(MAX_REORDER_S, 3 * usual_s)
    strays = []
    for fall in np.flatnonzero(steps < -most):
        before, after = known[fall - 1 : fall], known[fall + 2 : fall + 3]
        if not (known[fall + 1] < before - most).any():  # without the time before, nothing falls back
            strays.append(fall)
        elif not (after < known[fall] - most).any():  # without this time, nothing falls back
            strays.append(fall + 1)
        else:
            raise _restarted(name, known[fall], -steps[fall])
        if len(strays) > max(1, MAX_STRAY_SHARE * len(known)):
            raise _restarted(name, known[fall], -steps[fall])
    left = times_s.copy()
    left[rows[strays]] = np.nan
    note = f"{len(strays)} {'time' if len(strays) == 1 else 'times'} far from those around left out."
    return left, (note,) if strays else ()


def _restarted(name: str, at_s: float, by_s: float) -> UnreadableGaze:
    return UnreadableGaze(
        f"The times in “{name}” fall back by {by_s:.1f} s after {at_s:.1f} s, as when recordings were joined "
        "or the clock started again: choose the gaze of one recording, with a clock that runs on."
    )


def read_object(source: Source | None) -> dict:
    """The object in a small JSON file, as info.json is; empty without a file, or if it is something else."""
    if source is None or source.size > MAX_INFO_BYTES:
        return {}
    with reading(source), source.opened() as file:
        content = file.read()
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def read_start_time_ns(info: Source | None) -> int | None:
    """The start of a recording in UTC nanoseconds from its info.json; None if it has no usable start_time."""
    start = read_object(info).get("start_time")
    return start if type(start) is int and 0 < start < 2**63 else None

"""Pupil Core (Pupil Player): seconds of an arbitrary clock, fractions of the frame from the bottom left."""

import numpy as np

from pipelines.recordings.gaze.clock import Video, read_world_stamps, video_times
from pipelines.recordings.gaze.files import WORLD_NAME, GazeFiles, UnreadableGaze
from pipelines.recordings.gaze.formats.samples import Samples, mark_unseen
from pipelines.recordings.tables import Table, number, read_columns

COLUMNS = ("gaze_timestamp", "world_index", "confidence", "norm_pos_x", "norm_pos_y")
WORLD_TIME = "timestamps [seconds]"
MIN_CONFIDENCE = 0.6  # Pupil Core's own recommendation


def matches(columns: frozenset[str]) -> bool:
    """Whether a header is one of Pupil Player's gaze_positions.csv."""
    return columns.issuperset(COLUMNS)


def read(table: Table, files: GazeFiles, video: Video | None) -> Samples:
    """Read gaze_positions.csv; samples of low confidence are not seen.  Raises UnreadableGaze."""
    columns = read_columns(table, dict.fromkeys(COLUMNS, number))
    stamps, frame_index, confidence, x, y = (columns[name] for name in COLUMNS)
    points = np.column_stack((x, 1 - y))
    unsure = ~(confidence >= MIN_CONFIDENCE)  # a confidence that is NaN is unsure, too
    notes = mark_unseen(points, unsure, f"of a confidence under {MIN_CONFIDENCE}")
    if files.world:
        world = read_world_stamps(files.world, WORLD_TIME, number)
        times_s, assumed = video_times(stamps, world, 1.0, video, files.world.name)
        source = f"Pupil Core, with {files.world.name}"
    else:
        offset_s, assumed = _offset(table, stamps, frame_index, video)
        times_s, source = stamps - offset_s, f"Pupil Core, without {WORLD_NAME}"
    return Samples(source=source, times_s=times_s, points=points, normalised=True, notes=assumed + notes)


def _offset(
    table: Table, stamps: np.ndarray, frame_index: np.ndarray, video: Video | None
) -> tuple[float, tuple[str, ...]]:
    """The stamp of the video's first frame in seconds, from the frame number beside each sample."""
    if video is None:
        known = stamps[np.isfinite(stamps)]
        return (float(known.min()) if len(known) else 0.0), ()
    frames = len(video.times_s)
    inside = (frame_index >= 0) & (frame_index < frames) & np.isfinite(stamps)
    if inside.sum() * 2 < np.isfinite(frame_index).sum() or not inside.any():
        raise UnreadableGaze(
            f"“{table.source.name}” names frames up to number {np.nanmax(frame_index, initial=0):.0f}, and "
            f"the video has {frames} frames: choose the gaze of this recording."
        )
    offset_s = np.median(stamps[inside] - video.times_s[frame_index[inside].astype(int)])
    return float(offset_s), (f"Without {WORLD_NAME} the clocks were matched by each sample's world_index.",)

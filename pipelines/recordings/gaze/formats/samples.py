"""Samples, the noun every gaze format is read into, and what the formats share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import GazeFiles
from pipelines.recordings.tables import Table

MAX_SHAPE_SHARE = 0.02  # by which aspect ratios may differ: sizes are rounded to even numbers
TOP_LEFT, BOTTOM_LEFT = "top left", "bottom left"
START_TOGETHER = "gaze and video were assumed to start together"


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """Gaze samples as a file lists them, on the clock of the video.

    source      format and clock for a message, as in "Pupil Cloud, with world_timestamps.csv"
    times_s     [N] float64 in the file's order, NaN where a row has no time
    points      [N, 2] float64 (x, y) from the top left, NaN where gaze was not seen
    normalised  whether points are fractions of the frame; else they are pixels
    origin      the corner of the frame from which the file counts points, before they were turned
    frame_size_px  (width, height) of the picture in which pixels are given, if the file says it
    notes       sentences on what was assumed or left out
    """

    source: str
    times_s: np.ndarray
    points: np.ndarray
    normalised: bool
    origin: str = TOP_LEFT
    frame_size_px: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.times_s.ndim != 1 or self.points.shape != (len(self.times_s), 2):
            raise ValueError(
                f"times_s must be [N] and points [N, 2], got {self.times_s.shape} and {self.points.shape}"
            )


def same_shape(size: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two pictures (width, height) have the same aspect ratio, but for rounding."""
    return abs(size[0] * other[1] / (size[1] * other[0]) - 1) <= MAX_SHAPE_SHARE


Reader = Callable[[Table, GazeFiles, Video | None], Samples]
"""Reads a table of one format; without a video times count from the first frame's stamp or sample."""


def mark_unseen(points: np.ndarray, rows: np.ndarray | None, reason: str) -> tuple[str, ...]:
    """Set points [N, 2] to NaN in place where rows [N] bool say so; a note of how many had been seen.

    rows is None where a file does not have the column that would say so.
    """
    if rows is None:
        return ()
    seen = int(np.isfinite(points[rows]).all(axis=1).sum())
    points[rows] = np.nan
    return (f"{count(seen, 'sample')} {reason} left out.",) if seen else ()


def count(number: int, noun: str) -> str:
    """As in "1 sample", "12 samples"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"

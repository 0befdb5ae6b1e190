"""Write true gaze in the formats of eye trackers' software, with the timestamps of the frames beside it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipelines.datasets.rendered.scenes.gaze import GazeTrack

SECOND_NS = 1_000_000_000
CLOUD_COLUMNS = (
    "section id",
    "recording id",
    "timestamp [ns]",
    "gaze x [px]",
    "gaze y [px]",
    "worn",
    "fixation id",
    "blink id",
)
XYZ = ("x", "y", "z")
CORE_COLUMNS = (
    *("gaze_timestamp", "world_index", "confidence", "norm_pos_x", "norm_pos_y", "base_data"),
    *(f"gaze_point_3d_{axis}" for axis in XYZ),
    *(f"{part}{eye}_3d_{axis}" for eye in (0, 1) for part in ("eye_center", "gaze_normal") for axis in XYZ),
)
NO_3D = ("",) * (len(CORE_COLUMNS) - 6)  # gaze mapped in two dimensions has none
CONFIDENT, UNCERTAIN = (
    (0.86, 1.0),
    (0.0, 0.45),
)  # Pupil Core's confidence of an open eye, and of a lid or no eye
CORE_START_S = (1_000.0, 300_000.0)  # its clock has an arbitrary origin


class VideoTimes(NamedTuple):
    """The video of a gaze track: times_s [F] of its frames, their pts [F], and its (width, height)."""

    times_s: np.ndarray
    pts: np.ndarray
    size: tuple[int, int]


@dataclass(frozen=True)
class Export:
    """One gaze format: the file name of its table, and the function that writes it into a folder."""

    name: str
    write: Callable[[Path, str, int, GazeTrack, VideoTimes, np.random.Generator], None]


def valid_samples(gaze: GazeTrack) -> np.ndarray:
    """[N] bool: the samples at which the eye is open and the glasses are worn."""
    return (gaze.worn > 0) & (gaze.blink_id == 0)


def write_rows(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Write a table as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _write_cloud(
    folder: Path, name: str, start_ns: int, gaze: GazeTrack, video: VideoTimes, rng: np.random.Generator
) -> None:
    """Pupil Cloud: UTC nanoseconds, pixels from the top left."""
    frames_ns = start_ns + np.rint(video.times_s * SECOND_NS).astype(np.int64)
    rows = ((name, name, int(ns)) for ns in frames_ns)
    write_rows(folder / "world_timestamps.csv", CLOUD_COLUMNS[:3], rows)
    times_ns = start_ns + np.rint(gaze.times_s * SECOND_NS).astype(np.int64)
    rows = (
        (
            *(name, name, int(times_ns[row]), f"{x:.3f}", f"{y:.3f}", f"{gaze.worn[row]:.1f}"),
            *(gaze.fixation_id[row] or "", gaze.blink_id[row] or ""),
        )
        for row, (x, y) in enumerate(gaze.px)
    )
    write_rows(folder / CLOUD.name, CLOUD_COLUMNS, rows)


def _write_core(
    folder: Path, name: str, start_ns: int, gaze: GazeTrack, video: VideoTimes, rng: np.random.Generator
) -> None:
    """Pupil Core, exported by Pupil Player: seconds of its own clock, fractions from the bottom left."""
    start_s = float(rng.uniform(*CORE_START_S))
    confidence = np.where(
        valid_samples(gaze), rng.uniform(*CONFIDENT, len(gaze.px)), rng.uniform(*UNCERTAIN, len(gaze.px))
    )
    stamps = ((f"{start_s + time_s:.6f}", pts) for time_s, pts in zip(video.times_s, video.pts, strict=True))
    write_rows(folder / "world_timestamps.csv", ("# timestamps [seconds]", "pts"), stamps)
    between_s = (video.times_s[1:] + video.times_s[:-1]) / 2
    nearest = np.searchsorted(between_s, gaze.times_s)  # the frame closest in time
    points = gaze.px / video.size
    rows = (
        (
            *(f"{start_s + time_s:.6f}", nearest[row], f"{confidence[row]:.4f}"),
            *(f"{points[row, 0]:.6f}", f"{1 - points[row, 1]:.6f}"),
            *(f"{start_s + time_s:.6f}-0 {start_s + time_s:.6f}-1", *NO_3D),
        )
        for row, time_s in enumerate(gaze.times_s)
    )
    write_rows(folder / CORE.name, CORE_COLUMNS, rows)


def _write_table(
    folder: Path, name: str, start_ns: int, gaze: GazeTrack, video: VideoTimes, rng: np.random.Generator
) -> None:
    """A plain table: seconds from the first frame, pixels from the top left, no row without gaze."""
    rows = (
        (f"{gaze.times_s[row]:.4f}", *(f"{value:.2f}" for value in gaze.px[row]))
        for row in np.flatnonzero(valid_samples(gaze))
    )
    write_rows(folder / TABLE.name, ("t", "x", "y"), rows)


CLOUD = Export("gaze.csv", _write_cloud)
CORE = Export("gaze_positions.csv", _write_core)
TABLE = Export("gaze.csv", _write_table)
EXPORTS = {"cloud": CLOUD, "core": CORE, "table": TABLE}

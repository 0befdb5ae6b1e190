"""Gaze, the noun an eye tracker's export is read into, and the one place that joins it to frames."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipelines.recordings.gaze.choice import choose_gaze
from pipelines.recordings.gaze.clock import Video, leave_out_strays
from pipelines.recordings.gaze.files import UnreadableGaze
from pipelines.recordings.gaze.formats.registry import read_samples
from pipelines.recordings.gaze.formats.samples import Samples, count
from pipelines.recordings.gaze.on_frame import check_on_frame, scale_to_video
from pipelines.recordings.source import UnreadableTable

GAZE_TOLERANCE_S = 0.125  # half the 4 Hz sampling period: no sample serves two sampled frames
MIN_COVERAGE = 0.1  # of the frames; with less, something is wrong with the gaze or the choice of it
PIXELS, FRACTIONS = "pixels", "fractions of the frame"
GAP_S = 0.25  # a longer time without seen gaze is a gap: at least one sampled frame has no gaze


@dataclass(frozen=True, kw_only=True, eq=False)
class Gaze:
    """Where the wearer of the camera looked, on the clock and in the pixels of their video.

    source     format and clock for a message, as in "Pupil Cloud, with world_timestamps.csv"
    times_s    [N] float64, ascending, 0 is the video's first frame
    points_px  [N, 2] float64 (x, y) in the displayed full-size frame; NaN where gaze was not seen
               (blink, glasses off, low confidence, off the frame)
    unit       of the points in the file: "pixels" or "fractions of the frame"; "" if that is not known
    origin     the corner from which the file counts them: "top left" or "bottom left"; "" likewise
    backward_times  how many times in the file were earlier than the one before
    off_frame  how many points were left out because they lie off the frame
    notes      sentences on what was assumed or left out
    """

    source: str
    times_s: np.ndarray
    points_px: np.ndarray
    unit: str = ""
    origin: str = ""
    backward_times: int = 0
    off_frame: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.times_s.ndim != 1 or self.points_px.shape != (len(self.times_s), 2):
            shapes = f"{self.times_s.shape} and {self.points_px.shape}"
            raise ValueError(f"times_s must be [N] and points_px [N, 2], got {shapes}")
        if len(self.times_s) == 0 or not (np.diff(self.times_s) >= 0).all():
            raise ValueError("times_s must hold at least one time, ascending, without NaN")

    @property
    def seen(self) -> np.ndarray:
        """[N] bool: which samples have a point."""
        return np.isfinite(self.points_px).all(axis=1)

    def coverage(self, frame_times_s: np.ndarray) -> float:
        """Share of frames on which gaze was seen, 0 to 1, given when they are presented."""
        return float(np.isfinite(join_gaze(self, np.asarray(frame_times_s))).all(axis=1).mean())

    def gaps(self, end_s: float, start_s: float = 0.0) -> tuple[tuple[float, float], ...]:
        """(start_s, end_s) of every time over GAP_S without seen gaze, between two times."""
        times_s = self.times_s[self.seen]
        within = times_s[(times_s > start_s) & (times_s < end_s)]
        edges = np.concatenate(([start_s], within, [end_s]))
        long = np.flatnonzero(np.diff(edges) > GAP_S)
        return tuple((float(edges[index]), float(edges[index + 1])) for index in long)


def join_gaze(gaze: Gaze, times_s: np.ndarray) -> np.ndarray:
    """[K, 2] gaze at times_s [K], in pixels of the displayed frame, by nearest neighbour.

    The nearest sample decides if it is closer than the tolerance, also when it is NaN (not seen); of
    several samples during one frame that is the nearest to its presentation.  NaN without one.
    """
    after = np.searchsorted(gaze.times_s, times_s).clip(0, len(gaze.times_s) - 1)
    before = (after - 1).clip(0)
    to_before, to_after = np.abs(times_s - gaze.times_s[before]), np.abs(gaze.times_s[after] - times_s)
    nearest = np.where(to_before <= to_after, before, after)
    near = np.minimum(to_before, to_after) < GAZE_TOLERANCE_S
    return np.where(near[:, None], gaze.points_px[nearest], np.nan)


def read_gaze(
    path: str | Path,
    frame_times_s: np.ndarray,
    width: int,
    height: int,
    world_timestamps_path: str | Path | None = None,
    video_name: str = "",
) -> Gaze:
    """Read the gaze that belongs to a video: a table, or a folder or zip as the tracker exports it.

    frame_times_s [F] seconds from the first frame; width, height in pixels as displayed.
    world_timestamps.csv and info.json beside the table are used; world_timestamps_path replaces
    the first; video_name tells which of several recordings in one table it is.  Raises UnreadableGaze.
    """
    video = Video(times_s=frame_times_s, width=width, height=height, name=video_name)
    with _refusing_gaze():
        name, gaze = _read(path, world_timestamps_path, video)
        gaze = _check_overlap(name, gaze, float(frame_times_s[-1]))
        return _warn_of_little(gaze, frame_times_s)


def read_gaze_alone(path: str | Path, world_timestamps_path: str | Path | None = None) -> Gaze:
    """Read gaze without its video: times count from the first world time stamp or sample.

    Points given in fractions of the frame stay fractions.  Raises UnreadableGaze.
    """
    with _refusing_gaze():
        return _read(path, world_timestamps_path, None)[1]


def _read(path: str | Path, world_path: str | Path | None, video: Video | None) -> tuple[str, Gaze]:
    """The name of the gaze file that belongs to a video, and its gaze."""
    files = choose_gaze(Path(path), world_path and Path(world_path), video)
    samples = read_samples(files, video)
    name, samples = files.gaze.name, replace(samples, notes=(*files.notes, *samples.notes))
    return name, _make_gaze(name, scale_to_video(name, samples, video) if video else samples, video)


@contextmanager
def _refusing_gaze() -> Iterator[None]:
    """Turn an UnreadableTable, whatever table it was, into an UnreadableGaze."""
    try:
        yield
    except UnreadableGaze:
        raise
    except UnreadableTable as error:
        raise UnreadableGaze(*error.args) from error


def _make_gaze(name: str, samples: Samples, video: Video | None) -> Gaze:
    """Sort samples by time, drop those without one, and set points off the frame to NaN."""
    ordered_s, strays = leave_out_strays(name, samples.times_s)
    timed = np.isfinite(ordered_s)
    if not timed.any():
        raise UnreadableGaze(f"“{name}” has no row with a readable time: use the file as it was exported.")
    times_s, points = ordered_s[timed], samples.points[timed]
    steps = np.diff(times_s)
    order = np.argsort(times_s, kind="stable")
    size = (video.width, video.height) if video else (1, 1)
    points_px = points[order] * size if samples.normalised else points[order]
    off = _off_frame(points_px, size) if video or samples.normalised else np.zeros(len(order), bool)
    if video:
        check_on_frame(name, points_px, off, size)
    points_px[off] = np.nan
    notes = (
        *samples.notes,
        *strays,
        *_counted(int(np.isnan(samples.times_s).sum()), "row", "without a readable time left out."),
        *_counted(int((steps < 0).sum()), "time", "earlier than the one before: sorted."),
        *_counted(int((steps == 0).sum()), "time", "equal to the one before."),
        *_counted(int(off.sum()), "point", "off the frame left out."),
    )
    return Gaze(
        source=samples.source,
        times_s=times_s[order],
        points_px=points_px,
        unit=FRACTIONS if samples.normalised else PIXELS,
        origin=samples.origin,
        backward_times=int((steps < 0).sum()),
        off_frame=int(off.sum()),
        notes=notes,
    )


def _off_frame(points_px: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return ((points_px < 0) | (points_px > size)).any(axis=1)


def _counted(number: int, noun: str, predicate: str) -> tuple[str, ...]:
    """A note of how many there are; none for zero."""
    return (f"{count(number, noun)} {predicate}",) if number else ()


def _warn_of_little(gaze: Gaze, frame_times_s: np.ndarray) -> Gaze:
    """Add a warning where hardly any frame has gaze."""
    coverage = gaze.coverage(frame_times_s)
    if coverage >= MIN_COVERAGE:
        return gaze
    note = (
        f"Warning: only {100 * coverage:.1f} % of the video's frames have gaze: check that it is of this "
        "video and that the clocks agree."
    )
    return replace(gaze, notes=(note, *gaze.notes))


def _seconds(at_s: float) -> str:
    """A time for a message; one that is no time of a recording in a few digits."""
    return f"{at_s:.1f} s" if abs(at_s) < 1e13 else f"{at_s:.3g} s"


def _check_overlap(name: str, gaze: Gaze, end_s: float) -> Gaze:
    """Check that gaze overlaps the video in time, and add notes on where it begins and ends."""
    first_s, last_s = float(gaze.times_s[0]), float(gaze.times_s[-1])
    inside = (gaze.times_s > -GAZE_TOLERANCE_S) & (gaze.times_s < end_s + GAZE_TOLERANCE_S)
    if not inside.any():
        raise UnreadableGaze(
            f"“{name}” runs from {_seconds(first_s)} to {_seconds(last_s)} and the video from 0 s to "
            f"{_seconds(end_s)}: choose the gaze of this recording."
        )
    differences = (
        (first_s, "Gaze starts {:.1f} s after the video."),
        (-first_s, "Gaze starts {:.1f} s before the video."),
        (last_s - end_s, "Gaze runs on for {:.1f} s after the video."),
        (end_s - last_s, "Gaze ends {:.1f} s before the video."),
    )
    notes = tuple(text.format(by_s) for by_s, text in differences if by_s > GAP_S)
    return replace(gaze, notes=gaze.notes + notes)

"""What eye trackers write: Pupil Cloud, Pupil Core, and a plain table of times and points."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pipelines.recordings.gaze.clock import Video, by_world, start_time_ns, world_stamps
from pipelines.recordings.gaze.files import INFO_NAME, WORLD_NAME, GazeFiles, UnreadableGaze
from pipelines.recordings.gaze.tables import (
    NO_TIME,
    Table,
    check_distinct,
    is_given,
    is_no,
    nanoseconds,
    number,
    open_table,
    read_columns,
)

MIN_CONFIDENCE = 0.6  # Pupil Core's own recommendation
NS = 1e-9  # seconds
TOGETHER = "gaze and video were assumed to start together"

CLOUD = ("timestamp [ns]", "gaze x [px]", "gaze y [px]")
CORE = ("gaze_timestamp", "world_index", "confidence", "norm_pos_x", "norm_pos_y")
SURFACE = ("gaze position on surface x [normalized]", "on_surf")
# What people call the columns of a plain table; times with their length in seconds.
TIMES = {
    **dict.fromkeys(("t", "t_s", "t [s]", "time", "time_s", "time [s]", "seconds"), 1.0),
    **dict.fromkeys(("timestamp", "timestamp_s", "timestamp [s]"), 1.0),
    **dict.fromkeys(("t_ms", "t [ms]", "time_ms", "time [ms]", "timestamp_ms", "timestamp [ms]"), 1e-3),
}
POINTS = tuple(
    (form.format("x"), form.format("y"))
    for form in ("{}", "{}_px", "{} [px]", "gaze_{}", "gaze {}", "gaze_{}_px", "gaze {} [px]")
)


class Samples(NamedTuple):
    """Gaze as a file holds it.

    times_s [N] on the video's clock, in the file's order, NaN where a row has no time;
    points [N, 2] from the top left, in pixels or in fractions of the frame, NaN where not seen
    """

    source: str
    times_s: np.ndarray
    points: np.ndarray
    fractions: bool
    notes: tuple[str, ...]


Reader = Callable[[Table, GazeFiles, Video | None], Samples]


def read_samples(files: GazeFiles, video: Video | None) -> Samples:
    """Read a gaze table of whichever format its header shows.

    Without a video times count from the first frame's stamp, or else from the first sample.
    Raises UnreadableGaze.
    """
    table = open_table(files.gaze)
    return _reader(table)(table, files, video)


def count(number: int, thing: str) -> str:
    """As in "1 sample", "12 samples"."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _reader(table: Table) -> Reader:
    held = set(table.columns)
    if held.issuperset(CLOUD):
        return _read_cloud
    if held.issuperset(CORE):
        return _read_core
    if held.intersection(SURFACE):
        raise UnreadableGaze(
            f"“{table.source.name}” is gaze on a marked surface (Marker Mapper), which does not say where in "
            "the video it lies: choose the gaze.csv or gaze_positions.csv of the recording itself."
        )
    if held.intersection(TIMES) and any(held.issuperset(pair) for pair in POINTS):
        return _read_plain
    raise UnreadableGaze(
        f"“{table.source.name}” has the columns {table.described}, and needed are {', '.join(CLOUD)} (Pupil "
        f"Cloud) or {', '.join(CORE)} (Pupil Core) or t, x, y: choose the export of gaze."
    )


def _read_cloud(table: Table, files: GazeFiles, video: Video | None) -> Samples:
    """Pupil Cloud (Neon, Invisible): UTC nanoseconds, pixels from the top left."""
    wanted = dict(zip(CLOUD, (nanoseconds, number, number), strict=True))
    flags = {"worn": is_no, "blink id": is_given}
    wanted |= {name: flag for name, flag in flags.items() if name in table.columns}
    columns = read_columns(table, wanted)
    stamps, points = columns[CLOUD[0]], np.column_stack((columns[CLOUD[1]], columns[CLOUD[2]]))
    notes = _blank(points, columns.get("worn"), "with the glasses off")
    notes += _blank(points, columns.get("blink id"), "in blinks")
    timed = stamps != NO_TIME
    if not timed.any():
        return Samples("Pupil Cloud", np.full(len(stamps), np.nan), points, False, notes)
    check_distinct(table.source, stamps[timed])
    times_s = np.full(len(stamps), np.nan)
    times_s[timed], how, assumed = _cloud_clock(stamps[timed], files, video)
    return Samples(f"Pupil Cloud, {how}", times_s, points, False, assumed + notes)


def _cloud_clock(
    stamps: np.ndarray, files: GazeFiles, video: Video | None
) -> tuple[np.ndarray, str, tuple[str, ...]]:
    """Seconds of video, which clock they were taken from, and what was assumed."""
    if files.world:
        world = world_stamps(files.world, CLOUD[0], nanoseconds)
        times_s, notes = by_world(stamps, world, NS, video, files.world.name)
        return times_s, f"with {files.world.name}", notes
    start = start_time_ns(files.info)
    if start is not None:
        note = f"Without {WORLD_NAME} the video was assumed to begin at the start_time of {INFO_NAME}."
        return (stamps - start) * NS, f"with {INFO_NAME}", (note,)
    note = f"Without {WORLD_NAME} and {INFO_NAME} {TOGETHER}."
    return (stamps - stamps.min()) * NS, f"without {WORLD_NAME}", (note,)


def _read_core(table: Table, files: GazeFiles, video: Video | None) -> Samples:
    """Pupil Core (Player): seconds of a clock of its own, fractions of the frame from the bottom left."""
    columns = read_columns(table, dict.fromkeys(CORE, number))
    stamps, index, confidence, x, y = (columns[name] for name in CORE)
    points = np.column_stack((x, 1 - y))
    unsure = ~(confidence >= MIN_CONFIDENCE)
    notes = _blank(points, unsure, f"of a confidence under {MIN_CONFIDENCE}")
    if files.world:
        world = world_stamps(files.world, "timestamps [seconds]", number)
        times_s, assumed = by_world(stamps, world, 1.0, video, files.world.name)
        return Samples(f"Pupil Core, with {files.world.name}", times_s, points, True, assumed + notes)
    offset_s, assumed = _core_offset(table, stamps, index, video)
    return Samples(f"Pupil Core, without {WORLD_NAME}", stamps - offset_s, points, True, assumed + notes)


def _core_offset(
    table: Table, stamps: np.ndarray, index: np.ndarray, video: Video | None
) -> tuple[float, tuple[str, ...]]:
    """The stamp of the video's first frame, from the frame number beside each sample."""
    if video is None:
        known = stamps[np.isfinite(stamps)]
        return (float(known.min()) if len(known) else 0.0), ()
    frames = len(video.times_s)
    inside = (index >= 0) & (index < frames) & np.isfinite(stamps)
    if inside.sum() * 2 < np.isfinite(index).sum() or not inside.any():
        raise UnreadableGaze(
            f"“{table.source.name}” speaks of frames up to number {np.nanmax(index, initial=0):.0f} and the "
            f"video has {frames} frames: choose the gaze of this recording."
        )
    offset_s = np.median(stamps[inside] - video.times_s[index[inside].astype(int)])
    return float(offset_s), (f"Without {WORLD_NAME} the clocks were matched by each sample's world_index.",)


def _read_plain(table: Table, files: GazeFiles, video: Video | None) -> Samples:
    """Times from the video's start and points in pixels or, if all lie within 0 to 1, in fractions."""
    time = next(name for name in TIMES if name in table.columns)
    pair = next(each for each in POINTS if set(each) <= set(table.columns))
    columns = read_columns(table, dict.fromkeys((time, *pair), number))
    points = np.column_stack([columns[name] for name in pair])
    finite = points[np.isfinite(points)]
    fractions = len(finite) > 0 and bool((finite >= 0).all() and (finite <= 1).all())
    note = "All points lie within 0 to 1 and were read as fractions of the frame from the top left."
    source = f"table of {' '.join((time, *pair))}"
    return Samples(source, columns[time] * TIMES[time], points, fractions, (note,) if fractions else ())


def _blank(points: np.ndarray, where: np.ndarray | None, why: str) -> tuple[str, ...]:
    """Mark points as not seen, in place, and say how many had been."""
    if where is None:
        return ()
    seen = int(np.isfinite(points[where]).all(axis=1).sum())
    points[where] = np.nan
    return (f"{count(seen, 'sample')} {why} left out.",) if seen else ()

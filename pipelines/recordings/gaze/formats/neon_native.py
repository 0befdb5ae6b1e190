"""Neon and Invisible as their phone keeps a recording: read by Pupil Labs' own library.

Source: github.com/pupil-labs/pl-neon-recording; docs.pupil-labs.com/neon, "recording format".  “gaze ps1.raw”
holds pairs of float32 (x, y) in pixels of the scene camera, “gaze ps1.time” int64 nanoseconds since 1970;
gaze_200hz.raw is the same made again from the whole recording, which the library prefers.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import av.logging
import numpy as np

from pipelines.limits import MAX_GAZE_BYTES
from pipelines.recordings.gaze.clock import (
    NANOSECOND_S,
    Video,
    check_same_clock,
    is_as_long,
    read_start_time_ns,
    read_world_stamps,
    video_times,
)
from pipelines.recordings.gaze.files import INFO_NAME, NATIVE_NAME, GazeFiles, UnreadableGaze
from pipelines.recordings.gaze.formats.pupil_cloud import TIME
from pipelines.recordings.gaze.formats.samples import START_TOGETHER, Samples, mark_unseen
from pipelines.recordings.gaze.formats.scene_camera import INVISIBLE, NEON
from pipelines.recordings.source import Source
from pipelines.recordings.tables import nanoseconds, reading

NAME = "Neon recording"
SCENE_TIME = re.compile(r"(neon scene camera|pi world) v\d+ ps(\d+)\.time")
OF_INVISIBLE = "pi world"
USED = re.compile(r"(gaze|worn)( ps\d+|_200hz)\.(raw|time)")
POINT_BYTES, TIME_BYTES = 8, 8
WORN = 255
MAX_SHARE_CUT = 0.01  # of samples with a time and no point, or the other way round, at the end of a recording


def read(files: GazeFiles, video: Video | None) -> Samples:
    """Read a native folder; samples with the glasses off are not seen.  Raises UnreadableGaze."""
    _check_pairs(files)
    stamps, points, worn = _load(files)
    if len(stamps) == 0:
        raise UnreadableGaze(f"“{files.gaze.name}” holds no gaze: choose the whole folder of the recording.")
    points[(points == 0).all(axis=1)] = np.nan
    notes = mark_unseen(points, worn == 0 if worn is not None else None, "with the glasses off")
    times_s, clock, assumed = _times(stamps, files, video)
    invisible = any(name.startswith(OF_INVISIBLE) for name in files.beside)
    return Samples(
        source=f"{'Invisible recording' if invisible else NAME}, {clock}",
        times_s=times_s,
        points=points,
        normalised=False,
        frame_size_px=INVISIBLE if invisible else NEON,
        notes=assumed + notes,
    )


def read_scene_stamps(files: GazeFiles) -> dict[str, np.ndarray]:
    """[F] int64 nanoseconds of the frames of each part of the scene video, by its file, in order."""
    parts = sorted((int(found[2]), name) for name in files.beside if (found := SCENE_TIME.fullmatch(name)))
    stamps = {files.beside[name].name: _read_stamps(files.beside[name]) for _, name in parts}
    return {name: each for name, each in stamps.items() if len(each)}


def _read_stamps(source: Source) -> np.ndarray:
    _check_size(source.name, source.size)
    with reading(source), source.opened() as file:
        content = file.read()
    stamps = np.frombuffer(content[: len(content) // TIME_BYTES * TIME_BYTES], "<i8")
    if (np.diff(stamps) < 0).any():
        raise UnreadableGaze(
            f"“{source.name}” has times out of order: copy the folder of the recording again, as it was."
        )
    return stamps


def _check_size(name: str, size: int) -> None:
    if size > MAX_GAZE_BYTES:
        raise UnreadableGaze(
            f"“{name}” and its parts have {size / 1e6:.0f} MB, and at most {MAX_GAZE_BYTES / 1e6:.0f} MB of "
            "gaze are read: choose a shorter recording."
        )


def _check_pairs(files: GazeFiles) -> None:
    """Refuse points without their times, or as many less of one as no recording that broke off has."""
    used = [source.size for name, source in files.beside.items() if USED.fullmatch(name)]
    _check_size(files.gaze.name, sum(used))
    for name, source in files.beside.items():
        if not NATIVE_NAME.fullmatch(name):
            continue
        time = files.beside.get(name.replace(".raw", ".time"))
        if time is None:
            raise UnreadableGaze(
                f"“{source.name}” has no “{Path(source.name).stem}.time” with its times beside it: choose "
                "the whole folder of the recording."
            )
        points, times = source.size // POINT_BYTES, time.size // TIME_BYTES
        if abs(points - times) > max(1, MAX_SHARE_CUT * times):
            raise UnreadableGaze(
                f"“{source.name}” holds {points} points and “{time.name}” {times} times, which should be as "
                "many: copy the folder of the recording again."
            )


def _load(files: GazeFiles) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Stamps [N] int64, points [N, 2] and worn [N], if it is there, as Pupil Labs' library reads them."""
    library = _import_library()
    with _unpacked(files) as folder:
        recording = library.NeonRecording(folder)
        has_worn = any(path.name.startswith("worn") and path.suffix == ".raw" for path in folder.iterdir())
        try:
            stamps, points = np.array(recording.gaze.time), np.array(recording.gaze.point, np.float64)
            worn = np.array(recording.worn.worn) if has_worn else None
        except library.NeonRecording.SensorError as error:
            raise UnreadableGaze(
                f"“{files.gaze.name}” and the files beside it are not whole: copy the folder of the "
                "recording again."
            ) from error
    if worn is not None:  # the phone may have written less of it
        worn = np.append(worn, np.full(max(0, len(stamps) - len(worn)), WORN))[: len(stamps)]
    return stamps, points, worn


def _import_library() -> ModuleType:
    """Pupil Labs' library, without the log level that importing it sets for all of PyAV.

    At that level PyAV calls Python from FFmpeg's threads, and closing a video can wait for ever.
    """
    set_level = av.logging.set_level
    av.logging.set_level = lambda level: None
    try:
        from pupil_labs import neon_recording
    finally:
        av.logging.set_level = set_level
    return neon_recording


@contextmanager
def _unpacked(files: GazeFiles) -> Iterator[Path]:
    """A folder with the files of gaze and nothing else, named as the library expects them."""
    with tempfile.TemporaryDirectory(prefix="gaze-") as folder:
        for name, source in files.beside.items():
            if USED.fullmatch(name):
                with reading(source), source.opened() as file, Path(folder, name).open("wb") as out:
                    shutil.copyfileobj(file, out)
                    if not name.startswith("worn"):  # what broke off within a sample
                        out.truncate(out.tell() // POINT_BYTES * POINT_BYTES)
        yield Path(folder)


def _times(
    stamps: np.ndarray, files: GazeFiles, video: Video | None
) -> tuple[np.ndarray, str, tuple[str, ...]]:
    """Seconds of video at each stamp, the file that gave the clock, and notes on what was assumed."""
    name, world = _world(files, video)
    if world is not None:
        check_same_clock(files.gaze.name, stamps, world, NANOSECOND_S, name)
        times_s, notes = video_times(stamps, world, NANOSECOND_S, video, name)
        return times_s, f"with {name}", notes
    start_ns = read_start_time_ns(files.info)
    if start_ns is not None:
        note = (
            f"Without the times of the scene video it was assumed to begin at the start_time of {INFO_NAME}."
        )
        return (stamps - start_ns) * NANOSECOND_S, f"with {INFO_NAME}", (note,)
    note = f"Without the times of the scene video {START_TOGETHER}."
    return (stamps - stamps.min()) * NANOSECOND_S, "without the times of the scene video", (note,)


def _world(files: GazeFiles, video: Video | None) -> tuple[str, np.ndarray | None]:
    """The name and the stamps of the frames: of the part whose frames fit the video, or of all parts."""
    if files.world:
        return files.world.name, read_world_stamps(files.world, TIME, nanoseconds)
    parts = read_scene_stamps(files)
    if not parts:
        return "", None
    whole = (next(iter(parts)), np.concatenate(list(parts.values())))
    if video is None or len(parts) == 1:
        return whole
    frames = len(video.times_s)
    fitting = [part for part in (whole, *parts.items()) if is_as_long(len(part[1]), frames)]
    return min(fitting, key=lambda part: abs(len(part[1]) - frames), default=whole)

"""Which gaze of a folder or zip belongs to a video, where several recordings lie in it."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipelines.recordings.gaze.clock import NANOSECOND_S, Video, is_as_long, read_world_stamps
from pipelines.recordings.gaze.files import (
    SHOWN_NAMES,
    GazeFiles,
    UnreadableGaze,
    find_gaze,
    shown_places,
)
from pipelines.recordings.gaze.formats import neon_native, pupil_cloud, pupil_core
from pipelines.recordings.gaze.formats.registry import holds_gaze, read_samples
from pipelines.recordings.source import UnreadableTable
from pipelines.recordings.tables import nanoseconds, number, open_table

MAX_ENDS_APART_S, MAX_ENDS_APART_SHARE = 1.0, 0.02  # gaze of a video begins and ends with it, but for so much
SAME_TIMES_S, OTHER_TIMES_S = 0.005, 0.02  # frame times of the video, and of another recording
HASH_BYTES = 2**20


@dataclass(frozen=True, eq=False)
class _Fit:
    """How the frame times of a recording fit a video: frames more or less, the largest difference."""

    files: GazeFiles
    frames_off: int
    times_off_s: float


def choose_gaze(path: Path, world_path: Path | None, video: Video | None) -> GazeFiles:
    """Find the gaze of a video: the only one in a file, folder or zip, or the one whose times fit the video.

    world_path replaces the world_timestamps.csv that was found.  Raises UnreadableTable if there is none, or
    if several fit.
    """
    found = find_gaze(path, world_path)
    if len(found) > 1:
        found = _readable(path, found)
    chosen = found[0] if len(found) == 1 else _choose(path, found, video)
    chosen.check_sizes()
    return chosen


def _readable(path: Path, found: list[GazeFiles]) -> list[GazeFiles]:
    readable = [files for files in found if files.is_native or holds_gaze(files.gaze)]
    if not readable:
        raise UnreadableGaze(
            f"“{path.name}” holds no gaze: none of its tables ({shown_places(found)}) is {SHOWN_NAMES}: "
            "choose the folder of an export."
        )
    return readable


def _choose(path: Path, found: list[GazeFiles], video: Video | None) -> GazeFiles:
    if video is None:
        raise _ask(path, found, "")
    fitting, why = _fit_frames(found, video), f"whose frames fit the video's {len(video.times_s)}"
    if not fitting:
        fitting, why = _fit_samples(found, video), "which lasts as long as the video"
    fitting = _without_copies(_without_raw(fitting))
    if len(fitting) == 1:
        note = f"“{path.name}” holds gaze of {len(found)} recordings: {fitting[0].place} was chosen, {why}."
        return replace(fitting[0], notes=(*fitting[0].notes, note))
    frames = f" with {len(video.times_s)} frames, {video.times_s[-1]:.1f} s"
    fit = "more than one fits" if fitting else "none fits"
    raise _ask(path, fitting or found, f", of which {fit} the video{frames}")


def _ask(path: Path, found: list[GazeFiles], why: str) -> UnreadableGaze:
    unpack = "" if path.is_dir() else "unpack it and "
    return UnreadableGaze(
        f"“{path.name}” holds gaze of several recordings ({shown_places(found)}){why}: {unpack}choose one of "
        "them."
    )


def _fit_frames(found: list[GazeFiles], video: Video) -> list[GazeFiles]:
    """Those whose world timestamps fit the video's frames: as many, or nearly; at the same times."""
    fits = [fit for files in found for fit in _frame_fits(files, video)]
    fewest = min((fit.frames_off for fit in fits), default=0)
    fits = [fit for fit in fits if fit.frames_off == fewest]
    nearest = [fit for fit in fits if fit.times_off_s <= SAME_TIMES_S]
    others = [fit for fit in fits if fit.times_off_s > OTHER_TIMES_S]
    return [fit.files for fit in (nearest if len(nearest) + len(others) == len(fits) and nearest else fits)]


def _frame_times(files: GazeFiles) -> list[np.ndarray]:
    """The frame times in seconds, [F] from 0.0, that an export gives for its video, or each part of it."""
    if files.world is None:
        stamps = neon_native.read_scene_stamps(files).values() if files.is_native else ()
        return [(each - each[0]) * NANOSECOND_S for each in stamps]
    columns = open_table(files.world).columns
    if pupil_cloud.TIME in columns:
        stamps = read_world_stamps(files.world, pupil_cloud.TIME, nanoseconds)
        return [(stamps - stamps[0]) * NANOSECOND_S]
    stamps = read_world_stamps(files.world, pupil_core.WORLD_TIME, number)
    return [stamps - stamps[0]]


def _frame_fits(files: GazeFiles, video: Video) -> list[_Fit]:
    try:
        times_s = [each for each in _frame_times(files) if is_as_long(len(each), len(video.times_s))]
    except UnreadableTable:
        return []
    fits = []
    for each in times_s:
        frames = min(len(each), len(video.times_s))
        apart_s = float(np.abs(each[:frames] - video.times_s[:frames]).max())
        fits.append(_Fit(files, abs(len(each) - len(video.times_s)), apart_s))
    return sorted(fits, key=lambda fit: (fit.frames_off, fit.times_off_s))[:1]


def _fit_samples(found: list[GazeFiles], video: Video) -> list[GazeFiles]:
    """Those without other frame times whose samples begin and end with the video."""
    end_s = float(video.times_s[-1])
    apart_s = max(MAX_ENDS_APART_S, MAX_ENDS_APART_SHARE * end_s)
    fitting = []
    for files in found:
        try:
            files.check_sizes()
            times_s = read_samples(files, video).times_s
        except UnreadableTable:
            continue
        first_s, last_s = np.nanmin(times_s, initial=np.inf), np.nanmax(times_s, initial=-np.inf)
        if abs(first_s) <= apart_s and abs(last_s - end_s) <= apart_s:
            fitting.append(files)
    return fitting


def _without_raw(found: list[GazeFiles]) -> list[GazeFiles]:
    """Without native recordings of which an export lies in the same folder."""
    exports = [files for files in found if not files.is_native]
    return [
        files
        for files in found
        if not files.is_native or not any(each.place.is_relative_to(files.place.parent) for each in exports)
    ]


def _without_copies(found: list[GazeFiles]) -> list[GazeFiles]:
    """The first of those with the same bytes."""
    if len(found) < 2:
        return found
    return list({_digest(files): files for files in reversed(found)}.values())[::-1]


def _digest(files: GazeFiles) -> bytes:
    digest = hashlib.sha256()
    with files.gaze.opened() as file:
        while piece := file.read(HASH_BYTES):
            digest.update(piece)
    return digest.digest()

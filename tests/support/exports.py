"""Folders and zips as eye trackers' software exports them, and native recordings, for tests."""

import zipfile
from pathlib import Path

import numpy as np

from tests.support.gaze_files import CORE, START_NS, WIDTH, write_table

NEON_PX = (1600, 1200)
FPS = 30


def core_export(folder: Path, frames: int = 120, x: float = 100.0, rate_hz: float = FPS, world: bool = True):
    """A folder exports/000 of Pupil Player: gaze at x px of the test video, four samples a frame."""
    folder.mkdir(parents=True, exist_ok=True)
    times_s = np.arange(frames * 4) / (4 * rate_hz)
    rows = [f"{50 + t:.6f},{n // 4},1.0,{x / WIDTH!r},0.5," for n, t in enumerate(times_s)]
    write_table(folder, CORE, rows, "gaze_positions.csv")
    if world:
        rows = [f"{50 + n / rate_hz:.6f},{n}" for n in range(frames)]
        write_table(folder, "# timestamps [seconds],pts", rows, "world_timestamps.csv")
    return folder


def plain_gaze(folder: Path, seconds: float = 4.0, x: float = 100.0, name: str = "gaze.csv") -> Path:
    """A table t,x,y of so many seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_table(folder, "t,x,y", [f"{t:.2f},{x},100" for t in np.arange(0, seconds, 0.02)], name)


def native(folder: Path, frames: int = 120, x: float = 100.0, part: int = 1, rate: str = " ps1") -> Path:
    """A recording as Neon's phone keeps it, with gaze at x px of the scene camera, without its videos."""
    folder.mkdir(parents=True, exist_ok=True)
    stamps = START_NS + np.arange(frames * 5) * (10**9 // (FPS * 5))
    points = np.column_stack((np.full(len(stamps), x), 100 + np.arange(len(stamps)) / 10))
    stamps.astype("<i8").tofile(folder / f"gaze{rate}.time")
    points.astype("<f4").tofile(folder / f"gaze{rate}.raw")
    scene = START_NS + (np.arange(frames) * 10**9) // FPS
    scene.astype("<i8").tofile(folder / f"Neon Scene Camera v1 ps{part}.time")
    return folder


def zipped(folder: Path, path: Path) -> Path:
    """All files of a folder in a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder).as_posix())
    return path

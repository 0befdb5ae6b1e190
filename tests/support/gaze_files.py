"""Gaze files as eye trackers write them, for tests, read for a video of 120 frames."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import Gaze, UnreadableGaze, read_gaze
from tests.support.sentences import check_sentence

FRAMES_S = np.arange(120) / 30
WIDTH, HEIGHT = 640, 480
START_NS = 1_728_546_108_163_313_161  # no float64 holds it
CORE_START_S = 4242.5
CLOUD = "section id,recording id,timestamp [ns],gaze x [px],gaze y [px],worn,fixation id,blink id"
CORE = "gaze_timestamp,world_index,confidence,norm_pos_x,norm_pos_y,base_data"
CLOUD_WORLD = "section id,recording id,timestamp [ns]"
CORE_WORLD = "# timestamps [seconds],pts"


def read(path: Path, **kwargs) -> Gaze:
    """Read gaze for the video of 120 frames."""
    return read_gaze(path, FRAMES_S, WIDTH, HEIGHT, **kwargs)


def write_table(folder: Path, header: str, rows: list[str], name: str = "gaze.csv") -> Path:
    """Write a table of text."""
    (folder / name).write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return folder / name


def cloud_row(ns: int, x="10", y="20", worn="1.0", blink="") -> str:
    """A row of Pupil Cloud's gaze.csv."""
    return f"a,b,{ns},{x},{y},{worn},,{blink}"


def core_row(at_s: float, x: float, y: float, confidence: float = 0.9) -> str:
    """A row of Pupil Core's gaze_positions.csv, seconds after the first frame."""
    return f"{CORE_START_S + at_s},{round(at_s * 30)},{confidence},{x},{y},1-2"


def write_cloud_world(folder: Path, frames: int = 120, rate_hz: float = 30.0) -> list[int]:
    """Write Pupil Cloud's world_timestamps.csv; returns the stamps of the frames."""
    stamps = [START_NS + round(number * 1e9 / rate_hz) for number in range(frames)]
    write_table(folder, CLOUD_WORLD, [f"a,b,{ns}" for ns in stamps], "world_timestamps.csv")
    return stamps


def write_core_world(folder: Path) -> None:
    """Write Pupil Core's world_timestamps.csv."""
    rows = [f"{CORE_START_S + number / 30!r},{number}" for number in range(120)]
    write_table(folder, CORE_WORLD, rows, "world_timestamps.csv")


def refused_gaze(path: Path, *words: str, name: str | None = None, world: Path | None = None) -> None:
    """Check that a file is refused in one sentence with some words, naming the file (or name)."""
    with pytest.raises(UnreadableGaze) as caught:
        read(path, world_timestamps_path=world)
    check_sentence(caught.value, name or path.name)
    assert all(word in str(caught.value) for word in words), str(caught.value)

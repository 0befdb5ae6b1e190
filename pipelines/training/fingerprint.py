"""Fingerprints for cache keys: what encoded clips depend on, so that a cache never lends them to others.

A key has the content of the recordings' files, how clips are sampled, and the pixels that encoding a fixed
clip gives now: a change of the encodings, or of the library behind them, needs no version number.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

from encodings.clip import CLIP_S, FRAMES, RATE_HZ, Clip
from encodings.names import encoding
from encodings.paint import encode
from pipelines.datasets.manifest import ClipRow
from pipelines.recordings.gaze.files import INFO_NAME, WORLD_NAME
from pipelines.recordings.recording import MIN_WINDOW_S, WORKING_LONG_SIDE, WORKING_SIDE
from zoo.pixels import square

SMALL = 1 << 18  # bytes: a file up to this size is read whole, of a larger one this much at either end
SAMPLING = (FRAMES, RATE_HZ, CLIP_S, MIN_WINDOW_S, WORKING_SIDE, WORKING_LONG_SIDE)


def digest(*parts: object) -> str:
    """Short hash of parts that `repr` tells apart."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def clips_fingerprint(manifest: Path, rows: Iterable[ClipRow]) -> str:
    """Hash of the videos, gaze files and times of a manifest's clips; labels do not matter."""
    known: dict[Path, str] = {}

    def content(path: Path) -> str:
        if path not in known:
            known[path] = file_fingerprint(path)
        return known[path]

    clips = []
    for row in rows:
        paths = [manifest.parent / row.video]
        if row.gaze:
            paths += _gaze_files(manifest.parent / row.gaze)
        clips.append((row.start_s, *map(content, paths)))
    return digest(SAMPLING, clips)


def _gaze_files(gaze: Path) -> tuple[Path, ...]:
    """The files of a gaze folder, or a gaze file and the two beside it that are its clock."""
    if gaze.is_dir():
        return tuple(path for path in sorted(gaze.rglob("*")) if path.is_file())
    return gaze, gaze.with_name(WORLD_NAME), gaze.with_name(INFO_NAME)


def file_fingerprint(path: Path) -> str:
    """Hash of a file's content; of a large one its size, both ends and time of change.  "" without a file."""
    if not path.is_file():
        return ""
    stat, content = path.stat(), hashlib.sha256()
    with path.open("rb") as file:
        content.update(file.read(SMALL))
        if stat.st_size > SMALL:
            file.seek(max(SMALL, stat.st_size - SMALL))
            content.update(file.read(SMALL))
            content.update(repr((stat.st_size, stat.st_mtime_ns)).encode())
    return content.hexdigest()


@cache
def encoding_fingerprint(name: str) -> str:
    """Hash of the pixels that an encoding gives a fixed clip, squeezed to a square."""
    rng = np.random.default_rng(0)
    clip = Clip(
        frames=rng.integers(0, 256, (FRAMES, 24, 32, 3), dtype=np.uint8),
        start_s=0.0,
        end_s=CLIP_S,
        gaze_px=rng.uniform(0, 24, (FRAMES, 2)),
        depth=rng.random((FRAMES, 24, 32), dtype=np.float32),
        masks=rng.integers(0, 9, (FRAMES, 24, 32), dtype=np.int32),
    )
    pixels = square(encode(clip, encoding(name)).frames, 16).numpy()
    return hashlib.sha256(pixels.tobytes()).hexdigest()

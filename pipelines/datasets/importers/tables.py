"""What importers share: tables of text, and whether a video is there and can be read."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from encodings.clip import CLIP_S
from encodings.errors import UserError
from pipelines.datasets.importers.skipped import Skipped
from pipelines.recordings.recording import MIN_WINDOW_S
from pipelines.recordings.video_errors import UnreadableRecording
from pipelines.recordings.video_file import read_track
from zoo.labels import LabelSet, UnknownLabels, parse_label


class UnreadableSource(UserError):
    """A source of labelled video that cannot be used."""


@dataclass(frozen=True)
class VideoCheck:
    """How long a video is, or why it cannot be used; problem is "" for a video that can."""

    duration_s: float = 0.0
    problem: str = ""


def check_video(video: Path) -> VideoCheck:
    """Read a video's duration, and whether a clip can be cut from it."""
    if not video.is_file():
        return VideoCheck(problem="the video is missing")
    try:
        duration_s = read_track(video).end_s
    except UnreadableRecording:
        return VideoCheck(problem="the video cannot be read")
    if duration_s < MIN_WINDOW_S:
        return VideoCheck(duration_s, f"the video is shorter than {MIN_WINDOW_S:g} s")
    return VideoCheck(duration_s)


def read_table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read the rows of a CSV that has some columns.  Raises UnreadableSource."""
    expected = f"expected a CSV with the columns {', '.join(columns)}"
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise UnreadableSource(f"{path} has no column {missing[0]!r}; {expected}.")
            return [{k: (v or "").strip() for k, v in row.items() if k} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableSource(f"{path} cannot be read ({error}); {expected}.") from error


def find_table(source: Path, columns: tuple[str, ...]) -> Path:
    """The CSV itself, or the only one in a folder that has some columns.  Raises UnreadableSource."""
    if not source.is_dir():
        return source
    matching = [path for path in sorted(source.glob("*.csv")) if set(columns) <= set(_header(path))]
    if len(matching) != 1:
        raise UnreadableSource(
            f"{source} holds {len(matching) or 'no'} CSV files with the columns {', '.join(columns)}; "
            "name one of them, or make one."
        )
    return matching[0]


def _header(path: Path) -> list[str]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def window_around(middle_s: float, end_s: float) -> tuple[float, float]:
    """The 4 s around a moment, moved as little as needed to lie within a video of end_s seconds."""
    start_s = max(0.0, min(middle_s - CLIP_S / 2, end_s - CLIP_S))
    return round(start_s, 3), round(min(start_s + CLIP_S, end_s), 3)


def known_label(text: str, labels: LabelSet | None, skipped: Skipped, example: str) -> str | None:
    """A label in its one spelling; None, and counted, if there is none or the set does not know it."""
    if not text:
        skipped.add("no label", example)
        return None
    try:
        return parse_label(text, labels) if labels else text
    except UnknownLabels:
        skipped.add(f"no label of {labels.title}", f"{example}: {text}")
        return None

"""What importers share: tables of text, and whether a video is there and can be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from encodings.clip import CLIP_S
from encodings.errors import UserError
from pipelines.datasets.importers.skipped import Skipped
from pipelines.recordings.annotations.entries import UnreadableLabels
from pipelines.recordings.annotations.labelled_video import LabelledVideo
from pipelines.recordings.annotations.names import LabelNames
from pipelines.recordings.annotations.registry import LABEL_ENDINGS, open_labels
from pipelines.recordings.annotations.table import LabelTable, find_header, without_header
from pipelines.recordings.recording import MIN_WINDOW_S
from pipelines.recordings.video_errors import UnreadableRecording
from pipelines.recordings.video_file import read_track
from zoo.labels import UnknownLabels


class UnreadableSource(UserError):
    """A source of labelled video that cannot be used."""


@dataclass(frozen=True)
class VideoCheck:
    """How long a video is, or why it cannot be used; problem is "" and labelled given for one that can."""

    duration_s: float = 0.0
    problem: str = ""
    labelled: LabelledVideo | None = None


def check_video(video: Path) -> VideoCheck:
    """Read a video's duration, and whether a clip can be cut from it."""
    if not video.is_file():
        return VideoCheck(problem="the video is missing")
    try:
        track = read_track(video)
    except UnreadableRecording:
        return VideoCheck(problem="the video cannot be read")
    if track.end_s < MIN_WINDOW_S:
        return VideoCheck(track.end_s, f"the video is shorter than {MIN_WINDOW_S:g} s")
    labelled = LabelledVideo(name=video.name, duration_s=track.end_s, frame_times_s=track.times_s)
    return VideoCheck(track.end_s, labelled=labelled)


def read_table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read the rows of a table that has some columns, in any spelling.  Raises UnreadableSource."""
    try:
        table, bare = _open(path, columns)
    except UnreadableLabels as error:
        raise UnreadableSource(str(error)) from error
    if table is None:
        missing = next(name for name in columns if name not in bare)
        raise UnreadableSource(
            f"{path} has no column {missing!r}; expected a CSV with the columns {', '.join(columns)}."
        )
    return [{name: table.cell(row, name) for name in table.columns if name} for row in table.rows]


def _open(path: Path, columns: tuple[str, ...]) -> tuple[LabelTable | None, tuple[str, ...]]:
    """The table of a file that has some columns, None without them; and what its first row holds."""
    text, _ = open_labels(path)
    table = find_header(text, path.name, lambda header: header >= {*columns})
    return table, without_header(text, path.name).rows[0].cells


def find_table(source: Path, columns: tuple[str, ...]) -> Path:
    """The table itself, or the only one in a folder that has some columns.  Raises UnreadableSource."""
    if not source.is_dir():
        return source
    matching = [path for path in label_files(source) if _has(path, columns)]
    if len(matching) != 1:
        raise UnreadableSource(
            f"{source} holds {len(matching) or 'no'} CSV files with the columns {', '.join(columns)}; "
            "name one of them, or make one."
        )
    return matching[0]


def label_files(folder: Path) -> list[Path]:
    """The files of a folder that may hold labels, by their endings."""
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in LABEL_ENDINGS]


def _has(path: Path, columns: tuple[str, ...]) -> bool:
    try:
        return _open(path, columns)[0] is not None
    except UnreadableLabels:
        return False


def window_around(middle_s: float, end_s: float) -> tuple[float, float]:
    """The 4 s around a moment, moved as little as needed to lie within a video of end_s seconds."""
    start_s = max(0.0, min(middle_s - CLIP_S / 2, end_s - CLIP_S))
    return round(start_s, 3), round(min(start_s + CLIP_S, end_s), 3)


def known_label(text: str, names: LabelNames, skipped: Skipped, example: str) -> str | None:
    """A label in its one spelling; None, and counted, if there is none or the set does not know it."""
    if not text:
        skipped.add("no label", example)
        return None
    try:
        label = names.parse(text)
    except UnknownLabels:
        skipped.add(f"no label of {names.labels.title}", f"{example}: {text}")
        return None
    if label is None:
        skipped.add("the mapping leaves the label out", f"{example}: {text}")
    return label

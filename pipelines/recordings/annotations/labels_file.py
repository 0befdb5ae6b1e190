"""The true labels of one recording, from a table in any of the layouts that labels come in."""

import csv
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from encodings.clip import CLIP_S
from encodings.errors import UserError
from pipelines.recordings.annotations.published import CLIP_NAME
from pipelines.recordings.annotations.segment import Segment
from zoo.labels import LabelSet, UnknownLabels, parse_label

MAX_BYTES = 20_000_000
EXPECTED = "expected a CSV with the columns start_s,end_s,label, or video,label as the clips were published"
TOUCH_S = 0.001  # stretches may overlap by so much: times are rounded


class UnreadableLabels(UserError):
    """A file of true labels that cannot be used."""


def read_labels(path: Path, recording: str, labels: LabelSet) -> tuple[Segment, ...]:
    """The labelled stretches of a recording, in order of time.

    Layouts: start_s,end_s,label, with a column video if it lists more than one recording; or one row a
    4 s clip, video,label, as in the published tables, where the name <recording>_<part>_<index>.mp4 says
    when it is.  recording is the name of the video.  Raises UnreadableLabels.
    """
    columns, rows = _read(path)
    if {"start_s", "end_s", "label"} <= columns:
        rows = _of_recording(rows, recording, path) if "video" in columns else rows
        stretches = [_stretch(row, line, path, labels) for line, row in rows]
    elif {"video", "label"} <= columns:
        stretches = _published(rows, recording, path, labels)
    else:
        raise UnreadableLabels(f"{path.name} has the columns {', '.join(sorted(columns))}; {EXPECTED}.")
    stretches.sort(key=lambda segment: segment.start_s)
    for one, other in pairwise(stretches):
        if other.start_s < one.end_s - TOUCH_S:
            raise UnreadableLabels(
                f"{path.name} gives two labels to {other.start_s:g} s; give every moment at most one."
            )
    return tuple(stretches)


def labels_at(truth: Sequence[Segment], spans: Sequence[tuple[float, float]]) -> tuple[str | None, ...]:
    """The true label of each span: the one that covers most of it, if together that is half of it or more."""
    return tuple(_label_at(truth, *span) for span in spans)


def _label_at(truth: Sequence[Segment], start_s: float, end_s: float) -> str | None:
    covered: dict[str, float] = {}
    for segment in truth:
        shared_s = min(end_s, segment.end_s) - max(start_s, segment.start_s)
        if shared_s > 0:
            covered[segment.label] = covered.get(segment.label, 0.0) + shared_s
    best = max(covered, key=lambda label: covered[label], default=None)
    return best if best and 2 * covered[best] >= end_s - start_s - TOUCH_S else None


def _read(path: Path) -> tuple[set[str], list[tuple[int, dict[str, str]]]]:
    """The columns, and each row beside its line number."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableLabels(f"{path.name} is larger than {MAX_BYTES // 10**6} MB; {EXPECTED}.")
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            rows = [(reader.line_num, row) for row in reader]
            columns = {str(name).strip() for name in reader.fieldnames or ()}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableLabels(f"{path.name} cannot be read as a table of labels; {EXPECTED}.") from error
    if not rows:
        raise UnreadableLabels(f"{path.name} has no rows; {EXPECTED}.")
    return columns, [(line, {str(k).strip(): v for k, v in row.items()}) for line, row in rows]


def _stretch(row: dict[str, str], line: int, path: Path, labels: LabelSet) -> Segment:
    try:
        start_s, end_s = float(row["start_s"]), float(row["end_s"])
    except (TypeError, ValueError):
        start_s = end_s = float("nan")
    if not 0 <= start_s < end_s < float("inf"):
        raise UnreadableLabels(
            f"{path.name}, line {line}: a stretch from “{row['start_s']}” to “{row['end_s']}” cannot be; "
            "give seconds, the end after the start."
        )
    return Segment(_label(row, line, path, labels), start_s, end_s)


def _label(row: dict[str, str], line: int, path: Path, labels: LabelSet) -> str:
    try:
        return parse_label(row["label"] or "", labels)
    except UnknownLabels as error:
        raise UnreadableLabels(f"{path.name}, line {line}: {error}") from error


def _of_recording(rows: list, recording: str, path: Path) -> list:
    """The rows of one recording; its name decides where a table lists several."""
    videos = {row["video"] for _, row in rows}
    named = {each for each in videos if Path(each or "").name == recording}
    chosen = named if len(videos) > 1 else videos
    if len(chosen) != 1:
        raise UnreadableLabels(
            f"{path.name} lists {len(videos)} recordings, and {len(chosen)} of them are called {recording}; "
            "give the rows of this recording alone."
        )
    return [(line, row) for line, row in rows if row["video"] in chosen]


def _published(rows: list, recording: str, path: Path, labels: LabelSet) -> list[Segment]:
    """One 4 s clip a row; the clip's index says when it is, counted from the start of its part."""
    parts: dict[str, list[Segment]] = {}
    for line, row in rows:
        name = CLIP_NAME.fullmatch(Path(row["video"] or "").name)
        if name is None:
            raise UnreadableLabels(
                f"{path.name}, line {line}: the clip “{row['video']}” has no place in time; "
                "expected <recording>_<part>_<index>.mp4."
            )
        start_s = int(name["index"]) * CLIP_S
        segment = Segment(_label(row, line, path, labels), start_s, start_s + CLIP_S)
        parts.setdefault(f"{name['uuid']}_{name['part']}", []).append(segment)
    stem = Path(recording).stem
    own = [key for key in parts if key == stem or key.rpartition("_")[0] == stem] or list(parts)
    if len(own) != 1:
        raise UnreadableLabels(
            f"{path.name} lists {len(parts)} recordings, and the name {recording} does not say which of them "
            "this is; give the rows of this recording alone, or name it <recording>_<part>.mp4."
        )
    return parts[own[0]]

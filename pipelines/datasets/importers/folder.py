"""A lab's own folder: whole recordings, and a file of what is done from when to when, in any layout of "
"labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from encodings.clip import CLIP_S
from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.importers.tables import (
    UnreadableSource,
    VideoCheck,
    check_video,
    known_label,
    label_files,
    window_around,
)
from pipelines.datasets.manifest import SPLITS, ClipRow
from pipelines.recordings.annotations.entries import Annotations, Entry, UnreadableLabels, listed
from pipelines.recordings.annotations.labelled_video import Likeness, likeness
from pipelines.recordings.annotations.names import LabelNames, choose_tier
from pipelines.recordings.annotations.registry import read_annotations
from pipelines.recordings.annotations.times import in_seconds, is_interval, unit_that_fits

SLACK_S = 0.05  # an interval that is this much shorter than whole clips still has them
VIDEO_ENDINGS = (
    ".mp4",
    ".mov",
    ".mkv",
    ".webm",
    ".avi",
    ".m4v",
    ".mpg",
    ".mpeg",
    ".mts",
    ".ts",
    ".wmv",
    ".ogv",
)


def read(source: Path, videos: Path | None, names: LabelNames, skipped: Skipped) -> list[ClipRow]:
    """Read the labels and cut each interval into whole clips from its start on; an interval gives several.

    An interval under 4 s becomes the 4 s around its middle if it fills half of them.  Without a wearer a
    video counts as its own wearer's.  Raises UnreadableSource.
    """
    path, annotations = _find_labels(source)
    annotations = choose_tier(annotations, names)
    folder, check = videos or path.parent, cache(check_video)
    skipped.notes += annotations.notes
    rows = []
    for name in dict.fromkeys(entry.video for entry in annotations.entries):
        of_video = replace(
            annotations, entries=tuple(each for each in annotations.entries if each.video == name), notes=()
        )
        video = _find_video(name, folder, path, skipped)
        rows += _rows(_timed(of_video, check(video), skipped), video, check(video), names, skipped)
    return [replace(row, gaze=_gaze(row.gaze, path.parent, skipped)) for row in rows]


def _find_labels(source: Path) -> tuple[Path, Annotations]:
    """A file of labels and what it holds, or the only such file in a folder.  Raises UnreadableSource."""
    try:
        if not source.is_dir():
            return source, read_annotations(source)
    except UnreadableLabels as error:
        raise UnreadableSource(str(error)) from error
    found = {}
    for path in label_files(source):
        try:
            found[path] = read_annotations(path)
        except UnreadableLabels:
            continue
    if len(found) != 1:
        named = f" ({listed([path.name for path in found])})" if found else ""
        raise UnreadableSource(
            f"{source} holds {len(found) or 'no'} CSV files or exports with labels{named}; name one of "
            "them, or make one with the columns video,start_s,end_s,label."
        )
    return next(iter(found.items()))


def _find_video(name: str, folder: Path, labels: Path, skipped: Skipped) -> Path:
    """The file of a video by what labels call it; without a name that of the labels, or the only video."""
    if name and (folder / name).is_file():
        return folder / name
    there = [each for each in sorted(folder.glob("*")) if each.suffix.lower() in VIDEO_ENDINGS]
    same = [each for each in there if likeness(name or labels.stem, each.name) is Likeness.SAME]
    if len(same) == 1:
        return same[0]
    if name:
        return folder / name.partition(";")[0]
    if len(there) != 1:
        raise UnreadableSource(
            f"{labels.name} does not name its video, and {folder} holds {len(there) or 'no'} videos; call "
            "the video as the labels, or add a column video."
        )
    skipped.notes.append(f"{labels.name} does not name its video: it is taken to be {there[0].name}.")
    return there[0]


def _timed(annotations: Annotations, check: VideoCheck, skipped: Skipped) -> Annotations:
    """The entries of one video in seconds; those that cannot be are counted and left out."""
    if check.labelled is None:
        return annotations
    try:
        timed = in_seconds(annotations, check.labelled)
    except UnreadableLabels as error:
        return _without(annotations, str(error).rstrip("."), skipped)
    skipped.notes += [note for note in timed.notes if note not in skipped.notes]
    fits = unit_that_fits(timed.entries, check.labelled)
    if fits:
        return _without(annotations, f"the times run far beyond the video, and {fits}", skipped)
    return timed


def _without(annotations: Annotations, reason: str, skipped: Skipped) -> Annotations:
    for entry in annotations.entries:
        skipped.add(reason, _described(entry))
    return replace(annotations, entries=())


def _described(entry: Entry) -> str:
    return f"{entry.video or 'the video'} at {entry.written or f'{entry.start:g} s'}"


def _rows(
    annotations: Annotations, video: Path, check: VideoCheck, names: LabelNames, skipped: Skipped
) -> Iterator[ClipRow]:
    for entry in annotations.entries:
        name, cells = _described(entry), entry.extra
        label = known_label(entry.label.strip(), names, skipped, name)
        if label is None or (interval := _interval(entry, check, skipped, name)) is None:
            continue
        split = cells.get("split", "")
        if split and split not in SPLITS:
            skipped.add(f"no split of {', '.join(SPLITS)}", f"{name}: {split}")
            continue
        for start_s, end_s in _clips(*interval, check.duration_s):
            yield ClipRow(
                video=str(video),
                start_s=start_s,
                end_s=end_s,
                label=label,
                split=split,
                wearer=cells.get("wearer") or entry.video or video.name,
                workflow=cells.get("workflow") or entry.video or video.name,
                gaze=cells.get("gaze", ""),
            )


def _interval(entry: Entry, video: VideoCheck, skipped: Skipped, name: str) -> tuple[float, float] | None:
    """(start_s, end_s) of an entry within its video; None, and counted, if no clip can be cut."""
    start_s, end_s = max(0.0, entry.start), min(entry.end, video.duration_s)
    if video.problem:
        reason = video.problem
    elif not is_interval(entry):
        reason = "start_s and end_s are no stretch of time"
    elif start_s >= video.duration_s or end_s - start_s < CLIP_S / 2:
        reason = f"the stretch has less than {CLIP_S / 2:g} s of video"
    else:
        return start_s, end_s
    skipped.add(reason, name)
    return None


def _clips(start_s: float, end_s: float, video_end_s: float) -> Iterator[tuple[float, float]]:
    whole = int((end_s - start_s + SLACK_S) // CLIP_S)
    if whole == 0:
        yield window_around((start_s + end_s) / 2, video_end_s)
    for number in range(whole):
        clip_start_s = start_s + number * CLIP_S
        yield round(clip_start_s, 3), round(min(clip_start_s + CLIP_S, video_end_s), 3)


def _gaze(name: str, folder: Path, skipped: Skipped) -> str:
    """The path of a gaze file, folder or zip, or "" without one; a clip is not left out for want of gaze."""
    if name and not (folder / name).exists():
        skipped.add("gaze is missing (the clips stay, without it)", name)
        return ""
    return str(folder / name) if name else ""

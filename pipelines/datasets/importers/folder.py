"""A lab's own folder: whole recordings, and a table of what is done from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import isfinite
from pathlib import Path

from encodings.clip import CLIP_S
from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.importers.tables import (
    VideoCheck,
    check_video,
    find_table,
    known_label,
    read_table,
    window_around,
)
from pipelines.datasets.manifest import SPLITS, ClipRow
from zoo.labels import LabelSet

COLUMNS = ("video", "start_s", "end_s", "label")  # wearer, gaze, split and workflow are read if there
SLACK_S = 0.05  # an interval that is this much shorter than whole clips still has them


def read(source: Path, videos: Path | None, labels: LabelSet | None, skipped: Skipped) -> list[ClipRow]:
    """Read the table and cut each interval into whole clips from its start on; a table's row gives several.

    An interval under 4 s becomes the 4 s around its middle if it fills half of them.  Without a wearer a
    video counts as its own wearer's.  Raises UnreadableSource.
    """
    path, check = find_table(source, COLUMNS), cache(check_video)
    rows = []
    for cells in read_table(path, COLUMNS):
        name = f"{cells['video']} at {cells['start_s']} s"
        label = known_label(cells["label"], labels, skipped, name)
        video = (videos or path.parent) / cells["video"]
        if label is None or (interval := _interval(cells, check(video), skipped, name)) is None:
            continue
        split = cells.get("split", "")
        if split and split not in SPLITS:
            skipped.add(f"no split of {', '.join(SPLITS)}", f"{name}: {split}")
            continue
        gaze = _gaze(cells.get("gaze", ""), path.parent, skipped)
        rows += [
            ClipRow(
                video=str(video),
                start_s=start_s,
                end_s=end_s,
                label=label,
                split=split,
                wearer=cells.get("wearer") or cells["video"],
                workflow=cells.get("workflow") or cells["video"],
                gaze=gaze,
            )
            for start_s, end_s in _clips(*interval, check(video).duration_s)
        ]
    return rows


def _interval(
    cells: dict[str, str], video: VideoCheck, skipped: Skipped, name: str
) -> tuple[float, float] | None:
    """(start_s, end_s) of a table's row within its video; None, and counted, if no clip can be cut."""
    try:
        start_s, end_s = float(cells["start_s"]), float(cells["end_s"])
    except ValueError:
        start_s = end_s = float("nan")
    if video.problem:
        reason = video.problem
    elif not (isfinite(start_s) and isfinite(end_s) and 0 <= start_s < end_s):
        reason = "start_s and end_s are no stretch of time"
    elif start_s >= video.duration_s or min(end_s, video.duration_s) - start_s < CLIP_S / 2:
        reason = f"the stretch has less than {CLIP_S / 2:g} s of video"
    else:
        return start_s, min(end_s, video.duration_s)
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
    """The path of a gaze file, or "" without one; a clip is not left out for want of gaze."""
    if name and not (folder / name).is_file():
        skipped.add("gaze is missing (the clips stay, without it)", name)
        return ""
    return str(folder / name) if name else ""

"""A folder as a lab would make it: whole recordings, and a table of what is done from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import isfinite
from pathlib import Path

from encodings.clip import CLIP_S
from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.importers.tables import find_table, known_label, length_s, read_table, window_about
from pipelines.datasets.manifest import SPLITS, ClipRow
from zoo.labels import LabelSet

COLUMNS = ("video", "start_s", "end_s", "label")  # wearer, gaze, split and workflow are read if there
SLACK_S = 0.05  # a stretch that is this much shorter than whole clips still has them


def read(source: Path, videos: Path | None, labels: LabelSet | None, skipped: Skipped) -> list[ClipRow]:
    """Read the table and cut each stretch into whole clips from its start on; one table row gives several.

    A stretch under 4 s becomes the 4 s about its middle if it fills half of them.  Without a wearer a
    video counts as its own wearer's.  Raises UnreadableSource.
    """
    path, length = find_table(source, COLUMNS), cache(length_s)
    folder = videos or path.parent
    rows = []
    for cells in read_table(path, COLUMNS):
        name = f"{cells['video']} at {cells['start_s']} s"
        label = known_label(cells["label"], labels, skipped, name)
        video = folder / cells["video"]
        if label is None or (stretch := _stretch(cells, length(video), skipped, name)) is None:
            continue
        split = cells.get("split", "")
        if split and split not in SPLITS:
            skipped.add(f"no split of {', '.join(SPLITS)}", f"{name}: {split}")
            continue
        gaze = _gaze(cells.get("gaze", ""), path.parent, skipped)
        wearer, workflow = cells.get("wearer") or cells["video"], cells.get("workflow") or cells["video"]
        rows += [
            ClipRow(str(video), start_s, end_s, label, split, wearer, workflow, gaze)
            for start_s, end_s in _clips(*stretch)
        ]
    return rows


def _stretch(
    cells: dict[str, str], end_of_video: float | str, skipped: Skipped, name: str
) -> tuple[float, float, float] | None:
    """(start, end, length of the video) in seconds; None, and counted, if it cannot be cut."""
    try:
        start_s, end_s = float(cells["start_s"]), float(cells["end_s"])
    except ValueError:
        start_s = end_s = float("nan")
    if isinstance(end_of_video, str):
        reason = end_of_video
    elif not (isfinite(start_s) and isfinite(end_s) and 0 <= start_s < end_s):
        reason = "start_s and end_s are no stretch of time"
    elif start_s >= end_of_video or min(end_s, end_of_video) - start_s < CLIP_S / 2:
        reason = f"the stretch has less than {CLIP_S / 2:g} s of video"
    else:
        return start_s, min(end_s, end_of_video), end_of_video
    skipped.add(reason, name)
    return None


def _clips(start_s: float, end_s: float, end_of_video: float) -> Iterator[tuple[float, float]]:
    whole = int((end_s - start_s + SLACK_S) // CLIP_S)
    if whole == 0:
        yield window_about((start_s + end_s) / 2, end_of_video)
    for number in range(whole):
        from_s = start_s + number * CLIP_S
        yield round(from_s, 3), round(min(from_s + CLIP_S, end_of_video), 3)


def _gaze(name: str, folder: Path, skipped: Skipped) -> str:
    """The path of a gaze file, or "" without one; a clip does not fail for want of gaze."""
    if name and not (folder / name).is_file():
        skipped.add("gaze is missing (the clips stay, without it)", name)
        return ""
    return str(folder / name) if name else ""

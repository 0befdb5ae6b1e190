"""The layout in which Lab Actions and Lab Motion were published: one mp4 a clip, and a table of labels."""

from __future__ import annotations

from pathlib import Path

from encodings.clip import CLIP_S
from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.importers.tables import (
    UnreadableSource,
    find_table,
    known_label,
    length_s,
    read_table,
)
from pipelines.datasets.manifest import SPLITS, ClipRow
from pipelines.recordings.annotations.published import CLIP_NAME
from zoo.labels import LabelSet

COLUMNS = ("video", "label", "split")


def read(source: Path, videos: Path | None, labels: LabelSet | None, skipped: Skipped) -> list[ClipRow]:
    """Read the table, and find each clip's file beside it, one folder below, or in the folder of videos.

    A workflow is all clips of one uuid; no wearers are published, so that each uuid stands for its own.
    Raises UnreadableSource.
    """
    if labels is None:
        raise UnreadableSource("Published labels have several spellings: say of which --labels they are.")
    path = find_table(source, COLUMNS)
    rows = []
    for cells in read_table(path, COLUMNS):
        name = CLIP_NAME.fullmatch(Path(cells["video"]).name)
        label = known_label(cells["label"], labels, skipped, cells["video"])
        if label is None:
            continue
        if name is None:
            skipped.add("not named <recording>_<part>_<index>.mp4", cells["video"])
        elif cells["split"] not in SPLITS:
            skipped.add(f"no split of {', '.join(SPLITS)}", f"{cells['video']}: {cells['split']}")
        elif isinstance(end_s := length_s(video := _found(cells["video"], path.parent, videos)), str):
            skipped.add(end_s, cells["video"])
        else:
            end_s = round(min(end_s, CLIP_S), 3)
            rows.append(ClipRow(str(video), 0.0, end_s, label, cells["split"], name["uuid"], name["uuid"]))
    return rows


def natural(video: str) -> tuple[int, int, str]:
    """(part, index, name) of a clip's file, to put a workflow in order; zeros for other names."""
    name = CLIP_NAME.fullmatch(Path(video).name)
    return (int(name["part"]), int(name["index"]), video) if name else (0, 0, video)


def _found(name: str, beside: Path, videos: Path | None) -> Path:
    if videos is not None:
        return videos / Path(name).name
    direct = beside / name
    return direct if direct.is_file() else next(beside.glob(f"*/{Path(name).name}"), direct)

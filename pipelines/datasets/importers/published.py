"""The layout in which Lab Actions and Lab Motion were published: one mp4 a clip, and a table of labels."""

from __future__ import annotations

from pathlib import Path

from encodings.clip import CLIP_S
from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.importers.tables import (
    UnreadableSource,
    check_video,
    find_table,
    known_label,
    read_table,
)
from pipelines.datasets.manifest import SPLITS, ClipRow
from pipelines.recordings.annotations.names import LabelNames
from pipelines.recordings.annotations.published import CLIP_NAME

COLUMNS = ("video", "label")  # split is read if there; in a folder it tells the table from others


def read(source: Path, videos: Path | None, names: LabelNames, skipped: Skipped) -> list[ClipRow]:
    """Read the table, and find each clip's file beside it, one folder below, or in the folder of videos.

    A workflow is all clips of one uuid; wearers are not published, so that each uuid counts as one.
    Raises UnreadableSource.
    """
    if names.labels is None:
        raise UnreadableSource("Published labels have several spellings: give the label set with --labels.")
    path = find_table(source, (*COLUMNS, "split"))
    rows = (_row(cells, path.parent, videos, names, skipped) for cells in read_table(path, COLUMNS))
    return [row for row in rows if row is not None]


def _row(
    cells: dict[str, str], folder: Path, videos: Path | None, names: LabelNames, skipped: Skipped
) -> ClipRow | None:
    """The clip of a table's row; None, and counted, if it cannot be used."""
    name = CLIP_NAME.fullmatch(Path(cells["video"]).name)
    label = known_label(cells["label"], names, skipped, cells["video"])
    if label is None:
        return None
    if name is None:
        skipped.add("not named <recording>_<part>_<index>.mp4", cells["video"])
        return None
    split = cells.get("split", "")
    if split and split not in SPLITS:
        skipped.add(f"no split of {', '.join(SPLITS)}", f"{cells['video']}: {split}")
        return None
    video = _find_video(cells["video"], folder, videos)
    check = check_video(video)
    if check.problem:
        skipped.add(check.problem, cells["video"])
        return None
    return ClipRow(
        video=str(video),
        start_s=0.0,
        end_s=round(min(check.duration_s, CLIP_S), 3),
        label=label,
        split=split,
        wearer=name["uuid"],
        workflow=name["uuid"],
    )


def clip_order(video: str) -> tuple[int, int, str]:
    """(part, index, name) of a clip's file, which sort a workflow by time; zeros for other names."""
    name = CLIP_NAME.fullmatch(Path(video).name)
    return (int(name["part"]), int(name["index"]), video) if name else (0, 0, video)


def _find_video(name: str, folder: Path, videos: Path | None) -> Path:
    if videos is not None:
        return videos / Path(name).name
    direct = folder / name
    return direct if direct.is_file() else next(folder.glob(f"*/{Path(name).name}"), direct)

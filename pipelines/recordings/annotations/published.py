"""The layout video,label of the published data: one 4 s clip a row, named <recording>_<part>_<index>.mp4."""

import re
from pathlib import PurePosixPath

from encodings.clip import CLIP_S
from pipelines.recordings.annotations.entries import CLIP, Annotations, Entry
from pipelines.recordings.annotations.table import LabelTable, Row

COLUMNS = frozenset(("video", "label"))
CLIP_NAME = re.compile(r"(?P<uuid>.+)_(?P<part>\d{1,7})_(?P<index>\d{1,7})(\.\w+)?")


def matches(columns: frozenset[str]) -> bool:
    """Whether a header has the columns of the published tables."""
    return columns >= COLUMNS


def read(table: LabelTable) -> Annotations:
    """The clips of every recording; a clip's index counts from the start of its part."""
    entries = tuple(_entry(table, row) for row in table.rows)
    return Annotations(file=table.name, source="the published table of clips", entries=entries)


def _entry(table: LabelTable, row: Row) -> Entry:
    video, label = table.cell(row, "video"), table.cell(row, "label")
    name = CLIP_NAME.fullmatch(PurePosixPath(video).name)
    if name is None:
        raise table.error(
            row,
            f"the name of the clip “{video[:80]}” does not give its time; expected "
            "<recording>_<part>_<index>.mp4, or the columns start_s and end_s beside it.",
        )
    start_s = int(name["index"]) * CLIP_S
    return Entry(
        label=label,
        start=start_s,
        end=start_s + CLIP_S,
        # The recording may be called by its part, or without it where it has but one.
        video=f"{name['uuid']}_{name['part']};{name['uuid']}",
        extra={CLIP: video},
        line=row.line,
        written=f"that of the clip “{video[:80]}”",
    )

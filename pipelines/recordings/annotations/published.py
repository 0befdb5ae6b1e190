"""The layout video,label of the published data: one 4 s clip a row, named <recording>_<part>_<index>.mp4."""

import re
from pathlib import Path

from encodings.clip import CLIP_S
from pipelines.recordings.annotations.segment import Segment
from pipelines.recordings.annotations.table import LabelTable, UnreadableLabels
from zoo.labels import LabelSet

COLUMNS = frozenset(("video", "label"))
CLIP_NAME = re.compile(r"(?P<uuid>.+)_(?P<part>\d+)_(?P<index>\d+)(\.\w+)?")


def read(table: LabelTable, recording: str, labels: LabelSet) -> list[Segment]:
    """The clips of one recording; a clip's index counts from the start of its part.

    Raises UnreadableLabels, also if the recording's name does not decide which part it is.
    """
    parts: dict[str, list[Segment]] = {}
    for row in table.rows:
        video = row.cells["video"]
        name = CLIP_NAME.fullmatch(Path(video or "").name)
        if name is None:
            raise table.error(
                row,
                f"the name of the clip “{video}” does not give its time; "
                "expected <recording>_<part>_<index>.mp4.",
            )
        start_s = int(name["index"]) * CLIP_S
        segment = Segment(table.label(row, labels), start_s, start_s + CLIP_S)
        parts.setdefault(f"{name['uuid']}_{name['part']}", []).append(segment)
    stem = Path(recording).stem
    matching = [part for part in parts if part == stem or part.rpartition("_")[0] == stem] or list(parts)
    if len(matching) != 1:
        raise UnreadableLabels(
            f"{table.name} lists {len(parts)} recordings, and the name {recording} does not decide which of "
            "them this is; give the rows of this recording alone, or name it <recording>_<part>.mp4."
        )
    return parts[matching[0]]

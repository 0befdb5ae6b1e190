"""From a manifest to clips, over the same path that a visitor's recording takes."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from encodings.clip import Clip
from encodings.errors import UserError
from pipelines.datasets.manifest import ClipRow, read_manifest
from pipelines.recording import cut_clips, open_recording

SAME_START_S = 0.02


class EmptySplit(UserError):
    """A split without a single clip."""


def rows_of(manifest: Path, split: str) -> tuple[ClipRow, ...]:
    """The rows of one split, in order.  Raises BrokenManifest, EmptySplit."""
    rows = tuple(row for row in read_manifest(manifest) if row.split == split)
    if not rows:
        raise EmptySplit(f"{manifest.name} has no clip in the split “{split}”; render more workflows.")
    return rows


def labelled_clips(manifest: Path, rows: tuple[ClipRow, ...]) -> Iterator[tuple[Clip, ClipRow]]:
    """Each row beside its clip; every recording is decoded once.

    Rows of one video must follow each other in order of time.  Raises UnreadableRecording, UnreadableGaze,
    and EmptySplit for a row that its video does not reach.
    """
    for video, group in groupby(rows, key=lambda row: row.video):
        wanted = list(group)
        gaze = manifest.parent / wanted[0].gaze if wanted[0].gaze else None
        for clip in cut_clips(open_recording(manifest.parent / video, gaze)):
            if wanted and abs(clip.start_s - wanted[0].start_s) < SAME_START_S:
                yield clip, wanted.pop(0)
        if wanted:
            raise EmptySplit(
                f"{Path(video).name} has no clip at {wanted[0].start_s:g} s, which {manifest.name} names; "
                "clips start at multiples of 4 s."
            )

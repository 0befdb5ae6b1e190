"""From a manifest to clips, over the same path that a visitor's recording takes."""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from operator import attrgetter
from pathlib import Path

from encodings.clip import CLIP_S, Clip
from encodings.errors import UserError
from pipelines.datasets.manifest import BrokenManifest, ClipRow, read_manifest
from pipelines.recordings.annotations.published import CLIP_NAME
from pipelines.recordings.recording import MIN_WINDOW_S, cut_clips, open_recording

SAME_S = 0.02  # times that differ by less are equal: containers round them


class EmptySplit(UserError):
    """A split without a single clip."""


def rows_of(manifest: Path, split: str) -> tuple[ClipRow, ...]:
    """The rows of one split, in order.  Raises BrokenManifest, EmptySplit."""
    rows = tuple(row for row in read_manifest(manifest) if row.split == split)
    if not rows:
        raise EmptySplit(f"{manifest.name} has no clip in the split “{split}”; add recordings to it.")
    return rows


def labelled_clips(manifest: Path, rows: tuple[ClipRow, ...]) -> Iterator[tuple[Clip, ClipRow]]:
    """Each row beside its clip, the 4 s from the row's start on; every recording is decoded once.

    Rows of one video must follow each other in order of time.  Raises UnreadableRecording, UnreadableGaze,
    BrokenManifest if they do not, and EmptySplit for a row that its video does not reach.
    """
    for video, group in groupby(rows, key=lambda row: row.video):
        wanted = list(group)
        gaze = manifest.parent / wanted[0].gaze if wanted[0].gaze else None
        recording = open_recording(manifest.parent / video, gaze)
        last = max(wanted, key=attrgetter("start_s"))
        if last.start_s > recording.duration_s - MIN_WINDOW_S + SAME_S:
            raise EmptySplit(
                f"{Path(video).name} lasts {recording.duration_s:.1f} s and {manifest.name} names a clip at "
                f"{last.start_s:g} s; a clip needs {MIN_WINDOW_S:g} s of video at least."
            )
        if any(after.start_s < before.start_s for before, after in pairwise(wanted)):
            raise BrokenManifest(
                f"{manifest.name} names clips of {Path(video).name} that are not in order of time; sort them."
            )
        clips = cut_clips(recording, [row.start_s for row in wanted])
        yield from zip(clips, wanted, strict=True)


def workflow_times(rows: Iterable[ClipRow]) -> list[tuple[float, float]]:
    """(start, end) in seconds of each row in its workflow, rows of one workflow next to each other.

    Within one video that is where the row lies in it.  Clips that are files of their own lie where
    their name says (<recording>_<part>_<index>), each part going on where the one before ended.
    """
    times: list[tuple[float, float]] = []
    for _, group in groupby(rows, key=attrgetter("workflow")):
        part, offset_s, end_s = None, 0.0, 0.0
        for row in group:
            name = CLIP_NAME.fullmatch(Path(row.video).name)
            begins_s = int(name["index"]) * CLIP_S if name else 0.0
            this = name["part"] if name else row.video
            if this != part:
                part, offset_s = this, end_s - begins_s
            start_s = offset_s + begins_s + row.start_s
            end_s = start_s + row.end_s - row.start_s
            times.append((start_s, end_s))
    return times

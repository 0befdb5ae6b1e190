"""Clips of a manifest, cut from their videos by the same path as a recording that is recognised."""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from operator import attrgetter
from pathlib import Path

from encodings.clip import CLIP_S, Clip
from encodings.errors import UserError
from pipelines.datasets.manifest import BrokenManifest, ClipRow, read_manifest
from pipelines.recordings.annotations.published import CLIP_NAME
from pipelines.recordings.recording import MIN_WINDOW_S, cut_clips, open_recording

TOLERANCE_S = 0.02  # times that differ by less are equal: containers round them


class EmptySplit(UserError):
    """A split without a single clip."""


def rows_of(manifest: Path, split: str) -> tuple[ClipRow, ...]:
    """The rows of one split, in order.  Raises BrokenManifest, EmptySplit."""
    rows = tuple(row for row in read_manifest(manifest) if row.split == split)
    if not rows:
        raise EmptySplit(f"{manifest.name} has no clip in the split “{split}”; add recordings to it.")
    return rows


def labelled_clips(manifest: Path, rows: tuple[ClipRow, ...]) -> Iterator[tuple[Clip, ClipRow]]:
    """Each clip, the 4 s from its row's start on, with its row; every recording is decoded once.

    Rows of one video must follow each other in order of time.  Raises UnreadableRecording, UnreadableGaze,
    BrokenManifest if they do not, and EmptySplit for a row that starts after its video has ended.
    """
    for video, group in groupby(rows, key=lambda row: row.video):
        video_rows = list(group)
        gaze = manifest.parent / video_rows[0].gaze if video_rows[0].gaze else None
        recording = open_recording(manifest.parent / video, gaze)
        last = max(video_rows, key=attrgetter("start_s"))
        if last.start_s > recording.duration_s - MIN_WINDOW_S + TOLERANCE_S:
            raise EmptySplit(
                f"{Path(video).name} lasts {recording.duration_s:.1f} s and {manifest.name} lists a clip at "
                f"{last.start_s:g} s; a clip needs {MIN_WINDOW_S:g} s of video at least: correct its start_s."
            )
        if any(after.start_s < before.start_s for before, after in pairwise(video_rows)):
            raise BrokenManifest(
                f"{manifest.name} lists clips of {Path(video).name} that are not in order of time; sort them."
            )
        clips = cut_clips(recording, [row.start_s for row in video_rows])
        yield from zip(clips, video_rows, strict=True)


def workflow_times(rows: Iterable[ClipRow]) -> list[tuple[float, float]]:
    """(start_s, end_s) of each row in its workflow; rows of one workflow must be next to each other.

    A clip of a whole recording has its time in that.  A clip that is a file has the time of its name
    (<recording>_<part>_<index>), and each part begins where the one before ended.
    """
    times: list[tuple[float, float]] = []
    for _, group in groupby(rows, key=attrgetter("workflow")):
        part, offset_s, end_s = None, 0.0, 0.0
        for row in group:
            name = CLIP_NAME.fullmatch(Path(row.video).name)
            file_start_s = int(name["index"]) * CLIP_S if name else 0.0
            row_part = name["part"] if name else row.video
            if row_part != part:
                part, offset_s = row_part, end_s - file_start_s
            start_s = offset_s + file_start_s + row.start_s
            end_s = start_s + row.end_s - row.start_s
            times.append((start_s, end_s))
    return times

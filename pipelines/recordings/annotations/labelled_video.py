"""LabelledVideo, what reading labels must know of their video, and whether a name in a file means it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import unquote

import numpy as np

from pipelines.recordings.annotations.entries import (
    CLIP,
    MAX_FILES,
    Annotations,
    Entry,
    UnreadableLabels,
    listed,
)
from pipelines.recordings.recording import Recording

UPLOAD_PREFIX = re.compile(r"[0-9a-f]{8}-(?=.)")  # Label Studio writes it before the name of an upload


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledVideo:
    """A video that labels may belong to.

    name           its file's name
    duration_s     until the last frame leaves the screen
    frame_times_s  [F] float64, presentation times, from 0.0
    """

    name: str
    duration_s: float
    frame_times_s: np.ndarray

    @property
    def rate_hz(self) -> float:
        """Mean frames a second."""
        return len(self.frame_times_s) / self.duration_s

    def frame_start_s(self, frame: float) -> float:
        """When a frame is shown, counted from 0; frames beyond the last follow at the mean rate."""
        if 0 <= frame < len(self.frame_times_s):
            return float(self.frame_times_s[int(frame)])
        return self.duration_s + (frame - len(self.frame_times_s)) / self.rate_hz


def as_labelled(recording: Recording) -> LabelledVideo:
    """What reading labels must know of a recording."""
    return LabelledVideo(
        name=recording.name, duration_s=recording.duration_s, frame_times_s=recording.frame_times_s
    )


class Likeness(Enum):
    """How a name in a file fits the name of a video."""

    SAME = 2  # but for folders, case, marks and the ending
    ALIKE = 1  # one is the other with a word before or after it
    OTHER = 0


def likeness(written: str, name: str) -> Likeness:
    """How the name, path or address of a video in a file, or several with ; between them, fit a video's."""
    own = _words(name)
    return max((_likeness(_words(each), own) for each in written.split(";")), key=lambda each: each.value)


def _likeness(words: list[str], own: list[str]) -> Likeness:
    if "".join(words) == "".join(own):
        return Likeness.SAME
    short, long = sorted((words, own), key=len)
    added = long[len(short) :] if long[: len(short)] == short else long[: -len(short) or None]
    fits = bool(short) and (long[: len(short)] == short or long[-len(short) :] == short)
    return Likeness.ALIKE if fits and not any(map(str.isdigit, added)) else Likeness.OTHER


def _words(name: str) -> list[str]:
    """The words of a name without its folders and ending, in lower case."""
    base = re.split(r"[/\\=]", unquote(name.strip()))[-1].casefold()
    base = UPLOAD_PREFIX.sub("", base, count=1) if UPLOAD_PREFIX.match(base) else base
    stem = re.sub(r"\.[a-z]\w{1,4}$", "", base)
    return re.findall(r"[^\W_]+", stem)


def entries_of_video(annotations: Annotations, name: str) -> Annotations:
    """The entries of one video, and a note if its name only resembles the one in the file.

    Entries without a video belong to any.  Raises UnreadableLabels if the file is of other videos.
    """
    if clips := [each for each in annotations.entries if _is_clip(each, name)]:
        whole = tuple(replace(each, start=0.0, end=each.end - each.start) for each in clips)
        return replace(annotations, entries=whole)
    written = sorted({entry.video for entry in annotations.entries if entry.video})
    if not written:
        return annotations
    chosen = _chosen(written, name)
    if len(chosen) != 1:
        raise UnreadableLabels(_of_other_videos(annotations.file, written, chosen, name))
    notes = annotations.notes
    if likeness(chosen[0], name) is not Likeness.SAME:
        notes += (f"The true labels are of the video “{chosen[0]}”, which is taken to be {name}.",)
    entries = tuple(entry for entry in annotations.entries if entry.video in ("", chosen[0]))
    return replace(annotations, entries=entries, notes=notes)


def _is_clip(entry: Entry, name: str) -> bool:
    return CLIP in entry.extra and likeness(entry.extra[CLIP], name) is Likeness.SAME


def _chosen(written: Iterable[str], name: str) -> list[str]:
    for wanted in (Likeness.SAME, Likeness.ALIKE):
        if chosen := [each for each in written if likeness(each, name) is wanted]:
            return chosen
    return []


def _of_other_videos(file: str, written: list[str], chosen: list[str], name: str) -> str:
    if len(chosen) > 1:
        return (
            f"{file} has labels of {len(chosen)} videos that {name} may be, {listed(chosen, MAX_FILES)}; "
            "give the rows of one of them alone."
        )
    several = f"{len(written)} other videos" if len(written) > 1 else "another video"
    call = f"call the video {listed(written)}" if len(written) == 1 else "call the video as the file does"
    return (
        f"{file} has labels of {several}, {listed(written, MAX_FILES)}, and this one is {name}; choose the "
        f"labels of this recording, or {call} if it is the same one under another name."
    )

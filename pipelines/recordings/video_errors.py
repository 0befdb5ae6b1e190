"""Why a file cannot be used as a video: what it is instead, and what to do."""

import zipfile
from pathlib import Path

import av

from encodings.errors import UserError
from pipelines.recordings.kinds import HEAD_BYTES, kind_of, kind_of_file, text_kind
from pipelines.recordings.source import DAMAGED_ZIP

REMEDY = "choose another file, or export it as MP4 (H.264)"
OTHER_PLACE = "choose the video here, and gaze or labels in their place"
REMEDIES = {
    "a picture": "choose the video that it was taken from",
    "sound": "choose the file with the picture",
}
ONE_BY_ONE = "give each of them as a file of its own, or join them with a video editor"
VIDEO_ENDINGS = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".mts", ".m2ts"}


class UnreadableRecording(UserError):
    """A file that cannot be used as the video of an experiment."""


def refused(path: Path, what: str, remedy: str = REMEDY) -> UnreadableRecording:
    """The error of a file that “is …” or “has …” what a video must not."""
    return UnreadableRecording(f"“{path.name}” {what}: {remedy}.")


def damaged(path: Path, at_s: float) -> UnreadableRecording:
    """The error of a video that can be decoded up to some second only."""
    return UnreadableRecording(
        f"“{path.name}” is damaged after {at_s:.1f} s and cannot be read beyond: copy it from the camera "
        "again, or cut it there and use the part before."
    )


def joined(path: Path, how: str) -> UnreadableRecording:
    """The error of recordings joined byte by byte of which not all can be read."""
    return refused(path, f"is several recordings joined, {how}", ONE_BY_ONE)


def check_file(path: Path) -> None:
    """Refuse what is no file, or an empty one."""
    if path.is_dir():
        raise UnreadableRecording(f"“{path.name}” is a folder, not a video: choose the video file inside it.")
    if not path.is_file():
        raise UnreadableRecording(f"There is no file “{path.name}”: check its name, or choose another.")
    if path.stat().st_size == 0:
        raise UnreadableRecording(f"“{path.name}” is empty (0 bytes): copy or export the video again.")


def not_a_video(path: Path, error: av.FFmpegError) -> UnreadableRecording:
    """The error of a file that cannot be opened as a video, with what it is instead."""
    if isinstance(error, PermissionError):
        return UnreadableRecording(f"“{path.name}” may not be read: check its permissions.")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind = kind_of_file(path) or text_kind(head)
    if kind == "a video" and head[4:8] == b"ftyp":
        return UnreadableRecording(f"“{path.name}” was cut short (its index is missing): copy it again.")
    if kind in (None, "a video"):
        return refused(path, "is no video of a known format")
    if kind == "a packed file" and (name := _video_in_zip(path)):
        return refused(path, f"is no video but {kind}", f"unpack it and choose “{name}” from it")
    return refused(path, f"is no video but {kind}", REMEDIES.get(kind, OTHER_PLACE))


def is_picture(path: Path) -> bool:
    """Whether a file is a picture by its first bytes; raw Motion JPEG and animations begin like one."""
    with path.open("rb") as file:
        return kind_of(file.read(HEAD_BYTES)) == "a picture"


def _video_in_zip(path: Path) -> str | None:
    """The name of the first video in a zip, if it is one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [Path(name) for name in archive.namelist()]
    except DAMAGED_ZIP:
        return None
    return next((name.name for name in names if name.suffix.lower() in VIDEO_ENDINGS), None)

"""Video files, read with PyAV: their track, their frames in order, and why a file is refused."""

import os
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from encodings.errors import UserError
from pipelines.limits import MAX_FRAME_PX, MAX_PIXEL_ASPECT, MIN_PIXEL_ASPECT
from pipelines.recordings.kinds import HEAD_BYTES, kind_of_file, text_kind

DECODING_THREADS = min(8, (os.cpu_count() or 1) + 1)  # FFmpeg's own rule; each costs a few frames of memory
# What cameras and exports write.  Playlists are left out: they would open other files.
CONTAINERS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,asf,flv,ogg,mjpeg,gif,mxf"
MISSING_S, MISSING_SHARE = 1.0, 0.1  # a file that ends before its duration by more was cut short
REMEDY = "choose another file, or export it as MP4 (H.264)"


class UnreadableRecording(UserError):
    """A file that cannot be used as the video of an experiment."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """What is known of a video track without decoding more than its first frame.

    times_s        [F] float64, presentation times, strictly increasing from 0.0
    end_s          when the last frame leaves the screen
    width, height  pixels as displayed
    rotation_deg   counterclockwise, from stored pixels to the display
    """

    times_s: np.ndarray
    end_s: float
    width: int
    height: int
    rotation_deg: int


def read_track(path: Path) -> Track:
    """Read the packets of a file once, and decode its first frame.  Raises UnreadableRecording."""
    _check_file(path)
    pts, last_ticks = _packet_times(path)
    with _opened(path) as (container, stream):
        first = _first_frame(path, container, stream)
        tick_s, aspect = float(stream.time_base), stream.sample_aspect_ratio
    times_s = (pts[pts >= first.pts] - first.pts) * tick_s
    if len(times_s) == 0 or times_s[0] != 0:
        raise _refused(path, "has no usable presentation times")
    usable = aspect and MIN_PIXEL_ASPECT <= aspect <= MAX_PIXEL_ASPECT
    width = round(first.width * aspect) if usable else first.width
    rotation_deg = round(first.rotation / 90) % 4 * 90
    size = (first.height, width) if rotation_deg % 180 else (width, first.height)
    last_s = last_ticks * tick_s or (np.median(np.diff(times_s)) if len(times_s) > 1 else 0.0)
    return Track(
        times_s=times_s,
        end_s=float(times_s[-1] + last_s),
        width=size[0],
        height=size[1],
        rotation_deg=rotation_deg,
    )


def decoded_frames(path: Path, times_s: np.ndarray) -> Iterator[tuple[float, av.VideoFrame]]:
    """Every frame in order of presentation, with its time in seconds.

    times_s [F] are the times of `Track`.  AVI stores no presentation times: there the frames are
    counted.  Raises UnreadableRecording at the first damage: what follows cannot be trusted.
    """
    first_pts, at_s = None, 0.0
    with _opened(path) as (container, stream):
        counted, tick_s = container.format.name == "avi", float(stream.time_base)
        try:
            for number, frame in enumerate(_frames(container, stream)):
                first_pts = frame.pts if number == 0 else first_pts
                at_s = times_s[min(number, len(times_s) - 1)] if counted else (frame.pts - first_pts) * tick_s
                if frame.is_corrupt:
                    raise damaged(path, at_s)
                yield float(at_s), frame
        except av.FFmpegError as error:
            raise damaged(path, at_s) from error


def damaged(path: Path, at_s: float) -> UnreadableRecording:
    """The error of a video that can be decoded up to some second only."""
    return UnreadableRecording(
        f"“{path.name}” is damaged after {at_s:.1f} s and cannot be read beyond: copy it from the camera "
        "again, or cut it there and use the part before."
    )


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its first video track, closed on leaving."""
    limits = {"max_pixels": str(MAX_FRAME_PX)}  # also keeps the probing of a file small
    options = {"fflags": "+genpts", "format_whitelist": CONTAINERS, **limits}
    try:
        container = av.open(f"file:{path}", options=options, metadata_errors="replace")
    except av.FFmpegError as error:
        raise _not_a_video(path, error) from error
    with container:
        stream = _video_stream(path, container)
        stream.codec_context.options = limits
        stream.codec_context.thread_type = "AUTO"
        stream.codec_context.thread_count = DECODING_THREADS
        yield container, stream


def _video_stream(path: Path, container: InputContainer) -> VideoStream:
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        raise _refused(path, "has no picture, only sound or data")
    stream = streams[0]
    if stream.codec_context is None:
        raise _refused(path, "is compressed in a way that cannot be decoded here")
    width, height = stream.codec_context.width, stream.codec_context.height
    if not 0 < width * height <= MAX_FRAME_PX:
        size = f"{width} × {height} pixels" if width else "unknown size"
        raise UnreadableRecording(
            f"“{path.name}” has frames of {size}, and at most {MAX_FRAME_PX / 1e6:.0f} megapixels (8K) are "
            "accepted: export it at a smaller size."
        )
    return stream


def _packet_times(path: Path) -> tuple[np.ndarray, int]:
    """Presentation times [F] of all packets in ticks, sorted, and how long the last one is shown."""
    pts, latest, last_ticks, end_s = array("q"), 0, 0, 0.0
    with _opened(path) as (container, stream):
        tick_s = float(stream.time_base)
        try:
            for packet in container.demux():
                if packet.pts is None or packet.is_discard or not packet.size:
                    continue
                end_s = max(end_s, packet.pts * float(packet.time_base))
                if packet.stream_index != stream.index:
                    continue
                if not pts or packet.pts >= latest:
                    latest, last_ticks = packet.pts, packet.duration or 0
                pts.append(packet.pts)
            whole = _is_whole(path, container, stream, end_s)
        except av.FFmpegError:
            whole = False
    if not pts:
        raise _refused(path, "holds no frame with a presentation time")
    if not whole:
        raise damaged(path, (latest - min(pts)) * tick_s)
    return np.unique(np.frombuffer(pts, np.int64)), last_ticks


def _is_whole(path: Path, container: InputContainer, stream: VideoStream, end_s: float) -> bool:
    """Whether the file holds all that its header lists.

    An MP4 lists the place of every frame: none may lie beyond the end of the file.  Other containers
    have only a duration to compare with, which headers often get a little wrong.
    """
    if container.format.name.startswith("mov"):
        size = path.stat().st_size
        return all(entry.pos + entry.size <= size for entry in stream.index_entries)
    header_s = (container.duration or 0) / av.time_base
    return header_s - end_s <= max(MISSING_S, MISSING_SHARE * header_s)


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    """Decode every frame.  AVI repeats a picture by an empty packet, which PyAV would take for the end."""
    for packet in container.demux(stream):
        if packet.size or packet.dts is None:
            yield from (frame for frame in packet.decode() if frame.pts is not None)


def _first_frame(path: Path, container: InputContainer, stream: VideoStream) -> av.VideoFrame:
    try:
        frame = next(_frames(container, stream), None)
    except av.FFmpegError as error:
        raise _refused(path, "cannot be decoded") from error
    if frame is None:
        raise _refused(path, "holds no frame that can be shown")
    return frame


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise UnreadableRecording(f"“{path.name}” is a folder, not a video: choose the video file inside it.")
    if not path.is_file():
        raise UnreadableRecording(f"There is no file “{path.name}”: check its name, or choose another.")
    if path.stat().st_size == 0:
        raise UnreadableRecording(f"“{path.name}” is empty (0 bytes): copy or export the video again.")


def _not_a_video(path: Path, error: av.FFmpegError) -> UnreadableRecording:
    if isinstance(error, PermissionError):
        return UnreadableRecording(f"“{path.name}” may not be read: check its permissions.")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head[4:8] == b"ftyp":
        return UnreadableRecording(f"“{path.name}” was cut short (its index is missing): copy it again.")
    kind = kind_of_file(path) or text_kind(head)
    if kind not in (None, "a video"):
        return UnreadableRecording(
            f"“{path.name}” is no video but {kind}: choose the video here, and gaze or labels in their place."
        )
    return _refused(path, "is no video of a known format")


def _refused(path: Path, what: str) -> UnreadableRecording:
    return UnreadableRecording(f"“{path.name}” {what}: {REMEDY}.")

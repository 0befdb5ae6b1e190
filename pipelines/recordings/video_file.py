"""Video files, read with PyAV: the times of their frames, and the frames in order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream

from pipelines.limits import MAX_PIXEL_ASPECT, MAX_VIDEO_S, MIN_PIXEL_ASPECT
from pipelines.recordings.packet_times import GUESSED, Join, find_joins, make_timeline
from pipelines.recordings.video_container import opened, prepared, read_file
from pipelines.recordings.video_errors import (
    REMEDIES,
    UnreadableRecording,
    damaged,
    is_picture,
    joined,
    refused,
)
from pipelines.recordings.video_notes import (
    clock_notes,
    gap_notes,
    guessed_rate_note,
    interlaced_note,
    start_notes,
)

MAX_ASPECT_CHANGE = 0.02  # more is another picture, which would be squeezed to the shape of the first
PAIRED_CODECS = ("vp8",)  # whose packets may hold a picture that is never shown


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """What is known of a video track without decoding more than its first frame.

    times_s               [F] float64, presentation times, strictly increasing from 0.0
    end_s                 when the last frame leaves the screen
    width, height         pixels as displayed
    rotation_deg          counterclockwise, from stored pixels to the display
    index                 of the stream in its file
    joins                 where the file's clock is not continuous
    is_counted            whether times belong to frames by their number, since the file has few times
    may_pair              whether two packets may make one frame, as fields do
    starts_after_sound_s  by how much a player's clock, which counts from the sound, is ahead of times_s
    notes                 sentences on what was assumed
    """

    times_s: np.ndarray
    end_s: float
    width: int
    height: int
    rotation_deg: int
    index: int
    joins: tuple[Join, ...]
    is_counted: bool
    may_pair: bool
    starts_after_sound_s: float
    notes: tuple[str, ...]


def read_track(path: Path) -> Track:
    """Read the packets of a file once, and decode its first frame.  Raises UnreadableRecording."""
    file = read_file(path)
    is_guessed = file.container_format in GUESSED
    with opened(path) as container:
        stream = prepared(container, file.index)
        tick_s, aspect = float(stream.time_base), stream.sample_aspect_ratio
        joins = find_joins(file.packets, file.container_format, tick_s)
        firsts = _first_frames(path, container, stream, joins)
        may_pair = firsts[0].interlaced_frame or stream.codec_context.name in PAIRED_CODECS
    first = firsts[0]
    shown_from = [frame and frame.pts for frame in firsts]
    timeline = make_timeline(file.packets, joins, shown_from, file.container_format)
    times = timeline.times
    if len(times) == 0 or times[0] != first.pts or (np.diff(times) <= 0).any():
        raise refused(path, "has no usable presentation times")
    times_s, end_s = (times - first.pts) * tick_s, (timeline.end - first.pts) * tick_s
    _check_length(path, len(times_s), end_s)
    # AVI counts frames from 0 in the order of decoding, and what FFmpeg adds for reordering is no delay.
    picture_s = (file.packets.dts[0] if file.container_format == "avi" else first.pts) * tick_s
    width, height, rotation_deg = _displayed(first, aspect)
    return Track(
        times_s=times_s,
        end_s=float(end_s),
        width=width,
        height=height,
        rotation_deg=rotation_deg,
        index=file.index,
        joins=timeline.joins,
        is_counted=is_guessed,
        may_pair=may_pair,
        starts_after_sound_s=max(0.0, picture_s - (picture_s if file.sound_s is None else file.sound_s)),
        notes=(
            *file.notes,
            *clock_notes(timeline.joins, [(join.at - first.pts) * tick_s for join in timeline.joins]),
            *start_notes(picture_s, file.sound_s, file.container_format in ("mov", "matroska")),
            *gap_notes(times_s),
            *guessed_rate_note(file.container_format, len(times_s), float(end_s)),
            *interlaced_note(first.interlaced_frame),
        ),
    )


def decoded_frames(path: Path, track: Track) -> Iterator[tuple[float, av.VideoFrame]]:
    """Every frame of a track in order of presentation, with its time in seconds, one of track.times_s.

    Raises UnreadableRecording at the first damage, also if a frame is lost: what follows cannot be trusted.
    """
    number, at_s, shape, first_pts = -1, 0.0, None, None
    with opened(path) as container:
        stream = prepared(container, track.index)
        tick_s = float(stream.time_base)
        try:
            for _, frame in _frames(container, stream, track.joins):
                first_pts = frame.pts if first_pts is None else first_pts
                number = _number(track, number + 1, (frame.pts - first_pts) * tick_s, tick_s)
                if number is None or frame.is_corrupt:
                    raise _broken(path, track, at_s)
                at_s = float(track.times_s[number])
                shape = shape or (frame.width, frame.height)
                _check_shape(path, at_s, shape, frame)
                yield at_s, frame
        except av.FFmpegError as error:
            raise _broken(path, track, at_s) from error
    if number + 1 + track.may_pair + (track.is_counted and not track.joins) < len(track.times_s):
        raise _broken(path, track, at_s)


def _broken(path: Path, track: Track, at_s: float) -> UnreadableRecording:
    if track.joins:
        return joined(path, f"of which only the first {at_s:.1f} s can be read")
    return damaged(path, at_s)


def _number(track: Track, expected: int, at_s: float, tick_s: float) -> int | None:
    """Which of the listed frames was decoded; None if it is not the expected one."""
    listed = len(track.times_s)
    if track.is_counted:
        return expected if expected < listed else None
    candidates = range(expected, min(expected + 1 + track.may_pair, listed))
    return next((each for each in candidates if abs(track.times_s[each] - at_s) < tick_s / 2), None)


def _check_shape(path: Path, at_s: float, shape: tuple[int, int], frame: av.VideoFrame) -> None:
    change = frame.width / frame.height / (shape[0] / shape[1])
    if abs(change - 1) > MAX_ASPECT_CHANGE:
        was, now = f"{shape[0]} × {shape[1]}", f"{frame.width} × {frame.height}"
        what = f"changes its picture from {was} to {now} pixels at {at_s:.1f} s"
        raise refused(path, what, "cut it there, and give each part as a file of its own")


def _check_length(path: Path, frames: int, end_s: float) -> None:
    if frames == 1 and is_picture(path):
        raise refused(path, "is no video but a picture", REMEDIES["a picture"])
    if end_s > MAX_VIDEO_S:
        hours = f"{end_s / 3600:.0f} h by the times of its {frames} frames"
        what = f"lasts {hours}, and at most {MAX_VIDEO_S / 3600:.0f} h are accepted"
        raise refused(path, what, "cut it into shorter files, or export it again if it is shorter")


def _displayed(first: av.VideoFrame, aspect: float | None) -> tuple[int, int, int]:
    """Width and height as displayed, and the rotation in degrees."""
    usable = aspect and MIN_PIXEL_ASPECT <= aspect <= MAX_PIXEL_ASPECT
    width, height = round(first.width * aspect) if usable else first.width, first.height
    rotation_deg = round(first.rotation / 90) % 4 * 90
    return (height, width, rotation_deg) if rotation_deg % 180 else (width, height, rotation_deg)


def _first_frames(
    path: Path, container: InputContainer, stream: VideoStream, joins: Sequence[Join]
) -> list[av.VideoFrame | None]:
    """The first frame that can be shown of each part between joins; None where decoding just goes on."""
    missing = {0} | {part for part, join in enumerate(joins, 1) if join.is_start}
    firsts: list[av.VideoFrame | None] = [None] * (len(joins) + 1)
    try:
        for part, frame in _frames(container, stream, joins, missing.__contains__):
            if part in missing:
                firsts[part] = frame
                missing.remove(part)
            if not missing:
                break
    except av.FFmpegError as error:
        if 0 in missing:
            raise refused(path, "cannot be decoded") from error
        raise joined(path, "whose parts cannot all be decoded") from error
    if 0 in missing:
        raise refused(path, "holds no frame that can be shown")
    if missing:
        raise joined(path, "whose parts cannot all be decoded")
    return firsts


def _frames(
    container: InputContainer,
    stream: VideoStream,
    joins: Sequence[Join],
    is_wanted: Callable[[int], bool] = lambda part: True,
) -> Iterator[tuple[int, av.VideoFrame]]:
    """(part, frame) of each frame in the parts that are wanted, on one continuous clock.

    Where another recording starts the decoder starts anew.  AVI repeats a picture by an empty
    packet, which PyAV would take for the end.
    """
    by_packet = {join.packet: (part, join) for part, join in enumerate(joins, 1)}
    number, part, shift = -1, 0, 0
    for packet in container.demux(stream):
        if not packet.size:
            if packet.dts is None and is_wanted(part):
                yield from _shown(part, packet.decode())
            continue
        number += 1
        if number in by_packet:
            next_part, join = by_packet[number]
            if join.is_start:
                if is_wanted(part):
                    yield from _shown(part, stream.codec_context.decode(None))
                stream.codec_context.flush_buffers()
            part, shift = next_part, join.shift
        if is_wanted(part):
            packet.pts = None if packet.pts is None else packet.pts + shift
            packet.dts = None if packet.dts is None else packet.dts + shift
            yield from _shown(part, packet.decode())


def _shown(part: int, frames: Sequence[av.VideoFrame]) -> Iterator[tuple[int, av.VideoFrame]]:
    return ((part, frame) for frame in frames if frame.pts is not None)

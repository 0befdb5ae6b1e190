"""The file around a video: which of its tracks is the recording, and whether all of it is there."""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from pipelines.limits import MAX_FRAME_PX
from pipelines.recordings.packet_times import MAY_LEAP, Packets
from pipelines.recordings.video_errors import (
    UnreadableRecording,
    check_file,
    damaged,
    joined,
    not_a_video,
    refused,
)
from pipelines.recordings.video_notes import track_note

DECODING_THREADS = min(8, (os.cpu_count() or 1) + 1)  # FFmpeg's own rule; each costs a few frames of memory
# What cameras and exports write.  Playlists are left out: they would open other files.
CONTAINERS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,asf,flv,ogg,mjpeg,gif,mxf"
LIMITS = {"max_pixels": str(MAX_FRAME_PX)}  # also keeps the probing of a file small
PROBED_US = "60000000"  # of a file to find its tracks: a picture may start long after the sound
MISSING_S, MISSING_SHARE = 1.0, 0.1  # a file that ends before its duration by more was cut short
# With what a recording begins that FFmpeg does not read behind another one.
BEGINNINGS = {
    "flv": b"FLV\x01",
    "asf": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"),
    "matroska": bytes.fromhex("1a45dfa3"),
}
UNREAD_BYTES, UNREAD_SHARE = 2**20, 0.05  # more behind the last packet is of a track that was not found


@dataclass(frozen=True, kw_only=True, eq=False)
class VideoFile:
    """What one reading of all packets tells.

    container_format  FFmpeg's short name
    index             of the stream that is the recording
    packets           of that stream
    sound_s           when the sound starts on the file's clock, None without sound
    notes             sentences on the choice
    """

    container_format: str
    index: int
    packets: Packets
    sound_s: float | None
    notes: tuple[str, ...]


@dataclass(kw_only=True, eq=False)
class _Contents:
    """All packets of a file, as far as they could be read."""

    tracks: dict[int, Packets]
    sounds_s: dict[int, float] = field(default_factory=dict)
    end_s: float = 0.0
    last_byte: int = 0

    def read(self, container: InputContainer) -> None:
        """Read on to the end.  Raises av.FFmpegError."""
        sounds = {stream.index for stream in container.streams.audio}
        for place, packet in enumerate(container.demux()):
            if not packet.size:
                continue
            self.last_byte = max(self.last_byte, packet.pos or 0)
            if packet.stream_index in self.tracks:
                self.tracks[packet.stream_index].append(packet, place)
            if packet.pts is None or packet.is_discard:
                continue
            at_s = float(packet.pts * packet.time_base)
            self.end_s = max(self.end_s, at_s)
            if packet.stream_index in sounds:
                self.sounds_s.setdefault(packet.stream_index, at_s)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """A container, closed on leaving.  Raises UnreadableRecording."""
    options = {"fflags": "+genpts", "format_whitelist": CONTAINERS, "analyzeduration": PROBED_US, **LIMITS}
    try:
        container = av.open(f"file:{path}", options=options, metadata_errors="replace")
    except av.FFmpegError as error:
        raise not_a_video(path, error) from error
    with container:
        yield container


def prepared(container: InputContainer, index: int) -> VideoStream:
    """A stream, made ready for decoding."""
    stream = container.streams[index]
    stream.codec_context.options = LIMITS
    stream.codec_context.thread_type = "AUTO"
    stream.codec_context.thread_count = DECODING_THREADS
    return stream


def read_file(path: Path) -> VideoFile:
    """Read all packets once, and choose the track that is the recording.  Raises UnreadableRecording."""
    check_file(path)
    with opened(path) as container:
        container_format = container.format.name.partition(",")[0]
        streams = _readable_streams(path, container)
        if container_format == "mov" and _count_indexes(path) > 1:
            raise joined(path, "of which not all can be read")
        contents = _Contents(tracks={stream.index: Packets() for stream in streams})
        try:
            contents.read(container)
            is_whole = True
        except av.FFmpegError:
            is_whole = False
        stream = _choose(path, streams, contents.tracks)
        packets = contents.tracks[stream.index]
        if not is_whole or not _is_whole(path, container, stream, contents.end_s):
            raise damaged(path, packets.span * float(stream.time_base))
        _check_all_was_read(path, container_format, contents, packets)
        number = [each.index for each in container.streams.video].index(stream.index) + 1
        return VideoFile(
            container_format=container_format,
            index=stream.index,
            packets=packets,
            sound_s=min(contents.sounds_s.values(), default=None),
            notes=track_note(number, streams, stream),
        )


def _readable_streams(path: Path, container: InputContainer) -> list[VideoStream]:
    """The video tracks that can be decoded; covers and thumbnails are none."""
    pictures = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    streams = [each for each in container.streams.video if not each.disposition & pictures]
    if not streams:
        remedy = "choose the video file, or export it as MP4 (H.264)"
        raise refused(path, "has no picture, only sound or data", remedy)
    streams = [each for each in streams if each.codec_context is not None]
    if not streams:
        raise refused(path, "is compressed in a way that cannot be decoded here")
    return streams


def _choose(path: Path, streams: list[VideoStream], tracks: dict[int, Packets]) -> VideoStream:
    """The default track, of several the largest; one that has a single picture only if there is no other."""
    used = [each for each in streams if tracks[each.index].presented]
    if not used:
        raise refused(path, "holds no frame with a presentation time")
    moving = [each for each in used if tracks[each.index].presented > 1]
    stream = max(moving or used, key=lambda each: (is_default(each), each.width * each.height))
    if not 0 < stream.width * stream.height <= MAX_FRAME_PX:
        size = f"{stream.width} × {stream.height} pixels" if stream.width else "unknown size"
        raise UnreadableRecording(
            f"“{path.name}” has frames of {size}, and at most {MAX_FRAME_PX / 1e6:.0f} megapixels (8K) are "
            "accepted: export it at a smaller size."
        )
    return stream


def is_default(stream: VideoStream) -> bool:
    """Whether players show a track by default."""
    return bool(stream.disposition & Disposition.default)


def _is_whole(path: Path, container: InputContainer, stream: VideoStream, end_s: float) -> bool:
    """Whether the file holds all that its header lists.

    An MP4 lists the place of every frame: none may lie beyond the end of the file.  MPEG streams have no
    header; other containers have only a duration to compare with, which is often a little wrong.
    """
    if container.format.name.startswith("mov"):
        size = path.stat().st_size
        return all(entry.pos + entry.size <= size for entry in stream.index_entries)
    if container.format.name in MAY_LEAP:
        return True
    header_s = (container.duration or 0) / av.time_base
    return header_s - end_s <= max(MISSING_S, MISSING_SHARE * header_s)


def _count_indexes(path: Path) -> int:
    """How many indexes (top-level boxes `moov`) an MP4 has: one a recording."""
    count, at, size = 0, 0, path.stat().st_size
    with path.open("rb") as file:
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4])
            if length == 1:
                length = int.from_bytes(head[8:16])
            count += head[4:8] == b"moov"
            if length < 8:  # up to the end of the file, or no box
                break
            at += length
    return count


def _check_all_was_read(path: Path, container_format: str, contents: _Contents, packets: Packets) -> None:
    """Refuse recordings joined in a way of which FFmpeg reads a part only."""
    if beginning := BEGINNINGS.get(container_format):
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            if content.find(beginning, contents.last_byte + 1) >= 0:
                raise joined(path, "of which not all can be read")
    if container_format not in MAY_LEAP:
        return
    size = path.stat().st_size
    if size - contents.last_byte > max(UNREAD_BYTES, UNREAD_SHARE * size):
        raise joined(path, "of which not all can be read")
    for other in contents.tracks.values():
        if other.presented > 1 and (_precedes(packets, other) or _precedes(other, packets)):
            raise joined(path, "whose pictures are in different tracks")


def _precedes(one: Packets, other: Packets) -> bool:
    """Whether nearly all of one track lies before the other; what a parser keeps comes late."""
    return one.places[9 * len(one.places) // 10 - 1] < other.places[len(other.places) // 10]

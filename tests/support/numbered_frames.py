"""Pictures that say which frame they are, at any size, and the files they are written into."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.stream import Disposition

BITS = 10  # a frame's number, as black and white bars across its upper half
CASE_BITS, CASE_WIDTH, CASE_BAR = 12, 320, 26  # those of the kept cases: bars across their middle


def barred(number: int, width: int, height: int) -> np.ndarray:
    """[height, width, 3] the picture of frame `number`: bars above, left red and right blue below."""
    picture = np.zeros((height, width, 3), np.uint8)
    edges = np.linspace(0, width, BITS + 1).astype(int)
    for bit in range(BITS):
        picture[: height // 2, edges[bit] : edges[bit + 1]] = 235 if number >> bit & 1 else 20
    picture[height // 2 :, : width // 2] = (200, 30, 30)
    picture[height // 2 :, width // 2 :] = (30, 30, 200)
    return picture


def read_bars(picture: np.ndarray) -> int:
    """The number that a picture carries, at whatever size."""
    height, width = picture.shape[:2]
    centres = ((np.arange(BITS) + 0.5) * width / BITS).astype(int)
    return _number(picture[height // 4, centres])


def read_case_bars(picture: np.ndarray) -> int:
    """The number that a picture of the kept cases carries."""
    height, width = picture.shape[:2]
    centres = ((np.arange(CASE_BITS) + 0.5) * CASE_BAR * width / CASE_WIDTH).astype(int)
    return _number(picture[height // 2, centres])


def _number(bars: np.ndarray) -> int:
    bright = bars.mean(axis=1) > 128
    return int((bright * 2 ** np.arange(len(bright))).sum())


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """A video track of numbered frames, shown at given times in seconds."""

    times_s: Sequence[float]
    first: int = 0
    codec: str = "libx264"
    rate: int = 10
    size: tuple[int, int] = (160, 96)
    pix_fmt: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict)
    is_default: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A track of silence."""

    seconds: float
    codec: str = "aac"
    rate: int = 44100
    start_s: float = 0.0


def steady(frames: int, rate: int = 10, start_s: float = 0.0) -> list[float]:
    """Times of so many frames at a steady rate."""
    return [start_s + number / rate for number in range(frames)]


def write_tracks(path: Path, *tracks: Pictures | Sound, container: str | None = None, **options) -> Path:
    """Write tracks into one file, interleaved by time; options are those of the container."""
    with av.open(str(path), "w", format=container, options=options) as output:
        streams = [_add_stream(output, track) for track in tracks]
        packets = []
        for track, stream in zip(tracks, streams, strict=True):
            frames = _pictures(track) if isinstance(track, Pictures) else _silence(track, stream)
            packets += [packet for frame in [*frames, None] for packet in stream.encode(frame)]
        output.mux(sorted(packets, key=lambda packet: packet.dts * packet.time_base))
    return path


def _add_stream(output, track):
    if isinstance(track, Sound):
        stream = output.add_stream(track.codec, rate=track.rate)
        stream.layout = "mono"
        return stream
    fast = {"preset": "ultrafast", "bf": "2"} if track.codec == "libx264" else {}
    stream = output.add_stream(track.codec, rate=track.rate, options=fast | track.options)
    stream.width, stream.height = track.size
    stream.pix_fmt = track.pix_fmt
    if track.is_default is not None:
        stream.disposition = Disposition.default if track.is_default else Disposition(0)
    return stream


def _pictures(track):
    for number, at_s in enumerate(track.times_s, track.first):
        frame = av.VideoFrame.from_ndarray(barred(number, *track.size), format="rgb24")
        frame.time_base = Fraction(1, track.rate)
        frame.pts = round(at_s * track.rate)
        yield frame


def _silence(track, stream):
    stream.codec_context.open(strict=False)
    samples = stream.codec_context.frame_size or 1024
    kind = stream.codec_context.format.name
    dtype = {"flt": np.float32, "s16": np.int16, "s32": np.int32}[kind.removesuffix("p")]
    for start in range(0, round(track.seconds * track.rate), samples):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, samples), dtype), format=kind, layout="mono")
        frame.sample_rate = track.rate
        frame.time_base = Fraction(1, track.rate)
        frame.pts = start + round(track.start_s * track.rate)
        yield frame

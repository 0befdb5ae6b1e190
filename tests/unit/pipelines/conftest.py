"""Small videos whose frames say which they are, written with PyAV."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.support.numbered_frames import barred, read_bars

MILLISECOND = Fraction(1, 1000)
REAL = Path(__file__).parents[3].parent / "shared/real/neon-recording"


@dataclass(frozen=True, kw_only=True)
class VideoFormat:
    """How a test's video is encoded, and what its container says of it."""

    size: tuple[int, int] = (320, 180)
    codec: str = "libx264"
    options: dict[str, str] = field(default_factory=dict)
    turn_deg: int = 0
    audio: bool = False
    pixel_aspect: Fraction = Fraction(1)


def write_video(path: Path, times_ms: Sequence[int], **video_format) -> Path:
    """Write frames 0, 1, 2... shown at given milliseconds, in a `VideoFormat`."""
    form = VideoFormat(**video_format)
    fast = {"preset": "ultrafast"} if form.codec == "libx264" else {}
    with av.open(str(path), "w") as container:
        stream = container.add_stream(form.codec, rate=30, options=fast | form.options)
        stream.width, stream.height = form.size
        stream.pix_fmt = "yuv444p" if any(side % 2 for side in form.size) else "yuv420p"
        stream.codec_context.time_base = MILLISECOND
        stream.codec_context.sample_aspect_ratio = form.pixel_aspect
        if form.turn_deg:
            stream.set_display_rotation(form.turn_deg)
        sound = container.add_stream("aac", rate=16000) if form.audio else None
        for number, pts in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(barred(number, *form.size), format="rgb24")
            frame.pts, frame.time_base = int(pts), MILLISECOND
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound:
            write_silence(container, sound, times_ms[-1] / 1000)
    return path


def write_silence(container, sound, seconds: float) -> None:
    """Encode a stretch of mono silence at 16 kHz."""
    for start in range(0, int(seconds * 16000), 1024):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16000, start
        container.mux(sound.encode(frame))
    container.mux(sound.encode())


@pytest.fixture(scope="session")
def video(tmp_path_factory) -> Path:
    """6 s at 30 Hz, 320 x 180, H.264 in MP4."""
    times_ms = [round(1000 * number / 30) for number in range(180)]
    return write_video(tmp_path_factory.mktemp("video") / "plain.mp4", times_ms)


@pytest.fixture
def make_video(tmp_path) -> Callable[..., Path]:
    """Write a video into the test's own folder, see `write_video`."""
    return lambda name, *args, **kwargs: write_video(tmp_path / name, *args, **kwargs)


@pytest.fixture
def sound_only(tmp_path) -> Path:
    """2 s of sound without a picture, in MP4."""
    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        write_silence(container, container.add_stream("aac", rate=16000), 2.0)
    return tmp_path / "sound.mp4"


@pytest.fixture
def number_of() -> Callable[[np.ndarray], int]:
    """Read which frame a picture shows, see `read_bars`."""
    return read_bars


@pytest.fixture(scope="session")
def neon() -> Path:
    """The folder of a real recording with real gaze."""
    if not REAL.is_dir():
        pytest.skip("the real recording is not beside this checkout")
    return REAL

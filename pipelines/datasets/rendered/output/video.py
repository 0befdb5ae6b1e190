"""Write H.264 files that browsers play, the same byte for byte each time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.codec.context import Flags

PRESET = "veryfast"
CRF = {"train": "23", "watch": "29"}  # at a rate to watch, noise takes most of the bytes
WATCH_HZ = 8.0  # from this rate on
# With mbtree and B-frames x264 writes other bytes each time.
X264 = "threads=1:lookahead-threads=1:mbtree=0"
KEY_EVERY_S = 4


class VideoWriter:
    """Writer of one mp4 file; frames are given upright.

    Frame n is shown at n / rate, or with a tick (in seconds) at the time given to `write`.  turn_deg is how
    far players rotate the stored frames, counterclockwise.
    """

    def __init__(
        self,
        path: Path,
        rate_hz: float,
        width: int,
        height: int,
        *,
        tick: Fraction | None = None,
        turn_deg: int = 0,
    ) -> None:
        self.rate, self.turn_deg = Fraction(rate_hz).limit_denominator(1000), turn_deg
        self.tick, self.ticks = tick or 1 / self.rate, []
        if turn_deg % 180:
            width, height = height, width
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        self.container = av.open(str(path), "w", format="mp4", options=options)
        crf = CRF["watch" if rate_hz >= WATCH_HZ else "train"]
        settings = {"crf": crf, "preset": PRESET, "x264-params": X264}
        self.stream = self.container.add_stream("libx264", rate=self.rate, options=settings)
        self.stream.width, self.stream.height, self.stream.pix_fmt = width, height, "yuv420p"
        self.stream.codec_context.time_base = self.tick
        if turn_deg:
            self.stream.set_display_rotation(turn_deg)
        self.stream.codec_context.thread_count = 1
        self.stream.codec_context.gop_size = round(KEY_EVERY_S * rate_hz)
        self.stream.codec_context.flags |= Flags.bitexact

    def write(self, rgb: np.ndarray, time_s: float | None = None) -> None:
        """Append a frame [H, W, 3] uint8, shown at a time (a multiple of the tick) or after the last one."""
        stored = np.rot90(rgb, -self.turn_deg // 90)
        planes = cv2.cvtColor(np.ascontiguousarray(stored), cv2.COLOR_RGB2YUV_I420)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = len(self.ticks) if time_s is None else round(time_s / self.tick)
        frame.time_base = self.tick
        self.ticks.append(frame.pts)
        self.container.mux(self.stream.encode(frame))

    @property
    def pts(self) -> np.ndarray:
        """[F] presentation times written so far, in ticks of the file."""
        return np.rint(np.array(self.ticks) * float(self.tick / self.stream.time_base)).astype(np.int64)

    def close(self) -> None:
        """Flush the encoder and finish the file."""
        self.container.mux(self.stream.encode())
        self.container.close()

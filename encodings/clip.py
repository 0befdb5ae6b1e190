"""Clip, 4 s of a recording at 4 Hz: 16 frames and the signals that belong to them."""

from dataclasses import dataclass

import numpy as np

from encodings.names import Encoding, encoding

CLIP_S = 4.0  # length of a clip, from the paper
RATE_HZ = 4.0  # rate at which video and gaze are sampled, from the paper
FRAMES = int(CLIP_S * RATE_HZ)  # 16, the clip length of VideoMAE

V = encoding("V")


@dataclass(frozen=True, eq=False, kw_only=True)
class Clip:
    """16 frames of one recording, with the other signals that are known of them.

    frames    [16, H, W, 3] uint8 RGB
    start_s   seconds after the recording's first frame
    end_s     start_s + 4, or the recording's end for a shorter last clip
    gaze_px   [16, 2] float (x, y) in pixels of the frames, NaN where it is unknown
    depth     [16, H, W] float, 0 far to 1 near
    masks     [16, H, W] integer, 0 background, 1... one object each
    encoding  what the frames show: V as recorded, or the signals drawn into them
    """

    frames: np.ndarray
    start_s: float
    end_s: float
    gaze_px: np.ndarray | None = None
    depth: np.ndarray | None = None
    masks: np.ndarray | None = None
    encoding: Encoding = V

    def __post_init__(self) -> None:
        frames = self.frames
        if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[::3] != (FRAMES, 3):
            raise ValueError(f"frames must be uint8 [{FRAMES}, H, W, 3], got {frames.dtype} {frames.shape}")
        if not 0 <= self.start_s < self.end_s <= self.start_s + CLIP_S + 1e-6:
            raise ValueError(f"a clip cannot last from {self.start_s} s to {self.end_s} s")
        for name, value, shape in (
            ("gaze_px", self.gaze_px, (FRAMES, 2)),
            ("depth", self.depth, frames.shape[:3]),
            ("masks", self.masks, frames.shape[:3]),
        ):
            if value is not None and value.shape != shape:
                raise ValueError(f"{name} must be {list(shape)}, got {list(value.shape)}")
        if self.masks is not None and not np.issubdtype(self.masks.dtype, np.integer):
            raise ValueError(f"masks must be integers, got {self.masks.dtype}")

    @property
    def gaze_coverage(self) -> float:
        """Share of the 16 frames with a gaze point, 0 to 1."""
        if self.gaze_px is None:
            return 0.0
        return float(np.isfinite(self.gaze_px).all(axis=1).mean())

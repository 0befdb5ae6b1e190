"""Draw the twelve visual encodings: six blends of video, depth and masks, each with or without a gaze dot."""

import colorsys
from dataclasses import replace

import cv2
import numpy as np

from encodings.clip import Clip
from encodings.errors import MissingSignal
from encodings.names import SIGNALS, Encoding

# The paper does not give any of these.
GAZE_RGB = (255, 0, 255)  # magenta: rare on a lab bench
GAZE_RADIUS = 0.04  # of the frame's shorter side: 9 px at 224
MASK_COLOURS = 256  # from there on object numbers share colours
GOLDEN_RATIO = 0.618034  # of a turn: neighbouring object numbers get hues far apart


def _palette() -> np.ndarray:
    """[256, 3] uint8 RGB of full saturation; number 0, the background, is black."""
    hues = (np.arange(MASK_COLOURS) * GOLDEN_RATIO) % 1.0
    rgb = np.array([colorsys.hsv_to_rgb(hue, 1.0, 1.0) for hue in hues]) * 255
    rgb[0] = 0
    return rgb.round().astype(np.uint8)


PALETTE = _palette()
# OpenCV's 8-bit hue runs from 0 to 179.
PALETTE_HUE = cv2.cvtColor(PALETTE[None], cv2.COLOR_RGB2HSV)[0, :, 0]


def encode(clip: Clip, encoding: Encoding) -> Clip:
    """Draw the signals of an encoding into a clip's frames.

    frames stay [16, H, W, 3] uint8 RGB for every encoding, so that a model needs no other input.  A frame
    without a gaze point gets no dot; if that is every frame of the clip, the returned encoding says so (VG
    becomes V).  Raises MissingSignal if the clip lacks depth, masks, or any gaze track.
    """
    signals = {"V": clip.frames, "D": clip.depth, "M": clip.masks, "G": clip.gaze_px}
    require(encoding, {letter for letter, signal in signals.items() if signal is not None})
    frames = _BLENDS[encoding.name.removesuffix("G")](clip)
    if "G" not in encoding.needs:
        return replace(clip, frames=frames, encoding=encoding)
    if clip.gaze_coverage == 0:
        return replace(clip, frames=frames, encoding=encoding.without_gaze)
    return replace(clip, frames=_dot(frames, clip.gaze_px), encoding=encoding)


def require(encoding: Encoding, available: set[str]) -> None:
    """Check that all signals of an encoding are available, by their letters.  Raises MissingSignal."""
    missing = [SIGNALS[letter] for letter in encoding.name if letter not in available]
    if missing:
        raise MissingSignal(
            f"The encoding {encoding.name} needs {encoding.title}, but this recording has no "
            f"{' and no '.join(missing)}: add it, or choose an encoding without it."
        )


def _depth_bytes(clip: Clip) -> np.ndarray:
    """[16, H, W] uint8, near is bright."""
    return cv2.convertScaleAbs(np.ascontiguousarray(clip.depth, np.float32), alpha=255)


def _scale(frames: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Multiply all three channels by depth / 255; 255 leaves a pixel exactly as it is."""
    out = np.empty_like(frames)
    for scaled, frame, near in zip(out, frames, depth, strict=True):
        cv2.multiply(frame, cv2.merge((near, near, near)), dst=scaled, scale=1 / 255)
    return out


def _video(clip: Clip) -> np.ndarray:
    return clip.frames


def _depth(clip: Clip) -> np.ndarray:
    return np.repeat(_depth_bytes(clip)[..., None], 3, axis=-1)


def _palette_index(clip: Clip) -> np.ndarray:
    """[16, H, W] uint8: object 256 gets the colour of object 0 again, and so on."""
    return clip.masks.astype(np.uint8)


def _masks(clip: Clip) -> np.ndarray:
    numbers = _palette_index(clip)
    return np.stack([cv2.merge([cv2.LUT(n, channel) for channel in PALETTE.T]) for n in numbers])


def _video_depth(clip: Clip) -> np.ndarray:
    return _scale(clip.frames, _depth_bytes(clip))


def _masks_depth(clip: Clip) -> np.ndarray:
    return _scale(_masks(clip), _depth_bytes(clip))


def _video_depth_masks(clip: Clip) -> np.ndarray:
    """HSV with hue from the masks, saturation from depth, value from the video's brightness
    (the brightest of its three channels, as HSV defines value)."""
    out = np.empty_like(clip.frames)
    hues = PALETTE_HUE.take(_palette_index(clip))
    for blended, frame, hue, near in zip(out, clip.frames, hues, _depth_bytes(clip), strict=True):
        red, green, blue = cv2.split(frame)
        value = cv2.max(cv2.max(red, green), blue)
        cv2.cvtColor(cv2.merge((hue, near, value)), cv2.COLOR_HSV2RGB, dst=blended)
    return out


_BLENDS = {
    "V": _video,
    "D": _depth,
    "M": _masks,
    "VD": _video_depth,
    "MD": _masks_depth,
    "VDM": _video_depth_masks,
}


def _dot(frames: np.ndarray, gaze_px: np.ndarray) -> np.ndarray:
    """Draw the gaze points [16, 2] as filled circles over the frames."""
    dotted = frames.copy()
    radius = max(1, round(GAZE_RADIUS * min(frames.shape[1:3])))
    for frame, point in zip(dotted, gaze_px, strict=True):
        if np.isfinite(point).all():
            centre = tuple(int(v) for v in np.floor(point))
            cv2.circle(frame, centre, radius, GAZE_RGB, thickness=cv2.FILLED, lineType=cv2.LINE_AA)
    return dotted

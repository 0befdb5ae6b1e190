"""Every encoding against pixel arithmetic written again, its properties, and golden pictures."""

import colorsys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encodings.clip import Clip
from encodings.errors import MissingSignal
from encodings.names import ENCODINGS, encoding
from encodings.paint import GAZE_RADIUS, GAZE_RGB, PALETTE, encode

GOLDEN = Path(__file__).with_name("golden.png")
NAMES = [each.name for each in ENCODINGS]


def make_clip(height=24, width=32, seed=0, **changes) -> Clip:
    rng = np.random.default_rng(seed)
    shape = (16, height, width)
    signals = {
        "frames": rng.integers(0, 256, (*shape, 3), dtype=np.uint8),
        "start_s": 4.0,
        "end_s": 8.0,
        "gaze_px": rng.uniform((4, 4), (width - 4, height - 4), (16, 2)),
        "depth": rng.random(shape, dtype=np.float32),
        "masks": rng.integers(0, 9, shape),
    }
    return Clip(**{**signals, **changes})


def reference_pixel(name: str, rgb, near: float, number: int) -> tuple[float, ...]:
    """One pixel by the paper's words, in floating point, with the standard library's HSV."""
    colour = tuple(float(v) for v in PALETTE[number])
    base = name.removesuffix("G")
    if base == "VDM":
        hue = colorsys.rgb_to_hsv(*colour)[0]
        return tuple(255 * v for v in colorsys.hsv_to_rgb(hue, near, max(rgb) / 255))
    source = {"V": tuple(map(float, rgb)), "D": (255.0,) * 3, "M": colour}[base[0]]
    return tuple(v * near for v in source) if "D" in base else source


def test_the_twelve_in_the_papers_order():
    assert NAMES == ["V", "VG", "VDG", "VDMG", "VDM", "VD", "D", "DG", "M", "MG", "MD", "MDG"]


@pytest.mark.parametrize("name", [name for name in NAMES if "G" not in name])
def test_every_pixel_is_what_the_paper_says(name):
    clip = make_clip(10, 12)
    painted = encode(clip, encoding(name)).frames
    for place in np.ndindex(clip.frames.shape[:3]):
        want = reference_pixel(name, clip.frames[place], float(clip.depth[place]), int(clip.masks[place]))
        # 8-bit hue and saturation round to 2 degrees and 1/255.
        assert np.abs(painted[place] - want).max() <= (5 if name == "VDM" else 1.01), place


@pytest.mark.parametrize("name", NAMES)
def test_stays_a_clip_and_leaves_its_input_alone(name):
    clip = make_clip()
    before = {key: getattr(clip, key).copy() for key in ("frames", "gaze_px", "depth", "masks")}
    painted = encode(clip, encoding(name))
    assert painted.frames.shape == clip.frames.shape
    assert painted.frames.dtype == np.uint8
    assert painted.encoding.name == name
    for key, value in before.items():
        np.testing.assert_array_equal(getattr(clip, key), value)


def test_depth_of_one_leaves_video_as_it_is():
    clip = make_clip(depth=np.ones((16, 24, 32), np.float32))
    np.testing.assert_array_equal(encode(clip, encoding("VD")).frames, clip.frames)
    np.testing.assert_array_equal(encode(clip, encoding("MD")).frames, encode(clip, encoding("M")).frames)


def test_hue_of_vdm_depends_on_masks_alone():
    rng = np.random.default_rng(3)
    clip = make_clip(
        frames=rng.integers(120, 256, (16, 24, 32, 3), dtype=np.uint8),
        depth=rng.uniform(0.6, 1, (16, 24, 32)),
    )
    other = make_clip(
        frames=rng.integers(120, 256, (16, 24, 32, 3), dtype=np.uint8),
        depth=rng.uniform(0.6, 1, (16, 24, 32)),
        masks=clip.masks,
    )
    hues = [
        cv2.cvtColor(encode(each, encoding("VDM")).frames[0], cv2.COLOR_RGB2HSV)[..., 0].astype(int)
        for each in (clip, other)
    ]
    apart = np.abs(hues[0] - hues[1])
    assert np.minimum(apart, 180 - apart).max() <= 2


@pytest.mark.parametrize("name", [name for name in NAMES if "G" in name])
def test_gaze_is_drawn_last_and_changes_nothing_else(name):
    clip = make_clip(48, 64)
    with_dot = encode(clip, encoding(name)).frames
    without = encode(clip, encoding(name).without_gaze).frames
    radius = round(GAZE_RADIUS * 48)
    rows, columns = np.mgrid[:48, :64]
    for frame, bare, (x, y) in zip(with_dot, without, clip.gaze_px, strict=True):
        away = np.hypot(columns - np.floor(x), rows - np.floor(y))
        assert (frame[away <= radius - 1] == GAZE_RGB).all()
        np.testing.assert_array_equal(frame[away > radius + 1.5], bare[away > radius + 1.5])


def test_a_frame_without_gaze_gets_no_dot_and_a_clip_without_any_says_so():
    clip = make_clip()
    some = clip.gaze_px.copy()
    some[3] = np.nan
    painted = encode(replace(clip, gaze_px=some), encoding("VG"))
    np.testing.assert_array_equal(painted.frames[3], clip.frames[3])
    assert painted.encoding.name == "VG"
    blind = encode(replace(clip, gaze_px=np.full((16, 2), np.nan)), encoding("VDMG"))
    assert blind.encoding.name == "VDM"


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_signal_is_named(name):
    bare = make_clip(gaze_px=None, depth=None, masks=None)
    if name == "V":
        np.testing.assert_array_equal(encode(bare, encoding("V")).frames, bare.frames)
        return
    with pytest.raises(MissingSignal, match=name):
        encode(bare, encoding(name))


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=32, max_size=32),
)
def test_any_gaze_can_be_painted(name, numbers):
    gaze = np.array(numbers).reshape(16, 2)
    gaze = np.where(np.isfinite(gaze), np.clip(gaze, -1e5, 1e5), np.nan)
    assert encode(make_clip(8, 8, gaze_px=gaze), encoding(name)).frames.shape == (16, 8, 8, 3)


def picture_clip() -> Clip:
    """A picture made of sums: a sky of colours, three discs in front of each other."""
    rows, columns = np.mgrid[:72, :96]
    frame = np.stack([columns * 255 // 95, rows * 255 // 71, 255 - columns * 255 // 95], axis=-1)
    depth, masks = rows / 71 * 0.6, np.zeros((72, 96), int)
    for number, (x, y, radius) in enumerate([(30, 26, 18), (60, 34, 20), (44, 52, 14)], start=1):
        inside = np.hypot(columns - x, rows - y) <= radius
        frame[inside] = (60 * number, 250 - 70 * number, 40 + 60 * number)
        depth[inside], masks[inside] = 0.4 + 0.2 * number, number
    signals = [np.repeat(each[None], 16, axis=0) for each in (frame.astype(np.uint8), depth, masks)]
    return Clip(
        frames=signals[0],
        start_s=0.0,
        end_s=4.0,
        gaze_px=np.full((16, 2), (70.5, 20.5)),
        depth=signals[1],
        masks=signals[2],
    )


def sheet() -> np.ndarray:
    """All twelve in the paper's order, four a row: [216, 384, 3]."""
    tiles = [encode(picture_clip(), each).frames[0] for each in ENCODINGS]
    return np.vstack([np.hstack(tiles[row : row + 4]) for row in (0, 4, 8)])


def test_golden():
    """A change here changes what every model sees.  Look at golden.png before you write it anew."""
    golden = cv2.cvtColor(cv2.imread(str(GOLDEN)), cv2.COLOR_BGR2RGB)
    assert np.abs(sheet().astype(int) - golden).max() <= 2


@pytest.mark.parametrize("name", NAMES)
def test_no_encoding_is_slower_than_a_millisecond_a_frame(name):
    cv2.setNumThreads(1)
    clip = make_clip(224, 224)
    best = min(_seconds(clip, name) for _ in range(5))
    assert best / 16 < 1e-3, f"{1e3 * best / 16:.2f} ms a frame"


def _seconds(clip: Clip, name: str) -> float:
    """Seconds of this one thread on a processor, however busy the machine is."""
    start = time.thread_time()
    encode(clip, encoding(name))
    return time.thread_time() - start

"""A Clip checks its arrays when it is made."""

import numpy as np
import pytest

from encodings.clip import CLIP_S, FRAMES, RATE_HZ, Clip
from encodings.names import UnknownEncoding, encoding

FRAMES_16 = np.zeros((16, 4, 6, 3), np.uint8)


def test_arithmetic():
    assert FRAMES == 16 == CLIP_S * RATE_HZ


@pytest.mark.parametrize(
    "wrong",
    [
        {"frames": FRAMES_16[:15]},
        {"frames": FRAMES_16.astype(np.float32)},
        {"end_s": 4.5},
        {"end_s": 0.0},
        {"start_s": -1.0},
        {"gaze_px": np.zeros((16, 3))},
        {"depth": np.zeros((16, 6, 4))},
        {"masks": np.zeros((16, 4, 6), np.float32)},
    ],
    ids=str,
)
def test_refuses_what_is_no_clip(wrong):
    with pytest.raises(ValueError, match=r".+"):
        Clip(**{"frames": FRAMES_16, "start_s": 0.0, "end_s": 4.0, **wrong})


def test_coverage_counts_frames_with_gaze():
    gaze = np.full((16, 2), np.nan)
    gaze[:4] = 1.0
    gaze[4, 0] = 1.0  # half a point is none
    assert Clip(frames=FRAMES_16, start_s=0.0, end_s=4.0, gaze_px=gaze).gaze_coverage == 4 / 16
    assert Clip(frames=FRAMES_16, start_s=0.0, end_s=4.0).gaze_coverage == 0


def test_unknown_encoding_lists_the_twelve():
    with pytest.raises(UnknownEncoding, match="VDMG"):
        encoding("GV")

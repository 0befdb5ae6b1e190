"""Frames in memory: shapes and ranges of the truth, and what tells the developments apart."""

import numpy as np
import pytest

from pipelines.datasets.rendered.acts.lab_motion import loop
from pipelines.datasets.rendered.frames.frames import frames
from pipelines.datasets.rendered.scenes.gaze import GAZE_RATE_HZ, gaze_track
from pipelines.datasets.rendered.scenes.scene import build_scene

WIDTH, HEIGHT = 96, 72


@pytest.mark.parametrize("labels", ["lab-actions", "lab-motion"])
def test_truth(labels):
    scene = build_scene(labels, 1, 0, total_s=8)
    pictures = list(frames(scene, 2.0, WIDTH, HEIGHT))
    assert len(pictures) == 16
    for frame in pictures:
        assert frame.rgb.shape == (HEIGHT, WIDTH, 3)
        assert frame.rgb.dtype == frame.masks.dtype == np.uint8
        assert frame.depth.shape == frame.masks.shape == (HEIGHT, WIDTH)
        assert frame.depth.dtype == np.float32
        assert 0 <= frame.depth.min() < frame.depth.max() <= 1
        assert frame.masks.max() <= len(scene.props) + 2
        assert frame.depth[-1].mean() > frame.depth[0].mean()  # the wall is far, the bench's edge near
    assert len(np.unique([frame.masks for frame in pictures])) > 8


def test_without_truth_the_picture_is_the_same():
    scene = build_scene("lab-actions", 2, 0, total_s=4)
    pairs = zip(
        frames(scene, 1.0, WIDTH, HEIGHT), frames(scene, 1.0, WIDTH, HEIGHT, truth=False), strict=True
    )
    for full, bare in pairs:
        assert (full.rgb == bare.rgb).all()
        assert bare.depth is None


@pytest.mark.parametrize("seed", range(4))
def test_gaze_rests_and_jumps(seed):
    gaze = gaze_track(build_scene("lab-actions", seed, 0, total_s=40), 320, 240)
    assert len(gaze.times_s) == 40 * GAZE_RATE_HZ
    assert 0.6 < (gaze.fixation_id > 0).mean() < 0.99
    assert len(np.unique(gaze.fixation_id)) > 40
    assert 0 < (gaze.blink_id > 0).mean() < 0.15
    assert np.isfinite(gaze.px).all()
    inside = (gaze.px > 0).all(1) & (gaze.px < [320, 240]).all(1)
    assert inside.mean() > 0.8


def test_rates_see_the_same_scene():
    scene = build_scene("lab-actions", 5, 0, total_s=4)
    slow = [frame.masks for frame in frames(scene, 2.0, WIDTH, HEIGHT)]
    fast = [frame.masks for frame in frames(scene, 4.0, WIDTH, HEIGHT)][::2]
    assert all((a == b).all() for a, b in zip(slow, fast, strict=True))


def test_circle_and_eight_reach_equally_far():
    seconds = np.linspace(0, 20, 4000)
    circle, eight = (loop(shape, 3.0, 0.5, 0.3, 0.0)(seconds) for shape in ("circle", "eight"))
    assert np.abs(circle).max(0) == pytest.approx(np.abs(eight).max(0), abs=0.01)
    assert np.abs(circle[:, :2]).mean(0) == pytest.approx(np.abs(eight[:, :2]).mean(0), abs=0.02)

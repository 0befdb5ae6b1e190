"""What moves while the shutter is open is smeared, and nothing else is."""

import numpy as np
import pytest

from pipelines.datasets.rendered.frames.shutter import MOST_PX, Shutter, smeared
from pipelines.datasets.rendered.scenes.scene import build_scene


def test_a_point_becomes_a_line_of_the_same_light():
    image = np.zeros((41, 41), np.float32)
    image[20, 20] = 100
    line = smeared(image, np.array([10.0, 0.0]))
    assert line.sum() == pytest.approx(100, rel=1e-4)
    rows, columns = np.nonzero(line)
    assert set(rows) == {20}
    assert (columns.min(), columns.max()) == (15, 25)


def test_what_hardly_moves_stays_as_it_is_and_the_fastest_is_bounded():
    image = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    assert smeared(image, np.array([0.4, -0.6])) is image
    wide = smeared(np.eye(120, dtype=np.float32)[60:61].repeat(3, 0), np.array([500.0, 0.0]))
    assert (wide[1] > 1e-3).sum() <= MOST_PX + 2


def test_hands_that_move_are_smeared_where_they_are():
    times_s = np.arange(0, 8, 0.25)
    shutter = Shutter(build_scene("lab-actions", 3, 0, total_s=8), times_s, 320, 240)
    image = np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8)
    changed = [float((shutter.expose(image, index) != image).mean()) for index in range(len(times_s))]
    assert min(changed) < 0.05
    assert max(changed) > 0.05

"""Gaze shifted by hand."""

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import Gaze
from pipelines.recordings.gaze.nudge import nudge


@pytest.fixture
def gaze() -> Gaze:
    points = np.array([[10.0, 20.0], [np.nan, np.nan], [30.0, 40.0]])
    return Gaze(source="test", times_s=np.array([0.0, 0.1, 0.2]), points_px=points, notes=("One.",))


def test_times_and_points_are_shifted_and_a_note_says_by_how_much(gaze):
    shifted = nudge(gaze, 0.12, (5, -3))
    np.testing.assert_allclose(shifted.times_s, [0.12, 0.22, 0.32])
    np.testing.assert_allclose(shifted.points_px, [[15, 17], [np.nan, np.nan], [35, 37]])
    assert shifted.notes == ("One.", "Gaze was shifted by 120 ms and by 5, -3 px by hand.")
    np.testing.assert_allclose(gaze.points_px[0], [10, 20])


def test_only_what_is_shifted_is_told(gaze):
    assert nudge(gaze, -0.08).notes[-1] == "Gaze was shifted by -80 ms by hand."
    assert nudge(gaze, offset_px=(0, 2.5)).notes[-1] == "Gaze was shifted by 0, 2.5 px by hand."


def test_without_a_shift_it_is_the_same(gaze):
    assert nudge(gaze) is gaze
    assert nudge(gaze, 0.0, (0, 0), (32, 50)) is gaze


def test_points_that_are_shifted_off_a_known_frame_are_not_seen(gaze):
    assert nudge(gaze, 0, (5, 0), (32, 50)).seen.tolist() == [True, False, False]
    assert nudge(gaze, 0, (-11, 0), (32, 50)).seen.tolist() == [False, False, True]

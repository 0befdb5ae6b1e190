"""Pupil Core on the clock of world_timestamps.csv or of world_index."""

import numpy as np
import pytest

from tests.support.gaze_files import CORE, core_row, read, write_core_world, write_table


def test_core_has_its_origin_at_the_bottom_left(tmp_path):
    rows = [core_row(n / 30, 0.25, 0.9) for n in range(100)]
    gaze = read(write_table(tmp_path, CORE, rows, "gaze_positions.csv"))
    np.testing.assert_allclose(gaze.points_px[0], [160, 48])
    np.testing.assert_allclose(gaze.times_s, np.arange(100) / 30, atol=1e-9)
    assert any("world_index" in note for note in gaze.notes)


def test_core_drops_what_it_is_not_confident_of(tmp_path):
    rows = [core_row(0, 0.5, 0.5, 0.59), core_row(0.1, 0.5, 0.5, 0.6), core_row(0.2, 0.5, 0.5, "")]
    gaze = read(write_table(tmp_path, CORE, rows))
    assert gaze.seen.tolist() == [False, True, False]


def test_core_on_the_clock_of_its_world_timestamps(tmp_path):
    write_core_world(tmp_path)
    gaze = read(write_table(tmp_path, CORE, [core_row(1.25, 0.5, 0.5)]))
    assert gaze.source == "Pupil Core, with world_timestamps.csv"
    assert gaze.times_s[0] == pytest.approx(1.25)

"""Clocks of eye trackers: stray times, clocks that start again, world timestamps of another recording."""

import numpy as np
import pytest

from pipelines.recordings.gaze.clock import leave_out_strays
from pipelines.recordings.gaze.gaze import UnreadableGaze
from tests.support.gaze_files import (
    CLOUD,
    CORE,
    START_NS,
    cloud_row,
    read,
    refused_gaze,
    write_cloud_world,
    write_core_world,
    write_table,
)

STEADY_S = np.arange(400) / 100


def table(folder, times_s):
    return write_table(folder, "t,x,y", [f"{t:.4f},{200 + n % 7},100" for n, t in enumerate(times_s)])


@pytest.mark.parametrize(
    "times_s",
    [
        np.concatenate((STEADY_S[:200], STEADY_S[:200])),  # the clock started again
        np.concatenate((100 + STEADY_S[:200], STEADY_S[:200])),  # and the parts do not even overlap
        np.concatenate((STEADY_S[200:], STEADY_S[:200])),  # a part of the rows was moved
        np.concatenate((STEADY_S[:300], STEADY_S[200:300], STEADY_S[300:])),  # a part is there twice
        np.concatenate((STEADY_S[:200], STEADY_S[150:350])),  # the clock was set back by half a second
        np.column_stack((STEADY_S[:200], STEADY_S[200:])).ravel(),  # two recordings row by row
    ],
)
def test_a_clock_that_falls_back_is_refused(tmp_path, times_s):
    refused_gaze(table(tmp_path, times_s), "fall back", "one recording")
    with pytest.raises(UnreadableGaze):
        leave_out_strays("gaze.csv", times_s)


def test_times_in_a_slightly_wrong_order_are_sorted_and_noted(tmp_path):
    swapped = STEADY_S.reshape(-1, 2)[:, ::-1].ravel()
    gaze = read(table(tmp_path, swapped))
    np.testing.assert_allclose(gaze.times_s, STEADY_S)
    assert any("200 times earlier than the one before: sorted" in note for note in gaze.notes)


def test_rows_from_the_last_to_the_first_are_sorted_and_noted(tmp_path):
    gaze = read(table(tmp_path, STEADY_S[::-1]))
    np.testing.assert_allclose(gaze.times_s, STEADY_S)


@pytest.mark.parametrize(("row", "stray_s"), [(0, 900.0), (57, 0.0), (57, 900.0), (399, 0.0)])
def test_a_single_stray_time_is_left_out_and_noted(tmp_path, row, stray_s):
    times_s = STEADY_S.copy()
    times_s[row] = stray_s
    gaze = read(table(tmp_path, times_s))
    np.testing.assert_allclose(gaze.times_s, np.delete(STEADY_S, row))
    assert "1 time far from those around left out." in gaze.notes


def test_world_timestamps_of_another_time_are_refused(tmp_path):
    write_cloud_world(tmp_path)
    later = START_NS + 3_600_000_000_000
    path = write_table(tmp_path, CLOUD, [cloud_row(later + n * 5_000_000) for n in range(800)])
    refused_gaze(path, "3600.0 s", "“world_timestamps.csv”", "one recording")


def test_core_world_timestamps_of_another_time_are_refused(tmp_path):
    write_core_world(tmp_path)
    rows = [f"{9 + n / 100},{n // 4},1.0,0.5,0.5," for n in range(400)]
    refused_gaze(write_table(tmp_path, CORE, rows), "-4233.5 s", "“world_timestamps.csv”")


def test_world_timestamps_that_contradict_world_index_are_a_warning(tmp_path):
    write_core_world(tmp_path)
    rows = [f"{4242.5 + n / 100},{120 - n // 4},1.0,0.5,0.5," for n in range(400)]
    assert any(
        note.startswith("Warning: by world_index") for note in read(write_table(tmp_path, CORE, rows)).notes
    )

"""Pupil Cloud on the clock of world_timestamps.csv, of info.json, or of neither."""

import json

import numpy as np
import pytest

from tests.support.gaze_files import (
    CLOUD,
    FRAMES_S,
    START_NS,
    cloud_row,
    read,
    write_cloud_world,
    write_table,
)


def test_cloud_on_the_clock_of_its_world_timestamps(tmp_path):
    write_cloud_world(tmp_path)
    rows = [cloud_row(START_NS + 1_000_000_000 + n, x=n) for n in (0, 1, 257, 5_000_000)]
    gaze = read(write_table(tmp_path, CLOUD, rows))
    assert gaze.source == "Pupil Cloud, with world_timestamps.csv"
    np.testing.assert_allclose(gaze.times_s, [1, 1 + 1e-9, 1 + 257e-9, 1.005], atol=2e-11)
    assert len(set(gaze.times_s)) == 4  # a float64 of the stamps would have made two of them one
    assert gaze.points_px[0].tolist() == [0, 20]


def test_row_i_of_world_timestamps_is_frame_i(tmp_path):
    """The tracker's clock and the video's run apart: what was seen in a frame stays in it."""
    stamps = write_cloud_world(tmp_path, rate_hz=30 / 1.02)
    gaze = read(write_table(tmp_path, CLOUD, [cloud_row(stamps[n]) for n in (0, 60, 119)]))
    np.testing.assert_allclose(gaze.times_s, FRAMES_S[[0, 60, 119]], atol=1e-9)


def test_a_row_too_many_is_aligned_by_the_first_frame_and_noted(tmp_path):
    write_cloud_world(tmp_path, frames=123)
    gaze = read(write_table(tmp_path, CLOUD, [cloud_row(START_NS + 500_000_000)]))
    assert gaze.times_s[0] == pytest.approx(0.5)
    assert any("123 rows for 120 frames" in note for note in gaze.notes)


def test_world_timestamps_given_by_hand_are_used(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    write_cloud_world(tmp_path / "elsewhere")
    path = write_table(tmp_path, CLOUD, [cloud_row(START_NS + 2_000_000_000)])
    gaze = read(path, world_timestamps_path=tmp_path / "elsewhere/world_timestamps.csv")
    assert gaze.times_s[0] == pytest.approx(2.0)


def test_without_world_timestamps_info_json_is_used_and_noted(tmp_path):
    (tmp_path / "info.json").write_text(json.dumps({"start_time": START_NS}))
    gaze = read(write_table(tmp_path, CLOUD, [cloud_row(START_NS + 1_500_000_000)]))
    assert gaze.times_s[0] == pytest.approx(1.5)
    assert any("info.json" in note for note in gaze.notes)


@pytest.mark.parametrize("info", [None, "not json", "[]", '{"start_time": "soon"}', '{"start_time": null}'])
def test_without_either_gaze_and_video_start_together_and_it_is_noted(tmp_path, info):
    if info is not None:
        (tmp_path / "info.json").write_text(info)
    gaze = read(write_table(tmp_path, CLOUD, [cloud_row(START_NS + ns) for ns in (0, 10**9)]))
    np.testing.assert_allclose(gaze.times_s, [0, 1], atol=1e-9)
    assert any("start together" in note for note in gaze.notes)


def test_blinks_and_glasses_taken_off_are_not_seen(tmp_path):
    rows = [
        cloud_row(START_NS),
        cloud_row(START_NS + 10**8, worn="0.0"),
        cloud_row(START_NS + 2 * 10**8, blink="7"),
        cloud_row(START_NS + 3 * 10**8, worn=""),
        cloud_row(START_NS + 4 * 10**8, x=""),
    ]
    gaze = read(write_table(tmp_path, CLOUD, rows))
    assert gaze.seen.tolist() == [True, False, False, True, False]
    assert "1 sample in blinks left out." in gaze.notes


def test_times_that_a_spreadsheet_has_rounded_a_little_still_serve(tmp_path):
    rows = [cloud_row(f"{START_NS + n * 5_000_000:.14E}") for n in range(200)]
    gaze = read(write_table(tmp_path, CLOUD, rows))
    np.testing.assert_allclose(gaze.times_s, np.arange(200) * 0.005, atol=2e-5)

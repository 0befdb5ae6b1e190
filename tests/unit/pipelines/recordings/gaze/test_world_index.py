"""Pupil Core without world_timestamps.csv: each sample lies in the frame that its world_index names."""

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import Gaze, join_gaze, read_gaze
from pipelines.recordings.recording import open_recording
from tests.support.cases import case
from tests.support.gaze_files import CORE, FRAMES_S, HEIGHT, WIDTH, read, refused_gaze, write_table

OLD = "timestamp,index,confidence,norm_pos_x,norm_pos_y,base_data"
NO_CONFIDENCE = "gaze_timestamp,world_index,norm_pos_x,norm_pos_y"


def core(folder, index, stamps, header=CORE):
    """A table in which the samples of frame k lie k px from the left."""
    confidence = "" if header == NO_CONFIDENCE else "1.0,"
    rows = [
        f"{stamp!r},{frame},{confidence}{float(frame) / WIDTH!r},0.5"
        for frame, stamp in zip(index, np.asarray(stamps, float).tolist(), strict=True)
    ]
    return write_table(folder, header, rows, "gaze_positions.csv")


def x_at_frames(gaze: Gaze, frames_s=FRAMES_S) -> np.ndarray:
    return join_gaze(gaze, frames_s)[:, 0]


@pytest.mark.parametrize("header", [CORE, OLD, NO_CONFIDENCE])
@pytest.mark.parametrize("speed", [1.0, 518 / 420, 0.8])
def test_a_sample_lies_in_its_frame_whatever_its_clock(tmp_path, header, speed):
    index = np.repeat(np.arange(120), 4)
    path = core(tmp_path, index, 5000 + np.arange(480) / 120 * speed, header)
    gaze = read(path)
    np.testing.assert_allclose(x_at_frames(gaze), np.arange(120), atol=1e-9)
    np.testing.assert_allclose(np.diff(gaze.times_s), 1 / 120, atol=1e-9)
    assert any("By its own clock" in note for note in gaze.notes) == (speed != 1)


def test_frames_of_a_video_of_varying_rate(tmp_path):
    frames_s = np.cumsum(np.append(0.0, np.random.default_rng(1).uniform(0.02, 0.2, 99)))
    path = core(tmp_path, np.repeat(np.arange(100), 3), 7 + np.arange(300) / 90)
    gaze = read_gaze(path, frames_s, WIDTH, HEIGHT)
    np.testing.assert_allclose(x_at_frames(gaze, frames_s), np.arange(100), atol=1e-9)


def test_samples_of_one_frame_keep_their_order_and_stay_in_it(tmp_path):
    gaze = read(core(tmp_path, [0, 0, 0, 1, 1, 5], [1, 1.01, 1.02, 1.03, 1.04, 1.2]))
    np.testing.assert_allclose(gaze.times_s * 30, [0, 1 / 3, 2 / 3, 1, 1.5, 5], atol=1e-9)


def test_a_trimmed_export_counts_from_the_start_of_the_whole_recording(tmp_path):
    gaze = read(core(tmp_path, np.repeat(np.arange(300, 420), 2), 5010 + np.arange(240) / 60))
    np.testing.assert_allclose(x_at_frames(gaze), np.arange(300, 420), atol=1e-9)
    assert any("frame 300 was taken for the video's first" in note for note in gaze.notes)


def test_a_trimmed_export_that_overlaps_the_numbers_of_the_video(tmp_path):
    gaze = read(core(tmp_path, np.arange(50, 170), 5010 + np.arange(120) / 30))
    np.testing.assert_allclose(x_at_frames(gaze), np.arange(50, 170), atol=1e-9)


def test_gaze_that_starts_late_is_not_taken_for_trimmed(tmp_path):
    gaze = read(core(tmp_path, np.arange(60, 120), 5010 + np.arange(60) / 30))
    np.testing.assert_allclose(gaze.times_s, FRAMES_S[60:], atol=1e-9)
    assert "Gaze starts 2.0 s after the video." in gaze.notes


@pytest.mark.parametrize(
    "index", [np.arange(400), np.arange(40, 300), np.arange(5000, 5060), np.arange(-60, 60)]
)
def test_frames_that_the_video_does_not_have(tmp_path, index):
    path = core(tmp_path, index, 5000 + np.arange(len(index)) / 30)
    refused_gaze(path, f"frames {index[0]} to {index[-1]}", "120 frames", "world_timestamps.csv")


def test_a_frame_or_two_beyond_the_video_are_left_out(tmp_path):
    gaze = read(core(tmp_path, np.arange(122), 5000 + np.arange(122) / 30))
    np.testing.assert_allclose(gaze.times_s, FRAMES_S, atol=1e-9)
    assert any("2 samples in frames that the video does not have" in note for note in gaze.notes)


def test_far_fewer_frames_than_the_video_are_noted(tmp_path):
    gaze = read(core(tmp_path, np.arange(30), 5000 + np.arange(30) / 30))
    assert any("world_index ends at frame 29 of the video's 120" in note for note in gaze.notes)


def test_a_clock_that_starts_again_does_not_matter_beside_world_index(tmp_path):
    stamps = np.concatenate((5000 + np.arange(60) / 30, 3 + np.arange(60) / 30))
    gaze = read(core(tmp_path, np.arange(120), stamps))
    np.testing.assert_allclose(x_at_frames(gaze), np.arange(120), atol=1e-9)
    assert any("starts again" in note for note in gaze.notes)


def test_two_recordings_in_one_file(tmp_path):
    index = np.concatenate((np.arange(120), np.arange(120)))
    refused_gaze(core(tmp_path, index, 5000 + np.arange(240) / 30), "fall back by 4.0 s", "joined")


@pytest.mark.parametrize(
    ("folder", "x_px"),
    [("pupil974_raw_world_clock", 10 + 1.5 * np.arange(200)), ("neonplayer_no_confidence", None)],
)
def test_the_cases_of_pupil_core(folder, x_px):
    video = case("base.mp4")
    recording = open_recording(video, case(folder) / "gaze_positions.csv")
    joined = join_gaze(recording.gaze, recording.frame_times_s)
    expected = x_px if x_px is not None else 10 + 15 * recording.frame_times_s
    np.testing.assert_allclose(joined[:, 0], expected, atol=0.01)
    assert recording.gaze.coverage(recording.frame_times_s) == 1.0


def test_the_case_with_the_older_header_of_pupil_core():
    gaze = open_recording(case("base.mp4"), case("gaze2svg_old_core_header") / "gaze_positions.csv").gaze
    assert gaze.source == "Pupil Core, without world_timestamps.csv"
    assert len(gaze.times_s) == 650
    assert "650 samples of a confidence under 0.6 left out." in gaze.notes


def test_the_right_world_timestamps_say_the_same():
    folder = case("pupil974_raw_world_clock")
    recording = open_recording(
        folder / "world.mp4", folder / "gaze_positions.csv", folder / "right_world_timestamps.csv"
    )
    joined = join_gaze(recording.gaze, recording.frame_times_s)
    np.testing.assert_allclose(joined[:, 0], 10 + 1.5 * np.arange(200), atol=0.01)
    assert any("row i was taken for frame i" in note for note in recording.gaze.notes)

"""What a gaze file holds, and how it fits its video."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import Gaze, read_gaze_alone
from pipelines.recordings.health import check_gaze, gaze_sentence, health_of, health_of_gaze
from pipelines.recordings.recording import open_recording
from tests.support.gaze_files import (
    CLOUD,
    CORE,
    START_NS,
    cloud_row,
    core_row,
    write_cloud_world,
    write_core_world,
    write_table,
)


def test_a_gaze_file_is_described_without_its_video(tmp_path):
    write_cloud_world(tmp_path)
    rows = [cloud_row(START_NS + n * 10**8) for n in (1, 2, 3, 9)]
    found = check_gaze(write_table(tmp_path, CLOUD, rows))
    assert (found["samples"], found["seen"], found["coverage"]) == (4, 1.0, None)
    assert (found["unit"], found["origin"], found["coverage_by_s"]) == ("pixels", "top left", None)
    assert (found["start_s"], found["end_s"]) == pytest.approx((0.1, 0.9))
    np.testing.assert_allclose(found["gaps"], [[0.3, 0.9]])
    json.dumps(found)


def test_a_gaze_file_is_described_with_its_video(tmp_path, video):
    path = write_table(tmp_path, "t,x,y", [f"{t},10,10" for t in np.arange(0, 4.5, 0.05)])
    found = check_gaze(path, video)
    assert found["coverage"] == pytest.approx(4.575 / 6, abs=0.01)
    np.testing.assert_allclose(found["gaps"], [[4.45, 6.0]], atol=0.01)
    recording = open_recording(video, path)
    assert gaze_sentence(recording).replace("\xa0", " ") == "table of t x y, 77 % covered, 1 gap of 1.6 s"
    assert gaze_sentence(open_recording(video)) == "no gaze"


def test_the_real_gaze_is_described(neon):
    recording = open_recording(neon / "scene_ps1.mp4", neon / "gaze.csv")
    assert gaze_sentence(recording).replace("\xa0", " ") == "Pupil Cloud, 80 % covered, 1 gap of 1.1 s"
    assert len(recording.gaze.times_s) == 2659


def make_gaze(times_s: np.ndarray, **fields) -> Gaze:
    return Gaze(source="a tracker", times_s=times_s, points_px=np.full((len(times_s), 2), 9.0), **fields)


def health_with(video, *shown: tuple[float, float], rate_hz: float = 50, **fields):
    """The health of gaze that is seen between some times of a video of 6 s."""
    times_s = np.arange(0, 6, 1 / rate_hz)
    gaze = make_gaze(times_s, **fields)
    seen = np.any([(times_s >= start) & (times_s < end) for start, end in shown], axis=0)
    gaze.points_px[~seen] = np.nan
    return health_of(replace(open_recording(video), gaze=gaze))


def test_the_verdict_comes_from_the_share_of_frames_with_gaze(video):
    fine = health_with(video, (0, 6))
    assert fine.verdict == ("Fine: a tracker at 50 Hz, gaze seen on 100\xa0% of the video's frames, no gaps.")
    some = health_with(video, (0, 3))
    assert some.verdict == (
        "Usable with care: a tracker at 50 Hz, gaze seen on 50\xa0% of the video's frames, 1 gap of "
        "3.0\xa0s; less than 70\xa0% is seen."
    )
    little = health_with(video, (0, 0.3))
    assert little.verdict == (
        "Not usable: gaze is seen on 5\xa0% of the video's frames, since the tracker has a point in only "
        "5\xa0% of its samples."
    )
    assert [each.is_too_little for each in (fine, some, little)] == [False, False, True]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"off_frame": 100}, "25\xa0% of the points lie off the frame"),
        ({"backward_times": 12}, "12 times run backward"),
        ({"rate_hz": 3.8}, "samples are too far apart to reach every frame"),
        ({"notes": ("ATTENTION: its times count since 1970.",)}, "a note warns of something"),
        (
            {"notes": ("ATTENTION: gaze and video were assumed to start together.",)},
            "gaze and video were assumed to start together",
        ),
        ({"notes": ("Warning: one.", "Two.", "Warning: three.")}, "2 notes warn of something"),
    ],
)
def test_care_is_asked_for_what_is_odd(video, fields, words):
    verdict = health_with(video, (0, 6), **fields).verdict
    assert verdict.startswith("Usable with care: ")
    assert verdict.endswith(f"; {words}.")


def test_gaze_of_another_frame_or_time_is_not_this_recordings(video):
    off = health_with(video, (0, 0.3), off_frame=285)
    assert off.verdict.endswith(", since 95\xa0% of its points lie off the frame.")
    late = make_gaze(np.arange(5.8, 12, 0.02))
    other = health_of(replace(open_recording(video), gaze=late))
    assert other.verdict.startswith(
        "Not this recording's: gaze is seen on 5\xa0% of the video's frames; check"
    )


@pytest.mark.parametrize(
    ("from_s", "to_s", "reason"),
    [
        (-3, 6, "it starts 3.0\xa0s before the video"),
        (0, 45, "it runs on for 39.0\xa0s after the video"),
        (4.5, 6, "less than 70\xa0% is seen; a gap is longer than a clip"),
    ],
)
def test_care_is_asked_for_gaze_that_does_not_last_as_long_as_the_video(video, from_s, to_s, reason):
    gaze = make_gaze(np.arange(from_s, to_s, 0.02))
    verdict = health_of(replace(open_recording(video), gaze=gaze)).verdict
    assert verdict.startswith("Usable with care: ")
    assert verdict.endswith(f"; {reason}.")


def test_coverage_is_told_for_each_second(video):
    health = health_with(video, (0, 1), (2.5, 4))
    assert health.coverage_by_s == pytest.approx((1, 0, 0.5, 1, 0, 0), abs=0.04)
    assert np.mean(health.coverage_by_s) == pytest.approx(health.coverage)


def test_a_second_in_which_no_frame_begins_has_the_gaze_of_the_one_on_screen(make_video):
    video = make_video("slow.mp4", [0, 2500, 3000, 5000])
    gaze = make_gaze(np.array([0.0, 3.0]))
    assert health_of(replace(open_recording(video), gaze=gaze)).coverage_by_s[:5] == (1, 1, 0, 1, 1)


def test_overlap_is_the_share_of_the_video_between_first_and_last_sample(video):
    recording = replace(open_recording(video), gaze=make_gaze(np.arange(3, 9, 0.02)))
    assert health_of(recording).overlap == pytest.approx(0.5, abs=1e-3)


def test_what_the_file_gave_is_told(tmp_path):
    rows = [core_row(0.1, 0.5, 0.5), core_row(0.3, 1.5, 0.5), core_row(0.2, 0.4, 0.5)]
    write_core_world(tmp_path)
    health = health_of_gaze(read_gaze_alone(write_table(tmp_path, CORE, rows)))
    assert (health.unit, health.origin) == ("fractions of the frame", "bottom left")
    assert (health.backward_times, health.off_frame) == (1, pytest.approx(1 / 3))
    assert health.rate_hz == pytest.approx(10)
    assert "Pupil Core at 10 Hz, gaze seen in 67\xa0% of the samples, not compared" in health.verdict


def test_a_recording_without_gaze_has_no_health(video):
    with pytest.raises(ValueError, match="no gaze"):
        health_of(open_recording(video))

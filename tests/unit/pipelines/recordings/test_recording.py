"""Frames, times and sizes of recordings, against videos whose frames carry their own number."""

import csv
import os
from fractions import Fraction

import cv2
import numpy as np
import pytest

from encodings.clip import FRAMES
from pipelines.benchmarks.decoding import decode_speed
from pipelines.recordings.recording import (
    UnreadableRecording,
    cut_clips,
    open_recording,
    working_size,
)


def steady(seconds: float, rate_hz: float = 30.0, start_ms: int = 0) -> list[int]:
    return [start_ms + round(1000 * number / rate_hz) for number in range(round(seconds * rate_hz))]


def on_screen(times_ms: list[int], at_ms: float) -> int:
    """Which frame is on screen, by going through them one by one."""
    return [number for number, ms in enumerate(times_ms) if ms - times_ms[0] <= at_ms + 0.5][-1]


def expected(times_ms: list[int], clips: int) -> list[int]:
    return [on_screen(times_ms, 4000 * clip + 250 * j) for clip in range(clips) for j in range(16)]


def numbers(recording, number_of) -> list[int]:
    return [number_of(frame) for clip in cut_clips(recording) for frame in clip.frames]


UNSTEADY = np.cumsum([0, *np.random.default_rng(7).choice([17, 33, 40, 120, 400], 119)]).tolist()


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("plain.mp4", "libx264", {"bf": "0"}),
        ("b-frames.mp4", "libx264", {"bf": "3", "g": "250"}),
        ("hevc.mp4", "libx265", {"x265-params": "log-level=none"}),
        ("matroska.mkv", "libx264", {"bf": "3"}),
        ("vp8.webm", "libvpx", {"deadline": "realtime", "cpu-used": "8", "threads": "1"}),
        ("transport.ts", "libx264", {"bf": "2"}),
        ("motion-jpeg.mov", "mjpeg", {"strict": "-1"}),
        ("mpeg4.avi", "mpeg4", {}),
    ],
)
def test_frames_are_chosen_by_presentation_time(make_video, number_of, name, codec, options):
    times_ms = steady(6)
    recording = open_recording(make_video(name, times_ms, size=(160, 96), codec=codec, options=options))
    assert recording.windows == 2
    assert recording.duration_s == pytest.approx(6, abs=0.05)
    found = numbers(recording, number_of)
    assert found == expected(times_ms, 2) or name == "mpeg4.avi"
    assert np.abs(np.subtract(found, expected(times_ms, 2))).max() <= 1  # AVI has times of its own


def test_b_frames_in_avi_are_counted_since_it_stores_no_presentation_times(make_video, number_of):
    found = numbers(open_recording(make_video("b.avi", steady(4), options={"bf": "3"})), number_of)
    assert (np.diff(found) > 0).all()
    assert np.abs(np.subtract(found, expected(steady(4), 1))).max() <= 1


@pytest.mark.parametrize("name", ["unsteady.mp4", "unsteady.mkv"])
def test_a_variable_rate_is_sampled_by_time_not_by_index(make_video, number_of, name):
    recording = open_recording(make_video(name, UNSTEADY, options={"bf": "2"}))
    np.testing.assert_allclose(recording.frame_times_s, np.array(UNSTEADY) / 1000, atol=1e-4)
    assert numbers(recording, number_of) == expected(UNSTEADY, recording.windows)
    by_rate = [min(119, round(120 / recording.duration_s * j / 4)) for j in range(16 * recording.windows)]
    assert np.abs(np.subtract(expected(UNSTEADY, recording.windows), by_rate)).max() > 3


@pytest.mark.parametrize("name", ["late.mp4", "late.mkv", "late.ts"])
def test_a_stream_that_starts_late_begins_at_zero(make_video, number_of, name):
    times_ms = steady(4, start_ms=3500)
    recording = open_recording(make_video(name, times_ms))
    assert recording.frame_times_s[0] == 0
    assert recording.duration_s == pytest.approx(4, abs=0.01)
    assert numbers(recording, number_of) == expected(times_ms, 1)


def test_a_slow_video_shows_a_frame_more_than_once(make_video, number_of):
    recording = open_recording(make_video("slow.mp4", steady(4, rate_hz=2)))
    assert numbers(recording, number_of) == [j // 2 for j in range(16)]


def test_sound_beside_the_picture_changes_nothing(make_video, number_of):
    recording = open_recording(make_video("loud.mp4", steady(4), audio=True))
    assert numbers(recording, number_of) == expected(steady(4), 1)


@pytest.mark.parametrize(
    ("size", "working"),
    [
        ((322, 178), (322, 178)),  # never enlarged
        ((321, 179), (321, 179)),
        ((640, 480), (299, 224)),
        ((360, 640), (224, 398)),
        ((1200, 100), (640, 53)),
    ],
)
def test_frames_are_whole_at_the_working_size(make_video, number_of, size, working):
    recording = open_recording(make_video("sized.mp4", steady(1.0), size=size))
    assert (recording.width, recording.height) == size
    assert working_size(recording) == working
    (clip,) = cut_clips(recording)
    assert clip.frames.shape == (FRAMES, working[1], working[0], 3)
    assert number_of(clip.frames[2]) == 15
    left, right = clip.frames[0, -2, 1].astype(int), clip.frames[0, -2, -2].astype(int)
    assert left[0] > left[2] + 80
    assert right[2] > right[0] + 80


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_rotation_is_applied(make_video, number_of, turn_deg):
    upright = next(cut_clips(open_recording(make_video("upright.mp4", steady(1)))))
    recording = open_recording(make_video("turned.mp4", steady(1), turn_deg=turn_deg))
    assert recording.rotation_deg == turn_deg
    assert (recording.width, recording.height) == ((320, 180) if turn_deg == 180 else (180, 320))
    turned = next(cut_clips(recording)).frames
    np.testing.assert_array_equal(turned, np.rot90(upright.frames, turn_deg // 90, axes=(1, 2)))
    _, elsewhere = cv2.VideoCapture(str(recording.path)).read()  # OpenCV turns frames by itself
    assert np.abs(turned[0].astype(int) - elsewhere[..., ::-1]).mean() < 5


def test_pixels_that_are_not_square_are_made_square(make_video):
    recording = open_recording(make_video("wide.mp4", steady(1), pixel_aspect=Fraction(4, 3)))
    assert (recording.width, recording.height) == (427, 180)
    assert next(cut_clips(recording)).frames.shape[1:3] == (180, 427)


@pytest.mark.parametrize(
    ("seconds", "windows", "unnamed_s"),
    [(1.0, 1, 0), (3.9, 1, 0), (4.0, 1, 0), (4.9, 1, 0.9), (5.0, 2, 0), (8.0, 2, 0)],
)
def test_a_rest_is_a_clip_from_one_second_on(make_video, number_of, seconds, windows, unnamed_s):
    times_ms = steady(seconds)
    recording = open_recording(make_video("rest.mp4", times_ms))
    assert recording.frames == len(times_ms)
    assert recording.windows == windows
    assert recording.unnamed_s == pytest.approx(unnamed_s, abs=0.01)
    clips = list(cut_clips(recording))
    assert [clip.start_s for clip in clips] == [4.0 * number for number in range(windows)]
    assert clips[-1].end_s == min(4.0 * windows, recording.duration_s)
    assert [number_of(frame) for frame in clips[-1].frames] == expected(times_ms, windows)[-FRAMES:]


def test_under_a_second_is_refused(make_video):
    with pytest.raises(UnreadableRecording, match=r"“short.mp4” lasts 0.90 s"):
        open_recording(make_video("short.mp4", steady(0.9)))


def test_closing_the_iterator_closes_the_file(video):
    before = set(os.listdir("/proc/self/fd"))
    clips = cut_clips(open_recording(video))
    next(clips)
    clips.close()
    assert set(os.listdir("/proc/self/fd")) <= before


def test_gaze_is_joined_at_the_frame_and_scaled_with_it(make_video, tmp_path):
    path = make_video("gazed.mp4", steady(4), size=(640, 480))
    rows = [f"{ms / 1000},{ms / 10 + 1},{ms / 20 + 1}" for ms in range(0, 4000, 10)]
    (tmp_path / "look.csv").write_text("\n".join(["t,x,y", *rows]))
    (clip,) = cut_clips(open_recording(path, tmp_path / "look.csv"))
    shown_ms = np.array([steady(4)[number] for number in expected(steady(4), 1)])
    at_ms = np.column_stack((shown_ms / 10 + 1, shown_ms / 20 + 1)) * (299 / 640, 224 / 480)
    np.testing.assert_allclose(clip.gaze_px, at_ms, atol=0.6)


def test_the_real_recording_has_the_times_its_glasses_wrote(neon):
    recording = open_recording(neon / "scene_ps1.mp4")
    with (neon / "world_timestamps.csv").open() as file:
        stamps = [int(row["timestamp [ns]"]) for row in csv.DictReader(file)]
    written_s = np.array([stamp - stamps[0] for stamp in stamps]) / 1e9
    assert recording.frames == len(stamps) == 144
    np.testing.assert_allclose(recording.frame_times_s, written_s, atol=0.001)
    assert (recording.width, recording.height, recording.windows) == (1600, 1200, 1)
    assert recording.duration_s == pytest.approx(4.780, abs=0.001)
    assert recording.unnamed_s == pytest.approx(0.780, abs=0.001)


def test_the_real_recording_joins_the_gaze_its_glasses_wrote(neon):
    """Once more in integers, sample by sample, from the files as they are."""
    (clip,) = cut_clips(open_recording(neon / "scene_ps1.mp4", neon))
    with (neon / "world_timestamps.csv").open() as file:
        frames = [int(row["timestamp [ns]"]) for row in csv.DictReader(file)]
    with (neon / "gaze.csv").open() as file:
        gaze = [
            (int(row["timestamp [ns]"]), float(row["gaze x [px]"]), float(row["gaze y [px]"]))
            for row in csv.DictReader(file)
        ]
    assert np.isnan(clip.gaze_px[:4]).all()  # the gaze starts a second late
    assert clip.gaze_coverage == 0.75
    for j in range(4, 16):
        shown = max(stamp for stamp in frames if stamp <= frames[0] + j * 250_000_000 + 500_000)
        _, x, y = min(gaze, key=lambda sample: abs(sample[0] - shown))
        np.testing.assert_allclose(clip.gaze_px[j], [x * 299 / 1600, y * 224 / 1200], atol=1e-6)


def test_decoding_is_compared_with_the_plain_libraries(video):
    speed = decode_speed(video, rounds=1)
    assert (speed.frames, speed.sampled) == (180, 25)  # 24 up to 5.75 s, then the last one
    assert set(speed.seconds) == {"ours", "pyav", "opencv"}
    assert speed.ratio > 0

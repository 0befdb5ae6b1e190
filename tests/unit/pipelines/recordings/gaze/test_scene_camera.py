"""Gaze in pixels of a scene camera, while the video has another size; gaze that misses the video."""

import json

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import UnreadableGaze, join_gaze, read_gaze
from pipelines.recordings.recording import open_recording
from tests.support.cases import case
from tests.support.exports import core_export
from tests.support.gaze_files import (
    CLOUD,
    CORE,
    FRAMES_S,
    START_NS,
    cloud_row,
    read,
    refused_gaze,
    write_table,
)
from tests.support.sentences import check_sentence, write_file


def cloud(folder, points):
    rows = [cloud_row(START_NS + n * 40_000_000, x, y) for n, (x, y) in enumerate(points)]
    return write_table(folder, CLOUD, rows)


def line(to_x, to_y, samples=100):
    return np.column_stack((np.linspace(20, to_x, samples), np.linspace(20, to_y, samples))).round(2)


@pytest.mark.parametrize("video", [(1600, 1200), (800, 600), (640, 480), (854, 640), (2048, 1536)])
def test_gaze_of_neon_is_scaled_to_a_video_of_the_same_shape(tmp_path, video):
    points = line(1500, 1100)
    gaze = read_gaze(cloud(tmp_path, points), FRAMES_S, *video)
    np.testing.assert_allclose(gaze.points_px, points * np.divide(video, (1600, 1200)))
    assert any("1600×1200" in note for note in gaze.notes) == (video != (1600, 1200))


@pytest.mark.parametrize("video", [(1088, 1080), (544, 540), (272, 270)])
def test_gaze_of_invisible_is_scaled_to_a_video_of_the_same_shape(tmp_path, video):
    points = line(1000, 1000)
    gaze = read_gaze(cloud(tmp_path, points), FRAMES_S, *video)
    np.testing.assert_allclose(gaze.points_px, points * np.divide(video, (1088, 1080)))


def test_a_few_points_off_the_camera_do_not_decide(tmp_path):
    points = line(1000, 1000, 500)
    points[7] = 3000, 500
    gaze = read_gaze(cloud(tmp_path, points), FRAMES_S, 544, 540)
    assert gaze.seen.sum() == 499


def test_points_within_the_smaller_video_are_of_the_camera_all_the_same(tmp_path):
    gaze = read(cloud(tmp_path, line(300, 200)))
    np.testing.assert_allclose(gaze.points_px[-1], (300 * 0.4, 200 * 0.4))


@pytest.mark.parametrize(
    ("reach", "video", "words"),
    [
        ((1500, 1100), (1088, 1080), ("1600×1200", "1088×1080", "another shape")),
        ((1500, 1100), (1920, 1080), ("1600×1200", "1920×1080", "another shape")),
        ((1000, 1000), (1920, 1080), ("1600×1200 (Neon) or 1088×1080 (Invisible)", "1920×1080")),
        ((1500, 1100), (1200, 1600), ("1600×1200", "1200×1600")),
    ],
)
def test_a_video_of_another_shape_is_refused(tmp_path, reach, video, words):
    with pytest.raises(UnreadableGaze) as caught:
        read_gaze(cloud(tmp_path, line(*reach)), FRAMES_S, *video)
    check_sentence(caught.value, "gaze.csv")
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [
        ("info.json", {"scene_camera_resolution": [640, 480]}, (640, 480)),
        ("info.json", {"scene_camera_resolution": [1280, 960]}, (1280, 960)),
        ("info.json", {"scene_camera_resolution": "large"}, (1600, 1200)),
        ("info.json", [1], (1600, 1200)),
        ("scene_camera.json", {"camera_matrix": [[890, 0, 811], [0, 889, 622], [0, 0, 1]]}, (1600, 1200)),
        ("scene_camera.json", {"camera_matrix": "none"}, (1600, 1200)),
    ],
)
def test_the_files_beside_it_say_the_camera(tmp_path, name, content, size):
    write_file(tmp_path / name, json.dumps(content))
    points = line(600, 400)
    np.testing.assert_allclose(read(cloud(tmp_path, points)).points_px, points * np.divide((640, 480), size))


def test_the_calibration_of_invisible_beside_a_video_of_neons_shape(tmp_path):
    content = {"camera_matrix": [[766, 0, 543], [0, 766, 555], [0, 0, 1]]}
    write_file(tmp_path / "scene_camera.json", json.dumps(content))
    refused_gaze(cloud(tmp_path, line(600, 400)), "1088×1080", "640×480")


def test_gaze_that_lies_off_the_video_altogether(tmp_path):
    refused_gaze(cloud(tmp_path, line(9000, 9000) + 5000), "All 100 points", "640×480")
    rows = [f"{n / 100},{n // 4},1.0,1.4,0.5," for n in range(400)]
    refused_gaze(write_table(tmp_path, CORE, rows, "core.csv"), "All 400 points", "640×480")


def test_little_gaze_is_a_warning(tmp_path):
    core_export(tmp_path)
    for from_s, warned in ((3.8, True), (3.4, False)):
        rows = [f"{50 + t:.3f},{int(t * 30)},1.0,0.5,0.5," for t in np.arange(from_s, 4, 0.01)]
        notes = read(write_table(tmp_path, CORE, rows, "gaze_positions.csv")).notes
        assert notes[0].startswith("Warning: only 7.5 % of the video's frames have gaze") == warned


@pytest.mark.parametrize(("name", "x", "y"), [("gaze.csv", 12, 20), ("gaze_all_off.csv", 10, 120)])
def test_the_case_of_a_video_made_smaller(name, x, y):
    recording = open_recording(case("base.mp4"), case("cloud_gaze_of_larger_video") / name)
    at_0 = join_gaze(recording.gaze, recording.frame_times_s)[0]
    np.testing.assert_allclose(at_0, (x, y))
    assert recording.gaze.coverage(recording.frame_times_s) == 1
    assert any("scaled to the video's 320×240" in note for note in recording.gaze.notes)

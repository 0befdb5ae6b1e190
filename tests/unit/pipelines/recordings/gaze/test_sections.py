"""Pupil Cloud's gaze.csv of an enrichment, which holds several recordings and sections."""

import json

import numpy as np
import pytest

from pipelines.recordings.recording import open_recording
from tests.support.cases import case
from tests.support.gaze_files import CLOUD, CLOUD_WORLD, START_NS, read, refused_gaze, write_table
from tests.support.sentences import write_file

STEP_NS, HOUR_NS = 5_000_000, 3600 * 10**9


def rows(recording, start_ns, x, section="s", samples=800):
    return [f"{section},{recording},{start_ns + n * STEP_NS},{x},100,1.0,," for n in range(samples)]


def write_world(folder, start_ns, recording=None):
    stamps = [start_ns + n * 10**9 // 30 for n in range(120)]
    if recording:
        write_table(folder, CLOUD_WORLD, [f"s,{recording},{ns}" for ns in stamps], "world_timestamps.csv")
    else:
        write_table(folder, "timestamp [ns]", [str(ns) for ns in stamps], "world_timestamps.csv")


@pytest.fixture
def folder(tmp_path):
    """A folder of a video of 640 x 480 px."""
    write_file(tmp_path / "info.json", '{"scene_camera_resolution": [640, 480]}')
    return tmp_path


def mixed(one, other):
    return [row for pair in zip(one, other, strict=True) for row in pair]


@pytest.mark.parametrize("join", [mixed, lambda one, other: one + other])
def test_recordings_at_one_time_are_told_apart_by_id(folder, join):
    path = write_table(folder, CLOUD, join(rows("r1", START_NS, 100), rows("r2", START_NS + 1000, 300)))
    refused_gaze(path, "the gaze of 2 recordings (r1, r2)", "world_timestamps.csv")
    write_world(folder, START_NS)
    refused_gaze(path, "(r1, r2)", "does not tell which")
    for name, x in (("r1", 100), ("r2", 300)):
        write_world(folder, START_NS, name)
        gaze = read(path)
        assert np.unique(gaze.points_px[:, 0]).tolist() == [x]
        assert f"holds 2 recordings: {name} was chosen, which world_timestamps.csv names." in gaze.notes[-1]


@pytest.mark.parametrize("recording", [None, "another"])
def test_recordings_at_other_times_are_told_apart_by_the_clock(folder, recording):
    table = [row for n in range(3) for row in rows(f"r{n}", START_NS + n * HOUR_NS, 100 + n)]
    path = write_table(folder, CLOUD, table)
    write_world(folder, START_NS + 2 * HOUR_NS, recording)
    gaze = read(path)
    assert np.unique(gaze.points_px[:, 0]).tolist() == [102]
    assert "r2 was chosen, whose times are those of world_timestamps.csv" in " ".join(gaze.notes)
    write_world(folder, START_NS + 9 * HOUR_NS, recording)
    refused_gaze(path, "(r0, r1, r2)", "does not tell")


def test_info_json_tells_the_recording(tmp_path):
    path = write_table(tmp_path, CLOUD, mixed(rows("r1", START_NS, 100), rows("r2", START_NS + 1000, 300)))
    info = {"scene_camera_resolution": [640, 480], "start_time": START_NS, "recording_id": "r2"}
    write_file(tmp_path / "info.json", json.dumps(info))
    assert np.unique(read(path).points_px[:, 0]).tolist() == [300]


def test_info_json_tells_the_recording_by_its_times(tmp_path):
    path = write_table(tmp_path, CLOUD, rows("r1", START_NS, 100) + rows("r2", START_NS + HOUR_NS, 300))
    info = {"scene_camera_resolution": [640, 480], "start_time": START_NS + HOUR_NS, "duration": 4 * 10**9}
    write_file(tmp_path / "info.json", json.dumps(info))
    gaze = read(path)
    assert np.unique(gaze.points_px[:, 0]).tolist() == [300]
    assert gaze.times_s[0] == pytest.approx(0)


def test_many_recordings_are_named_shortly(folder):
    table = [
        row
        for n in range(20)
        for row in rows(f"{n:08}-aaaa-bbbb-cccc-dddddddddddd", START_NS, 100, samples=4)
    ]
    refused_gaze(
        write_table(folder, CLOUD, table), "20 recordings (00000000, 00000001, 00000002, 00000003, …)"
    )


def test_sections_of_a_recording_are_joined_in_the_order_of_their_times(folder):
    write_world(folder, START_NS, "r")
    late, early = rows("r", START_NS + 2 * 10**9, 300, "b", 400), rows("r", START_NS, 100, "a", 300)
    gaze = read(write_table(folder, CLOUD, late + early))
    assert gaze.points_px[:, 0].tolist() == [100] * 300 + [300] * 400
    assert any("2 sections of the recording were joined" in note for note in gaze.notes)


def test_samples_that_two_sections_share_count_once(folder):
    write_world(folder, START_NS, "r")
    part = rows("r", START_NS + 10**9, 100, "part", 200)
    gaze = read(write_table(folder, CLOUD, rows("r", START_NS, 100, "whole") + part))
    assert len(gaze.times_s) == 800
    assert (np.diff(gaze.times_s) > 0).all()


def test_one_recording_needs_nothing_beside_it(folder):
    (folder / "info.json").unlink()
    assert len(read(write_table(folder, CLOUD, rows("r", START_NS, 100))).times_s) == 800


def test_the_case_of_two_recordings(tmp_path):
    gaze = case("cloud_two_recordings_one_gaze") / "gaze.csv"
    start_ns = 1744281301142212420
    for name, y in (("r1", 120), ("r2", 200)):
        stamps = [f"s,{name},{start_ns + n * 10**8}" for n in range(200)]
        world = write_table(tmp_path, CLOUD_WORLD, stamps, "world_timestamps.csv")
        recording = open_recording(case("base.mp4"), gaze, world)
        # The video is a fifth of the scene camera's picture.
        assert np.unique(recording.gaze.points_px[:, 1]).tolist() == [y / 5]

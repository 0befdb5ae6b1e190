"""Several recordings in a folder or zip: the one that fits the video is chosen, or the message lists them."""

import shutil

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import UnreadableGaze, read_gaze_alone
from pipelines.recordings.recording import open_recording
from tests.support.cases import case
from tests.support.exports import core_export, native, plain_gaze, zipped
from tests.support.gaze_files import CLOUD, CLOUD_WORLD, START_NS, cloud_row, read, refused_gaze, write_table
from tests.support.sentences import write_file


def x_of(gaze) -> float:
    return float(np.median(gaze.points_px[gaze.seen][:, 0]))


@pytest.fixture
def both(tmp_path):
    """A folder, and the same as a zip: what a person may choose."""

    def ways(folder):
        return folder, zipped(folder, tmp_path / "day.zip")

    return ways


@pytest.mark.parametrize("depth", ["a", "2019_10_10/000/exports/000", "a/b/c/d/e/f/g/h/i/j"])
def test_gaze_lies_at_any_depth(tmp_path, both, depth):
    core_export(tmp_path / "day" / depth)
    write_file(tmp_path / "day" / "info.csv", "key,value\nRecording Name,a\n")
    for path in both(tmp_path / "day"):
        assert read(path).source == "Pupil Core, with world_timestamps.csv"


def test_the_recording_with_as_many_frames_as_the_video_is_chosen(tmp_path, both):
    for number, (frames, x) in enumerate([(300, 50), (120, 200), (60, 400)]):
        core_export(tmp_path / "day" / f"{number:03}" / "exports/000", frames, x)
    for path in both(tmp_path / "day"):
        gaze = read(path)
        assert x_of(gaze) == pytest.approx(200)
        note = gaze.notes[0]
        assert "holds gaze of 3 recordings: 001/exports/000/gaze_positions.csv was chosen" in note


def test_exactly_as_many_frames_are_preferred_to_nearly_as_many(tmp_path):
    core_export(tmp_path / "day/0", 122, 50)
    core_export(tmp_path / "day/1", 120, 200)
    assert x_of(read(tmp_path / "day")) == pytest.approx(200)


def test_of_equally_long_recordings_the_one_with_the_times_of_the_frames(tmp_path):
    core_export(tmp_path / "day/0", 120, 50, rate_hz=25)
    core_export(tmp_path / "day/1", 120, 200, rate_hz=30)
    assert x_of(read(tmp_path / "day")) == pytest.approx(200)


def test_recordings_that_fit_alike_are_asked_for(tmp_path, both):
    for name, x in (("first", 50), ("second", 200)):
        core_export(tmp_path / "day" / name, 120, x)
    folder, archive = both(tmp_path / "day")
    named = "first/gaze_positions.csv, second/gaze_positions.csv"
    refused_gaze(folder, named, "more than one fits the video with 120 frames", "choose one of them")
    refused_gaze(archive, named, "unpack it and choose one of them")


def test_recordings_of_which_none_fits_are_listed(tmp_path):
    for name, frames in (("first", 60), ("second", 500)):
        core_export(tmp_path / "day" / name, frames)
    refused_gaze(tmp_path / "day", "first/gaze_positions.csv", "none fits the video with 120 frames")


def test_two_exports_of_one_recording_that_are_the_same_are_one(tmp_path):
    core_export(tmp_path / "day/000/exports/000")
    shutil.copytree(tmp_path / "day/000/exports/000", tmp_path / "day/000/exports/001")
    assert "000/gaze_positions.csv was chosen" in read(tmp_path / "day").notes[0]


@pytest.mark.parametrize("kind", [plain_gaze, None])
def test_without_frame_times_the_one_that_lasts_as_long_as_the_video(tmp_path, kind):
    for name, seconds, x in (("a", 30, 50), ("b", 4, 200), ("c", 1.5, 400)):
        if kind:
            plain_gaze(tmp_path / "day" / name, seconds, x)
        else:
            core_export(tmp_path / "day" / name, int(seconds * 30), x, world=False)
    gaze = read(tmp_path / "day")
    assert x_of(gaze) == pytest.approx(200)
    assert "b/gaze" in gaze.notes[0]
    assert "lasts as long as the video" in gaze.notes[0]


def test_without_the_video_it_is_asked_which(tmp_path):
    for name in ("first", "second"):
        plain_gaze(tmp_path / "day" / name)
    with pytest.raises(
        UnreadableGaze, match=r"several recordings \(first/gaze.csv, second/gaze.csv\): choose"
    ):
        read_gaze_alone(tmp_path / "day")


def test_of_cloud_recordings_the_one_of_the_video(tmp_path, both):
    for number, frames in enumerate((300, 120)):
        folder = tmp_path / "day" / f"2024-10-10_11-0{number}-00"
        folder.mkdir(parents=True)
        start_ns = START_NS + number * 600 * 10**9
        rows = [f"a,b,{start_ns + n * 10**9 // 30}" for n in range(frames)]
        write_table(folder, CLOUD_WORLD, rows, "world_timestamps.csv")
        rows = [cloud_row(start_ns + n * 5_000_000, 100 + number) for n in range(frames * 6)]
        write_table(folder, CLOUD, rows)
        write_file(folder / "info.json", '{"scene_camera_resolution": [640, 480]}')
        write_table(folder, "section id,start timestamp [ns]", ["a,1"], "fixations.csv")
    for path in both(tmp_path / "day"):
        assert x_of(read(path)) == 101


def test_of_native_recordings_the_one_of_the_video(tmp_path, both):
    for name, frames, x in (("a", 300, 500), ("b", 120, 800)):
        native(tmp_path / "day" / name, frames, x)
    for path in both(tmp_path / "day"):
        assert x_of(read(path)) == pytest.approx(800 * 640 / 1600)


def test_an_export_is_preferred_to_the_native_recording_around_it(tmp_path):
    native(tmp_path / "day", x=500)
    core_export(tmp_path / "day/exports/000", x=200)
    assert x_of(read(tmp_path / "day")) == pytest.approx(200)


def test_an_enrichment_beside_recordings_does_not_count(tmp_path):
    core_export(tmp_path / "day/recording", x=200)
    header = "section id,recording id,timestamp [ns],gaze detected on surface"
    (tmp_path / "day/marker mapper").mkdir()
    write_table(tmp_path / "day/marker mapper", header, ["a,b,1,true"])
    assert x_of(read(tmp_path / "day")) == pytest.approx(200)


def test_the_case_of_a_day_folder():
    recording = open_recording(case("base.mp4"), case("pupil1957_day_folder") / "tree_day.zip")
    assert recording.gaze.source == "Pupil Core, with world_timestamps.csv"
    assert recording.gaze.coverage(recording.frame_times_s) == 1.0

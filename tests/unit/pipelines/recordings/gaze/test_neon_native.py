"""Neon's own folder, as its phone keeps a recording, read by Pupil Labs' library."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from pipelines.recordings.gaze.formats import neon_native
from pipelines.recordings.gaze.gaze import UnreadableGaze, join_gaze, read_gaze
from pipelines.recordings.recording import open_recording
from tests.support.cases import CASES
from tests.support.exports import NEON_PX, native, zipped
from tests.support.gaze_files import FRAMES_S, START_NS, read, refused_gaze
from tests.support.sentences import write_file


def read_neon(path, frames_s=FRAMES_S, **kwargs):
    return read_gaze(path, frames_s, *NEON_PX, **kwargs)


@pytest.fixture
def folder(tmp_path):
    return native(tmp_path / "2024-10-10-11-41-48", x=700)


def test_a_folder_a_zip_and_its_first_file(tmp_path, folder):
    for path in (folder, zipped(folder, tmp_path / "a.zip"), folder / "gaze ps1.raw", tmp_path):
        gaze = read_neon(path)
        assert gaze.source == "Neon recording, with Neon Scene Camera v1 ps1.time"
        np.testing.assert_allclose(gaze.times_s, np.arange(600) / 150, atol=1e-6)
        np.testing.assert_allclose(gaze.points_px[:, 0], 700)
        np.testing.assert_allclose(gaze.points_px[:, 1], 100 + np.arange(600) / 10, atol=1e-4)


def test_frame_i_of_the_scene_is_frame_i_of_the_video(folder):
    frames_s = np.cumsum(np.append(0, np.random.default_rng(2).uniform(0.02, 0.05, 119)))
    gaze = read_neon(folder, frames_s)
    np.testing.assert_allclose(join_gaze(gaze, frames_s)[:, 1], 100 + np.arange(120) / 2, atol=0.11)


def test_points_are_scaled_to_a_smaller_video(folder):
    gaze = read(folder)
    np.testing.assert_allclose(gaze.points_px[:, 0], 700 * 640 / 1600)
    assert any("1600×1200" in note and "640×480" in note for note in gaze.notes)
    with pytest.raises(UnreadableGaze, match="another shape"):
        read_gaze(folder, FRAMES_S, 1920, 1080)


def test_glasses_taken_off_are_not_seen(folder):
    worn = np.full(600, 255, np.uint8)
    worn[100:200] = 0
    worn.tofile(folder / "worn ps1.raw")
    gaze = read_neon(folder)
    assert gaze.seen.tolist() == (worn > 0).tolist()
    assert "100 samples with the glasses off left out." in gaze.notes


def test_points_of_nothing_are_not_seen(folder):
    points = np.fromfile(folder / "gaze ps1.raw", "<f4").reshape(-1, 2)
    points[:50] = 0
    points[50:60] = np.nan
    points.tofile(folder / "gaze ps1.raw")
    assert read_neon(folder).seen.tolist() == [False] * 60 + [True] * 540


def test_gaze_made_again_from_the_whole_recording_is_preferred(folder):
    native(folder, x=900, rate="_200hz")
    np.testing.assert_allclose(read_neon(folder).points_px[:, 0], 900)


def test_a_recording_in_parts(folder):
    """The phone begins a new part when a recording was paused: gaze of all, and the video's part."""
    half_ns = 20 * 10**9
    stamps = np.fromfile(folder / "gaze ps1.time", "<i8")
    (stamps + half_ns).tofile(folder / "gaze ps2.time")
    shutil.copy(folder / "gaze ps1.raw", folder / "gaze ps2.raw")
    scene = START_NS + half_ns + np.arange(90) * 10**9 // 30
    scene.astype("<i8").tofile(folder / "Neon Scene Camera v1 ps2.time")
    second = read_neon(folder, FRAMES_S[:90])
    assert second.coverage(FRAMES_S[:90]) == 1
    assert second.source.endswith("Neon Scene Camera v1 ps2.time")
    first = read_neon(folder)
    assert first.source.endswith("Neon Scene Camera v1 ps1.time")
    both_s = np.append(FRAMES_S, 20 + FRAMES_S[:90])
    assert read_neon(folder, both_s).coverage(both_s) > 0.99


def test_without_the_times_of_the_scene(folder):
    (folder / "Neon Scene Camera v1 ps1.time").unlink()
    gaze = read_neon(folder)
    assert gaze.source == "Neon recording, without the times of the scene video"
    assert any("start together" in note for note in gaze.notes)
    write_file(folder / "info.json", json.dumps({"start_time": START_NS - 10**9}))
    gaze = read_neon(folder)
    assert gaze.times_s[0] == pytest.approx(1)
    assert any("start_time of info.json" in note for note in gaze.notes)


def test_a_recording_of_invisible(folder):
    (folder / "Neon Scene Camera v1 ps1.time").rename(folder / "PI world v1 ps1.time")
    gaze = read_gaze(folder, FRAMES_S, 544, 540)
    assert gaze.source == "Invisible recording, with PI world v1 ps1.time"
    np.testing.assert_allclose(gaze.points_px[:, 0], 350)


def test_worn_without_its_times(folder):
    write_file(folder / "worn ps7.raw", bytes(10))
    refused_gaze(folder, "not whole", name="gaze ps1.raw")


def test_parts_of_too_many_bytes_are_not_unpacked(folder, monkeypatch):
    monkeypatch.setattr(neon_native, "MAX_GAZE_BYTES", 9000)
    refused_gaze(folder, "0 MB of gaze are read", name="gaze ps1.raw")


def test_names_in_any_case(folder):
    for path in list(folder.iterdir()):
        path.rename(folder / path.name.upper())
    assert len(read_neon(folder).times_s) == 600


def test_reading_it_leaves_the_log_level_of_pyav_alone():
    """With the level that the library sets, closing a video waits for ever now and then."""
    code = (
        "import av, sys; from pipelines.recordings.gaze.formats import neon_native;"
        "before = av.logging.get_level();"
        "neon_native._import_library(); assert 'pupil_labs.video' in sys.modules;"
        "assert av.logging.get_level() == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_file_without_its_partner(folder):
    (folder / "gaze ps1.time").unlink()
    refused_gaze(folder, "“gaze ps1.time”", "whole folder", name="gaze ps1.raw")
    refused_gaze(folder / "gaze ps1.raw", "“gaze ps1.time”", "whole folder")


def test_files_that_do_not_fit_each_other(folder):
    (folder / "gaze ps1.raw").write_bytes(bytes(8 * 300))
    refused_gaze(folder, "300 points", "600 times", "copy", name="gaze ps1.raw")
    (folder / "gaze ps1.raw").write_bytes(b"")
    refused_gaze(folder, "is empty", name="gaze ps1.raw")


def test_a_recording_that_broke_off_within_a_sample(folder):
    raw = folder / "gaze ps1.raw"
    raw.write_bytes(raw.read_bytes()[:-3])
    assert len(read_neon(folder).times_s) == 599


def test_a_layout_that_the_folder_claims_is_not_believed(folder):
    """A .dtype beside a file, which the library would follow, may say anything."""
    write_file(folder / "gaze.dtype", "[('x', 'O'), ('y', 'O')]")
    assert len(read_neon(folder).times_s) == 600


def test_native_gaze_of_another_recording(folder):
    stamps = np.fromfile(folder / "gaze ps1.time", "<i8") + 3600 * 10**9
    stamps.tofile(folder / "gaze ps1.time")
    refused_gaze(folder, "3600.0 s", "one recording", name="gaze ps1.raw")


def test_scene_times_of_another_video(folder):
    native(folder, frames=500)
    refused_gaze(folder, "500 rows", "120 frames", name="Neon Scene Camera v1 ps1.time")


def test_the_real_recording_is_the_same_in_the_native_form(tmp_path):
    real = CASES.parent / "real" / "neon-recording"
    if not real.exists():
        pytest.skip("the real recording is not at hand")
    import pandas as pd

    gaze = pd.read_csv(real / "gaze.csv")
    gaze["timestamp [ns]"].to_numpy("<i8").tofile(tmp_path / "gaze ps1.time")
    gaze[["gaze x [px]", "gaze y [px]"]].to_numpy("<f4").tofile(tmp_path / "gaze ps1.raw")
    world = pd.read_csv(real / "world_timestamps.csv")["timestamp [ns]"].to_numpy("<i8")
    world.tofile(tmp_path / "Neon Scene Camera v1 ps1.time")
    (gaze["worn"].to_numpy() * 255).astype(np.uint8).tofile(tmp_path / "worn ps1.raw")
    one = open_recording(real / "scene_ps1.mp4", real).gaze
    two = open_recording(real / "scene_ps1.mp4", tmp_path).gaze
    np.testing.assert_array_equal(one.times_s, two.times_s)
    np.testing.assert_allclose(one.points_px, two.points_px, atol=1e-3)

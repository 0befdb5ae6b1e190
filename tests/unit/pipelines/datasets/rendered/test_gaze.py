"""The same gaze, whoever's export it looks like: read back by what reads a visitor's."""

import csv
import shutil

import numpy as np
import pytest

from pipelines.datasets.manifest import read_manifest
from pipelines.datasets.rendered.benches.wearer import wearer_of
from pipelines.datasets.rendered.output.gaze_export import CORE_COLUMNS, valid_samples
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings
from pipelines.datasets.rendered.scenes.gaze import gaze_track
from pipelines.datasets.rendered.scenes.scene import build_scene
from pipelines.recordings.gaze.gaze import join_gaze
from pipelines.recordings.recording import Recording, open_recording

SMALL = {"rate_hz": 4.0, "width": 96, "height": 72, "workflow_s": 12.0, "clips": False}
AGREE_PX = 0.01


@pytest.fixture(scope="module")
def recordings(tmp_path_factory) -> dict[str, Recording]:
    """The same scene with gaze in each format, opened as a manifest names it."""
    opened = {}
    for gaze_format in ("cloud", "core"):
        manifest = render(
            Settings(labels="lab-actions", workflows=1, seed=5, gaze_format=gaze_format, **SMALL),
            tmp_path_factory.mktemp(gaze_format) / "out",
        )
        row = read_manifest(manifest)[0]
        opened[gaze_format] = open_recording(manifest.parent / row.video, manifest.parent / row.gaze)
    return opened


def test_both_formats_say_where_the_gaze_is(recordings):
    scene = build_scene("lab-actions", 5, 0, wearer_of(0, 1), 12.0)
    truth = gaze_track(scene, 96, 72)
    times_s = np.arange(0, 12, 0.25)
    inside = ((truth.px >= 0) & (truth.px <= [96, 72])).all(1)
    expected = np.where((valid_samples(truth) & inside)[::50, None], truth.px[::50], np.nan)  # 200 Hz to 4 Hz
    for name, recording in recordings.items():
        np.testing.assert_allclose(join_gaze(recording.gaze, times_s), expected, atol=AGREE_PX, err_msg=name)
    assert 0.5 < np.isfinite(expected).all(1).mean() < 1


def test_core_is_read_as_core_with_its_clock(recordings):
    core, cloud = recordings["core"], recordings["cloud"]
    assert core.gaze.source == "Pupil Core, with world_timestamps.csv"
    assert cloud.gaze.source == "Pupil Cloud, with world_timestamps.csv"
    assert core.gaze.coverage(core.frame_times_s) == cloud.gaze.coverage(cloud.frame_times_s)
    np.testing.assert_allclose(core.gaze.times_s, cloud.gaze.times_s, atol=2e-6)


def test_core_without_its_frame_times_is_matched_by_its_frame_numbers(recordings, tmp_path):
    path = recordings["core"].path
    shutil.copy(path.with_name("gaze_positions.csv"), tmp_path)
    alone = open_recording(path, tmp_path / "gaze_positions.csv").gaze
    # world_index names the closest frame: within half a frame at 4 Hz, and one sample.
    np.testing.assert_allclose(alone.times_s, recordings["core"].gaze.times_s, atol=0.125 + 0.006)


def test_core_is_written_as_the_player_writes_it(recordings):
    folder = recordings["core"].path.parent
    assert {path.name for path in folder.iterdir()} == {
        *("scene.mp4", "gaze_positions.csv", "world_timestamps.csv", "info.json", "labels.csv")
    }
    assert (folder / "world_timestamps.csv").read_text().startswith("# timestamps [seconds],pts\n")
    with (folder / "gaze_positions.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == CORE_COLUMNS
    assert len(CORE_COLUMNS) == 21
    sure = np.array([float(row["confidence"]) for row in rows])
    assert 0.5 < (sure > 0.6).mean() < 1
    assert (sure >= 0).all()
    assert {int(row["world_index"]) for row in rows} == set(range(48))

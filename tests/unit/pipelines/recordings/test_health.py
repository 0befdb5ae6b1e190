"""What a gaze file holds, and how it fits its video."""

import json

import numpy as np
import pytest

from pipelines.recordings.health import check_gaze, gaze_sentence
from pipelines.recordings.recording import open_recording
from tests.support.gaze_files import CLOUD, START_NS, cloud_row, write_cloud_world, write_table


def test_a_gaze_file_is_described_without_its_video(tmp_path):
    write_cloud_world(tmp_path)
    rows = [cloud_row(START_NS + n * 10**8) for n in (1, 2, 3, 9)]
    found = check_gaze(write_table(tmp_path, CLOUD, rows))
    assert (found["samples"], found["seen"], found["coverage"]) == (4, 1.0, None)
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

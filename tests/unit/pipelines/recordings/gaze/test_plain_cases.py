"""Plain tables that were once read wrong without a word, each with the right value or the refusal."""

import re

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import UnreadableGaze
from pipelines.recordings.recording import Recording, open_recording
from tests.support.cases import case


def opened(name: str) -> Recording:
    return open_recording(case("base.mp4"), case(name))


def coverage(recording: Recording) -> float:
    return recording.gaze.coverage(recording.frame_times_s)


def check_path(recording: Recording) -> None:
    """The cases' gaze: x = 10 + 15 t and y = 120, where it was seen."""
    gaze = recording.gaze
    x, y = gaze.points_px[gaze.seen].T
    np.testing.assert_allclose(x, 10 + 15 * gaze.times_s[gaze.seen], atol=0.1)
    np.testing.assert_allclose(y, 120, atol=0.1)


def test_milliseconds(tmp_path):
    recording = opened("pymovements626_milliseconds/gaze.csv")
    check_path(recording)
    assert coverage(recording) == 1
    assert any("milliseconds" in note for note in recording.gaze.notes)


def test_milliseconds_since_1970_start_with_the_video_with_a_loud_note():
    recording = opened("adserp_epoch_milliseconds/gaze.csv")
    check_path(recording)
    assert coverage(recording) == 1
    assert any("ATTENTION" in note and "1970" in note for note in recording.gaze.notes)


def test_a_missing_header_is_named():
    with pytest.raises(UnreadableGaze, match="no line of column names"):
        opened("adserp_epoch_milliseconds/wordpuzzle_gaze.csv")


def test_rows_that_validity_calls_lost_are_not_seen():
    recording = opened("gazetoolkit18_validity_column/gaze.csv")
    check_path(recording)
    assert coverage(recording) == 0.8
    assert any("validity" in note and "400" in note for note in recording.gaze.notes)


@pytest.mark.parametrize(("column", "seen", "lost"), [("confidence", "0.9", "0"), ("Blink", "0", "1")])
def test_the_same_with_another_column(tmp_path, column, seen, lost):
    text = case("gazetoolkit18_validity_column/gaze.csv").read_text().replace("validity", column)
    text = re.sub(r",([01])$", lambda match: "," + (seen if match[1] == "1" else lost), text, flags=re.M)
    (tmp_path / "gaze.csv").write_text(text)
    recording = open_recording(case("base.mp4"), tmp_path / "gaze.csv")
    check_path(recording)
    assert coverage(recording) == 0.8


def test_zeros_of_lost_gaze_are_not_seen():
    recording = opened("lightocular_tobii2_zeros/gaze.csv")
    assert abs(coverage(recording) - 0.93) < 0.005
    assert any(note.startswith("168 samples") for note in recording.gaze.notes)


def test_fractions_beyond_one():
    recording = opened("webgazer288_fractions_beyond_one/gaze.csv")
    check_path(recording)
    assert (~recording.gaze.seen).sum() == 5
    assert any("fractions" in note for note in recording.gaze.notes)

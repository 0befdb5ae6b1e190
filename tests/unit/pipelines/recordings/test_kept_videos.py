"""Videos that were once read wrong, or that must go on being read right; each says what is in it."""

import numpy as np
import pytest

from pipelines.recordings.recording import UnreadableRecording, open_recording
from tests.support.cases import case
from tests.support.numbered_frames import read_case_bars
from tests.support.sentences import check_sentence
from tests.support.shown_frames import all_frames, check_steady


def test_joined_transport_streams_are_read_one_after_the_other():
    recording = open_recording(case("omxplayer378_joined_ts") / "joined.ts")
    check_steady(recording, range(200), number_of=read_case_bars)
    assert recording.windows == 5
    assert recording.notes == (
        "The file's clock starts again at 8.0 s: it is several recordings joined; their times were put one "
        "after the other.",
    )


def test_a_picture_that_starts_after_the_sound():
    recording = open_recording(case("labelstudio4714_late_picture") / "late_picture.mp4")
    check_steady(recording, range(200), number_of=read_case_bars)
    assert recording.starts_after_sound_s == pytest.approx(1.5, abs=0.001)
    assert recording.notes == (
        "The picture starts 1.5 s after the sound; times here count from the first picture, a player's are "
        "1.5 s later.",
    )


@pytest.mark.parametrize("name", ["two_streams.mp4", "two_streams.mkv"])
def test_the_default_track_is_read_not_the_first(name):
    recording = open_recording(case("proxima219_two_pictures") / name)
    assert (recording.width, recording.height) == (320, 240)
    check_steady(recording, range(200), number_of=read_case_bars)
    assert recording.notes == (
        "The file has 2 video tracks; number 2 was taken, the default one (320 × 240 pixels).",
    )


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("base.mp4", range(200)),
        ("opencast517_webm_without_duration/mediarecorder.webm", range(200)),
        ("torchcodec1502_leading_frames/cut_copy.mp4", range(47, 200)),
        ("torchcodec1502_leading_frames/opengop_mid.ts", range(80, 200)),
    ],
)
def test_what_was_always_read_right(name, numbers):
    recording = open_recording(case(name))
    check_steady(recording, numbers, number_of=read_case_bars)
    assert recording.notes == ()
    assert recording.starts_after_sound_s == 0


@pytest.mark.parametrize("name", ["odd-gap1e6.mkv", "odd-gap1e8.mkv", "odd-gap4e9tb1.mkv"])
def test_a_few_frames_that_claim_to_last_for_days(name):
    with pytest.raises(UnreadableRecording, match="at most 24 h") as caught:
        open_recording(case("robust/endless-video") / name)
    check_sentence(caught.value, name)


def test_two_open_streams_joined_lose_only_what_nobody_can_decode(tmp_path):
    content = (case("torchcodec1502_leading_frames") / "opengop_mid.ts").read_bytes()
    (tmp_path / "two.ts").write_bytes(content * 2)
    recording = open_recording(tmp_path / "two.ts")
    numbers, times_s = all_frames(recording, read_case_bars)
    assert numbers == [*range(80, 200)] * 2
    np.testing.assert_allclose(times_s, np.arange(240) / 10, atol=1e-3)
    assert "15 frames there cannot be decoded and are left out" in recording.notes[0]

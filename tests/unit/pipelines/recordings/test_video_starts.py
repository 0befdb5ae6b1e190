"""Pictures that do not start with the sound: players count from the sound, clips from the picture."""

import pytest

from pipelines.recordings.recording import open_recording
from tests.support.numbered_frames import Pictures, Sound, steady, write_tracks
from tests.support.shown_frames import check_steady

ENDINGS = ["mp4", "mov", "mkv", "ts", "mts", "flv"]


def write(path, picture_s, sound_s, seconds=6.0):
    times_s = steady(60, start_s=picture_s)
    sound = [] if sound_s is None else [Sound(seconds=seconds, start_s=sound_s)]
    container = "mpegts" if path.suffix == ".mts" else None
    pictures = Pictures(times_s=times_s, options={"bf": "0"})
    return open_recording(write_tracks(path, pictures, *sound, container=container))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("late_s", [0.4, 1.5, 20.0])
def test_a_picture_after_the_sound(tmp_path, ending, late_s):
    recording = write(tmp_path / f"late.{ending}", late_s, 0.0, seconds=6 + late_s)
    check_steady(recording, range(60))
    assert recording.starts_after_sound_s == pytest.approx(
        late_s, abs=0.07
    )  # the encoder's own delay of sound
    said_s = f"{recording.starts_after_sound_s:.1f} s"
    assert recording.notes == (
        f"The picture starts {said_s} after the sound; times here count from the first picture, a player's "
        f"are {said_s} later.",
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_sound_after_the_picture_moves_no_clock(tmp_path, ending):
    recording = write(tmp_path / f"early.{ending}", 0.0, 1.5)
    check_steady(recording, range(60))
    assert recording.starts_after_sound_s == 0
    assert recording.notes[0].startswith("The sound starts 1.")
    assert "as a player's do" in recording.notes[0]


@pytest.mark.parametrize("ending", ENDINGS)
def test_together_is_not_worth_a_note(tmp_path, ending):
    recording = write(tmp_path / f"both.{ending}", 0.0, 0.0)
    assert recording.notes == ()
    assert 0 <= recording.starts_after_sound_s < 0.1
    assert write(tmp_path / f"silent.{ending}", 0.0, None).starts_after_sound_s == 0


@pytest.mark.parametrize(("ending", "noted"), [("mp4", True), ("mkv", True), ("ts", False)])
def test_a_silent_file_whose_own_clock_starts_late(tmp_path, ending, noted):
    recording = write(tmp_path / f"late.{ending}", 3.5, None)
    check_steady(recording, range(60))
    assert recording.starts_after_sound_s == 0
    assert [note.partition(" when")[0] for note in recording.notes] == [
        "The file's own clock is at 3.5 s"
    ] * noted


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_of_two_sounds_the_first_counts(tmp_path, ending):
    tracks = [Pictures(times_s=steady(60, start_s=2.0)), Sound(seconds=5, start_s=1.5), Sound(seconds=8)]
    recording = open_recording(write_tracks(tmp_path / f"sounds.{ending}", *tracks))
    assert recording.starts_after_sound_s == pytest.approx(2.0, abs=0.07)

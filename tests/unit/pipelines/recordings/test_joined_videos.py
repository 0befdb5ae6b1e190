"""Recordings joined byte by byte, and clocks that are not continuous: right, or refused, never a part."""

import numpy as np
import pytest

from pipelines.recordings.recording import UnreadableRecording, cut_clips, open_recording
from tests.support.numbered_frames import Pictures, Sound, steady, write_tracks
from tests.support.sentences import check_sentence, write_file
from tests.support.shown_frames import all_frames, check_steady

MPEG2 = {"codec": "mpeg2video", "rate": 25, "options": {"bf": "2", "g": "12"}}
MPEG_2_OTHER = {"codec": "mpeg2video", "rate": 25, "options": {"bf": "0"}}
M2TS = {"container": "mpegts", "mpegts_m2ts_mode": "1"}
VP8 = {"codec": "libvpx", "options": {"deadline": "realtime", "cpu-used": "8"}}


def join(path, *parts):
    return write_file(path, b"".join(part.read_bytes() for part in parts))


def write_parts(folder, ending, lengths, look, sound=None, **file_format):
    """Parts of so many frames, numbered through, as files of their own."""
    paths, rate = [], look.get("rate", 10)
    for number, frames in enumerate(lengths):
        tracks = [Pictures(times_s=steady(frames, rate), first=sum(lengths[:number]), **look)]
        tracks += [Sound(seconds=frames / rate, codec=sound, rate=48000)] if sound else []
        paths.append(write_tracks(folder / f"part{number}.{ending}", *tracks, **file_format))
    return paths


def refused(path, *words):
    with pytest.raises(UnreadableRecording) as caught:
        list(cut_clips(open_recording(path)))
    check_sentence(caught.value, path.name)
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(
    ("ending", "look", "sound", "file_format"),
    [
        ("ts", {}, None, {}),
        ("ts", {}, "aac", {}),
        ("ts", {}, "libmp3lame", {}),
        ("ts", {"options": {"bf": "0"}}, "mp2", {}),
        ("mts", {}, "aac", M2TS),
        ("m2ts", {}, None, M2TS),
        ("mpg", MPEG2, "mp2", {"container": "mpeg"}),
        ("mpg", MPEG_2_OTHER, None, {"container": "mpeg"}),
        ("vob", MPEG2, None, {"container": "vob"}),
    ],
)
@pytest.mark.parametrize("lengths", [(80, 120), (41, 13, 70)])
def test_parts_follow_each_other(tmp_path, ending, look, sound, file_format, lengths):
    parts = write_parts(tmp_path, ending, lengths, look, sound, **file_format)
    recording = open_recording(join(tmp_path / f"joined.{ending}", *parts))
    rate = look.get("rate", 10)
    check_steady(recording, range(sum(lengths)), rate)
    starts = ", ".join(f"{start / rate:.1f} s" for start in np.cumsum(lengths[:-1]))
    clock_notes = [note for note in recording.notes if "clock starts again" in note]
    assert [note.partition(": ")[0] for note in clock_notes] == [f"The file's clock starts again at {starts}"]


@pytest.mark.parametrize(
    ("ending", "look", "sound", "file_format"),
    [
        ("mkv", {}, "aac", {}),
        ("mkv", {"options": {"bf": "0"}}, None, {"live": "1"}),
        ("webm", VP8, None, {}),
        ("webm", VP8, None, {"live": "1"}),
        ("webm", {"codec": "libvpx-vp9", "options": {"cpu-used": "8"}}, "libopus", {"live": "1"}),
    ],
)
def test_of_joined_matroska_two_parts_are_read(tmp_path, ending, look, sound, file_format):
    parts = write_parts(tmp_path, ending, (41, 60, 30), look, sound, **file_format)
    recording = open_recording(join(tmp_path / f"joined.{ending}", *parts[:2]))
    check_steady(recording, range(101))
    assert "starts again at 4.1 s" in recording.notes[0]
    three = join(tmp_path / f"three.{ending}", *parts)
    if "live" in file_format:
        check_steady(open_recording(three), range(131))
    else:
        refused(three, "several recordings joined", "not all can be read")


@pytest.mark.parametrize("look", [{"codec": "mpeg4"}, {"codec": "mjpeg", "pix_fmt": "yuvj420p"}])
def test_joined_avi_is_read_through(tmp_path, look):
    parts = write_parts(tmp_path, "avi", (30, 50), look)
    check_steady(open_recording(join(tmp_path / "joined.avi", *parts)), range(80))


@pytest.mark.parametrize(("first_s", "second_s"), [(0, 3600), (3600, 0), (90000, 10), (50, 42), (10, 80000)])
@pytest.mark.parametrize("ending", ["ts", "mpg"])
def test_clocks_that_leap_are_made_one(tmp_path, ending, first_s, second_s):
    look, rate = (MPEG2, 25) if ending == "mpg" else ({}, 10)
    parts = [
        write_tracks(
            tmp_path / f"{start_s}.{ending}",
            Pictures(times_s=steady(60, rate), first=60 * number, **look),
            output_ts_offset=str(start_s),
        )
        for number, start_s in enumerate((first_s, second_s))
    ]
    recording = open_recording(join(tmp_path / f"joined.{ending}", *parts))
    check_steady(recording, range(120), rate)
    assert ("leaps ahead" if second_s > first_s else "starts again") in recording.notes[0]


@pytest.mark.parametrize("ending", ["ts", "mpg"])
@pytest.mark.parametrize("before_s", [1, 3, 3600])
def test_a_clock_that_wraps_around_after_26_hours_is_continuous(tmp_path, ending, before_s):
    look, rate = (MPEG2, 25) if ending == "mpg" else ({}, 10)
    frames = Pictures(times_s=steady(5 * rate, rate), **look)
    path = write_tracks(tmp_path / f"wrap.{ending}", frames, output_ts_offset=str(2**33 / 90000 - before_s))
    recording = open_recording(path)
    check_steady(recording, range(5 * rate), rate)
    assert recording.notes == ()


def test_parts_with_and_without_reordered_frames(tmp_path):
    plain, reordered = {"options": {"bf": "0"}}, {"options": {"bf": "3"}}
    for number, looks in enumerate(((plain, reordered), (reordered, plain))):
        parts = [
            write_tracks(tmp_path / f"{number}{first}.ts", Pictures(times_s=steady(40), first=first, **look))
            for first, look in zip((0, 40), looks, strict=True)
        ]
        check_steady(open_recording(join(tmp_path / f"joined{number}.ts", *parts)), range(80))


@pytest.mark.parametrize("starts_s", [(90000, 0), (3600, 0), (0, 3600), (0, 0)])
def test_decoding_times_that_are_guessed_at_a_join(tmp_path, starts_s):
    """The first packet of a part without reordering has no decoding time, and FFmpeg guesses it."""
    parts = [
        write_tracks(
            tmp_path / f"{number}.ts",
            Pictures(times_s=steady(20), first=20 * number, options={"bf": bf, "g": "50"}),
            output_ts_offset=str(start_s),
        )
        for number, (start_s, bf) in enumerate(zip(starts_s, "10", strict=True))
    ]
    check_steady(open_recording(join(tmp_path / "joined.ts", *parts)), range(40))


def test_overlapping_segments_are_all_shown(tmp_path):
    """A recorder that writes the last second again: nothing is dropped."""
    parts = [
        write_tracks(tmp_path / f"{start_s}.ts", Pictures(times_s=steady(40)), output_ts_offset=str(start_s))
        for start_s in (0, 3)
    ]
    numbers, times_s = all_frames(open_recording(join(tmp_path / "joined.ts", *parts)))
    assert numbers == [*range(40), *range(40)]
    np.testing.assert_allclose(times_s, np.arange(80) / 10, atol=1e-3)


@pytest.mark.parametrize(
    ("ending", "look", "file_format"),
    [
        ("mp4", {}, {}),
        ("mov", {}, {}),
        ("mp4", {}, {"movflags": "faststart"}),
        ("mp4", {}, {"movflags": "frag_keyframe+empty_moov"}),
        ("flv", {}, {}),
        ("wmv", {"codec": "wmv2"}, {"container": "asf"}),
    ],
)
def test_joined_files_of_which_only_the_first_would_be_seen(tmp_path, ending, look, file_format):
    parts = write_parts(tmp_path, ending, (40, 60), look, **file_format)
    check_steady(open_recording(parts[1]), range(40, 100))
    refused(join(tmp_path / f"joined.{ending}", *parts), "several recordings joined", "file of its own")


def test_joined_streams_with_different_track_numbers(tmp_path):
    parts = [
        write_tracks(tmp_path / f"{pid}.ts", Pictures(times_s=steady(40)), mpegts_start_pid=str(pid))
        for pid in (256, 300)
    ]
    refused(join(tmp_path / "joined.ts", *parts), "whose pictures are in different tracks")


def test_joined_pictures_of_different_shape(tmp_path):
    parts = [
        write_tracks(tmp_path / f"{width}.webm", Pictures(times_s=steady(40), size=(width, 96), **VP8))
        for width in (160, 96)
    ]
    refused(
        join(tmp_path / "joined.webm", *parts), "from 160 × 96 to 96 × 96 pixels at 4.0 s", "cut it there"
    )


def test_frames_missing_in_the_middle_are_never_passed_over(tmp_path):
    (path,) = write_parts(tmp_path, "ts", (100,), {"options": {"bf": "0", "g": "10"}})
    content, packet = path.read_bytes(), 188
    middle = len(content) // packet // 2
    holed = content[: middle * packet] + content[(middle + 20) * packet :]
    try:
        recording = open_recording(write_file(tmp_path / "holed.ts", holed))
        numbers, times_s = all_frames(recording)
    except UnreadableRecording as error:
        check_sentence(error, "holed.ts")
    else:
        np.testing.assert_allclose(times_s, np.array(numbers) / 10, atol=1e-3)

"""Containers, codecs and rates that cameras, browsers and exports write, each read right."""

from fractions import Fraction

import av
import pytest

from pipelines.recordings.recording import UnreadableRecording, cut_clips, open_recording
from tests.support.numbered_frames import Pictures, Sound, barred, steady, write_tracks
from tests.support.sentences import check_sentence
from tests.support.shown_frames import all_frames, check_steady, sampled_frames

JPEG = {"codec": "mjpeg", "pix_fmt": "yuvj420p"}
MPEG2 = {"codec": "mpeg2video", "rate": 25, "options": {"bf": "2"}}
HLG = {"x265-params": "log-level=none:transfer=arib-std-b67:colorprim=bt2020:colormatrix=bt2020nc"}
M2TS = {"container": "mpegts", "mpegts_m2ts_mode": "1"}
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}
LIVE_VP8 = {"codec": "libvpx", "options": {"deadline": "realtime", "cpu-used": "8"}}


@pytest.mark.parametrize(
    ("name", "look", "sound", "file_format"),
    [
        ("a.ts", {}, "aac", {}),
        ("a.mts", {}, "aac", M2TS),
        ("a.m2ts", {"options": {"bf": "3"}}, "ac3", M2TS),
        ("a.m2ts", MPEG2, None, M2TS),
        ("a.mpg", MPEG2, "mp2", {}),
        ("a.vob", MPEG2, "ac3", {}),
        ("a.flv", {}, "aac", {}),
        ("a.flv", {"codec": "flv"}, None, {}),
        ("a.3gp", {}, "aac", {}),
        ("a.3gp", {"codec": "h263", "size": (176, 144), "rate": 25}, None, {}),
        ("a.wmv", {"codec": "wmv2"}, None, {"container": "asf"}),
        ("a.wmv", {"codec": "wmv1", "rate": 25}, None, {"container": "asf"}),
        ("a.gif", {"codec": "gif", "pix_fmt": "rgb8"}, None, {}),
        ("a.mxf", MPEG2 | {"size": (320, 192)}, None, {}),
        ("jpeg.avi", JPEG, None, {}),
        ("jpeg.mov", JPEG, None, {}),
        ("mpeg4.avi", {"codec": "mpeg4", "options": {"bf": "2"}}, "libmp3lame", {}),
        ("h264.avi", {"options": {"bf": "3"}}, None, {}),
        ("hlg.mp4", {"codec": "libx265", "pix_fmt": "yuv420p10le", "options": HLG}, None, {}),
        ("ten.mkv", {"pix_fmt": "yuv420p10le", "options": {"bf": "3"}}, None, {}),
        ("mediarecorder.webm", LIVE_VP8, "libopus", {"live": "1"}),
        ("slow.mp4", {"rate": 1}, None, {}),
        ("slow.mkv", {"rate": 1}, "aac", {}),
        ("slow.ts", {"rate": 1, "options": {"bf": "0"}}, None, {}),
        ("prores.mov", {"codec": "prores", "pix_fmt": "yuv422p10le"}, None, {}),
        ("fragments.mp4", {"options": {"g": "10", "bf": "0"}}, None, FRAGMENTS),
    ],
)
def test_every_frame_at_its_time(tmp_path, name, look, sound, file_format):
    rate = look.get("rate", 10)
    frames = max(12, 6 * rate)
    tracks = [Pictures(times_s=steady(frames, rate), **look)]
    tracks += [Sound(seconds=frames / rate, codec=sound, rate=48000)] if sound else []
    recording = open_recording(write_tracks(tmp_path / name, *tracks, **file_format))
    check_steady(recording, range(frames), rate)
    assert recording.notes == ()


@pytest.mark.parametrize("ending", ["ts", "flv", "webm"])
def test_a_variable_rate_in_other_containers(tmp_path, ending):
    steps = [1, 2, 1, 4, 8, 1, 1, 3, 12, 1] * 4
    times_s = [sum(steps[:number]) / 20 for number in range(len(steps))]
    look = LIVE_VP8 if ending == "webm" else {"options": {"bf": "0"}}
    recording = open_recording(
        write_tracks(tmp_path / f"v.{ending}", Pictures(times_s=times_s, rate=20, **look))
    )
    numbers, found_s = all_frames(recording)
    assert numbers == list(range(40))
    assert found_s == pytest.approx(times_s, abs=0.002)
    due = [
        max(n for n, at in enumerate(times_s) if at <= j / 4 + 0.002) for j in range(16 * recording.windows)
    ]
    assert sampled_frames(recording) == due


def test_a_pause_of_the_camera_is_noted_and_shows_a_frozen_picture(tmp_path):
    times_s = steady(40) + steady(40, start_s=604)
    recording = open_recording(write_tracks(tmp_path / "paused.mkv", Pictures(times_s=times_s)))
    assert recording.notes == (
        "There is no new frame from 3.9 s to 604.0 s (600.1 s; the camera may have been paused): clips there "
        "show one frozen picture.",
    )
    shown = sampled_frames(recording)
    assert len(shown) == 16 * 152
    assert set(shown[16 : 16 * 151]) == {39}
    assert shown[16 * 151 :] == [40 + int(j * 10 / 4) for j in range(16)]


def test_several_pauses_are_counted(tmp_path):
    times_s = steady(10) + steady(10, start_s=5) + steady(10, start_s=20)
    (note,) = open_recording(write_tracks(tmp_path / "p.mp4", Pictures(times_s=times_s))).notes
    assert "from 5.9 s to 20.0 s (14.1 s" in note
    assert note.endswith("There is 1 more such gap.")


def test_interlaced_frames_are_read_and_noted(tmp_path):
    fields = {"options": {"x264-params": "interlaced=1:tff=1", "bf": "2"}}
    recording = open_recording(
        write_tracks(tmp_path / "i.mts", Pictures(times_s=steady(60), **fields), **M2TS)
    )
    check_steady(recording, range(60))
    assert [note.partition(":")[0] for note in recording.notes] == ["The frames are interlaced"]


def test_motion_jpeg_without_a_container_has_no_times(tmp_path):
    recording = open_recording(write_tracks(tmp_path / "raw.mjpeg", Pictures(times_s=steady(60), **JPEG)))
    check_steady(recording, range(60), rate=25)
    assert recording.notes == ("The file holds no times: 25 frames a second were assumed.",)


@pytest.mark.parametrize(("ending", "at_s"), [("mkv", 1e6), ("mkv", 1e9), ("mp4", 2e5), ("flv", 1e5)])
def test_a_day_is_the_longest(tmp_path, ending, at_s):
    path = tmp_path / f"endless.{ending}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4" if ending != "flv" else "flv", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        packets = []
        for number in range(20):
            frame = av.VideoFrame.from_ndarray(barred(number, 160, 96), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            packets += stream.encode(frame)
        for packet in [*packets, *stream.encode()][-1:]:
            packet.pts = packet.dts = int(at_s * 10)
        container.mux([*packets])
    with pytest.raises(UnreadableRecording, match="at most 24 h are accepted") as caught:
        open_recording(path)
    check_sentence(caught.value, path.name)


def test_a_single_picture_is_no_recording(tmp_path):
    for name, look in (("still.gif", {"codec": "gif", "pix_fmt": "rgb8"}), ("still.jpg", JPEG)):
        path = write_tracks(
            tmp_path / name, Pictures(times_s=[0.0], **look), container="gif" if "gif" in name else "mjpeg"
        )
        with pytest.raises(UnreadableRecording, match="is no video but a picture") as caught:
            list(cut_clips(open_recording(path)))
        check_sentence(caught.value, name)

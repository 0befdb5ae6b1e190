"""Which of several video tracks is the recording: the default one, then the largest, never a cover."""

import av
import pytest

from pipelines.recordings.recording import open_recording
from tests.support.numbered_frames import Pictures, Sound, steady, write_tracks
from tests.support.shown_frames import check_steady

SMALL, LARGE, WIDE = (80, 48), (160, 96), (320, 96)
THUMBNAILS = {"codec": "mjpeg", "pix_fmt": "yuvj420p"}


def track(
    first: int, size: tuple[int, int], is_default: bool | None = None, frames: int = 60, **look
) -> Pictures:
    return Pictures(times_s=steady(frames), first=first, size=size, is_default=is_default, **look)


@pytest.mark.parametrize("name", ["two.mp4", "two.mov", "two.mkv"])
@pytest.mark.parametrize(
    ("tracks", "taken", "reason"),
    [
        ([track(0, SMALL, False), track(100, LARGE, True)], 2, "the default one"),
        ([track(0, LARGE, True), track(100, SMALL, False)], 1, "the default one"),
        ([track(0, LARGE, False), track(100, SMALL, True)], 2, "the default one"),
        ([track(0, SMALL, True), track(100, LARGE, True)], 2, "the largest"),
        ([track(0, SMALL, True), track(100, LARGE, True), track(200, WIDE, False)], 2, "the largest"),
        ([track(0, SMALL, False, **THUMBNAILS), track(100, LARGE, True)], 2, "the default one"),
    ],
)
def test_the_default_then_the_largest(tmp_path, name, tracks, taken, reason):
    recording = open_recording(write_tracks(tmp_path / name, *tracks, Sound(seconds=6)))
    size = tracks[taken - 1].size
    assert (recording.width, recording.height) == size
    first = 100 * (taken - 1)
    check_steady(recording, range(first, first + 60))
    assert recording.notes[0] == (
        f"The file has {len(tracks)} video tracks; number {taken} was taken, {reason} "
        f"({size[0]} × {size[1]} pixels)."
    )


def test_transport_streams_mark_no_default_so_the_largest_is_taken(tmp_path):
    path = write_tracks(tmp_path / "two.ts", track(0, SMALL), track(100, LARGE), Sound(seconds=6))
    check_steady(open_recording(path), range(100, 160))


@pytest.mark.parametrize("name", ["cover.mkv", "cover.mp4"])
def test_a_single_larger_picture_is_a_cover_whatever_it_is_marked(tmp_path, name):
    cover = track(500, WIDE, True, frames=1, **THUMBNAILS)
    recording = open_recording(write_tracks(tmp_path / name, cover, track(0, LARGE, False)))
    assert (recording.width, recording.height) == LARGE
    check_steady(recording, range(60))


def test_an_attached_picture_is_no_track(tmp_path, video, number_of):
    path = tmp_path / "attached.mp4"
    with av.open(str(video)) as source, av.open(str(path), "w") as output:
        moving = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = moving
                output.mux(packet)
    plain = open_recording(path)
    with av.open(str(path)) as source, av.open(str(tmp_path / "with.mp4"), "w") as output:
        cover = output.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 640, 480, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        moving = output.add_stream_from_template(source.streams.video[0])
        output.mux(cover.encode(av.VideoFrame(640, 480, "yuvj420p")))
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = moving
                output.mux(packet)
        output.mux(cover.encode())
    recording = open_recording(tmp_path / "with.mp4")
    assert (recording.width, recording.height, recording.frames) == (320, 180, plain.frames)
    assert not any("video tracks" in note for note in recording.notes)

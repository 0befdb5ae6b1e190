"""Bad videos, each refused in one sentence that names the file and nothing of the machine."""

import gzip
import struct
import zipfile

import av
import numpy as np
import pytest

from pipelines.limits import MAX_FRAME_PX
from pipelines.recordings.recording import UnreadableRecording, cut_clips, open_recording
from tests.support.sentences import check_sentence, write_file


def refused_video(path, *words: str) -> None:
    with pytest.raises(UnreadableRecording) as caught:
        list(cut_clips(open_recording(path)))
    check_sentence(caught.value, path.name)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_missing_video(tmp_path):
    refused_video(tmp_path / "gone.mp4", "There is no file")


def test_a_folder_for_a_video(tmp_path):
    refused_video(tmp_path, "is a folder")


def test_an_empty_video(tmp_path):
    refused_video(write_file(tmp_path / "empty.mp4", b""), "is empty")


@pytest.mark.parametrize(
    "text",
    [
        "Dear diary,\n" * 50,
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nother.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile other.mp4\n",
        "1\n00:00:01,000 --> 00:00:02,000\nsubtitles\n",
    ],
)
def test_text_renamed_to_a_video(tmp_path, text):
    refused_video(write_file(tmp_path / "notes.mp4", text), "no video but text")


def test_gaze_chosen_as_the_video(tmp_path):
    lines = b'{"type":"gaze","timestamp":0.1,"data":{}}\n'
    refused_video(write_file(tmp_path / "gaze.txt", "t,x,y\n0,5,5\n".encode("utf-16")), "text", "and gaze")
    refused_video(write_file(tmp_path / "gazedata", lines), "JSON")
    refused_video(write_file(tmp_path / "gazedata.gz", gzip.compress(lines)), "a packed file")


def test_a_picture_is_no_recording(tmp_path, video):
    with av.open(str(video)) as container:
        frame = next(container.decode(video=0))
    frame.save(tmp_path / "still.png")
    refused_video(tmp_path / "still.png", "no video but a picture")


def test_an_mp4_without_its_index(tmp_path, video):
    content = video.read_bytes()
    refused_video(write_file(tmp_path / "half.mp4", content[: len(content) // 2]), "cut short")


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_video_that_breaks_off(tmp_path, make_video, ending):
    times_ms = [round(1000 * n / 30) for n in range(300)]
    path = make_video(f"whole.{ending}", times_ms, size=(160, 96), options={"g": "30"})
    if ending == "mp4":
        path = index_first(path, tmp_path / "first.mp4")
    content = path.read_bytes()
    refused_video(write_file(tmp_path / f"part.{ending}", content[: len(content) * 6 // 10]), "damaged after")


def index_first(path, to):
    """The same file with its index before its frames, as for the web."""
    with av.open(str(path)) as old, av.open(str(to), "w", container_options={"movflags": "faststart"}) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    return to


def test_a_video_with_damaged_frames(tmp_path, video):
    content = bytearray(video.read_bytes())
    start, end = content.index(b"mdat"), content.index(b"moov")
    rng = np.random.default_rng(1)
    for at in rng.integers(start + 5000, end - 8, 20):
        content[at] ^= 16
    refused_video(write_file(tmp_path / "flipped.mp4", bytes(content)), "damaged after")


@pytest.mark.parametrize("hole", [100, 700, 2000])
def test_an_avi_with_a_hole_is_refused_or_keeps_its_order(tmp_path, make_video, hole):
    times_ms = [100 * n for n in range(100)]
    content = make_video("whole.avi", times_ms, size=(160, 96), codec="mpeg4").read_bytes()
    for at in range(6000, len(content) - 3000, len(content) // 10):
        path = write_file(tmp_path / "holed.avi", content[:at] + content[at + hole :])
        try:
            recording = open_recording(path)
            assert sum(1 for _ in cut_clips(recording)) == recording.windows
        except UnreadableRecording as error:
            check_sentence(error, "holed.avi")


def test_a_flipped_bit_that_decoders_only_paint_over(tmp_path, neon):
    content = bytearray((neon / "scene_ps1.mp4").read_bytes())
    content[1_500_000] ^= 16
    refused_video(write_file(tmp_path / "flipped.mp4", bytes(content)), "damaged after")


def test_sound_without_a_picture(sound_only):
    refused_video(sound_only, "no picture")


def test_a_gigantic_frame_is_refused_by_its_header(tmp_path):
    path, size, huge = tmp_path / "huge.mov", (48, 32), (16000, 16000)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height = size
        stream.pix_fmt = "gray"
        frame = av.VideoFrame(*size, "gray")
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    content = path.read_bytes()
    for number in (">HH", ">II"):  # in the index of the file, and in the picture's own header
        content = content.replace(struct.pack(number, *size), struct.pack(number, *huge))
    refused_video(write_file(path, content), "frames of", "35 megapixels")


def test_8k_is_accepted():
    assert 7680 * 4320 <= MAX_FRAME_PX < 16000 * 16000


def test_a_zip_with_the_video_in_it_names_the_video(tmp_path, video):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(video, "recording/000/scene.mp4")
        archive.writestr("recording/gaze.csv", "t,x,y\n")
    refused_video(tmp_path / "export.zip", "no video but a packed file", "unpack it and choose “scene.mp4”")
    with zipfile.ZipFile(tmp_path / "gaze.zip", "w") as archive:
        archive.writestr("gaze.csv", "t,x,y\n")
    refused_video(tmp_path / "gaze.zip", "a packed file", "gaze or labels in their place")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "sound"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook"),
        (b"t;x;y\r\n0,0;10,5;20\r\n", "text"),
        (b'[{"id": 1}]', "JSON"),
    ],
)
@pytest.mark.parametrize("name", ["chosen.mp4", "chosen"])
def test_what_is_no_video_is_called_what_it_is(tmp_path, name, content, kind):
    refused_video(write_file(tmp_path / name, content), f"is no video but {kind}", "choose")

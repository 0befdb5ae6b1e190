"""Bad files, each refused in one sentence that names it and nothing of the machine."""

import io
import os
import re
import time
import zipfile

import av
import numpy as np
import pytest

from encodings.errors import UserError
from pipelines.limits import MAX_FRAME_PX, MAX_GAZE_BYTES
from pipelines.recordings.gaze import files as gaze_files
from pipelines.recordings.gaze.gaze import UnreadableGaze, read_gaze
from pipelines.recordings.recording import UnreadableRecording, cut_clips, open_recording

FRAMES_S = np.arange(120) / 30
CLOUD = "timestamp [ns],gaze x [px],gaze y [px]"
START_NS = 1_728_546_108_163_313_161


def check_sentence(error: UserError, name: str) -> None:
    text = str(error)
    assert f"“{name}”" in text
    assert len(text.splitlines()) == 1
    assert text.endswith(".")
    assert len(text) < 400
    assert not re.search(r"/\w+/|Traceback|Error|Errno|avcodec|nan|None", text)


def refused_video(path, *words: str) -> None:
    with pytest.raises(UnreadableRecording) as caught:
        list(cut_clips(open_recording(path)))
    check_sentence(caught.value, path.name)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def refused_gaze(path, *words: str, name: str | None = None, world=None) -> None:
    with pytest.raises(UnreadableGaze) as caught:
        read_gaze(path, FRAMES_S, 640, 480, world)
    check_sentence(caught.value, name or path.name)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Videos


def test_a_missing_video(tmp_path):
    refused_video(tmp_path / "gone.mp4", "There is no file")


def test_a_folder_for_a_video(tmp_path):
    refused_video(tmp_path, "is a folder")


def test_an_empty_video(tmp_path):
    refused_video(written(tmp_path / "empty.mp4", b""), "is empty")


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
    refused_video(written(tmp_path / "notes.mp4", text), "no video")


def test_a_picture_is_no_recording(tmp_path, video):
    with av.open(str(video)) as container:
        frame = next(container.decode(video=0))
    frame.save(tmp_path / "still.png")
    refused_video(tmp_path / "still.png", "no video")


def test_an_mp4_without_its_index(tmp_path, video):
    content = video.read_bytes()
    refused_video(written(tmp_path / "half.mp4", content[: len(content) // 2]), "cut short")


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_video_that_breaks_off(tmp_path, make_video, ending):
    times_ms = [round(1000 * n / 30) for n in range(300)]
    path = make_video(f"whole.{ending}", times_ms, options={"g": "30"})
    if ending == "mp4":
        path = index_first(path, tmp_path / "first.mp4")
    content = path.read_bytes()
    refused_video(written(tmp_path / f"part.{ending}", content[: len(content) * 6 // 10]), "damaged after")


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
    refused_video(written(tmp_path / "flipped.mp4", bytes(content)), "damaged after")


def test_a_flipped_bit_that_decoders_only_paint_over(tmp_path, neon):
    content = bytearray((neon / "scene_ps1.mp4").read_bytes())
    content[1_500_000] ^= 16
    refused_video(written(tmp_path / "flipped.mp4", bytes(content)), "damaged after")


def test_sound_without_a_picture(sound_only):
    refused_video(sound_only, "no picture")


def test_a_gigantic_frame(tmp_path):
    path = tmp_path / "huge.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=1)
        stream.width = stream.height = 16000
        stream.pix_fmt = "gray"
        frame = av.VideoFrame(16000, 16000, "gray")
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    started = time.perf_counter()
    refused_video(path, "frames of", "35 megapixels")
    assert time.perf_counter() - started < 0.5  # nothing was decoded


def test_8k_is_accepted():
    assert 7680 * 4320 <= MAX_FRAME_PX < 16000 * 16000


# Gaze


def test_a_missing_gaze_file(tmp_path):
    refused_gaze(tmp_path / "gone.csv", "There is no gaze file")


def test_an_empty_gaze_file(tmp_path):
    refused_gaze(written(tmp_path / "gaze.csv", b""), "is empty")
    refused_gaze(written(tmp_path / "blank.csv", b"\n \n\n"), "is empty")


@pytest.mark.parametrize(
    "header", [CLOUD, "t,x,y", "gaze_timestamp,world_index,confidence,norm_pos_x,norm_pos_y"]
)
def test_a_header_without_rows(tmp_path, header):
    refused_gaze(written(tmp_path / "gaze.csv", header), "no rows")
    refused_gaze(written(tmp_path / "gaze.csv", header + "\n\n"), "no rows")


def test_a_table_of_something_else(tmp_path):
    path = written(tmp_path / "fixations.csv", "section id,fixation id,duration [ms]\na,1,200\n")
    refused_gaze(path, "section id, fixation id, duration [ms]", "gaze x [px]", "norm_pos_x", "t, x, y")


def test_a_text_of_something_else(tmp_path):
    refused_gaze(
        written(tmp_path / "Makefile", "all: app\n\ttouch a, b; touch c\n"), "has the columns all: app"
    )


def test_a_table_without_a_header(tmp_path):
    refused_gaze(written(tmp_path / "bare.csv", "0.1,5,5\n0.2,5,5\n"), "0.1, 5, 5")


def test_a_table_with_endless_columns_is_named_shortly(tmp_path):
    refused_gaze(written(tmp_path / "wide.csv", ",".join(f"column {n}" * 20 for n in range(500))), "…")


def test_gaze_on_a_marked_surface(tmp_path):
    header = (
        "section id,recording id,timestamp [ns],gaze detected on surface,"
        "gaze position on surface x [normalized],gaze position on surface y [normalized]"
    )
    refused_gaze(
        written(tmp_path / "gaze.csv", header + f"\na,b,{START_NS},true,0.5,0.5\n"), "Marker Mapper", "choose"
    )
    header = "world_timestamp,world_index,gaze_timestamp,x_norm,y_norm,x_scaled,y_scaled,on_surf,confidence"
    refused_gaze(written(tmp_path / "surface.csv", header + "\n1,1,1,1,1,1,1,True,1\n"), "surface")


def test_times_that_a_spreadsheet_has_rounded(tmp_path):
    rows = "\n".join(f"{START_NS + n * 5_000_000:.5E},10,10" for n in range(200))
    refused_gaze(written(tmp_path / "gaze.csv", f"{CLOUD}\n{rows}\n"), "rounded", "unopened")


def test_times_that_a_spreadsheet_has_rounded_a_little_still_serve(tmp_path):
    rows = "\n".join(f"{START_NS + n * 5_000_000:.14E},10,10" for n in range(200))
    gaze = read_gaze(written(tmp_path / "gaze.csv", f"{CLOUD}\n{rows}\n"), FRAMES_S, 640, 480)
    np.testing.assert_allclose(gaze.times_s, np.arange(200) * 0.005, atol=2e-5)


def test_gaze_of_another_recording(tmp_path):
    stamps = "\n".join(str(START_NS + round(n * 1e9 / 30)) for n in range(120))
    written(tmp_path / "world_timestamps.csv", f"timestamp [ns]\n{stamps}\n")
    path = written(tmp_path / "gaze.csv", f"{CLOUD}\n{START_NS + 3_600_000_000_000},10,10\n")
    refused_gaze(path, "3600.0 s", "4.0 s")
    refused_gaze(written(tmp_path / "early.csv", "t,x,y\n-9,5,5\n-8,5,5\n"), "from -9.0 s to -8.0 s")


def test_world_timestamps_of_another_recording(tmp_path):
    path = written(tmp_path / "gaze.csv", f"{CLOUD}\n{START_NS},10,10\n")
    stamps = "\n".join(str(START_NS + n) for n in range(500))
    world = written(tmp_path / "world_timestamps.csv", f"timestamp [ns]\n{stamps}\n")
    refused_gaze(path, "500 rows", "120 frames", name=world.name)
    other = written(tmp_path / "other.csv", "# timestamps [seconds],pts\n1,1\n")
    refused_gaze(path, "timestamp [ns] is needed", name="other.csv", world=other)
    refused_gaze(path, "There is no file", name="gone.csv", world=tmp_path / "gone.csv")


def test_core_gaze_of_another_recording(tmp_path):
    header = "gaze_timestamp,world_index,confidence,norm_pos_x,norm_pos_y"
    rows = "\n".join(f"{n / 30},{n},0.9,0.5,0.5" for n in range(5000, 5100))
    refused_gaze(written(tmp_path / "gaze_positions.csv", f"{header}\n{rows}\n"), "5099", "120 frames")


def test_no_row_with_a_time(tmp_path):
    refused_gaze(written(tmp_path / "gaze.csv", "t,x,y\nsoon,1,1\n,2,2\n"), "no row with a readable time")
    refused_gaze(written(tmp_path / "cloud.csv", f"{CLOUD}\nsoon,1,1\n,2,2\n"), "no row with a readable time")


def test_a_gaze_file_of_500_mb_is_not_read(tmp_path):
    path = written(tmp_path / "gaze.csv", f"{CLOUD}\n{START_NS},10,10\n")
    os.truncate(path, 500_000_000)
    started = time.perf_counter()
    refused_gaze(path, "500 MB", "at most 400 MB")
    assert time.perf_counter() - started < 0.1


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(gaze_files, "MAX_GAZE_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gaze.csv", bytes(3_000_000))
    assert (tmp_path / "bomb.zip").stat().st_size < 10_000
    refused_gaze(tmp_path / "bomb.zip", "3 MB", "at most 1 MB", name="gaze.csv")
    assert MAX_GAZE_BYTES == 400_000_000


def test_binary_junk(tmp_path):
    junk = np.random.default_rng(0).integers(0, 256, 5000, np.uint8).tobytes()
    refused_gaze(written(tmp_path / "gaze.csv", junk))
    refused_gaze(written(tmp_path / "nulls.csv", b"t,x,y\n0,1\0,1\n"), "binary")


def test_a_video_for_gaze(video):
    refused_gaze(video)


def test_text_that_cannot_be_decoded(tmp_path):
    refused_gaze(written(tmp_path / "gaze.csv", "t,x,y,Größe\n0,1,1,1\n".encode("latin-1")), "UTF-8")
    late = b"t,x,y,note\n" + b"0,5,5,fine\n" * 20_000 + "0,5,5,Größe\n".encode("latin-1")
    refused_gaze(written(tmp_path / "late.csv", late), "UTF-8")


def test_rows_that_do_not_fit_their_header(tmp_path):
    refused_gaze(written(tmp_path / "gaze.csv", "t,x,y\n0,5,5,\n0,5,5,5,5,5\n1,5,5,5,5,5\n"), "do not fit")
    quoted = "t,x,y\n" + "0,5,5\n" * 20_000 + '1,"5,5\n' + "2,5,5\n" * 9
    refused_gaze(written(tmp_path / "quoted.csv", quoted), "do not fit")


def test_folders_and_zips_without_one_gaze(tmp_path):
    refused_gaze(tmp_path, "no gaze")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        written(tmp_path / name / "gaze.csv", "t,x,y\n0,5,5\n")
    refused_gaze(tmp_path, "several recordings", "first/gaze.csv, second/gaze.csv")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    refused_gaze(written(tmp_path / "book.xlsx", content.getvalue()), "no gaze")
    refused_gaze(written(tmp_path / "half.zip", content.getvalue()[:40]), "damaged zip")


def test_a_zip_with_a_password(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("gaze.csv", "t,x,y\n0,5,5\n")
    locked = bytearray(content.getvalue())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    refused_gaze(written(tmp_path / "locked.zip", bytes(locked)), "password")

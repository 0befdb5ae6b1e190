"""Bad gaze tables, each refused in one sentence that names the file and nothing of the machine."""

import gzip

import numpy as np
import pytest

from tests.support.gaze_files import START_NS, refused_gaze
from tests.support.sentences import write_file

CLOUD = "timestamp [ns],gaze x [px],gaze y [px]"


def test_an_empty_gaze_file(tmp_path):
    refused_gaze(write_file(tmp_path / "gaze.csv", b""), "is empty")
    refused_gaze(write_file(tmp_path / "blank.csv", b"\n \n\n"), "is empty")


@pytest.mark.parametrize(
    "header", [CLOUD, "t,x,y", "gaze_timestamp,world_index,confidence,norm_pos_x,norm_pos_y"]
)
def test_a_header_without_rows(tmp_path, header):
    refused_gaze(write_file(tmp_path / "gaze.csv", header), "no rows")
    refused_gaze(write_file(tmp_path / "gaze.csv", header + "\n\n"), "no rows")


def test_a_table_of_something_else(tmp_path):
    path = write_file(tmp_path / "stock.csv", "article,number\tof,shelf\na,1,200\n")
    refused_gaze(
        path, "the columns article, number of, shelf", "Pupil Cloud", "SMI BeGaze", "columns t (seconds"
    )


def test_a_text_of_something_else(tmp_path):
    refused_gaze(
        write_file(tmp_path / "Makefile", "all: app\n\ttouch a, b; touch c\n"), "has the columns all: app"
    )


def test_a_table_without_a_header(tmp_path):
    refused_gaze(write_file(tmp_path / "bare.csv", "0.1,5,5\n0.2,5,5\n"), "0.1, 5, 5")


def test_a_table_with_endless_columns_is_named_shortly(tmp_path):
    refused_gaze(write_file(tmp_path / "wide.csv", ",".join(f"column {n}" * 20 for n in range(500))), "…")


def test_gaze_on_a_marked_surface(tmp_path):
    header = (
        "section id,recording id,timestamp [ns],gaze detected on surface,"
        "gaze position on surface x [normalized],gaze position on surface y [normalized]"
    )
    refused_gaze(
        write_file(tmp_path / "gaze.csv", header + f"\na,b,{START_NS},true,0.5,0.5\n"),
        "Marker Mapper",
        "choose",
    )
    header = "world_timestamp,world_index,gaze_timestamp,x_norm,y_norm,x_scaled,y_scaled,on_surf,confidence"
    refused_gaze(write_file(tmp_path / "surface.csv", header + "\n1,1,1,1,1,1,1,True,1\n"), "surface")


def test_times_that_a_spreadsheet_has_rounded(tmp_path):
    rows = "\n".join(f"{START_NS + n * 5_000_000:.5E},10,10" for n in range(200))
    refused_gaze(write_file(tmp_path / "gaze.csv", f"{CLOUD}\n{rows}\n"), "rounded", "unopened")


def test_gaze_of_another_recording(tmp_path):
    stamps = "\n".join(str(START_NS + round(n * 1e9 / 30)) for n in range(120))
    write_file(tmp_path / "world_timestamps.csv", f"timestamp [ns]\n{stamps}\n")
    path = write_file(tmp_path / "gaze.csv", f"{CLOUD}\n{START_NS + 3_600_000_000_000},10,10\n")
    refused_gaze(path, "3600.0 s", "4.0 s")
    refused_gaze(write_file(tmp_path / "early.csv", "t,x,y\n-9,5,5\n-8,5,5\n"), "from -9.0 s to -8.0 s")


def test_world_timestamps_of_another_recording(tmp_path):
    path = write_file(tmp_path / "gaze.csv", f"{CLOUD}\n{START_NS},10,10\n")
    stamps = "\n".join(str(START_NS + n) for n in range(500))
    world = write_file(tmp_path / "world_timestamps.csv", f"timestamp [ns]\n{stamps}\n")
    refused_gaze(path, "500 rows", "120 frames", name=world.name)
    other = write_file(tmp_path / "other.csv", "# timestamps [seconds],pts\n1,1\n")
    refused_gaze(path, "timestamp [ns] is needed", name="other.csv", world=other)
    refused_gaze(path, "There is no file", name="gone.csv", world=tmp_path / "gone.csv")


def test_core_gaze_of_another_recording(tmp_path):
    header = "gaze_timestamp,world_index,confidence,norm_pos_x,norm_pos_y"
    rows = "\n".join(f"{n / 30},{n},0.9,0.5,0.5" for n in range(5000, 5100))
    refused_gaze(write_file(tmp_path / "gaze_positions.csv", f"{header}\n{rows}\n"), "5099", "120 frames")


def test_no_row_with_a_time(tmp_path):
    refused_gaze(write_file(tmp_path / "gaze.csv", "t,x,y\nsoon,1,1\n,2,2\n"), "no row with a readable time")
    refused_gaze(
        write_file(tmp_path / "cloud.csv", f"{CLOUD}\nsoon,1,1\n,2,2\n"), "no row with a readable time"
    )


def test_binary_junk(tmp_path):
    junk = np.random.default_rng(0).integers(0, 256, 5000, np.uint8).tobytes()
    refused_gaze(write_file(tmp_path / "gaze.csv", junk))
    refused_gaze(write_file(tmp_path / "nulls.csv", b"t,x,y\n0,1\0,1\n"), "binary")


def test_a_video_for_gaze(video):
    refused_gaze(video, "is a video, not gaze", "choose it as the video")


@pytest.mark.parametrize(
    ("content", "words"),
    {
        "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ("Excel", "save it as CSV")),
        "ts": ((b"G" + bytes(187)) * 8, ("a video",)),
        "webm": (b"\x1a\x45\xdf\xa3" + bytes(600), ("a video",)),
        "avi": (b"RIFF\1\2\3\4AVI LIST" + bytes(600), ("a video",)),
        "png": (b"\x89PNG\r\n\x1a\n" + bytes(600), ("a picture", "CSV or TSV")),
        "pdf": (b"%PDF-1.4\n", ("a PDF",)),
        "mat": (b"MATLAB 5.0 MAT-file" + bytes(600), ("MATLAB",)),
        "mat73": (b"\x89HDF\r\n\x1a\n" + bytes(600), ("HDF5",)),
    }.values(),
)
def test_a_file_of_another_kind_is_named(tmp_path, content, words):
    refused_gaze(write_file(tmp_path / "gaze.csv", content), *words)


def test_text_that_cannot_be_decoded(tmp_path):
    refused_gaze(write_file(tmp_path / "gaze.csv", "t,x,y,Größe\n0,1,1,1\n".encode("latin-1")), "UTF-8")
    late = b"t,x,y,note\n" + b"0,5,5,fine\n" * 20_000 + "0,5,5,Größe\n".encode("latin-1")
    refused_gaze(write_file(tmp_path / "late.csv", late), "UTF-8")


def test_rows_that_do_not_fit_their_header(tmp_path):
    refused_gaze(write_file(tmp_path / "gaze.csv", "t,x,y\n0,5,5,\n0,5,5,5,5,5\n1,5,5,5,5,5\n"), "do not fit")
    quoted = "t,x,y\n" + "0,5,5\n" * 20_000 + '1,"5,5\n' + "2,5,5\n" * 9
    refused_gaze(write_file(tmp_path / "quoted.csv", quoted), "do not fit")


def test_a_gz_of_another_kind_is_named(tmp_path, video):
    packed = gzip.compress(video.read_bytes())
    refused_gaze(write_file(tmp_path / "gaze.gz", packed), "is a video")
    refused_gaze(write_file(tmp_path / "twice.gz", gzip.compress(packed)), "packed twice")
    refused_gaze(write_file(tmp_path / "tar.gz", gzip.compress(b"a" * 257 + b"ustar")), "a tar archive")


def test_a_folder_with_a_workbook_instead_of_gaze(tmp_path):
    (tmp_path / "export").mkdir()
    write_file(tmp_path / "export" / "gaze.xlsx", b"PK\x03\x04")
    refused_gaze(tmp_path / "export", "gaze.xlsx", "save the one with gaze as CSV")

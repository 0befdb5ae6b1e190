"""Where gaze lies: folders and zips as they are exported."""

import gzip
import io
import os
import zipfile

import pytest

from pipelines.recordings import source
from pipelines.recordings.gaze import files
from pipelines.recordings.source import Source
from tests.support.gaze_files import (
    CLOUD,
    START_NS,
    cloud_row,
    read,
    refused_gaze,
    write_cloud_world,
    write_table,
)
from tests.support.sentences import write_file


def test_a_folder_and_a_zip_as_they_are_exported(tmp_path):
    inner = tmp_path / "export" / "2024-10-10-neon"
    inner.mkdir(parents=True)
    write_cloud_world(inner)
    write_table(inner, CLOUD, [cloud_row(START_NS + 10**9)])
    write_table(inner, "section id,start timestamp [ns]", ["a,1"], "fixations.csv")
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for each in inner.iterdir():
            archive.write(each, f"2024-10-10-neon/{each.name}")
            archive.writestr(f"__MACOSX/2024-10-10-neon/._{each.name}", b"\0\1")
    for path in (inner, tmp_path / "export", tmp_path / "export.zip"):
        gaze = read(path)
        assert gaze.source == "Pupil Cloud, with world_timestamps.csv"
        assert gaze.times_s[0] == pytest.approx(1.0)


def test_folders_and_zips_without_one_gaze(tmp_path):
    refused_gaze(tmp_path, "no gaze")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write_file(tmp_path / name / "gaze.csv", "t,x,y\n0,5,5\n")
    refused_gaze(tmp_path, "several recordings", "first/gaze.csv, second/gaze.csv")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    refused_gaze(write_file(tmp_path / "book.xlsx", content.getvalue()), "Excel", "save it as CSV")
    refused_gaze(write_file(tmp_path / "half.zip", content.getvalue()[:40]), "damaged zip")


def test_a_zip_with_a_password(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("gaze.csv", "t,x,y\n0,5,5\n")
    locked = bytearray(content.getvalue())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    refused_gaze(write_file(tmp_path / "locked.zip", bytes(locked)), "password")


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_GAZE_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gaze.csv", bytes(3_000_000))
    assert (tmp_path / "bomb.zip").stat().st_size < 10_000
    refused_gaze(tmp_path / "bomb.zip", "3 MB", "at most 1 MB", name="gaze.csv")


def test_a_gaze_file_of_500_mb_is_not_read(tmp_path, monkeypatch):
    path = write_table(tmp_path, CLOUD, [cloud_row(START_NS)])
    os.truncate(path, 500_000_000)
    monkeypatch.setattr(Source, "opened", None)  # to read it would be an error of another kind
    refused_gaze(path, "500 MB", "at most 400 MB")


def test_a_missing_gaze_file(tmp_path):
    refused_gaze(tmp_path / "gone.csv", "There is no gaze file")


def test_a_gz_is_read_as_what_is_in_it(tmp_path):
    path = write_file(tmp_path / "gaze.csv.gz", gzip.compress(b"t,x,y\n0,5,5\n1,300,200\n"))
    assert read(path).points_px.tolist() == [[5, 5], [300, 200]]
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(path, "recording/gaze.csv")
    assert read(tmp_path / "export.zip").points_px.tolist() == [[5, 5], [300, 200]]


def test_a_gz_that_unpacks_to_too_much_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MAX_GAZE_BYTES", 1_000_000)
    bomb = gzip.compress(b"t,x,y\n" + b"0,5,5\n" * 500_000)
    assert len(bomb) < 10_000
    refused_gaze(write_file(tmp_path / "gaze.csv.gz", bomb), "unpacks to more than the 1 MB")


def test_a_damaged_gz(tmp_path):
    whole = gzip.compress(b"t,x,y\n" + b"0,5,5\n" * 500_000)
    refused_gaze(write_file(tmp_path / "half.gz", whole[: len(whole) // 2]), "download it again")
    refused_gaze(write_file(tmp_path / "junk.gz", whole[:10] + bytes(90)), "download it again")


def test_remarks_before_the_header_are_not_read(tmp_path):
    text = "## [BeGaze]\n## Calibration Area:\t640\t480\n##\n\nt\tx\ty\n0\t5\t5\n1\t300\t200\n"
    assert read(write_file(tmp_path / "gaze.txt", text)).points_px.tolist() == [[5, 5], [300, 200]]

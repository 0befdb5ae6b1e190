"""Folders and zips as they come: names in any case, what systems hide in them, zips in zips, and bombs."""

import io
import os
import struct
import zipfile

import pytest

from pipelines.recordings.gaze import listing
from pipelines.recordings.source import Source
from tests.support.exports import core_export, plain_gaze, zipped
from tests.support.gaze_files import read, refused_gaze
from tests.support.sentences import write_file

GAZE = "t,x,y\n" + "".join(f"{n / 10},{100 + n},100\n" for n in range(40))


def zip_of(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_names_in_any_case(tmp_path):
    core_export(tmp_path / "a")
    (tmp_path / "a/gaze_positions.csv").rename(tmp_path / "a/Gaze_Positions.CSV")
    (tmp_path / "a/world_timestamps.csv").rename(tmp_path / "a/WORLD_TIMESTAMPS.csv")
    for path in (
        tmp_path / "a",
        tmp_path / "a/Gaze_Positions.CSV",
        zipped(tmp_path / "a", tmp_path / "a.ZIP"),
    ):
        assert read(path).source == "Pupil Core, with WORLD_TIMESTAMPS.csv"


def test_what_systems_hide_is_passed_over(tmp_path):
    hidden = {f"__MACOSX/day/._{name}": b"\0\5" for name in ("gaze.csv", "world_timestamps.csv")}
    hidden |= {
        "day/._gaze.csv": b"\0\5",
        "day/.Trash/gaze.csv": GAZE,
        ".DS_Store": b"\0",
        "day/Thumbs.db": b"\0",
    }
    path = zip_of(tmp_path / "day.zip", **hidden, **{"day/gaze.csv": GAZE})
    assert len(read(path).times_s) == 40
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert len(read(tmp_path / "unpacked").times_s) == 40


def test_a_zip_that_windows_made(tmp_path):
    path = zip_of(tmp_path / "day.zip", **{"day\\exports\\gaze.csv": GAZE, "day\\exports\\": b""})
    assert len(read(path).times_s) == 40


@pytest.mark.parametrize(
    "name",
    [
        *("info.csv", "INFO.CSV", "export_info.csv", "world_timestamps.csv", "sections.csv", "labels.csv"),
        *("fixations.csv", "saccades.csv", "blinks.csv", "events.csv", "imu.csv", "3d_eye_states.csv"),
        *("pupil_positions.csv", "annotations.csv", "surface_visibility.csv", "enrichment_info.txt"),
        "fixations_on_surface_Surface 1.csv",
    ],
)
def test_other_tables_are_never_taken_for_gaze(tmp_path, name):
    table = "t,x,y\n0,1,1\n"
    (tmp_path / "only").mkdir()
    write_file(tmp_path / "only" / name, table)
    refused_gaze(tmp_path / "only", "holds no gaze")
    plain_gaze(tmp_path / "both", name="P01 look.csv")
    write_file(tmp_path / "both" / name, table)
    assert len(read(tmp_path / "both").times_s) == 200


def test_the_gaze_among_tables_of_other_names_is_known_by_its_header(tmp_path):
    plain_gaze(tmp_path, name="P01.csv")
    write_file(tmp_path / "participants.csv", "name,age\nA,30\n")
    write_file(tmp_path / "questions.tsv", "question\tanswer\n1\tyes\n")
    assert len(read(tmp_path).times_s) == 200


def test_tables_without_gaze(tmp_path):
    write_file(tmp_path / "participants.csv", "name,age\nA,30\n")
    write_file(tmp_path / "questions.csv", "question,answer\n1,yes\n")
    refused_gaze(tmp_path, "none of its tables (participants.csv, questions.csv)", "gaze_positions.csv")


def test_a_zip_in_a_zip(tmp_path):
    inner = zip_of(tmp_path / "recording.zip", **{"gaze.csv": GAZE}).read_bytes()
    refused_gaze(
        zip_of(tmp_path / "day.zip", **{"day/recording.zip": inner}),
        "(recording.zip)",
        "unpack the inner zip",
    )
    many = {f"{n}.zip": inner for n in range(9)}
    refused_gaze(zip_of(tmp_path / "week.zip", **many), "other zips (0.zip, 1.zip, 2.zip, 3.zip, …)")
    beside = zip_of(tmp_path / "beside.zip", **{"a/gaze.csv": GAZE, "a/backup.zip": inner})
    assert len(read(beside).times_s) == 40


def test_a_folder_of_zips(tmp_path):
    (tmp_path / "downloads").mkdir()
    zip_of(tmp_path / "downloads/recording.zip", **{"gaze.csv": GAZE})
    refused_gaze(tmp_path / "downloads", "(recording.zip)", "choose it")


def test_a_recording_of_pupil_core_that_was_not_exported(tmp_path):
    for name in ("gaze.pldata", "gaze_timestamps.npy", "world.mp4"):
        write_file(tmp_path / name, b"\0")
    write_file(tmp_path / "info.csv", "key,value\n")
    refused_gaze(tmp_path, "not exported", "Pupil Player")


@pytest.mark.parametrize("head", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01\x00", bytes(257) + b"ustar\0"])
def test_other_archives(tmp_path, head):
    refused_gaze(write_file(tmp_path / "day.7z", head + bytes(600)), "archive", "unpack it")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = zip_of(tmp_path / "bomb.zip", **{"gaze.csv": b"0,5,5\n" * 3_000_000})
    monkeypatch.setattr(Source, "opened", None)
    refused_gaze(path, "“gaze.csv”", "18 MB", "more than 200 times")


def test_a_bomb_beside_gaze_is_refused_too(tmp_path):
    refused_gaze(
        zip_of(tmp_path / "bomb.zip", **{"gaze.csv": GAZE, "imu.csv": bytes(20_000_000)}), "“imu.csv”"
    )


def test_a_video_of_one_colour_is_no_bomb(tmp_path):
    assert (
        len(read(zip_of(tmp_path / "a.zip", **{"gaze.csv": GAZE, "scene.mp4": bytes(20_000_000)})).times_s)
        == 40
    )


def test_a_zip_says_how_many_files_it_has_before_they_are_listed(tmp_path, monkeypatch):
    path = zip_of(tmp_path / "many.zip", **{f"{n}.txt": b"" for n in range(60)}, **{"gaze.csv": GAZE})
    assert len(read(path).times_s) == 40
    monkeypatch.setattr(listing, "MAX_EXPORT_FILES", 50)
    refused_gaze(path, "more than 50 files", "one recording")
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x05\x06") + 10
    content[at : at + 2] = struct.pack("<H", 0xFFFF)  # as the zips of over 65 000 files say it
    refused_gaze(write_file(tmp_path / "more.zip", bytes(content)), "more than 50 files")


def test_a_folder_of_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "MAX_EXPORT_FILES", 50)
    plain_gaze(tmp_path / "day")
    for number in range(60):
        write_file(tmp_path / "day" / f"{number}.txt", b"")
    refused_gaze(tmp_path / "day", "more than 50 files", "one recording")


def test_a_folder_that_holds_itself_ends(tmp_path):
    plain_gaze(tmp_path / "day")
    os.symlink(tmp_path / "day", tmp_path / "day/again", target_is_directory=True)
    os.symlink(tmp_path / "gone.csv", tmp_path / "day/gone.csv")
    assert len(read(tmp_path / "day").times_s) == 200


def test_a_locked_or_damaged_zip(tmp_path):
    whole = zip_of(tmp_path / "whole.zip", **{"a/b/c/d/gaze.csv": GAZE}).read_bytes()
    locked = bytearray(whole)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    refused_gaze(write_file(tmp_path / "locked.zip", bytes(locked)), "password", "unpack it")
    refused_gaze(write_file(tmp_path / "half.zip", whole[: len(whole) // 2]), "damaged zip")
    flipped = bytearray(whole)
    flipped[80] ^= 0xFF
    refused_gaze(write_file(tmp_path / "flipped.zip", bytes(flipped)), "download it again", name="gaze.csv")
    refused_gaze(write_file(tmp_path / "empty.zip", b"PK\x05\x06" + bytes(18)), "no gaze")


def test_world_timestamps_in_another_folder_of_the_same_export(tmp_path):
    core_export(tmp_path / "day/gaze")
    (tmp_path / "day/world").mkdir()
    (tmp_path / "day/gaze/world_timestamps.csv").rename(tmp_path / "day/world/world_timestamps.csv")
    gaze = read(tmp_path / "day")
    assert gaze.source == "Pupil Core, with world_timestamps.csv"
    assert gaze.notes[0] == "The only world_timestamps.csv of the folder world was taken for this gaze's."


def test_a_zip_is_read_from_its_bytes_whatever_its_name(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("gaze.csv", GAZE)
    assert len(read(write_file(tmp_path / "export.dat", content.getvalue())).times_s) == 40

"""Plain tables t, x, y in any dialect of CSV, in pixels or in fractions, in order or not."""

import numpy as np
import pytest

from tests.support.gaze_files import read, write_table


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("t,x,y", ["0.5,100.5,200", "1,101,201"]),
        ("\ufefft,x,y", ["0.5,100.5,200", "1,101,201"]),
        ("t;x;y", ["0,5;100,5;200", "1;101;201"]),
        ("time\tgaze_x\tgaze_y", ["0.5\t100.5\t200", "1\t101\t201"]),
        ("time_s\tx\ty", ["0,5\t100,5\t200", "1\t101\t201"]),
        ('"timestamp [s]","x [px]","y [px]"', ['"0.5","100.5","200"', '"1","101","201"']),
        ("t_ms,x,y,comment", ["500,100.5,200,a", "1000,101,201,"]),
        ("t,x,y", ['"0,5","100,5",200', "1,101,201"]),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_plain_table_however_it_is_written(tmp_path, header, rows, newline):
    (tmp_path / "look.csv").write_bytes(newline.join([header, *rows]).encode())
    gaze = read(tmp_path / "look.csv")
    assert gaze.times_s.tolist() == [0.5, 1.0]
    assert gaze.points_px.tolist() == [[100.5, 200], [101, 201]]


def test_a_table_saved_as_unicode_text_by_a_spreadsheet(tmp_path):
    (tmp_path / "look.txt").write_bytes("t\tx\ty\r\n0,5\t100,5\t200\r\n".encode("utf-16"))
    assert read(tmp_path / "look.txt").points_px.tolist() == [[100.5, 200]]


def test_points_within_0_to_1_are_fractions_and_it_is_noted(tmp_path):
    gaze = read(write_table(tmp_path, "t,x,y", ["0,0.5,0.25", "1,1,0", "2,,"]))
    assert gaze.points_px[:2].tolist() == [[320, 120], [640, 0]]
    assert any("fractions" in note for note in gaze.notes)


def test_untidy_rows_are_put_in_order_and_noted(tmp_path):
    rows = ["1,10,10", "0.5,20,20", "0.5,30,30", "2,nan,5", "2.5,9000,5", ",1,1", "oops,1,1", "3,inf,2"]
    gaze = read(write_table(tmp_path, "t,x,y", rows))
    assert gaze.times_s.tolist() == [0.5, 0.5, 1, 2, 2.5, 3]
    assert gaze.points_px[:3].tolist() == [[20, 20], [30, 30], [10, 10]]
    assert not gaze.seen[3:].any()
    notes = " ".join(gaze.notes)
    assert "2 rows without a readable time" in notes
    assert "1 time earlier than the one before" in notes
    assert "1 time equal to the one before" in notes
    assert "1 point off the frame" in notes


def test_gaze_that_starts_late_and_runs_on_is_noted(tmp_path):
    rows = [f"{t},100,100" for t in np.arange(1.1, 20, 0.1)]
    gaze = read(write_table(tmp_path, "t,x,y", rows))
    assert "Gaze starts 1.1 s after the video." in gaze.notes
    assert any(note.startswith("Gaze runs on for 15.9 s") for note in gaze.notes)

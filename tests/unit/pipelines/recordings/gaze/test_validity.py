"""Columns that say whether gaze was seen: which way they point is known by their names and by lost points."""

import numpy as np
import pytest

from tests.support.gaze_files import read, refused_gaze, write_table

POINT, LOST = "300,200", "0,0"


def table(folder, column: str, rows: list[tuple[str, str]]):
    """A table of 4 s with a column; rows are (point, cell), repeated."""
    many = [rows[number * len(rows) // 400] for number in range(400)]
    lines = [f"{number / 100},{point},{cell}" for number, (point, cell) in enumerate(many)]
    return write_table(folder, f"time_s,x,y,{column}", lines)


@pytest.mark.parametrize(
    ("column", "seen", "lost"),
    [
        ("valid", "1", "0"),
        ("gaze_valid", "TRUE", "FALSE"),
        ("Validity", "Valid", "Invalid"),
        ("validity", "1", "0"),
        ("validity", "0", "4"),
        ("validity_left", "1", "3"),
        ("confidence", "0.8", "0.2"),
        ("Confidence", "80", "20"),
        ("blink", "0", "1"),
        ("is_blink", "no", "yes"),
        ("blink_id", "0", "3"),
        ("blink id", "", "0"),
        ("status", "OK", "Lost"),
        ("tracking status", "tracked", "not tracked"),
        ("worn", "255", "0"),
        ("eyes_closed", "False", "True"),
        ("trackloss", "0", "1"),
    ],
)
def test_a_column_that_is_clear_by_its_name_and_values(tmp_path, column, seen, lost):
    gaze = read(table(tmp_path, column, [(POINT, seen)] * 3 + [("3,5", lost)]))
    assert gaze.seen[:300].all()
    assert not gaze.seen[300:].any()
    assert any(note.startswith("100 samples (") for note in gaze.notes)


def test_a_validity_where_0_is_seen_is_known_by_the_lost_points(tmp_path):
    gaze = read(table(tmp_path, "validity", [(POINT, "0"), (POINT, "0"), (POINT, "0"), (LOST, "1")]))
    assert gaze.seen[:300].all()
    assert not gaze.seen[300:].any()
    gaze = read(table(tmp_path, "status", [(POINT, "0"), (POINT, "0"), (POINT, "0"), (LOST, "2")]))
    assert gaze.seen[:300].all()
    assert not gaze.seen[300:].any()
    gaze = read(table(tmp_path, "validity", [(POINT, "0")]))
    assert gaze.seen.all()


@pytest.mark.parametrize(
    ("column", "rows", "word"),
    [
        ("validity", [(POINT, "0")] * 3 + [(POINT, "1")], "mostly 0"),
        ("valid", [(POINT, "0")] * 3 + [(LOST, "1")], "1 in rows without a point"),
        ("valid", [(POINT, "no")] * 3 + [(LOST, "yes")], "without a point seen"),
        ("validity", [(LOST, "0")] * 1 + [(POINT, "4")] * 3, "codes"),
        ("blink", [(POINT, "1")] * 3 + [(POINT, "0")], "75%"),
        ("status", [(POINT, "1")] * 3 + [(POINT, "2")], "unknown meaning"),
        ("status", [(POINT, "OK")] * 3 + [(POINT, "grün")], "grün"),
        ("confidence", [(POINT, "3")] * 3 + [(POINT, "5")], "5"),
        ("validity", [(POINT, "-7")] * 3 + [(POINT, "1")], "-7"),
    ],
)
def test_an_ambiguous_column_is_refused_with_a_remedy(tmp_path, column, rows, word):
    refused_gaze(table(tmp_path, column, rows), word, column, "delete it")


def test_of_two_eyes_the_one_that_was_seen_counts(tmp_path):
    lines = [f"{number / 100},100,100,1,{'0,0,0' if number < 100 else '200,300,1'}" for number in range(400)]
    header = "time_s,left_x,left_y,left_valid,right_x,right_y,right_valid"
    gaze = read(write_table(tmp_path, header, lines))
    assert gaze.points_px[0].tolist() == [100, 100]
    assert gaze.points_px[200].tolist() == [150, 200]
    lines = [f"{number / 100},100,100,{number > 100:d},{number > 200:d}" for number in range(400)]
    gaze = read(write_table(tmp_path, "time_s,x,y,left_valid,right_valid", lines))
    assert np.flatnonzero(gaze.seen)[0] == 101

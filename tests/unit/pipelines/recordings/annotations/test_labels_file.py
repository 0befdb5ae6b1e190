"""True labels in each of their layouts, and one sentence for every other file."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encodings.errors import UserError
from pipelines.recordings.annotations import table
from pipelines.recordings.annotations.labels_file import labels_at, read_labels
from pipelines.recordings.annotations.segment import Segment
from zoo.labels import LAB_ACTIONS

SEGMENTS = "start_s,end_s,label\n0,8,Add\n8.0,12.5,no action\n"
MANIFEST = (
    "video,start_s,end_s,label,split\n"
    "a/scene.mp4,4,8,Stir,training\na/scene.mp4,0,4,Add,training\nb/other.mp4,0,4,Rinse,testing\n"
)
PUBLISHED = (
    "video,label,split\n"
    "ab-1_0_10.mp4,Stir,testing\nab-1_0_2.mp4,Add,testing\nab-1_1_0.mp4,No action,testing\n"
)


def read(tmp_path, text: str, recording: str = "scene.mp4"):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    return [(s.label, s.start_s, s.end_s) for s in read_labels(path, recording, LAB_ACTIONS)]


def test_segments(tmp_path):
    assert read(tmp_path, "\ufeff" + SEGMENTS) == [("Add", 0, 8), ("No action", 8, 12.5)]


def test_a_manifest_gives_the_rows_of_the_recording(tmp_path):
    assert read(tmp_path, MANIFEST) == [("Add", 0, 4), ("Stir", 4, 8)]


def test_the_published_table_counts_clips_from_the_start_of_a_part(tmp_path):
    assert read(tmp_path, PUBLISHED, "ab-1_0.mp4") == [("Add", 8, 12), ("Stir", 40, 44)]


BAD = {
    "no table": "\x00\x01",
    "empty": "",
    "no rows": "start_s,end_s,label\n",
    "other columns": "name,value\nfirst,1\n",
    "no such label": "start_s,end_s,label\n0,4,Dance\n",
    "backwards": "start_s,end_s,label\n4,4,Add\n",
    "no number": "start_s,end_s,label\n0,soon,Add\n",
    "a row cut short": "start_s,end_s,label\n0\n",
    "two labels at once": "start_s,end_s,label\n0,8,Add\n4,12,Stir\n",
    "another recording": MANIFEST.replace("scene", "first"),
    "two parts": PUBLISHED,
    "a name without place": "video,label\nfirst.mp4,Add\n",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_anything_else_is_one_sentence_that_names_the_file(tmp_path, text):
    with pytest.raises(UserError, match=r"^labels\.csv.*\.$"):
        read(tmp_path, text, "ab-1.mp4")


@given(
    text=st.text(max_size=200)
    | st.text('"\n,;0123.ALabdel_st', max_size=80).map("start_s,end_s,label\n".__add__)
)
def test_no_text_is_a_crash(text, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with suppress(UserError):
        read_labels(path, "scene.mp4", LAB_ACTIONS)


def test_a_clip_takes_the_label_that_covers_half_of_it_or_more():
    truth = (Segment("Add", 0, 6), Segment("Stir", 6, 7), Segment("Add", 7, 8), Segment("Stir", 14, 18))
    spans = [(0, 4), (4, 8), (8, 12), (12, 16), (16, 18.5), (18.5, 20)]
    assert labels_at(truth, spans) == ("Add", "Add", None, "Stir", "Stir", None)


def test_a_table_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "MAX_LABELS_BYTES", 10)
    with pytest.raises(UserError, match=r"labels\.csv is larger than"):
        read(tmp_path, SEGMENTS)

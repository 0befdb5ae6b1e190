"""Plain and published tables of true labels, and one sentence for every file that is none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.recordings.annotations import table
from pipelines.recordings.annotations.entries import UnreadableLabels
from pipelines.recordings.annotations.labels_file import labels_at
from pipelines.recordings.annotations.segment import Segment
from tests.support.label_files import ADD_THEN_STIR, read_file, spans, video_of

SEGMENTS = "start_s,end_s,label\n0,8,Add\n8.0,12.5,no action\n"
MANIFEST = (
    "video,start_s,end_s,label,split\n"
    "a/scene.mp4,4,8,Stir,training\na/scene.mp4,0,4,Add,training\nb/other.mp4,0,4,Rinse,testing\n"
)
PUBLISHED = (
    "video,label,split\n"
    "ab-1_0_10.mp4,Stir,testing\nab-1_0_2.mp4,Add,testing\nab-1_1_0.mp4,No action,testing\n"
)


def read(tmp_path, content: str | bytes, recording: str = "scene.mp4", duration_s: float = 44.0):
    path = tmp_path / "labels.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(path, video_of(recording, duration_s))


def test_segments(tmp_path):
    assert spans(read(tmp_path, "\ufeff" + SEGMENTS)) == [("Add", 0, 8), ("No action", 8, 12.5)]


def test_a_manifest_gives_the_rows_of_the_recording(tmp_path):
    assert spans(read(tmp_path, MANIFEST)) == [("Add", 0, 4), ("Stir", 4, 8)]


def test_the_published_table_counts_clips_from_the_start_of_a_part(tmp_path):
    part = [("Add", 8, 12), ("Stir", 40, 44)]
    assert spans(read(tmp_path, PUBLISHED, "ab-1_0.mp4")) == part
    assert spans(read(tmp_path, PUBLISHED.replace("ab-1_1_0", "cd-2_0_0"), "ab-1.mp4")) == part


def test_a_published_clip_has_its_own_label_all_along(tmp_path):
    assert spans(read(tmp_path, PUBLISHED, "ab-1_0_10.mp4", 4.0)) == [("Stir", 0, 4)]


BAD = {
    "no table": "\x00\x01",
    "empty": "",
    "blank": " \n\n",
    "no rows": "start_s,end_s,label\n",
    "other columns": "name,value\nfirst,1\n",
    "no such label": "start_s,end_s,label\n0,4,Dance\n",
    "backwards": "start_s,end_s,label\n4,4,Add\n",
    "no number": "start_s,end_s,label\n0,soon,Add\n",
    "infinite": "start_s,end_s,label\n0,inf,Add\n",
    "a row cut short": "start_s,end_s,label\n0\n",
    "a row too long": "start_s,end_s,label\n0,0,8,0,Add\n",
    "two labels at once": "start_s,end_s,label\n0,8,Add\n4,12,Stir\n",
    "another recording": MANIFEST.replace("scene", "first"),
    "two parts": PUBLISHED,
    "a name without place": "video,label\nfirst.mp4,Add\n",
    "open quotation marks": 'start_s,end_s,label\n0,4,"Add\n',
    "a thousand or a decimal": 'start_s,end_s,label\n0,"1,500",Add\n',
    "a workbook": b"PK\x03\x04" + bytes(100),
    "too many columns": ",".join(["start_s", "end_s", "label", *map(str, range(5000))]) + "\n0,4,Add\n",
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_anything_else_is_one_sentence_that_names_the_file(tmp_path, content):
    with pytest.raises(UnreadableLabels, match=r"labels\.csv.*\.$") as caught:
        read(tmp_path, content, "ab-1.mp4")
    assert "\t" not in caught.value.args[0]
    assert "?" not in str(caught.value)


def test_a_folder_and_a_file_that_is_gone_are_named(tmp_path):
    for path in (tmp_path, tmp_path / "gone.csv"):
        with pytest.raises(UnreadableLabels, match=path.name):
            read_file(path)


HEADERS = ("start_s,end_s,label\n", "video,label\n", "start\tend\tlabel\n", "time;behavior;status\n")


@given(
    content=st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.builds(
        lambda header, rest: (header + rest).encode("utf-8", "surrogatepass"),
        st.sampled_from(HEADERS),
        st.text('"\n,;\t:0123.eALabdel_stSTARTOP', max_size=80),
    )
)
def test_any_file_is_segments_or_one_sentence(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with suppress(UnreadableLabels):
        truth = read_file(path)
        assert truth
        assert all(0 <= each.start_s < each.end_s <= 20 for each in truth)


def test_a_clip_takes_the_label_that_covers_half_of_it_or_more():
    truth = (Segment("Add", 0, 6), Segment("Stir", 6, 7), Segment("Add", 7, 8), Segment("Stir", 14, 18))
    cut = [(0, 4), (4, 8), (8, 12), (12, 16), (16, 18.5), (18.5, 20)]
    assert labels_at(truth, cut) == ("Add", "Add", None, "Stir", "Stir", None)


def test_a_table_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "MAX_LABELS", 1)
    with pytest.raises(UnreadableLabels, match=r"labels\.csv has more than 1 rows"):
        read(tmp_path, SEGMENTS)
    monkeypatch.setattr(table, "MAX_LABELS_BYTES", 10)
    with pytest.raises(UnreadableLabels, match=r"labels\.csv is larger than"):
        read(tmp_path, SEGMENTS)


# A plain table as spreadsheets and people write it: each says Add 0-8 s, Stir 8-20 s.


def written(start: str, separator: str, decimal: str, names: tuple[str, str, str]) -> str:
    rows = [names, (start, "8.0", "Add"), ("8.0", "20.0", "Stir")]
    lines = [separator.join(rows[0]), *(separator.join(row).replace(".", decimal) for row in rows[1:])]
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize(
    ("separator", "decimal"), [(",", "."), (";", ","), (";", "."), ("\t", ","), ("|", ".")]
)
@pytest.mark.parametrize("names", [("start_s", "end_s", "label"), ("Start_S", "END_S", " Label ")])
def test_any_spelling_of_a_spreadsheet(tmp_path, encoding, separator, decimal, names):
    content = written("0.0", separator, decimal, names)
    assert spans(read(tmp_path, content.encode(encoding), duration_s=20)) == ADD_THEN_STIR


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\nstart_s;end_s;label\n0,0;8,0;Add\n8,0;20,0;Stir\n",
        "\nstart_s,end_s,label,,\n0,8,Add,,\n,,,,\n8,20,Stir,,\n",
        '"start_s","end_s","label"\n"0","8","Add"\n"8","20","Stir"\n',
        "start,end,label\n0:00,0:08,Add\n0:08,0:20,Stir\n",
        "Start (s),Stop (s),Activity\n00:00:00.00,00:00:08.00,add\n00:00:08.00,00:00:20.00,stir\n",
        "start_ms,end_ms,label\n0,8000,Add\n8000,20000,Stir\n",
        "Start [ms];End [ms];Label\n0;8000;Add\n8000;20000;Stir\n",
        "onset,duration,label\n0,8,Add\n8,12,Stir\n",
        "start_frame,end_frame,label\n0,80,Add\n80,200,Stir\n",
        "start,end,label\n0,8000,Add\n8000,20000,Stir\n",
        "start,end,label\n0,80,Add\n80,200,Stir\n",
        "start_s,end_s,label\n0 s,8 s,Add\n8000 ms,20 s,Stir\n",
    ],
)
def test_times_in_any_unit_that_the_file_or_the_video_tells(tmp_path, content):
    assert spans(read(tmp_path, content, duration_s=20)) == ADD_THEN_STIR


def test_a_unit_that_was_inferred_is_noted(tmp_path):
    (note,) = read(tmp_path, "start,end,label\n0,8000,Add\n8000,20000,Stir\n", duration_s=20).notes
    assert "read as milliseconds" in note
    with pytest.raises(UnreadableLabels, match="without a unit"):
        read(tmp_path, "start,end,label\n0,500,Add\n", duration_s=20)


def test_the_pages_own_downloads_give_their_true_labels(tmp_path):
    columns = "start_s,end_s,label,score,encoding,settled,truth,origin"
    one = f"{columns}\n0.00,8.00,Stir,0.5,V,Stir,Add,x\n8.00,20.00,Add,0.4,V,Add,Stir,x\n"
    assert spans(read(tmp_path, one, duration_s=20)) == ADD_THEN_STIR
    columns = "start_s,end_s,truth,consensus,disagreement,vi-cl"
    several = f"{columns}\n0.00,8.00,Add,Stir,0,Stir\n8.00,20.00,Stir,Add,0,Add\n"
    assert spans(read(tmp_path, several, duration_s=20)) == ADD_THEN_STIR
    with pytest.raises(UnreadableLabels, match="column truth is empty"):
        read(tmp_path, one.replace(",Add,x", ",,x").replace(",Stir,x", ",,x"), duration_s=20)

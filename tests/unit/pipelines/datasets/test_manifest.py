"""The manifest: written and read again, and refused by file, line and what was expected."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.datasets.manifest import SPLITS, BrokenManifest, read_manifest, write_manifest
from tests.support.labelled_video import clip_row

HEADER = "video,start_s,end_s,label,split,wearer,workflow,gaze"
text = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


@st.composite
def manifests(draw):
    rows = []
    for workflow in range(draw(st.integers(0, 4))):
        split = draw(st.sampled_from(SPLITS))
        for _ in range(draw(st.integers(1, 3))):
            start_s = draw(st.floats(0, 1e4))
            end_s = start_s + draw(st.floats(0.01, 100))
            label = draw(text)
            rows.append(
                clip_row(
                    video="a.mp4",
                    start_s=start_s,
                    end_s=end_s,
                    label=label,
                    split=split,
                    wearer=f"w{workflow}",
                    workflow=f"f{workflow}",
                )
            )
    return tuple(rows)


@settings(deadline=None, max_examples=40)
@given(rows=manifests())
def test_round_trip(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("manifest")
    (folder / "a.mp4").touch()
    assert read_manifest(write_manifest(rows, folder / "manifest.csv")) == rows


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["video,start_s,end_s,label,split,wearer,workflow"], "line 1: column 'gaze' is missing"),
        ([HEADER, "b.mp4,0,4,Add,training,w,f,"], "line 2: video file 'b.mp4' does not exist"),
        ([HEADER, "a.mp4,0,4,Add,training,w,f,g.csv"], "line 2: gaze file 'g.csv' does not exist"),
        ([HEADER, "a.mp4,soon,4,Add,training,w,f,"], "line 2: start_s is 'soon'"),
        ([HEADER, "a.mp4,0,nan,Add,training,w,f,"], "line 2: end_s is 'nan'"),
        ([HEADER, "a.mp4,4,4,Add,training,w,f,"], "line 2: the clip runs from 4.0 s to 4.0 s"),
        ([HEADER, "a.mp4,-1,4,Add,training,w,f,"], "line 2: the clip runs from -1.0 s"),
        ([HEADER, "a.mp4,0,4,Add,test,w,f,"], "line 2: split is 'test'"),
        ([HEADER, "a.mp4,0,4,,training,w,f,"], "line 2: label is empty"),
        ([HEADER, "a.mp4,0,4"], "line 2: no value for label"),
        ([HEADER, "a.mp4,0,4,Add,training,w,f,,x"], "line 2: more values than columns"),
        (
            [HEADER, "a.mp4,0,4,Add,training,w,f,", "a.mp4,0,4,Add,testing,w,g,"],
            "line 3: wearer 'w' is in training",
        ),
        (
            [HEADER, "a.mp4,0,4,Add,training,w,f,", "a.mp4,0,4,Add,testing,v,f,"],
            "line 3: workflow 'f' is in training",
        ),
    ],
)
def test_broken(tmp_path, lines, message):
    (tmp_path / "a.mp4").touch()
    path = tmp_path / "manifest.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(BrokenManifest) as caught:
        read_manifest(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\x00", b""])
def test_unreadable(tmp_path, content):
    path = tmp_path / "manifest.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BrokenManifest):
        read_manifest(path)

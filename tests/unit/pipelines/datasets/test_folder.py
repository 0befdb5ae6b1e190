"""Import of a lab's own folder: whole recordings and a table of intervals; sources that cannot be used."""

import pytest

from pipelines.datasets.gather import NothingGathered, gather
from pipelines.datasets.importers.tables import UnreadableSource
from pipelines.datasets.manifest import read_manifest
from tests.support.labelled_video import FRAMES_MS, skipped_counts, write_table
from zoo.labels import LAB_ACTIONS


def test_folder(make_video, tmp_path):
    for name in ("a.mp4", "b.mp4"):
        make_video(name, FRAMES_MS, size=(64, 48) if name == "a.mp4" else (80, 48))
    (tmp_path / "a.csv").write_text("t,x,y\n" + "\n".join(f"{n / 10},5,5" for n in range(150)))
    path = write_table(
        tmp_path / "labels.csv",
        "video,start_s,end_s,label,wearer,gaze",
        "a.mp4,1.3,9.5,stir,anna,a.csv",  # two whole clips
        "a.mp4,9.5,12,add,anna,a.csv",  # widened about its middle
        "a.mp4,12,13.5,Add,anna,a.csv",  # too short
        "b.mp4,12.5,14.9,Add,ben,gone.csv",  # widened, and moved back into the video
        "b.mp4,3,2,Add,ben,",
        "b.mp4,x,2,Add,ben,",
        "b.mp4,20,30,Add,ben,",
        "c.mp4,0,4,Add,ben,",
    )
    report = gather(tmp_path, "folder", tmp_path / "manifest.csv", labels=LAB_ACTIONS)
    rows = read_manifest(tmp_path / "manifest.csv")
    assert [(row.video, row.start_s, row.end_s, row.label) for row in rows] == [
        ("a.mp4", 1.3, 5.3, "Stir"),
        ("a.mp4", 5.3, 9.3, "Stir"),
        ("a.mp4", 8.75, 12.75, "Add"),
        ("b.mp4", 11.0, 15.0, "Add"),
    ]
    assert [row.gaze for row in rows] == ["a.csv"] * 3 + [""]
    assert {row.wearer for row in rows} == {"anna", "ben"}
    assert skipped_counts(report) == {
        "the stretch has less than 2 s of video": 2,
        "gaze is missing (the clips stay, without it)": 1,
        "start_s and end_s are no stretch of time": 2,
        "the video is missing": 1,
    }
    assert path.exists()


def test_a_manifest_in_another_folder_still_finds_its_videos(make_video, tmp_path):
    make_video("a.mp4", FRAMES_MS, size=(64, 48))
    write_table(tmp_path / "labels.csv", "video,start_s,end_s,label", "a.mp4,0,4,anything at all")
    (tmp_path / "far/away").mkdir(parents=True)
    gather(tmp_path, "folder", tmp_path / "far/away/manifest.csv")
    (row,) = read_manifest(tmp_path / "far/away/manifest.csv")
    assert (row.video, row.label, row.split) == ("../../a.mp4", "anything at all", "training")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no file labels.csv"),
        (b"\xff\xfe", "labels.csv is empty"),
        (b"video,label\n", "a header and no rows"),
        (b"video,start_s,label\na.mp4,0,Add\n", "begins with the columns|does not give its time"),
    ],
)
def test_a_table_that_is_none(tmp_path, content, says):
    if content is not None:
        (tmp_path / "labels.csv").write_bytes(content)
    with pytest.raises(UnreadableSource, match=says) as caught:
        gather(tmp_path / "labels.csv", "folder", tmp_path / "out.csv")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out.csv").exists()


def test_nothing_to_gather(tmp_path):
    path = write_table(tmp_path / "labels.csv", "video,start_s,end_s,label", "a.mp4,0,4,Add")
    with pytest.raises(NothingGathered, match="1 × the video is missing"):
        gather(path, "folder", tmp_path / "out.csv")
    with pytest.raises(NothingGathered, match="published, ego4d, folder"):
        gather(path, "youtube", tmp_path / "out.csv")
    with pytest.raises(UnreadableSource, match="no CSV"):
        gather(tmp_path, "published", tmp_path / "out.csv", labels=LAB_ACTIONS)
    assert {each.name for each in tmp_path.iterdir()} == {"labels.csv"}

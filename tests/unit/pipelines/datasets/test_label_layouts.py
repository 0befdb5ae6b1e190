"""`gather` of folders whose labels come from other tools, in other units, with gaze as a folder or zip."""

import json
import shutil

import pytest

from pipelines.datasets.gather import NothingGathered, gather
from pipelines.datasets.importers.tables import UnreadableSource
from pipelines.datasets.manifest import read_manifest
from pipelines.recordings.annotations.names import BadMapping
from tests.support.cases import case
from tests.support.labelled_video import FRAMES_MS, skipped_counts, write_table
from zoo.labels import LAB_ACTIONS

FIVE = [(0.0, 4.0, "Add"), (4.0, 8.0, "Add"), (8.0, 12.0, "Stir"), (12.0, 16.0, "Stir"), (16.0, 20.0, "Stir")]
TOOLS = case("boris299_and_other_label_exports", must=False)
FILES = sorted(path.name for path in TOOLS.glob("*") if path.name != "NOTE.txt")


def clips_of(source, out, **settings):
    report = gather(source, "folder", out, labels=LAB_ACTIONS, **settings)
    return [(row.start_s, row.end_s, row.label) for row in read_manifest(out)], report


@pytest.mark.parametrize("name", FILES)
def test_every_tools_export_gives_the_clips(tmp_path, name):
    clips, _ = clips_of(TOOLS / name, tmp_path / "m.csv", videos=case("base.mp4").parent)
    assert clips == FIVE


def test_gaze_may_be_a_folder(tmp_path):
    folder = case("gather_gaze_folder")
    clips, report = clips_of(folder / "labels.csv", tmp_path / "m.csv", videos=folder.parent)
    assert clips == FIVE
    assert (report["with_gaze"], report["skipped"]) == (5, {})


@pytest.mark.parametrize("packed", [False, True])
def test_gaze_may_be_a_folder_or_a_zip(make_video, tmp_path, packed):
    make_video("a.mp4", FRAMES_MS, size=(64, 48))
    (tmp_path / "export").mkdir()
    (tmp_path / "export/gaze.csv").write_text("t,x,y\n0,1,1\n")
    name = "export"
    if packed:
        name = shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path / "export").split("/")[-1]
    write_table(tmp_path / "labels.csv", "video,start_s,end_s,label,gaze", f"a.mp4,0,8,Add,{name}")
    _, report = clips_of(tmp_path / "labels.csv", tmp_path / "m.csv")
    assert (report["with_gaze"], report["skipped"]) == (2, {})


def test_rows_in_another_unit_are_left_out_with_that_reason(make_video, tmp_path):
    for name in ("a.mp4", "b.mp4"):
        make_video(name, FRAMES_MS, size=(64, 48) if name == "a.mp4" else (80, 48))
    write_table(
        tmp_path / "labels.csv", "video;start_s;end_s;label", "a.mp4;0,0;8,0;Add", "b.mp4;0;15000;Stir"
    )
    clips, report = clips_of(tmp_path, tmp_path / "m.csv")
    assert clips == FIVE[:2]
    assert skipped_counts(report) == {
        "the times run far beyond the video, and as milliseconds they would end at 15.0 s": 1
    }


def test_videos_are_found_by_their_names_whatever_their_folder_and_ending(make_video, tmp_path):
    make_video("P01_01.mp4", FRAMES_MS, size=(64, 48))
    write_table(
        tmp_path / "epic.csv",
        "narration_id,video_id,start_timestamp,stop_timestamp,narration,verb",
        "1,P01_01,00:00:00.00,00:00:08.00,pour water,add",
    )
    clips, report = clips_of(tmp_path / "epic.csv", tmp_path / "m.csv")
    assert clips == FIVE[:2]
    assert "“verb”" in " ".join(report["notes"])


def test_labels_without_a_video_take_the_one_called_alike_or_the_only_one(make_video, tmp_path):
    make_video("a.mp4", FRAMES_MS, size=(64, 48))
    write_table(tmp_path / "other.csv", "start_s,end_s,label", "0,8,Add")
    clips, report = clips_of(tmp_path / "other.csv", tmp_path / "m.csv")
    assert clips == FIVE[:2]
    assert "it is taken to be a.mp4" in " ".join(report["notes"])
    make_video("b.mp4", FRAMES_MS, size=(80, 48))
    with pytest.raises(UnreadableSource, match="holds 2 videos"):
        clips_of(tmp_path / "other.csv", tmp_path / "m.csv")
    (tmp_path / "other.csv").rename(tmp_path / "b.csv")
    clips_of(tmp_path / "b.csv", tmp_path / "m.csv")
    assert {row.video for row in read_manifest(tmp_path / "m.csv")} == {"b.mp4"}


def test_names_are_mapped(make_video, tmp_path):
    make_video("a.mp4", FRAMES_MS, size=(64, 48))
    write_table(tmp_path / "labels.csv", "video,start_s,end_s,label", "a.mp4,0,8,pour", "a.mp4,8,12,talk")
    settings = {"mapping": {"Pour": "add", "talk": ""}}
    clips, report = clips_of(tmp_path, tmp_path / "m.csv", **settings)
    assert clips == FIVE[:2]
    assert skipped_counts(report) == {"the mapping leaves the label out": 1}
    with pytest.raises(BadMapping, match="“pour” is mapped to “Dance”"):
        clips_of(tmp_path, tmp_path / "m.csv", mapping={"pour": "Dance"})
    with pytest.raises(NothingGathered, match="leave --map out"):
        gather(tmp_path / "narration.json", "ego4d", tmp_path / "m.csv", **settings)


def test_a_label_studio_project_of_many_videos(make_video, tmp_path):
    make_video("a.mp4", FRAMES_MS, size=(64, 48))
    tasks = [
        {
            "data": {"video": f"/data/upload/1/0123abcd-{name}.mp4"},
            "annotations": [
                {"result": [{"value": {"timelinelabels": ["Add"], "ranges": [{"start": 1, "end": 240}]}}]}
            ],
        }
        for name in ("a", *map(str, range(100)))
    ]
    (tmp_path / "project.json").write_text(json.dumps(tasks))
    clips, report = clips_of(tmp_path / "project.json", tmp_path / "m.csv")
    assert clips == FIVE[:2]
    assert skipped_counts(report) == {"the video is missing": 100}

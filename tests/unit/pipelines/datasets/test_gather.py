"""Labelled video from elsewhere: what a reader takes and leaves, and splits that share nothing."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.__main__ import main
from pipelines.datasets.clips import EmptySplit, labelled_clips, workflow_times
from pipelines.datasets.gather import NothingGathered, gather
from pipelines.datasets.importers import ego4d
from pipelines.datasets.importers.tables import UnreadableSource
from pipelines.datasets.manifest import SPLITS, BrokenManifest, ClipRow, read_manifest, write_manifest
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.splits import apart
from pipelines.evaluation.prediction_table import _clips
from zoo.labels import LAB_ACTIONS, LAB_MOTION

STEADY = [round(1000 * number / 30) for number in range(450)]  # 15 s


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("bench") / "out"
    render("lab-motion", 3, 3, out, rate_hz=4.0, width=64, height=48, workflow_s=12.0)
    return out


def table(path: Path, columns: str, *rows: str) -> Path:
    path.write_text("\n".join([columns, *rows]) + "\n")
    return path


def reasons(report: dict) -> dict[str, int]:
    return {reason: each["count"] for reason, each in report["skipped"].items()}


# The published layout


def test_published_clips_are_the_benchs_own(bench, tmp_path):
    report = gather(bench / "clips.csv", "published", tmp_path / "manifest.csv", labels=LAB_MOTION)
    rows = read_manifest(tmp_path / "manifest.csv")
    own = {(row.workflow, row.start_s): row for row in read_manifest(bench / "manifest.csv")}
    assert len(rows) == len(own) == 9 == report["clips"]
    assert report["skipped"] == {}
    for clip, row in labelled_clips(tmp_path / "manifest.csv", rows):
        index = int(Path(row.video).stem.rsplit("_", 1)[1])
        whole = own[row.workflow, 4.0 * index]
        assert (row.label, row.split, row.start_s, row.end_s) == (whole.label, whole.split, 0.0, 4.0)
        ((same, _),) = labelled_clips(bench / "manifest.csv", (whole,))
        assert np.abs(clip.frames.astype(int) - same.frames).mean() < 4  # compressed once more


def test_published_table_with_everything_wrong(bench, tmp_path):
    clips = sorted((bench / "clips").iterdir())
    shutil.copytree(bench / "clips", tmp_path / "clips")
    copy, cut = tmp_path / "clips/other_0_7.mp4", tmp_path / "clips/cut_0_0.mp4"
    shutil.copy(clips[0], copy)
    cut.write_bytes(clips[1].read_bytes()[:3000])
    path = table(
        tmp_path / "labels.csv",
        "video,label,split,prediction",
        f"{clips[2].name},RINSING,training,x",
        f"{clips[0].name},puddling development,training,x",
        f"{clips[0].name},puddling development,training,x",
        f"{copy.name},puddling development,testing,x",
        f"{clips[1].name},no action,testing,x",  # of the same uuid as the rest
        f"{clips[3].name},dancing,training,x",
        f"{clips[3].name},rinsing,train,x",
        f"{clips[4].name},rinsing,training,x",
        f"{clips[4].name},no action,training,x",
        "gone_0_0.mp4,rinsing,training,x",
        "cut_0_0.mp4,rinsing,training,x",
        "whole.mp4,rinsing,training,x",
        f"{clips[3].name},,training,x",
    )
    report = gather(path, "published", tmp_path / "out.csv", labels=LAB_MOTION)
    rows = read_manifest(tmp_path / "out.csv")
    assert [(Path(row.video).name, row.split) for row in rows] == [
        (clip.name, "training") for clip in clips[:3]
    ]
    assert rows[0].label == "Development (puddle)"
    assert report["moved"] == 1
    assert any("1 clips moved" in note for note in report["notes"])
    assert any("No wearers are known" in note for note in report["notes"])
    assert reasons(report) == {
        "the same stretch of video listed again": 1,
        "the same video under another name": 1,
        "the same stretch of video under different labels": 2,
        "no label of Lab Motion": 1,
        "no split of training, validation, testing": 1,
        "the video is missing": 1,
        "the video cannot be read": 1,
        "not named <recording>_<part>_<index>.mp4": 1,
        "no label": 1,
    }
    assert report["skipped"]["the video is missing"]["examples"] == ["gone_0_0.mp4"]


# A lab's own folder


def test_folder(make_video, tmp_path):
    for name in ("a.mp4", "b.mp4"):
        make_video(name, STEADY, size=(64, 48) if name == "a.mp4" else (80, 48))
    (tmp_path / "a.csv").write_text("t,x,y\n" + "\n".join(f"{n / 10},5,5" for n in range(150)))
    path = table(
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
    assert reasons(report) == {
        "the stretch has less than 2 s of video": 2,
        "gaze is missing (the clips stay, without it)": 1,
        "start_s and end_s are no stretch of time": 2,
        "the video is missing": 1,
    }
    assert path.exists()


def test_a_manifest_in_another_folder_still_finds_its_videos(make_video, tmp_path):
    make_video("a.mp4", STEADY, size=(64, 48))
    table(tmp_path / "labels.csv", "video,start_s,end_s,label", "a.mp4,0,4,anything at all")
    (tmp_path / "far/away").mkdir(parents=True)
    gather(tmp_path, "folder", tmp_path / "far/away/manifest.csv")
    (row,) = read_manifest(tmp_path / "far/away/manifest.csv")
    assert (row.video, row.label, row.split) == ("../../a.mp4", "anything at all", "training")


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "cannot be read"), (b"\xff\xfe", "cannot be read"), (b"video,label\n", "no column 'start_s'")],
)
def test_a_table_that_is_none(tmp_path, content, says):
    if content is not None:
        (tmp_path / "labels.csv").write_bytes(content)
    with pytest.raises(UnreadableSource, match=says) as caught:
        gather(tmp_path / "labels.csv", "folder", tmp_path / "out.csv")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out.csv").exists()


def test_nothing_to_gather(tmp_path):
    path = table(tmp_path / "labels.csv", "video,start_s,end_s,label", "a.mp4,0,4,Add")
    with pytest.raises(NothingGathered, match="1 × the video is missing"):
        gather(path, "folder", tmp_path / "out.csv")
    with pytest.raises(NothingGathered, match="published, ego4d, folder"):
        gather(path, "youtube", tmp_path / "out.csv")
    with pytest.raises(UnreadableSource, match="no CSV"):
        gather(tmp_path, "published", tmp_path / "out.csv", labels=LAB_ACTIONS)
    assert {each.name for each in tmp_path.iterdir()} == {"labels.csv"}


# Ego4D


@pytest.mark.parametrize("nested", [True, False])
def test_ego4d(make_video, tmp_path, nested):
    for uid in ("u1", "u2"):
        make_video(f"{uid}.mp4", STEADY, size=(64, 48) if uid == "u1" else (80, 48))
    said = [
        (7.0, "#C C pours the liquid into the beaker"),
        (0.4, "#c C picks the #unsure from the Beakers."),
        (14.8, "#O A man X is stirring the soup"),
        (7.0, "#C C holds a beaker"),
        (9.0, "#C C walks"),
        (40.0, "#C C stirs"),
    ]
    entries = [{"timestamp_sec": t, "timestamp_frame": 0, "narration_text": text} for t, text in said]
    broken = [{"timestamp_sec": None, "narration_text": "#C C stirs"}, {"narration_text": "x"}]
    videos = {
        "u1": {"narration_pass_1": {"narrations": entries + broken, "summaries": []}, "status": "complete"},
        "u2": {"narration_pass_2": {"narrations": entries[:1]}, "narration_pass_1": None},
        "u3": {"narration_pass_1": {"narrations": entries[:1]}},
        "u4": {"status": "redacted"},
    }
    path = tmp_path / "narration.json"
    path.write_text(json.dumps({"videos": videos, "version": "1.0"} if nested else videos))
    people = {"u1": 7, "u2": 7, "u3": None}
    (tmp_path / "ego4d.json").write_text(
        json.dumps({"videos": [{"video_uid": uid, "fb_participant_id": who} for uid, who in people.items()]})
    )
    report = gather(path, "ego4d", tmp_path / "manifest.csv")
    rows = read_manifest(tmp_path / "manifest.csv")
    assert [(row.video, row.start_s, row.end_s, row.label) for row in rows] == [
        ("u1.mp4", 0.0, 4.0, "picks the something from the Beakers"),
        ("u1.mp4", 5.0, 9.0, "holds a beaker"),
        ("u1.mp4", 11.0, 15.0, "A man X is stirring the soup"),
        ("u2.mp4", 5.0, 9.0, "pours the liquid into the beaker"),
    ]
    assert {(row.wearer, row.split) for row in rows} == {("participant-7", "training")}
    assert reasons(report) == {
        "a narration without a time or a text": 2,
        "no keyword in the narration": 1,
        "the narration lies outside the video": 1,
        "the video is missing": 1,
        "the same stretch of video listed again": 1,
    }


@given(time_s=st.floats(0, 30), beyond_s=st.floats(0, 30))
def test_the_segment_about_a_narration_is_the_papers(time_s, beyond_s):
    """4 s about it; one that the video's edge makes shorter is widened by 2 s on both sides."""
    end_s = max(time_s + beyond_s, 1.0)
    start, end = max(0.0, time_s - 2), min(end_s, time_s + 2)
    if end - start < 4:
        start, end = max(0.0, start - 2), min(end_s, end + 2)
    found_start, found_end = ego4d.about(time_s, end_s)
    assert start - 0.001 <= found_start <= found_end <= end + 0.001
    assert found_end - found_start == pytest.approx(min(4.0, end_s), abs=0.002)
    assert found_start - 0.001 <= time_s <= found_end + 0.001


@pytest.mark.parametrize(
    ("narration", "label"),
    [
        ("#C C stirs the beaker", "stirs the beaker"),
        ("#c c  stirs the beaker.", "stirs the beaker"),
        ("#C  C pours #unsure into a flask", "pours something into a flask"),
        ("#O a lady Y weighs powder", "a lady Y weighs powder"),
        ("C C stirs", "C C stirs"),
        ("#C C", ""),
        ("#Unsure", "something"),
    ],
)
def test_tags_are_cleaned(narration, label):
    assert ego4d.cleaned(narration) == label


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C picks test tubes", True),
        ("C is PIPETTING", True),
        ("C measured it", True),
        ("C mixes", True),
        ("C closes the jars", True),
        ("C admires a mixer-truck", False),
        ("C wears sunglasses", False),
        ("C assesses", False),
    ],
)
def test_keywords_are_whole_words(text, found):
    assert bool(ego4d.keyword_pattern().search(text)) == found


@pytest.mark.parametrize("content", ["", "[]", "null", '{"videos": 3}', "[" * 100_000])
def test_no_narrations(tmp_path, content):
    (tmp_path / "narration.json").write_text(content)
    with pytest.raises(UnreadableSource) as caught:
        gather(tmp_path / "narration.json", "ego4d", tmp_path / "out.csv")
    assert "\n" not in str(caught.value)


# Splits

names = st.sampled_from("abcdef")


@given(
    found=st.lists(st.tuples(names, names, names, st.sampled_from(["", *SPLITS])), min_size=1, max_size=30),
    share=st.floats(0, 0.5),
)
def test_no_split_shares_a_wearer_a_workflow_or_a_video(found, share):
    rows = [
        ClipRow(video, float(number), number + 4.0, "x", split, wearer, workflow)
        for number, (video, wearer, workflow, split) in enumerate(found)
    ]
    mended, moved, _ = apart(rows, share)
    for field in ("video", "wearer", "workflow"):
        pairs = {(getattr(row, field), row.split) for row in mended}
        assert len(pairs) == len({name for name, _ in pairs})
    assert [row.start_s for row in mended] == [row.start_s for row in rows]
    assert all(row.split in SPLITS for row in mended)
    assert moved == sum(bool(a.split) and a.split != b.split for a, b in zip(rows, mended, strict=True))
    assert apart(rows, share)[0] == mended


def test_shares_of_what_is_dealt_out():
    rows = [ClipRow(f"{n}.mp4", 0.0, 4.0, "x", "", f"w{n}", f"f{n}") for n in range(200)]
    mended, moved, notes = apart(rows, 0.15)
    counts = [sum(row.split == name for row in mended) for name in SPLITS]
    assert counts == [140, 30, 30]
    assert (moved, notes) == (0, [])
    assert {row.split for row in apart(rows[:3], 0.15)[0]} == set(SPLITS)
    assert "all of them train" in apart(rows[:2], 0.15)[2][0]


# Clips that start anywhere


def test_clips_start_where_the_manifest_says_and_may_overlap(make_video, number_of, tmp_path):
    make_video("a.mp4", STEADY)
    starts_s = (0.5, 1.25, 1.25, 2.0, 7.1, 13.9)
    rows = tuple(
        ClipRow("a.mp4", start, min(start + 4, 15.0), f"label {number}", "training", "w", "f")
        for number, start in enumerate(starts_s)
    )
    write_manifest(rows, tmp_path / "manifest.csv")
    found = list(labelled_clips(tmp_path / "manifest.csv", rows))
    assert [row.label for _, row in found] == [row.label for row in rows]
    for clip, row in found:
        assert (clip.start_s, clip.end_s) == (row.start_s, pytest.approx(row.end_s, abs=0.001))
        due_ms = [1000 * row.start_s + 250 * j for j in range(16)]
        shown = [max(n for n, ms in enumerate(STEADY) if ms <= due + 0.5) for due in due_ms]
        assert [number_of(frame) for frame in clip.frames] == shown


def test_rows_out_of_order_or_beyond_the_video_are_refused(make_video, tmp_path):
    make_video("a.mp4", STEADY, size=(64, 48))
    early, late, beyond = (
        ClipRow("a.mp4", start, start + 4, "x", "training", "w", "f") for start in (0.5, 1.0, 14.5)
    )
    with pytest.raises(BrokenManifest, match="not in order"):
        list(labelled_clips(tmp_path / "m.csv", (late, early)))
    with pytest.raises(EmptySplit, match=r"lasts 15\.0 s and m\.csv names a clip at 14\.5 s"):
        list(labelled_clips(tmp_path / "m.csv", (early, beyond)))


@pytest.mark.parametrize("indices", [range(9), [2, 3, 5, 9]])
def test_clips_of_their_own_lie_in_their_workflow_where_the_score_puts_them(indices, tmp_path):
    names = [*(f"u_0_{index}.mp4" for index in indices), "u_1_4.mp4", "u_1_5.mp4", "v_0_7.mp4"]
    rows = [ClipRow(name, 0.0, 4.0, "Add", "testing", name[0], name[0]) for name in names]
    path = table(
        tmp_path / "table.csv", "video,label,split,prediction", *(f"{name},Add,testing,Add" for name in names)
    )
    placed = _clips(pd.read_csv(path), path, LAB_ACTIONS)
    assert workflow_times(rows) == [(clip.start_s, clip.end_s) for clip in placed]
    whole = [ClipRow("scene.mp4", start, start + 4, "Add", "testing", "w", "f") for start in (0.0, 1.5, 8.0)]
    assert workflow_times([*rows, *whole])[-3:] == [(0.0, 4.0), (1.5, 5.5), (8.0, 12.0)]


# The command


def test_the_command_writes_the_manifest_and_prints_the_report(bench, tmp_path, capsys):
    out = tmp_path / "manifest.csv"
    command = ["gather", str(bench / "clips.csv"), "--kind", "published", "--labels", "lab-motion"]
    assert main([*command, "--out", str(out)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["clips"] == len(list(csv.DictReader(out.open()))) == 9
    assert main([*command, "--out", str(tmp_path / "gone/manifest.csv")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1

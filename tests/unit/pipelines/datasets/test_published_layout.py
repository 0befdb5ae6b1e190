"""Import of the published layout: one mp4 a clip and a table of labels."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipelines.__main__ import main
from pipelines.datasets.clips import labelled_clips
from pipelines.datasets.gather import gather
from pipelines.datasets.manifest import read_manifest
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings
from tests.support.labelled_video import skipped_counts, write_table
from zoo.labels import LAB_MOTION


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("bench") / "out"
    render(
        Settings(labels="lab-motion", workflows=3, seed=3, rate_hz=4.0, width=64, height=48, workflow_s=12.0),
        out,
    )
    return out


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
    path = write_table(
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
    assert skipped_counts(report) == {
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


def test_the_command_writes_the_manifest_and_prints_the_report(bench, tmp_path, capsys):
    out = tmp_path / "manifest.csv"
    command = ["gather", str(bench / "clips.csv"), "--kind", "published", "--labels", "lab-motion"]
    assert main([*command, "--out", str(out)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["clips"] == len(list(csv.DictReader(out.open()))) == 9
    assert main([*command, "--out", str(tmp_path / "gone/manifest.csv")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1

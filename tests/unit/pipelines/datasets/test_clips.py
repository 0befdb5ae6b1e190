"""Clips of a manifest: they may start anywhere and overlap, and have a time in their workflow."""

import pandas as pd
import pytest

from pipelines.datasets.clips import EmptySplit, labelled_clips, workflow_times
from pipelines.datasets.manifest import BrokenManifest, write_manifest
from pipelines.evaluation.prediction_table import _clips
from tests.support.labelled_video import FRAMES_MS, clip_row, write_table


def test_clips_start_where_the_manifest_says_and_may_overlap(make_video, number_of, tmp_path):
    make_video("a.mp4", FRAMES_MS)
    starts_s = (0.5, 1.25, 1.25, 2.0, 7.1, 13.9)
    rows = tuple(
        clip_row(start_s=start, end_s=min(start + 4, 15.0), label=f"label {number}")
        for number, start in enumerate(starts_s)
    )
    write_manifest(rows, tmp_path / "manifest.csv")
    found = list(labelled_clips(tmp_path / "manifest.csv", rows))
    assert [row.label for _, row in found] == [row.label for row in rows]
    for clip, row in found:
        assert (clip.start_s, clip.end_s) == (row.start_s, pytest.approx(row.end_s, abs=0.001))
        due_ms = [1000 * row.start_s + 250 * j for j in range(16)]
        shown = [max(n for n, ms in enumerate(FRAMES_MS) if ms <= due + 0.5) for due in due_ms]
        assert [number_of(frame) for frame in clip.frames] == shown


def test_rows_out_of_order_or_beyond_the_video_are_refused(make_video, tmp_path):
    make_video("a.mp4", FRAMES_MS, size=(64, 48))
    early, late, beyond = (clip_row(start_s=start, label="x") for start in (0.5, 1.0, 14.5))
    with pytest.raises(BrokenManifest, match="not in order"):
        list(labelled_clips(tmp_path / "m.csv", (late, early)))
    with pytest.raises(EmptySplit, match=r"lasts 15\.0 s and m\.csv lists a clip at 14\.5 s"):
        list(labelled_clips(tmp_path / "m.csv", (early, beyond)))


@pytest.mark.parametrize("indices", [range(9), [2, 3, 5, 9]])
def test_clips_of_their_own_lie_in_their_workflow_where_the_score_puts_them(indices, tmp_path):
    names = [*(f"u_0_{index}.mp4" for index in indices), "u_1_4.mp4", "u_1_5.mp4", "v_0_7.mp4"]
    rows = [clip_row(video=name, split="testing", wearer=name[0], workflow=name[0]) for name in names]
    path = write_table(
        tmp_path / "table.csv", "video,label,split,prediction", *(f"{name},Add,testing,Add" for name in names)
    )
    placed = _clips(pd.read_csv(path), path)
    assert workflow_times(rows) == [(clip.start_s, clip.end_s) for clip in placed]
    whole = [clip_row(video="scene.mp4", start_s=start, split="testing") for start in (0.0, 1.5, 8.0)]
    assert workflow_times([*rows, *whole])[-3:] == [(0.0, 4.0), (1.5, 5.5), (8.0, 12.0)]

"""Splits by group: no split shares a wearer, a workflow or a video."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.datasets.manifest import SPLITS
from pipelines.datasets.splits import split_by_group
from tests.support.labelled_video import clip_row

letters, splits = st.sampled_from("abcdef"), st.sampled_from(["", *SPLITS])


@given(
    names=st.lists(st.tuples(letters, letters, letters, splits), min_size=1, max_size=30),
    share=st.floats(0, 0.5),
)
def test_no_split_shares_a_wearer_a_workflow_or_a_video(names, share):
    rows = [
        clip_row(video=video, start_s=float(number), label="x", split=split, wearer=wearer, workflow=workflow)
        for number, (video, wearer, workflow, split) in enumerate(names)
    ]
    result, moved, _ = split_by_group(rows, share)
    for field in ("video", "wearer", "workflow"):
        pairs = {(getattr(row, field), row.split) for row in result}
        assert len(pairs) == len({name for name, _ in pairs})
    assert [row.start_s for row in result] == [row.start_s for row in rows]
    assert all(row.split in SPLITS for row in result)
    assert moved == sum(bool(a.split) and a.split != b.split for a, b in zip(rows, result, strict=True))
    assert split_by_group(rows, share)[0] == result


def test_groups_without_a_split_are_shared_out():
    rows = [
        clip_row(video=f"{n}.mp4", label="x", split="", wearer=f"w{n}", workflow=f"f{n}") for n in range(200)
    ]
    result, moved, notes = split_by_group(rows, 0.15)
    counts = [sum(row.split == name for row in result) for name in SPLITS]
    assert counts == [140, 30, 30]
    assert (moved, notes) == (0, [])
    assert {row.split for row in split_by_group(rows[:3], 0.15)[0]} == set(SPLITS)
    assert "all of them train" in split_by_group(rows[:2], 0.15)[2][0]

"""Statistics of how actions follow each other, counted once more by hand."""

import math

import pytest

from pipelines.datasets.importers.tables import UnreadableSource
from pipelines.datasets.manifest import ClipRow
from pipelines.datasets.structure import (
    Action,
    actions_of,
    mean_lengths_s,
    read_egoexolearn,
    statistics_of,
)
from tests.support.labelled_video import clip_row

HEADER = "video_id,annotation_id,start_sec,end_sec,verb,noun,scenario"


def action(recording: str, start_s: float, end_s: float, kind: str | None) -> Action:
    return Action(recording=recording, start_s=start_s, end_s=end_s, kind=kind)


def rows(workflow: str, labels: str) -> list[ClipRow]:
    """One clip a letter, "-" is No action."""
    names = {"-": "No action"}
    return [
        clip_row(start_s=4.0 * place, label=names.get(letter, letter), workflow=workflow)
        for place, letter in enumerate(labels)
    ]


def test_neighbouring_clips_are_one_action_and_no_action_is_none():
    actions = actions_of(rows("f", "-AAB-AC-CC"))
    assert actions == (
        action("f", 4.0, 12.0, "A"),
        action("f", 12.0, 16.0, "B"),
        action("f", 20.0, 24.0, "A"),
        action("f", 24.0, 28.0, "C"),
        action("f", 32.0, 40.0, "C"),
    )
    assert mean_lengths_s(actions) == {"A": 6.0, "B": 4.0, "C": 6.0}


def test_clips_of_files_of_their_own_are_not_joined_across_a_hole():
    one, two = rows("f", "AA")
    elsewhere = clip_row(video="b.mp4", label="A", workflow="f")
    assert len(actions_of([one, two, elsewhere])) == 2


def test_statistics_of():
    """A B A C C | A B: pairs AB BA AC CC AB; CC repeats, A (third) returns."""
    statistics = statistics_of(actions_of(rows("f", "-AAB-AC-CC") + rows("g", "AB")))
    assert (statistics.recordings, statistics.actions, statistics.kinds) == (2, 7, 3)
    assert statistics.median_actions == 3.5
    assert (statistics.lower_s, statistics.median_s, statistics.upper_s) == (4.0, 4.0, 6.0)
    assert statistics.repeated == pytest.approx(1 / 5)
    assert statistics.returned == pytest.approx(1 / 5)
    after_a = -(2 / 3 * math.log2(2 / 3) + 1 / 3 * math.log2(1 / 3))  # A: B, C, B; B: A; C: C
    assert statistics.entropy == pytest.approx(3 / 5 * after_a)
    nothing = -(2 * 2 / 5 * math.log2(2 / 5) + 1 / 5 * math.log2(1 / 5))  # B, A, C, C, B
    assert statistics.prior_entropy == pytest.approx(nothing)


def test_real_annotations(tmp_path):
    (tmp_path / "ego_a.csv").write_text(f'{HEADER}\nv,1,0.5,2,"[52, 68]",[503],lab\nv,2,3,4,[],[],lab\n')
    (tmp_path / "exo_a.csv").write_text(f"{HEADER}\nv,3,0,9,[1],[],lab\n")
    assert read_egoexolearn(tmp_path) == (action("v", 0.5, 2.0, "52"), action("v", 3.0, 4.0, None))
    (tmp_path / "ego_b.csv").write_text(f"{HEADER}\nv,x4,soon,9,[1],[],lab\n")
    with pytest.raises(UnreadableSource, match="the action 'x4' without a start"):
        read_egoexolearn(tmp_path)
    with pytest.raises(UnreadableSource, match="holds no"):
        read_egoexolearn(tmp_path / "nowhere")

"""Scores of a release: chance, the interval of F1, and what is left when a signal is shuffled."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from encodings.clip import Clip
from pipelines.datasets.manifest import ClipRow
from pipelines.evaluation import evaluate
from pipelines.evaluation.perturbations import (
    Perturbation,
    UnknownShuffle,
    relative_gaze,
    shuffle_frames,
    shuffle_gaze,
)
from pipelines.evaluation.score import ScoredClip, score_clips
from tests.support.labelled_video import clip_row
from zoo.labels import LAB_ACTIONS


def test_the_random_draw_draws_as_often_as_the_training_split_has_a_label(monkeypatch):
    splits = {"training": ["Add"] * 5, "testing": ["Add", "Stir"] * 4}
    rows = {
        split: [
            ClipRow(video="v.mp4", start_s=0, end_s=4, label=label, split=split, wearer=split, workflow=split)
            for label in labels
        ]
        for split, labels in splits.items()
    }
    monkeypatch.setattr(evaluate, "rows_of", lambda manifest, split: rows[split])
    # Always Add: precision 1/2 and recall 1 give 2/3, for half of the clips; Stir is never found.
    assert evaluate.random_draw(Path(), "testing", LAB_ACTIONS) == pytest.approx(1 / 3)
    rows["training"] += [
        ClipRow(video="v.mp4", start_s=0, end_s=4, label="Stir", split="training", wearer="w", workflow="w")
    ] * 5
    assert 0.2 < evaluate.random_draw(Path(), "testing", LAB_ACTIONS) < 0.8


def test_labels_follow_each_other_within_a_workflow_only(monkeypatch):
    labels = {"one": ["Add", "Stir", "Stir"], "two": ["Stir", "Add", "Stir"]}
    rows = [clip_row(label=label, workflow=name) for name in labels for label in labels[name]]
    monkeypatch.setattr(evaluate, "rows_of", lambda manifest, split: rows)
    counts = np.array(evaluate.count_transitions(Path(), LAB_ACTIONS))
    add, stir = (LAB_ACTIONS.labels.index(label) for label in ("Add", "Stir"))
    assert (counts[add, stir], counts[stir, stir], counts[stir, add], counts.sum()) == (2, 1, 1, 4)


def test_clips_are_scored_as_named_and_workflows_as_settled():
    named = ["Add", "Stir", "Add", "Add"]
    clips = [
        ScoredClip(
            workflow="one", start_s=4.0 * n, end_s=4.0 * n + 4, truth="Add", predicted=label, smoothed="Add"
        )
        for n, label in enumerate(named)
    ]
    scores = score_clips(clips, LAB_ACTIONS)
    assert scores.f1 == pytest.approx(6 / 7)  # one of four Adds is missed, none is too many
    assert scores.f1_smoothed == scores.ratio["strict"] == 1
    assert scores.ratio_as_named["strict"] == pytest.approx(1 / 3)  # Add, Stir, Add for Add
    plain = score_clips([replace(clip, smoothed=None) for clip in clips], LAB_ACTIONS)
    assert plain.ratio == scores.ratio_as_named
    assert plain.f1_smoothed is None
    assert "f1_settled" not in plain.to_json()


def make_clips(count: int) -> list[Clip]:
    rng = np.random.default_rng(count)
    return [
        Clip(
            frames=rng.integers(0, 256, (16, 6 + number, 8, 3), dtype=np.uint8),
            start_s=4.0 * number,
            end_s=4.0 * number + 4,
            gaze_px=rng.random((16, 2)) * (8, 6 + number),
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_no_clip_keeps_its_gaze_and_every_gaze_is_used_once(seed):
    clips = make_clips(7)
    gazes = [relative_gaze(clip) for clip in clips]
    moved = list(shuffle_gaze(clips, gazes, seed))
    given = [next(i for i, g in enumerate(gazes) if np.allclose(g, relative_gaze(clip))) for clip in moved]
    assert sorted(given) == list(range(7))
    assert all(place != number for number, place in enumerate(given))
    assert all((one.frames == other.frames).all() for one, other in zip(clips, moved, strict=True))
    again = list(shuffle_gaze(clips, gazes, seed))
    assert all((one.gaze_px == other.gaze_px).all() for one, other in zip(moved, again, strict=True))


def test_frames_move_with_their_gaze():
    clips = make_clips(3)
    for clip, moved in zip(clips, shuffle_frames(clips, 0), strict=True):
        order = [next(i for i, f in enumerate(clip.frames) if (f == each).all()) for each in moved.frames]
        assert sorted(order) == list(range(16)) != order
        assert (moved.gaze_px == clip.gaze_px[order]).all()


def test_what_cannot_be_shuffled_is_refused():
    with pytest.raises(UnknownShuffle, match="frames"):
        Perturbation("labels")


def test_wearers_are_known_unless_every_workflow_counts_as_its_own():
    def rows(*pairs):
        return [clip_row(split="testing", wearer=wearer, workflow=workflow) for wearer, workflow in pairs]

    assert evaluate._wearers(rows(("ann", "one"), ("ann", "two"))) == ["ann", "ann"]
    assert evaluate._wearers(rows(("one", "one"), ("two", "two"))) == ["", ""]

"""Time between clips counts: in the transitions of a training split, and in smoothing a split's answers."""

import json
from pathlib import Path

import numpy as np
import pytest

from pipelines.datasets.manifest import ClipRow
from pipelines.evaluation import evaluate
from zoo.labels import LAB_ACTIONS
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights

NAMES = LAB_ACTIONS.labels
STICKY = [[40 if row == column else 2 for column in NAMES] for row in NAMES]


def row(start_s: float, label: str, workflow: str = "one") -> ClipRow:
    return ClipRow(
        video="v.mp4",
        start_s=start_s,
        end_s=start_s + 4,
        label=label,
        split="training",
        wearer="w",
        workflow=workflow,
    )


def test_clips_across_a_gap_do_not_follow_each_other(monkeypatch):
    rows = (row(0, "Add"), row(4, "Stir"), row(604, "Stir"), row(608, "Add"), row(608, "Add", "two"))
    monkeypatch.setattr(evaluate, "rows_of", lambda manifest, split: rows)
    counts = np.array(evaluate.count_transitions(Path(), LAB_ACTIONS))
    add, stir = NAMES.index("Add"), NAMES.index("Stir")
    assert counts[add, stir] == counts[stir, add] == 1
    assert counts.sum() == 2


@pytest.mark.parametrize(("last_start_s", "expected"), [(8, "Stir"), (608, "Add")])
def test_answers_across_a_gap_are_not_smoothed_together(tmp_path, last_start_s, expected):
    (tmp_path / "config.json").write_text(json.dumps({"benchscribe": {"follows": STICKY}}))
    release = Release(
        variant=variant("vi-cl"),
        labels=LAB_ACTIONS,
        encodings=("V",),
        tier="embedded",
        weights=Weights(str(tmp_path)),
    )
    rows = (row(0, "Stir"), row(4, "Stir"), row(last_start_s, "Add"))
    answers = [answer(each.start_s, label, score) for each, label, score in zip(rows, *SCORED, strict=True)]
    assert evaluate._smooth_workflows(rows, answers, release) == ["Stir", "Stir", expected]


SCORED = ("Stir", "Stir", "Add"), (0.8, 0.8, 0.4)


def answer(start_s: float, label: str, score: float) -> ClipPrediction:
    rest = dict.fromkeys(NAMES, (1 - score) / (len(NAMES) - 1))
    return ClipPrediction(start_s=start_s, end_s=start_s + 4, label=label, scores=rest | {label: score})

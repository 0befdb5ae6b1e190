"""What neighbours have to say, against every sequence of labels tried out."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipelines.recognition.smoothing import LEAST, forward_backward, smooth, transition_counts_of
from zoo.labels import LAB_ACTIONS
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights, WeightsMissing

NAMES = LAB_ACTIONS.labels
SHARES = arrays(float, st.tuples(st.integers(1, 5), st.just(3)), elements=st.floats(0, 1))
COUNTS = arrays(int, (3, 3), elements=st.integers(0, 50))


def tried_out(scores: np.ndarray, transition_counts: np.ndarray) -> np.ndarray:
    """How likely each label of each clip is: the sum over all sequences that give it to the clip."""
    clips, labels = scores.shape
    moves = (transition_counts + 1) / (transition_counts + 1).sum(1, keepdims=True)
    common = (transition_counts + 1).sum(1) / (transition_counts + 1).sum()
    likely = np.zeros(scores.shape)
    for sequence in itertools.product(range(labels), repeat=clips):
        weight = common[sequence[0]]
        for one, two in itertools.pairwise(sequence):
            weight *= moves[one, two]
        for clip, label in enumerate(sequence):
            weight *= max(scores[clip, label], LEAST) / common[label]
        for clip, label in enumerate(sequence):
            likely[clip, label] += weight
    return likely / likely.sum(1, keepdims=True)


@given(SHARES, COUNTS)
def test_each_label_is_the_likeliest_over_all_sequences(scores, transition_counts):
    likely, found = tried_out(scores, transition_counts), forward_backward(scores, transition_counts)
    best = likely[range(len(found)), found]
    assert np.all(best >= likely.max(1) * (1 - 1e-9))


@given(SHARES)
def test_labels_that_follow_each_other_at_random_change_nothing(scores):
    found = forward_backward(scores, np.zeros((3, 3), int))
    best = np.maximum(scores, LEAST)
    assert np.all(best[range(len(found)), found] >= best.max(1) * (1 - 1e-9))


def clip(number: int, label: str, score: float | None) -> ClipPrediction:
    rest = {name: (1 - (score or 0)) / (len(NAMES) - 1) for name in NAMES}
    return ClipPrediction(
        start_s=4.0 * number, end_s=4.0 * number + 4, label=label, scores=score and rest | {label: score}
    )


STICKY = tuple(tuple(40 if row == column else 2 for column in NAMES) for row in NAMES)


def test_one_odd_clip_within_a_step_is_outweighed_and_a_sure_one_is_not():
    said = [clip(n, "Stir", 0.8) for n in range(5)]
    doubtful = [*said[:2], clip(2, "Add", 0.4), *said[3:]]
    assert smooth(doubtful, LAB_ACTIONS, STICKY) == ("Stir",) * 5
    sure = [*said[:2], clip(2, "Add", 0.999), *said[3:]]
    assert smooth(sure, LAB_ACTIONS, STICKY) == ("Stir", "Stir", "Add", "Stir", "Stir")


def test_without_counts_or_scores_labels_stay_as_named():
    said = [clip(0, "Stir", 0.8), clip(1, "Add", 0.3), clip(2, "Stir", 0.8)]
    assert smooth(said, LAB_ACTIONS, ()) == ("Stir", "Add", "Stir")
    assert smooth([*said[:2], clip(2, "Stir", None)], LAB_ACTIONS, STICKY) == ("Stir", "Add", "Stir")
    assert smooth([], LAB_ACTIONS, STICKY) == ()


def test_ten_hours_of_scores_neither_overflow_nor_vanish():
    rng = np.random.default_rng(0)
    scores = rng.dirichlet(np.full(len(NAMES), 0.1), 9000)
    assert len(forward_backward(scores, np.array(STICKY))) == 9000


def release(folder, told: dict) -> Release:
    (folder / "config.json").write_text(json.dumps({"benchscribe": told}))
    return Release(
        variant=variant("vi-cl"),
        labels=LAB_ACTIONS,
        encodings=("V",),
        tier="embedded",
        weights=Weights(str(folder)),
    )


def test_a_release_says_what_follows_what_or_nothing(tmp_path):
    assert transition_counts_of(release(tmp_path, {})) == ()
    assert transition_counts_of(release(tmp_path, {"follows": [list(row) for row in STICKY]})) == STICKY


@pytest.mark.parametrize(
    "told",
    [[[1, 2], [3, 4]], [[-1] * 8] * 8, [["a"] * 8] * 8, {"a": 1}, 7, None, [[1e400] * 8] * 8, [[1]] * 8],
)
def test_counts_that_do_not_fit_are_said_in_one_sentence(tmp_path, told):
    with pytest.raises(WeightsMissing, match="follows"):
        transition_counts_of(release(tmp_path, {"follows": told}))
